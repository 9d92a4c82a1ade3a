/**
 * Memory for many small byte strings that die together: room is cut from chunks that are never
 * handed out twice. One allocation then serves hundreds of records, which an allocator and a
 * garbage collector both notice. Whatever outlives its neighbours keeps a whole chunk alive.
 */
export class Arena {
  readonly #chunkBytes: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** Room for `bytes` or more, not yet given away; follow with `keep` for what was really used. */
  take(bytes: number): Buffer {
    this.#reserve(bytes);
    return this.#chunk.subarray(this.#at);
  }

  keep(bytes: number): void {
    this.#at += bytes;
  }

  /** Exactly so many bytes, of any content. */
  cut(bytes: number): Buffer {
    this.#reserve(bytes);
    const from = this.#at;
    this.#at += bytes;
    return this.#chunk.subarray(from, this.#at);
  }

  #reserve(bytes: number): void {
    if (this.#chunk.length - this.#at >= bytes) return;
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(this.#chunkBytes, bytes));
    this.#at = 0;
  }
}
