/**
 * The client's side of the codec, for tests, chaos and bench: bytes of a server become values,
 * RESP2 and RESP3, cut anywhere. Linear in the bytes: what is finished is not read again, and the
 * rest is kept in one buffer that doubles. Trusts its server more than the server trusts its
 * clients: no limits but depth.
 */

import { must } from '../../../base/assert.js';
import { asBuffer } from '../../../base/bytes.js';
import {
  BANG,
  BAR,
  COLON,
  COMMA,
  DOLLAR,
  EQUALS,
  GREATER,
  HASH,
  LF,
  MINUS,
  OPEN_PAREN,
  PERCENT,
  PLUS,
  STAR,
  TILDE,
  UNDERSCORE,
  ZERO,
} from './ascii.js';
import { NULL, type RespValue } from './resp-value.js';

const NO_BYTES = Buffer.alloc(0);
const MAX_DEPTH = 128;

/** The bytes are no RESP; nothing more can be read from this connection. */
export class RespProtocolError extends Error {
  override readonly name = 'RespProtocolError';
}

/** A collection whose items have not all come. */
interface Frame {
  readonly kind: 'array' | 'set' | 'push' | 'map' | 'attribute';
  readonly items: RespValue[];
  missing: number;
}

const COLLECTIONS = new Map<number, Frame['kind']>([
  [STAR, 'array'],
  [TILDE, 'set'],
  [GREATER, 'push'],
  [PERCENT, 'map'],
  [BAR, 'attribute'],
]);
const SPECIAL_DOUBLES = new Map([
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['nan', Number.NaN],
]);

export class ReplyParser {
  #bytes: Buffer = NO_BYTES;
  /** Live bytes are bytes[at, end); before `scanned` there is no line feed among them. */
  #at = 0;
  #end = 0;
  #scanned = 0;
  /** `#bytes` is ours to append to, not the caller's chunk. */
  #owned = false;
  readonly #open: Frame[] = [];

  /** Takes the next bytes; they must not change until `next` has said undefined. */
  push(chunk: Uint8Array): void {
    const live = this.#end - this.#at;
    if (live === 0) {
      this.#bytes = asBuffer(chunk);
      this.#at = 0;
      this.#scanned = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#end + chunk.length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (live + chunk.length));
      larger.set(this.#bytes.subarray(this.#at, this.#end), 0);
      this.#bytes = larger;
      this.#owned = true;
      this.#scanned -= this.#at;
      this.#at = 0;
      this.#end = live;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** The next reply, or undefined: more bytes are needed. Throws RespProtocolError. */
  next(): RespValue | undefined {
    while (true) {
      let value = this.#readOne();
      if (value === undefined) return undefined;
      while (value !== null) {
        const frame = this.#open.at(-1);
        if (frame === undefined) return value;
        frame.items.push(value);
        frame.missing--;
        if (frame.missing > 0) break;
        this.#open.pop();
        value = closed(frame);
      }
    }
  }

  /** A value; null: a collection was opened, or an attribute passed; undefined: more is needed. */
  #readOne(): RespValue | null | undefined {
    const newline = this.#findLineFeed();
    if (newline < 0) return undefined;
    const type = must(this.#bytes[this.#at], 'the type byte of a line');
    if (type === DOLLAR || type === EQUALS || type === BANG) {
      return this.#readBulk(type, this.#lengthBefore(newline - 1), newline + 1);
    }
    const line = this.#bytes.toString('latin1', this.#at + 1, newline - 1);
    this.#at = newline + 1;
    const kind = COLLECTIONS.get(type);
    return kind === undefined ? lineValue(type, line) : this.#openCollection(kind, Number(line));
  }

  /** Lines are short; -1 when there is none. Behind `#end` there may be bytes of old. */
  #findLineFeed(): number {
    for (let p = Math.max(this.#at, this.#scanned); p < this.#end; p++) {
      if (this.#bytes[p] === LF) {
        this.#scanned = p;
        return p;
      }
    }
    this.#scanned = this.#end;
    return -1;
  }

  /** The number between the type byte and `end`. */
  #lengthBefore(end: number): number {
    let length = 0;
    for (let p = this.#at + 1; p < end; p++) {
      const digit = this.#bytes[p]! - ZERO;
      if (digit < 0 || digit > 9) return this.#bytes[p] === MINUS ? -1 : Number.NaN;
      length = 10 * length + digit;
    }
    return length;
  }

  #readBulk(type: number, length: number, start: number): RespValue | undefined {
    if (!Number.isInteger(length)) throw new RespProtocolError('a length that is no number');
    if (length < 0) {
      this.#at = start;
      return NULL;
    }
    if (start + length + 2 > this.#end) return undefined;
    const bytes = Buffer.from(this.#bytes.subarray(start, start + length));
    this.#at = start + length + 2;
    if (type === DOLLAR) return { kind: 'bulk', bytes };
    if (type === BANG) return { kind: 'error', text: bytes.toString('latin1') };
    return { kind: 'verbatim', format: bytes.toString('latin1', 0, 3), bytes: bytes.subarray(4) };
  }

  #openCollection(kind: Frame['kind'], length: number): RespValue | null {
    if (!Number.isInteger(length)) throw new RespProtocolError('a count that is no number');
    if (length < 0) return { kind: 'null-array' };
    if (this.#open.length === MAX_DEPTH) throw new RespProtocolError('nested too deeply');
    const frame = {
      kind,
      items: [],
      missing: kind === 'map' || kind === 'attribute' ? 2 * length : length,
    };
    if (length === 0) return closed(frame);
    this.#open.push(frame);
    return null;
  }
}

/** An attribute speaks of the value behind it, and is passed over. */
function closed({ kind, items }: Frame): RespValue | null {
  if (kind === 'attribute') return null;
  if (kind !== 'map') return { kind, items };
  const entries: (readonly [RespValue, RespValue])[] = [];
  for (let i = 0; i < items.length; i += 2) entries.push([items[i]!, items[i + 1]!]);
  return { kind, entries };
}

function lineValue(type: number, line: string): RespValue {
  switch (type) {
    case PLUS:
      return { kind: 'simple', text: line };
    case MINUS:
      return { kind: 'error', text: line };
    case COLON: {
      const value = Number(line);
      return { kind: 'integer', value: Number.isSafeInteger(value) ? value : BigInt(line) };
    }
    case COMMA:
      return { kind: 'double', value: SPECIAL_DOUBLES.get(line) ?? Number(line) };
    case HASH:
      return { kind: 'boolean', value: line === 't' };
    case OPEN_PAREN:
      return { kind: 'big-number', value: BigInt(line) };
    case UNDERSCORE:
      return NULL;
    default:
      throw new RespProtocolError(`no RESP type begins with byte ${type}`);
  }
}
