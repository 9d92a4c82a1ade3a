/**
 * Where replies are written: one chunk per connection that is filled from front to back. What was
 * taken belongs to the socket and is never written to again, unless the connection says that it has
 * left (`rewind`). An idle connection that has never been answered owns nothing.
 */
const NO_BYTES = Buffer.alloc(0);
const FIRST_CHUNK_BYTES = 1024;
const LARGEST_CHUNK_BYTES = 16 * 1024;

export class ReplyChunk {
  bytes: Buffer = NO_BYTES;
  /** The next byte to write. */
  at = 0;
  /** Bytes before this one were taken. */
  #taken = 0;
  #size = FIRST_CHUNK_BYTES;
  /** Full chunks and large values before what stands in `bytes`. */
  #ready: Buffer[] = [];
  #readyBytes = 0;

  get pendingBytes(): number {
    return this.#readyBytes + this.at - this.#taken;
  }

  /**
   * Makes room for `size` more bytes behind `at`; what is larger than a chunk goes by reference.
   */
  reserve(size: number): void {
    if (this.bytes.length - this.at >= size) return;
    this.#close();
    while (this.#size < size) this.#size *= 2;
    this.bytes = Buffer.allocUnsafeSlow(this.#size);
    this.#size = Math.min(2 * this.#size, LARGEST_CHUNK_BYTES);
    this.at = 0;
    this.#taken = 0;
  }

  /** Puts bytes behind what is written without copying them; they must not change any more. */
  reference(bytes: Buffer): void {
    this.#close();
    this.#ready.push(bytes);
    this.#readyBytes += bytes.length;
  }

  /** Everything written since the last call, in order. */
  take(): Buffer[] {
    this.#close();
    const taken = this.#ready;
    this.#ready = [];
    this.#readyBytes = 0;
    return taken;
  }

  rewind(): void {
    if (this.pendingBytes > 0) return;
    this.at = 0;
    this.#taken = 0;
  }

  #close(): void {
    if (this.at === this.#taken) return;
    const part = this.bytes.subarray(this.#taken, this.at);
    this.#ready.push(part);
    this.#readyBytes += part.length;
    this.#taken = this.at;
  }
}
