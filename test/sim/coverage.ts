/** Counts how often each thing that can happen in a simulation did. */
export class Coverage {
  readonly counts = new Map<string, number>();

  hit(row: string, times = 1): void {
    this.counts.set(row, (this.counts.get(row) ?? 0) + times);
  }

  of(row: string): number {
    return this.counts.get(row) ?? 0;
  }

  add(other: Iterable<readonly [string, number]>): void {
    for (const [row, count] of other) this.hit(row, count);
  }
}
