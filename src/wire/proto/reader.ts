/**
 * Protobuf bytes from a stranger, read in place: every length is checked against what is really
 * there before anything is made of it, numbers above 2^53 are refused, byte fields are views.
 */
import { asBuffer } from '../../base/bytes.js';
import { WireError } from '../wire-error.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const MAX_UINT32 = 0xffff_ffff;

export class ProtoReader {
  readonly #buffer: Buffer;
  #at = 0;
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#buffer = asBuffer(bytes);
    this.#end = bytes.length;
  }

  /** The next field's tag, 0 at the end of the message. Field 0 does not exist. */
  tag(): number {
    if (this.#at >= this.#end) return 0;
    const tag = this.varint();
    if (tag < 8 || tag > MAX_UINT32) throw new WireError('field number out of range');
    return tag;
  }

  /** Where the next byte is read; may be set back to what it once was. */
  get position(): number {
    return this.#at;
  }

  set position(at: number) {
    this.#at = at;
  }

  atEnd(): boolean {
    return this.#at >= this.#end;
  }

  varint(): number {
    const buffer = this.#buffer;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.#at >= this.#end) throw new WireError('number is cut off');
      const byte = buffer[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw new WireError('number above 2^53');
        return value;
      }
      scale *= 128;
    }
    throw new WireError('number of more than ten bytes');
  }

  uint32(): number {
    const value = this.varint();
    if (value > MAX_UINT32) throw new WireError('number above 2^32');
    return value;
  }

  bool(): boolean {
    return this.varint() !== 0;
  }

  /** A signed 64-bit number in zigzag form. */
  sint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#at >= this.#end) throw new WireError('number is cut off');
      const byte = this.#buffer[this.#at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value >> 64n !== 0n) throw new WireError('number of more than 64 bits');
        return (value >> 1n) ^ -(value & 1n);
      }
    }
    throw new WireError('number of more than ten bytes');
  }

  /** A view of the message, which it keeps alive. */
  bytes(): Buffer {
    const from = this.#length();
    return this.#buffer.subarray(from, this.#at);
  }

  text(): string {
    const from = this.#length();
    return this.#buffer.toString('utf8', from, this.#at);
  }

  latin1(): string {
    const from = this.#length();
    return this.#buffer.toString('latin1', from, this.#at);
  }

  /** Enters a nested message; give what it returns to `leave`. */
  enter(): number {
    const from = this.#length();
    const outer = this.#end;
    this.#end = this.#at;
    this.#at = from;
    return outer;
  }

  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** Passes over a field this build does not know. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#skipVarint();
        return;
      case FIXED64:
        this.#advance(8);
        return;
      case BYTES:
        this.#length();
        return;
      case FIXED32:
        this.#advance(4);
        return;
      default:
        throw new WireError(`wire type ${tag & 7} is not used`);
    }
  }

  #skipVarint(): void {
    for (let i = 0; i < 10; i++) {
      if (this.#at >= this.#end) throw new WireError('number is cut off');
      if ((this.#buffer[this.#at++] as number) < 0x80) return;
    }
    throw new WireError('number of more than ten bytes');
  }

  /** Reads a length and passes over so many bytes; returns where they begin. */
  #length(): number {
    const length = this.varint();
    const from = this.#at;
    this.#advance(length);
    return from;
  }

  #advance(length: number): void {
    if (length > this.#end - this.#at) throw new WireError('field runs over its message');
    this.#at += length;
  }
}
