/**
 * Terms of a log as runs: a leader's whole term is one run, so the memory is a few numbers per
 * election, not per entry. Part of the Raft log; knows nothing of sizes or commit.
 *
 * Promise: runs are contiguous, terms grow strictly, the first run begins at the floor.
 */
import { assert } from '../../base/assert.js';
import type { LogIndex, Term } from '../../base/ids.js';

export class TermRuns {
  /** First index of each run; the first is the floor itself. */
  readonly #starts: LogIndex[];
  readonly #terms: Term[];
  #last: LogIndex;

  constructor(index: LogIndex, term: Term) {
    this.#starts = [index];
    this.#terms = [term];
    this.#last = index;
  }

  get last(): LogIndex {
    return this.#last;
  }

  get lastTerm(): Term {
    return this.#terms[this.#terms.length - 1]!;
  }

  /** Term of `index`; null below the floor or above the end. */
  at(index: LogIndex): Term | null {
    if (index > this.#last || index < this.#starts[0]!) return null;
    return this.#terms[this.#run(index)]!;
  }

  append(term: Term): LogIndex {
    assert(term >= this.lastTerm, 'terms never fall along the log');
    this.#last = (this.#last + 1) as LogIndex;
    if (term !== this.lastTerm) {
      this.#starts.push(this.#last);
      this.#terms.push(term);
    }
    return this.#last;
  }

  /** Keeps everything up to `last`. */
  truncate(last: LogIndex): void {
    assert(last >= this.#starts[0]!, 'the floor is never cut');
    while (this.#starts.length > 1 && this.#starts[this.#starts.length - 1]! > last) {
      this.#starts.pop();
      this.#terms.pop();
    }
    this.#last = last;
  }

  /** Moves the floor up to `index`, which the log holds. */
  release(index: LogIndex): void {
    const run = this.#run(index);
    this.#starts.splice(0, run);
    this.#terms.splice(0, run);
    this.#starts[0] = index;
  }

  /**
   * The largest index at or below `index` whose term is at most `term`: the last place where a log
   * that has `term` there could still agree (fast conflict search, §5.3 of the paper). Never below
   * the floor; above the end counts as the end.
   */
  lastAtMost(index: LogIndex, term: Term): LogIndex {
    let at = index > this.#last ? this.#last : index;
    if (at <= this.#starts[0]!) return this.#starts[0]!;
    for (let run = this.#run(at); run > 0; run--) {
      if (this.#terms[run]! <= term) return at;
      at = (this.#starts[run]! - 1) as LogIndex;
    }
    return this.#terms[0]! <= term ? at : this.#starts[0]!;
  }

  #run(index: LogIndex): number {
    let low = 0;
    let high = this.#starts.length - 1;
    if (index >= this.#starts[high]!) return high;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
