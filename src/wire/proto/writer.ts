/**
 * Protobuf bytes into a buffer of exactly the right size: messages on the client's way are sized
 * first and written once, so a frame is one allocation and each value is copied one time.
 */
import { assert } from '../../base/assert.js';

/** Field number and wire type as the one byte they take for fields 1 to 15. */
export const varintField = (field: number): number => field << 3;
export const bytesField = (field: number): number => (field << 3) | 2;

export function sizeOfVarint(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  let size = 5;
  for (let rest = Math.floor(value / 0x8_0000_0000); rest > 0; rest = Math.floor(rest / 128)) {
    size++;
  }
  return size;
}

/** A one-byte tag, a length and so many bytes. */
export const sizeOfBytes = (length: number): number => 1 + sizeOfVarint(length) + length;

/** A varint field; zero, the default of proto3, is not written. */
export const sizeOfNumber = (value: number): number => (value === 0 ? 0 : 1 + sizeOfVarint(value));

export const sizeOfText = (text: string): number =>
  text === '' ? 0 : sizeOfBytes(Buffer.byteLength(text, 'utf8'));

/** Below this a loop beats the call into native code. */
const SHORT_COPY_BYTES = 32;

export class ProtoWriter {
  readonly buffer: Buffer;
  #at = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** The finished message; every byte of the announced size has been written. */
  finish(): Buffer {
    assert(this.#at === this.buffer.length, 'message has the size it was given');
    return this.buffer;
  }

  tag(tag: number): void {
    this.buffer[this.#at++] = tag;
  }

  /** A whole number from 0 to 2^53 − 1. */
  varint(value: number): void {
    const buffer = this.buffer;
    let at = this.#at;
    let rest = value;
    while (rest > 0x7fff_ffff) {
      buffer[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buffer[at++] = rest;
    this.#at = at;
  }

  /** 64 unsigned bits. */
  varint64(value: bigint): void {
    let rest = value;
    while (rest > 0x7fn) {
      this.buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.#at++] = Number(rest);
  }

  number(tag: number, value: number): void {
    if (value === 0) return;
    this.tag(tag);
    this.varint(value);
  }

  bytes(tag: number, bytes: Uint8Array): void {
    const length = bytes.length;
    this.tag(tag);
    this.varint(length);
    if (length <= SHORT_COPY_BYTES) {
      const buffer = this.buffer;
      let at = this.#at;
      for (let i = 0; i < length; i++) buffer[at++] = bytes[i] as number;
      this.#at = at;
    } else {
      this.buffer.set(bytes, this.#at);
      this.#at += length;
    }
  }

  text(tag: number, text: string): void {
    if (text === '') return;
    this.tag(tag);
    this.varint(Buffer.byteLength(text, 'utf8'));
    this.#at += this.buffer.write(text, this.#at, 'utf8');
  }

  latin1(tag: number, text: string): void {
    this.tag(tag);
    this.varint(text.length);
    this.#at += this.buffer.write(text, this.#at, 'latin1');
  }
}
