/**
 * Memory for frames. A frame is built where it will stay readable: in a chunk that is never written
 * again, so an entry's bytes are copied once on their way to the disk and to followers alike. The
 * cache keeps the newest frames' payloads and forgets the oldest when it is over its bytes.
 */
import type { FrameRef } from './refs.js';

const CHUNK_BYTES = 1 << 20;

/** Hands out room for frames; what was handed out is never handed out again. */
export class FrameArena {
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Room for `bytes`; follow with `keep` for what was really used. */
  take(bytes: number): Buffer {
    if (this.#chunk.length - this.#at < bytes) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes));
      this.#at = 0;
    }
    return this.#chunk.subarray(this.#at);
  }

  keep(bytes: number): void {
    this.#at += bytes;
  }
}

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
