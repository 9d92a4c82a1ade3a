/**
 * One client's session: 16 random bytes and sequence numbers, so that a shard knows a copy of a
 * write when it comes (Raft dissertation, section 6.3; RIFL, Lee et al. 2015). `mark` is the lowest
 * sequence still waited for: below it the shards may forget.
 */
import { randomBytes } from 'node:crypto';
import { assert } from '../base/assert.js';

export class Sequences {
  /** Latin1, 16 characters. */
  readonly session: string = randomBytes(16).toString('latin1');
  #next = 1;
  #mark = 1;
  readonly #settled = new Set<number>();

  get mark(): number {
    return this.#mark;
  }

  take(): number {
    return this.#next++;
  }

  /** Nobody waits for this one any more, whatever came of it. */
  settle(sequence: number): void {
    assert(sequence >= this.#mark && sequence < this.#next, 'a sequence settles once');
    if (sequence !== this.#mark) {
      this.#settled.add(sequence);
      return;
    }
    this.#mark++;
    while (this.#settled.size > 0 && this.#settled.delete(this.#mark)) this.#mark++;
  }
}
