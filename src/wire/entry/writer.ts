/**
 * Bytes on their way into an entry or reply: one growable buffer, used again for each, and one copy
 * of its own memory at the end.
 */
const START_BYTES = 64 * 1024;
/** A buffer that one huge entry made larger than this is not kept. */
const KEPT_BYTES = 1024 * 1024;
const MAX_VARINT_BYTES = 8;
/** Below this a loop beats the call into native code. */
const SHORT_COPY_BYTES = 32;

export class ByteWriter {
  #buffer = Buffer.allocUnsafeSlow(START_BYTES);
  #length = 0;

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  byte(value: number): void {
    this.#room(1);
    this.#buffer[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 − 1, seven bits a byte, lowest first. */
  varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`not a whole number from 0 to 2^53 − 1: ${value}`);
    }
    this.#room(MAX_VARINT_BYTES);
    const buffer = this.#buffer;
    let rest = value;
    let at = this.#length;
    while (rest > 0x7fff_ffff) {
      buffer[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.#length = at;
  }

  /** What another writer holds, as `bytes`. */
  bytesOf(other: ByteWriter): void {
    const length = other.#length;
    this.varint(length);
    this.#room(length);
    other.#buffer.copy(this.#buffer, this.#length, 0, length);
    this.#length += length;
  }

  int64(value: bigint): void {
    this.#room(8);
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length);
  }

  bytes(value: Uint8Array): void {
    const { length } = value;
    this.varint(length);
    this.#room(length);
    if (length > SHORT_COPY_BYTES) this.#buffer.set(value, this.#length);
    else {
      const buffer = this.#buffer;
      const at = this.#length;
      for (let i = 0; i < length; i++) buffer[at + i] = value[i] as number;
    }
    this.#length += length;
  }

  /** A string of characters 0 to 255, as many as the reader expects. */
  latin1(value: string): void {
    this.#room(value.length);
    this.#length += this.#buffer.write(value, this.#length, 'latin1');
  }

  /** Empties the writer; what is there was left by an encoder that threw. */
  restart(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(START_BYTES);
  }

  /** A copy of what was written. */
  finish(): Buffer {
    const own = Buffer.allocUnsafe(this.#length);
    this.#buffer.copy(own, 0, 0, this.#length);
    return own;
  }
}
