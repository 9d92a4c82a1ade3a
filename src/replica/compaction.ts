/**
 * How much of a group's log is let go after a flush. A tail is kept for followers that lag; beyond
 * its bound the log goes all the same and they get a snapshot (DESIGN section 5, "Compaction").
 */
import type { LogIndex, Term } from '../base/ids.js';

interface Mark {
  readonly index: LogIndex;
  readonly term: Term;
  /** Bytes of all entries applied here up to this index, since the start of the process. */
  readonly bytes: number;
}

export class Compaction {
  readonly #tailBytes: number;
  readonly #marks: Mark[] = [];
  #bytes = 0;

  /** `tailBytes`: how much of what is durable in the store stays in the log. */
  constructor(tailBytes: number) {
    this.#tailBytes = tailBytes;
  }

  onApplied(size: number): void {
    this.#bytes += size;
  }

  /** The store holds everything up to `index`; returns up to where the log may go, if it moved. */
  onFlushed(index: LogIndex, term: Term): { readonly index: LogIndex; readonly term: Term } | null {
    this.#marks.push({ index, term, bytes: this.#bytes });
    let release: Mark | null = null;
    for (let mark = this.#marks[0]; mark !== undefined; mark = this.#marks[0]) {
      if (this.#bytes - mark.bytes < this.#tailBytes) break;
      release = mark;
      this.#marks.shift();
    }
    return release;
  }
}
