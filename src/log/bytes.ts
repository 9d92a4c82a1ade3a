/**
 * Reading and writing of the log's small numbers. Varints are LEB128, lowest seven bits first, for
 * whole numbers up to 2^53 - 1 (eight bytes at most).
 */

/** The most bytes one varint takes. */
export const VARINT_MAX = 8;

/** Bytes ended, or a number was too long: the record does not make sense. */
export class MalformedRecord extends Error {
  override readonly name = 'MalformedRecord';
}

export class ByteWriter {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  u8(value: number): void {
    this.buffer[this.at++] = value;
  }

  varint(value: number): void {
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.buffer[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.buffer[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.at++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
  }
}

export class ByteReader {
  readonly buffer: Uint8Array;
  at: number;

  constructor(buffer: Uint8Array, at: number) {
    this.buffer = buffer;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.buffer.length;
  }

  u8(): number {
    const value = this.buffer[this.at];
    if (value === undefined) throw new MalformedRecord('record ends early');
    this.at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < VARINT_MAX; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw new MalformedRecord('number too long');
  }

  /** Position of the next `length` bytes, which are stepped over. */
  skip(length: number): number {
    const at = this.at;
    if (length > this.buffer.length - at) throw new MalformedRecord('record ends early');
    this.at += length;
    return at;
  }
}

/** Unsigned 64-bit little-endian, for values up to 2^53 - 1. */
export function writeU64(buffer: Buffer, value: number, at: number): void {
  buffer.writeUInt32LE(value % 4_294_967_296, at);
  buffer.writeUInt32LE(Math.floor(value / 4_294_967_296), at + 4);
}

/** NaN when it is no safe integer. */
export function readU64(buffer: Buffer, at: number): number {
  const value = buffer.readUInt32LE(at + 4) * 4_294_967_296 + buffer.readUInt32LE(at);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}
