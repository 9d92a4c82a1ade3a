/**
 * The window of append messages sent and not yet acknowledged, bounded by count and bytes. Part of
 * a member's progress in the replicate state. When full, nothing more is sent until an answer.
 */
import { assert } from '../../base/assert.js';
import type { LogIndex } from '../../base/ids.js';

export class Inflight {
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  /** Last index and bytes of each message, oldest at `#head`. */
  readonly #last: LogIndex[] = [];
  readonly #size: number[] = [];
  #head = 0;
  #bytes = 0;

  constructor(limits: { readonly maxMessages: number; readonly maxBytes: number }) {
    this.#maxMessages = limits.maxMessages;
    this.#maxBytes = limits.maxBytes;
  }

  get count(): number {
    return this.#last.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** One message may go over the byte bound, the next one waits. */
  get full(): boolean {
    return this.count >= this.#maxMessages || this.#bytes >= this.#maxBytes;
  }

  add(last: LogIndex, bytes: number): void {
    assert(!this.full, 'a full window takes no message');
    assert(this.count === 0 || last > this.#last[this.#last.length - 1]!, 'messages run upwards');
    this.#last.push(last);
    this.#size.push(bytes);
    this.#bytes += bytes;
  }

  /** Everything up to `match` has arrived. */
  freeTo(match: LogIndex): void {
    while (this.count > 0 && this.#last[this.#head]! <= match) {
      this.#bytes -= this.#size[this.#head]!;
      this.#head++;
    }
    if (this.#head > 64 || this.count === 0) {
      this.#last.splice(0, this.#head);
      this.#size.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
