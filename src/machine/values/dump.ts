/**
 * Values as DUMP gives them: Redis's own form of a string (RDB type 0), so that they can be taken
 * to a Redis and back. Behind it the RDB version (u16) and a CRC-64 of all before, little-endian.
 */
import { asBuffer } from '../../base/bytes.js';
import { crc64 } from '../../base/crc64.js';
import { formatInteger, parseInteger } from '../../kv/catalog/integer.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';

const STRING_TYPE = 0;
/** Of Redis 7.0: everyone from there on reads it. */
const WRITTEN_VERSION = 10;
/** Strings have not changed up to here. */
const READ_VERSION = 13;
const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;

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

function encodeLength(length: number): Buffer {
  if (length < 64) return Buffer.of(length);
  if (length < 16_384) return Buffer.of(0x40 | (length >> 8), length & 0xff);
  const bytes = Buffer.alloc(5);
  bytes[0] = LONG;
  bytes.writeUInt32BE(length, 1);
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

export function dumpString(value: Uint8Array): Buffer {
  const integer = encodeInteger(value);
  const parts = integer === null ? [encodeLength(value.length), value] : [integer];
  const version = Buffer.of(WRITTEN_VERSION, 0);
  const body = Buffer.concat([Buffer.of(STRING_TYPE), ...parts, version]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeBigUInt64LE(crc64(body));
  return Buffer.concat([body, checksum]);
}

/** LZF (Marc Lehmann): runs as they are, and copies of what came before. */
function decompress(input: Uint8Array, length: number): Buffer | null {
  if (length > MAX_VALUE_BYTES) return null;
  const out = Buffer.alloc(length);
  let at = 0;
  let to = 0;
  while (at < input.length) {
    const control = input[at++] as number;
    if (control < 32) {
      const end = at + control + 1;
      if (end > input.length || to + control + 1 > length) return null;
      out.set(input.subarray(at, end), to);
      to += control + 1;
      at = end;
      continue;
    }
    let run = control >> 5;
    if (run === 7) run += input[at++] ?? 0;
    const from = to - ((control & 0x1f) << 8) - (input[at++] ?? 0) - 1;
    if (at > input.length || from < 0 || to + run + 2 > length) return null;
    for (let i = 0; i < run + 2; i++) out[to + i] = out[from + i] as number;
    to += run + 2;
  }
  return to === length ? out : null;
}

class DumpReader {
  readonly #bytes: Buffer;
  #at = 0;

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

  /** A length, or how the string is encoded; null: neither. */
  length(): { readonly length: number } | { readonly encoding: number } | null {
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

  plainLength(): number | null {
    const found = this.length();
    return found !== null && 'length' in found ? found.length : null;
  }

  string(): Buffer | null {
    const found = this.length();
    if (found === null) return null;
    if ('length' in found) return this.take(found.length);
    switch (found.encoding) {
      case INT8:
        return this.#integer(1);
      case INT16:
        return this.#integer(2);
      case INT32:
        return this.#integer(4);
      case COMPRESSED: {
        const packed = this.plainLength();
        const length = this.plainLength();
        const input = packed === null ? null : this.take(packed);
        return input === null || length === null ? null : decompress(input, length);
      }
      default:
        return null;
    }
  }

  #integer(size: number): Buffer | null {
    const bytes = this.take(size);
    return bytes === null ? null : formatInteger(bytes.readIntLE(0, size));
  }
}

/** The string, or which of Redis's two errors the payload gets. */
export function restoreString(payload: Uint8Array): Buffer | 'BAD_PAYLOAD' | 'BAD_FORMAT' {
  const bytes = asBuffer(payload);
  const end = bytes.length - VERSION_BYTES - CHECKSUM_BYTES;
  if (end < 0 || bytes.readUInt16LE(end) > READ_VERSION) return 'BAD_PAYLOAD';
  const summed = end + VERSION_BYTES;
  if (crc64(bytes.subarray(0, summed)) !== bytes.readBigUInt64LE(summed)) return 'BAD_PAYLOAD';
  const reader = new DumpReader(bytes.subarray(0, end));
  if (reader.take(1)?.[0] !== STRING_TYPE) return 'BAD_FORMAT';
  const value = reader.string();
  return value === null || !reader.ended || value.length > MAX_VALUE_BYTES ? 'BAD_FORMAT' : value;
}
