/**
 * An entry of a kind or version this build does not know: written by a newer one. The replica stops
 * at it; skipping would make it another state than its peers' (DESIGN section 6, "Versions").
 */
export class UnknownEntry extends Error {
  override readonly name = 'UnknownEntry';

  constructor(what: string) {
    super(`written by a newer rkv: unknown ${what}`);
  }
}
