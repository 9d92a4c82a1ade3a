/**
 * Bytes of one request that arrived in several chunks, in one buffer. It grows with what has come,
 * never with what was announced: capacity is at most twice the bytes received, and all moves
 * together copy at most three bytes for each, however the request was cut.
 */
const NO_BYTES = Buffer.alloc(0);

export class Gathered {
  #bytes: Buffer = NO_BYTES;
  #length = 0;
  #copied = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes allocated. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Bytes moved since the begin, here and while growing; for tests of linear time. */
  get copied(): number {
    return this.#copied;
  }

  /**
   * Takes chunk[from, to). `missing` is how many bytes are known to complete the request, or -1:
   * the buffer is then made no larger than the request.
   */
  append(chunk: Uint8Array, from: number, to: number, missing: number): void {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) {
      const spare = missing < 0 ? length : Math.min(missing, length);
      const larger = Buffer.allocUnsafe(length + spare);
      larger.set(this.#bytes.subarray(0, this.#length), 0);
      this.#copied += this.#length;
      this.#bytes = larger;
    }
    this.#bytes.set(chunk.subarray(from, to), this.#length);
    this.#copied += to - from;
    this.#length = length;
  }

  /** Hands the buffer over and forgets it: it is never written to again. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = NO_BYTES;
    this.#length = 0;
    return taken;
  }
}
