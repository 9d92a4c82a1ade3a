/**
 * Lengths and strings as RDB files have them. Written as Redis writes them, but never packed; read
 * with nothing believed: no length is allocated before the bytes for it are there, and what packed
 * strings come to is limited for all of a payload together.
 */
import { formatInteger, parseInteger } from '../../kv/catalog/integer.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import { decompress } from './lzf.js';

// The upper two bits of a length; of the last, the rest says how the string is encoded.
const SHORT = 0;
const MIDDLE = 1;
const LONG = 0x80;
const LONG_64 = 0x81;
const ENCODED = 3;
const INT8 = 0;
const INT16 = 1;
const INT32 = 2;
const COMPRESSED = 3;

const MAX_INTEGER_TEXT = 11;

export function encodeLength(length: number): Buffer {
  if (length < 64) return Buffer.of(length);
  if (length < 16_384) return Buffer.of(0x40 | (length >> 8), length & 0xff);
  if (length < 2 ** 32) {
    const bytes = Buffer.alloc(5);
    bytes[0] = LONG;
    bytes.writeUInt32BE(length, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = LONG_64;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** Integers of 32 bits as such, all else as it is; null: it is no such integer. */
function encodeInteger(value: Uint8Array): Buffer | null {
  const number = value.length > MAX_INTEGER_TEXT ? null : parseInteger(value);
  if (number === null || number !== BigInt.asIntN(32, number)) return null;
  const small = Number(number);
  const bytes = Buffer.alloc(5);
  bytes.writeInt32LE(small, 1);
  const size = small >= -128 && small <= 127 ? 1 : small >= -32_768 && small <= 32_767 ? 2 : 4;
  bytes[0] = (ENCODED << 6) | (size === 1 ? INT8 : size === 2 ? INT16 : INT32);
  return bytes.subarray(0, 1 + size);
}

/** The pieces of a string. */
export function encodeString(value: Uint8Array): readonly Uint8Array[] {
  const integer = encodeInteger(value);
  return integer === null ? [encodeLength(value.length), value] : [integer];
}

export class RdbReader {
  readonly #bytes: Buffer;
  #at = 0;
  #unpacked = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next bytes; null: there are not so many. */
  take(count: number): Buffer | null {
    if (count > this.#bytes.length - this.#at) return null;
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A number that is no length of a string; null: there is none, or it is not safe. */
  number(): number | null {
    const found = this.#length();
    return found !== null && 'length' in found && Number.isSafeInteger(found.length)
      ? found.length
      : null;
  }

  /** A string, in whichever way it is written; null: it is none. */
  string(): Buffer | null {
    const found = this.#length();
    if (found === null) return null;
    if ('length' in found) return this.take(found.length);
    switch (found.encoding) {
      case INT8:
        return this.#integer(1);
      case INT16:
        return this.#integer(2);
      case INT32:
        return this.#integer(4);
      case COMPRESSED:
        return this.#compressed();
      default:
        return null;
    }
  }

  #length(): { readonly length: number } | { readonly encoding: number } | null {
    const first = this.take(1)?.[0];
    if (first === undefined) return null;
    if (first >> 6 === SHORT) return { length: first };
    if (first >> 6 === ENCODED) return { encoding: first & 0x3f };
    if (first >> 6 === MIDDLE) {
      const low = this.take(1)?.[0];
      return low === undefined ? null : { length: ((first & 0x3f) << 8) | low };
    }
    const bytes = first === LONG ? this.take(4) : first === LONG_64 ? this.take(8) : null;
    if (bytes === null) return null;
    return { length: bytes.length === 4 ? bytes.readUInt32BE() : Number(bytes.readBigUInt64BE()) };
  }

  #integer(size: number): Buffer | null {
    const bytes = this.take(size);
    return bytes === null ? null : formatInteger(bytes.readIntLE(0, size));
  }

  #compressed(): Buffer | null {
    const packed = this.number();
    const length = this.number();
    const input = packed === null ? null : this.take(packed);
    if (input === null || length === null) return null;
    this.#unpacked += length;
    return this.#unpacked > MAX_VALUE_BYTES ? null : decompress(input, length);
  }
}
