/**
 * The trace of a run: a hash over everything that happened, in order, so that two runs of a seed
 * can be compared with one number, and the last events in words for whoever has to look.
 */
import { crc32 } from '../../../src/base/checksum.js';

const KEPT = 256;

export class Trace {
  #low = 0x811c_9dc5;
  #high = 0x9e37_79b9;
  #count = 0;
  readonly #kinds = new Map<string, number>();
  readonly #last: string[] = [];
  /** Every line goes here too, when somebody wants to read along. */
  echo: ((line: string) => void) | null = null;

  number(value: number): void {
    const low = value >>> 0;
    this.#low = Math.imul(this.#low ^ low, 0x0100_0193) >>> 0;
    this.#high = (Math.imul(this.#high ^ (this.#low >>> 15), 0x85eb_ca6b) + low) >>> 0;
  }

  text(text: string): void {
    let known = this.#kinds.get(text);
    if (known === undefined) {
      known = crc32(Buffer.from(text));
      // Kinds are few; free text is not kept.
      if (this.#kinds.size < 4096) this.#kinds.set(text, known);
    }
    this.number(known);
  }

  bytes(bytes: Uint8Array): void {
    this.number(crc32(bytes));
  }

  /** One event of the queue. */
  event(now: number, owner: number, kind: string): void {
    this.#count++;
    this.number(Math.round(now * 1000));
    this.number(owner);
    this.text(kind);
  }

  /** Something worth reading: hashed, and kept among the last lines. */
  say(now: number, line: string): void {
    const text = `${(now / 1000).toFixed(6)} ${line}`;
    this.number(crc32(Buffer.from(text)));
    if (this.#last.length >= KEPT) this.#last.splice(0, KEPT / 2);
    this.#last.push(text);
    this.echo?.(text);
  }

  get events(): number {
    return this.#count;
  }

  get hash(): string {
    const hex = (value: number): string => value.toString(16).padStart(8, '0');
    return hex(this.#high) + hex(this.#low);
  }

  last(count: number): readonly string[] {
    return this.#last.slice(-count);
  }
}
