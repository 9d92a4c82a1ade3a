/** Counts how often each thing that can happen in a simulation did. */
export class Coverage {
  readonly counts = new Map<string, number>();
  /** Names of rows that were put together once. */
  readonly #rows = new Map<string, Map<string, string>>();

  hit(row: string, times = 1): void {
    this.counts.set(row, (this.counts.get(row) ?? 0) + times);
  }

  /** The row `of: kind`, for what happens at every turn. */
  hitKind(of: string, kind: string): void {
    let rows = this.#rows.get(of);
    if (rows === undefined) {
      rows = new Map();
      this.#rows.set(of, rows);
    }
    let row = rows.get(kind);
    if (row === undefined) {
      row = `${of}: ${kind}`;
      rows.set(kind, row);
    }
    this.hit(row);
  }

  of(row: string): number {
    return this.counts.get(row) ?? 0;
  }

  add(other: Iterable<readonly [string, number]>): void {
    for (const [row, count] of other) this.hit(row, count);
  }
}
