/**
 * Entry sizes as running sums, so that "how many bytes are uncommitted" and "how far do these bytes
 * reach" cost a subtraction and a binary search. Part of the Raft log.
 */
import { assert } from '../../base/assert.js';
import type { LogIndex } from '../../base/ids.js';

/** Released sums are dropped in bulk, when they are this many and the larger half. */
const TRIM_AT = 1024;

export class SizeSums {
  /** `sums[i]` covers the entries after the first floor up to and with `base + i`. */
  #sums: number[] = [0];
  #base: LogIndex;

  constructor(floor: LogIndex) {
    this.#base = floor;
  }

  append(size: number): void {
    assert(size >= 0, 'a size is never negative');
    this.#sums.push(this.#sums[this.#sums.length - 1]! + size);
  }

  truncate(last: LogIndex): void {
    this.#sums.length = last - this.#base + 1;
  }

  release(index: LogIndex): void {
    const dead = index - this.#base;
    if (dead < TRIM_AT || dead * 2 < this.#sums.length) return;
    this.#sums.splice(0, dead);
    this.#base = index;
  }

  /** Bytes of the entries after `after` up to and with `to`. */
  between(after: LogIndex, to: LogIndex): number {
    return this.#at(to) - this.#at(after);
  }

  of(index: LogIndex): number {
    return this.#at(index) - this.#at((index - 1) as LogIndex);
  }

  /** The last index up to which entries from `from` on fit `maxBytes`, at least `from`. */
  reach(from: LogIndex, to: LogIndex, maxBytes: number): LogIndex {
    const limit = this.#at((from - 1) as LogIndex) + maxBytes;
    if (this.#at(to) <= limit) return to;
    let low: number = from;
    let high: number = to;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#at(middle as LogIndex) <= limit) low = middle;
      else high = middle - 1;
    }
    return low as LogIndex;
  }

  #at(index: LogIndex): number {
    const sum = this.#sums[index - this.#base];
    assert(sum !== undefined, 'sizes are known from the floor to the end');
    return sum;
  }
}
