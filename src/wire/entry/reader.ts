/**
 * Reads what `ByteWriter` wrote. Nothing is allocated from a declared length; byte strings are
 * views into the input. Whatever does not fit is CORRUPT: entries are checked by CRCs before they
 * come here, so bad bytes are never an ordinary event.
 */
import { asBuffer } from '../../base/bytes.js';
import { RkvError } from '../../kv/errors.js';

const MAX_VARINT_BYTES = 8;

export const malformed = (what: string): RkvError =>
  new RkvError('CORRUPT', `entry bytes are malformed: ${what}`);

export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#buffer = asBuffer(bytes);
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  byte(): number {
    const value = this.#buffer[this.#at];
    if (value === undefined) throw malformed('cut short');
    this.#at++;
    return value;
  }

  varint(): number {
    const buffer = this.#buffer;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = buffer[this.#at];
      if (byte === undefined) throw malformed('cut short');
      this.#at++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw malformed('number too large');
        return value;
      }
      scale *= 128;
    }
    throw malformed('number too long');
  }

  /** The length of a list whose elements take at least one byte each. */
  count(): number {
    const count = this.varint();
    if (count > this.remaining) throw malformed('list longer than its bytes');
    return count;
  }

  int64(): bigint {
    if (this.remaining < 8) throw malformed('cut short');
    const value = this.#buffer.readBigInt64BE(this.#at);
    this.#at += 8;
    return value;
  }

  bytes(): Buffer {
    const length = this.varint();
    if (length > this.remaining) throw malformed('cut short');
    const from = this.#at;
    this.#at = from + length;
    return this.#buffer.subarray(from, this.#at);
  }

  latin1(length: number): string {
    if (length > this.remaining) throw malformed('cut short');
    const from = this.#at;
    this.#at = from + length;
    return this.#buffer.toString('latin1', from, this.#at);
  }

  end(): void {
    if (this.remaining !== 0) throw malformed(`${this.remaining} bytes too many`);
  }
}
