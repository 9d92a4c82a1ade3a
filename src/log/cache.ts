/**
 * The newest frames' payloads in memory; the oldest are forgotten when it is over its bytes. A
 * frame is built where it stays readable, in an arena's chunk that is never written again: so an
 * entry's bytes are copied once on their way to the disk and to followers alike.
 */
import type { FrameRef } from './refs.js';

export class FrameCache {
  readonly #maxBytes: number;
  #frames: FrameRef[] = [];
  #head = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps `payload` readable as `frame.payload`; the newest frame stays whatever its size. */
  add(frame: FrameRef, payload: Buffer): void {
    frame.payload = payload;
    this.#frames.push(frame);
    this.#bytes += payload.length;
    while (this.#bytes > this.#maxBytes && this.#head < this.#frames.length - 1) this.#forget();
    if (this.#head > 1024 && this.#head * 2 > this.#frames.length) {
      this.#frames = this.#frames.slice(this.#head);
      this.#head = 0;
    }
  }

  #forget(): void {
    const frame = this.#frames[this.#head];
    this.#head += 1;
    if (frame === undefined || frame.payload === null) return;
    this.#bytes -= frame.payload.length;
    frame.payload = null;
  }
}
