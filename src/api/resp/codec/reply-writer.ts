/**
 * The last step of a Redis request: replies become bytes. One writer per connection; everything a
 * turn has to say is written here, and leaves in one go (`take`). HELLO switches `protocol`; what
 * RESP2 has no word for is lowered as Redis does (a map to a flat array, a double to a bulk string,
 * a boolean to 1 or 0). Headers of collections are written first and their items after them, so
 * nothing is built before it is sent.
 *
 * Small bytes are copied, once; values of 8 KiB and more go by reference and must not change until
 * they are sent (the store's never do).
 */
import { assert, unreachable } from '../../../base/assert.js';
import { asBuffer } from '../../../base/bytes.js';
import {
  COLON,
  COMMA,
  CR,
  DOLLAR,
  EQUALS,
  GREATER,
  LF,
  MINUS,
  OPEN_PAREN,
  PERCENT,
  PLUS,
  STAR,
  TILDE,
  ZERO,
} from './ascii.js';
import { formatDouble } from './double.js';
import { ReplyChunk } from './reply-chunk.js';
import type { Collection, RespValue } from './resp-value.js';

export type Protocol = 2 | 3;

/** From here on a value is worth a buffer of its own in the socket's list. */
export const REFERENCE_BYTES = 8 * 1024;
/** A type byte, a sign, 16 digits of a safe integer, CR LF. */
const INTEGER_LINE = 20;
const SMALL_COPY = 32;
const TRUE = Buffer.from('#t\r\n');
const FALSE = Buffer.from('#f\r\n');
const NULL_3 = Buffer.from('_\r\n');
const NULL_BULK = Buffer.from('$-1\r\n');
const NULL_ARRAY = Buffer.from('*-1\r\n');
const OK = Buffer.from('+OK\r\n');
const PONG = Buffer.from('+PONG\r\n');
const QUEUED = Buffer.from('+QUEUED\r\n');
const LINE_ENDS = /[\r\n]/g;
/** Cut to a byte, one of these could become a line end. */
const BEYOND_LATIN1 = /[\u0100-\uffff]/g;

export class ReplyWriter {
  protocol: Protocol;
  readonly #out = new ReplyChunk();

  constructor(protocol: Protocol = 2) {
    this.protocol = protocol;
  }

  /** Bytes written and not taken. */
  get pendingBytes(): number {
    return this.#out.pendingBytes;
  }

  /** Bytes this writer has allocated and will write into. */
  get ownBytes(): number {
    return this.#out.bytes.length;
  }

  /**
   * What was written since the last call, in order; often one buffer, none when there is nothing.
   * The buffers are the socket's from here on.
   */
  take(): Buffer[] {
    return this.#out.take();
  }

  /**
   * Everything that was taken has left this process (after a write, `socket.writableLength === 0`):
   * its memory is used again. Optional; without it new memory is taken as it is needed.
   */
  rewind(): void {
    this.#out.rewind();
  }

  ok(): void {
    this.raw(OK);
  }

  pong(): void {
    this.raw(PONG);
  }

  queued(): void {
    this.raw(QUEUED);
  }

  /** Line ends inside the text become spaces, here and in errors; user bytes are latin1. */
  simple(text: string): void {
    this.#line(PLUS, oneLine(text));
  }

  /** `text` begins with its code: `ERR syntax error`. */
  error(text: string): void {
    this.#line(MINUS, oneLine(text));
  }

  integer(value: number | bigint): void {
    if (typeof value === 'bigint') this.#line(COLON, value.toString());
    else this.#number(COLON, value);
  }

  /** A value; null is RESP2's `$-1` and RESP3's `_`. */
  bulk(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.null();
      return;
    }
    this.#number(DOLLAR, bytes.length);
    this.#body(bytes);
  }

  /** A text of our own as a bulk string, UTF-8. */
  text(text: string): void {
    if (text.length >= REFERENCE_BYTES) {
      this.bulk(Buffer.from(text));
      return;
    }
    const length = Buffer.byteLength(text);
    this.#number(DOLLAR, length);
    const out = this.#out;
    out.reserve(length + 2);
    out.bytes.write(text, out.at);
    out.at += length;
    this.#lineEnd();
  }

  null(): void {
    this.raw(this.protocol === 3 ? NULL_3 : NULL_BULK);
  }

  /** Where RESP2 clients expect an array: EXEC that did not run, a blocking pop that timed out. */
  nullArray(): void {
    this.raw(this.protocol === 3 ? NULL_3 : NULL_ARRAY);
  }

  /** `length` items follow. */
  array(length: number): void {
    this.#number(STAR, length);
  }

  /** `length` keys follow, each with its value behind it. */
  map(length: number): void {
    if (this.protocol === 3) this.#number(PERCENT, length);
    else this.#number(STAR, 2 * length);
  }

  set(length: number): void {
    this.#number(this.protocol === 3 ? TILDE : STAR, length);
  }

  /** Out of band; in RESP2, as Redis's subscribers know it, an array. */
  push(length: number): void {
    this.#number(this.protocol === 3 ? GREATER : STAR, length);
  }

  double(value: number): void {
    if (this.protocol === 3) this.#line(COMMA, formatDouble(value));
    else this.text(formatDouble(value));
  }

  boolean(value: boolean): void {
    if (this.protocol === 3) this.raw(value ? TRUE : FALSE);
    else this.integer(value ? 1 : 0);
  }

  /** `format` has three letters: `txt`, `mkd`. */
  verbatim(format: string, bytes: Uint8Array): void {
    assert(format.length === 3, 'the format of a verbatim string has three letters');
    if (this.protocol === 2) {
      this.bulk(bytes);
      return;
    }
    this.#number(EQUALS, bytes.length + 4);
    this.raw(Buffer.from(`${format}:`, 'latin1'));
    this.#body(bytes);
  }

  /** An integer beyond 64 bits. */
  bigNumber(value: bigint): void {
    if (this.protocol === 3) this.#line(OPEN_PAREN, value.toString());
    else this.text(value.toString());
  }

  /** Bytes that are RESP already, copied. */
  raw(bytes: Uint8Array): void {
    const out = this.#out;
    if (bytes.length >= REFERENCE_BYTES) {
      out.reference(Buffer.from(bytes));
      return;
    }
    out.reserve(bytes.length);
    copyInto(out.bytes, out.at, bytes);
    out.at += bytes.length;
  }

  /** A reply that was built first, for handlers that are not hot. */
  write(value: RespValue): void {
    switch (value.kind) {
      case 'array':
      case 'set':
      case 'push':
        this[value.kind](value.items.length);
        for (const item of value.items) this.write(item);
        break;
      case 'map':
        this.map(value.entries.length);
        for (const [key, item] of value.entries) {
          this.write(key);
          this.write(item);
        }
        break;
      default:
        this.#writeOne(value);
    }
  }

  #writeOne(value: Exclude<RespValue, Collection>): void {
    switch (value.kind) {
      case 'simple':
      case 'error':
        this[value.kind](value.text);
        break;
      case 'integer':
        this.integer(value.value);
        break;
      case 'bulk':
        this.bulk(value.bytes);
        break;
      case 'null':
        this.null();
        break;
      case 'null-array':
        this.nullArray();
        break;
      case 'double':
        this.double(value.value);
        break;
      case 'boolean':
        this.boolean(value.value);
        break;
      case 'verbatim':
        this.verbatim(value.format, value.bytes);
        break;
      case 'big-number':
        this.bigNumber(value.value);
        break;
      default:
        unreachable(value);
    }
  }

  /** Type byte, decimal digits, CR LF. */
  #number(type: number, value: number): void {
    const out = this.#out;
    out.reserve(INTEGER_LINE);
    const bytes = out.bytes;
    let at = out.at;
    bytes[at++] = type;
    if (value >= 0 && value < 10) bytes[at++] = ZERO + value;
    else at = writeDigits(bytes, at, value);
    bytes[at] = CR;
    bytes[at + 1] = LF;
    out.at = at + 2;
  }

  #body(bytes: Uint8Array): void {
    const out = this.#out;
    if (bytes.length >= REFERENCE_BYTES) {
      out.reference(asBuffer(bytes));
      out.reserve(2);
    } else {
      out.reserve(bytes.length + 2);
      copyInto(out.bytes, out.at, bytes);
      out.at += bytes.length;
    }
    this.#lineEnd();
  }

  /** Room for it is reserved. */
  #lineEnd(): void {
    const out = this.#out;
    out.bytes[out.at] = CR;
    out.bytes[out.at + 1] = LF;
    out.at += 2;
  }

  #line(type: number, text: string): void {
    const out = this.#out;
    if (text.length >= REFERENCE_BYTES) {
      out.reference(Buffer.from(`${String.fromCharCode(type)}${text}\r\n`, 'latin1'));
      return;
    }
    out.reserve(text.length + 3);
    out.bytes[out.at++] = type;
    out.at += out.bytes.write(text, out.at, 'latin1');
    this.#lineEnd();
  }
}

const oneLine = (text: string): string => text.replace(LINE_ENDS, ' ').replace(BEYOND_LATIN1, '?');

/** A loop is faster than the call for a few bytes. */
function copyInto(target: Buffer, at: number, bytes: Uint8Array): void {
  const length = bytes.length;
  if (length > SMALL_COPY) target.set(bytes, at);
  else for (let i = 0; i < length; i++) target[at + i] = bytes[i]!;
}

/** A safe integer in decimal at `at`; the position behind it. */
function writeDigits(bytes: Buffer, at: number, value: number): number {
  assert(Number.isSafeInteger(value), 'an integer beyond 2^53 comes as a bigint');
  let rest = value;
  let from = at;
  if (rest < 0) {
    bytes[from++] = MINUS;
    rest = -rest;
  }
  let end = from;
  for (let power = rest; power >= 1; power = Math.floor(power / 10)) end++;
  for (let p = end - 1; p >= from; p--) {
    const next = Math.floor(rest / 10);
    // in this order: with ZERO first the sum would leave the safe integers
    bytes[p] = ZERO + (rest - 10 * next);
    rest = next;
  }
  return end;
}
