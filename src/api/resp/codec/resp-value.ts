/**
 * A reply as a value: for handlers that are not hot, for tests and clients. The writer lowers what
 * RESP2 has no word for, as Redis does; `lowered` says how.
 */
import { unreachable } from '../../../base/assert.js';
import { formatDouble } from './double.js';

export type RespValue =
  | { readonly kind: 'simple'; readonly text: string }
  /** First word is the code (`ERR`, `WRONGTYPE`); user bytes inside it are latin1. */
  | { readonly kind: 'error'; readonly text: string }
  /** 64 bits, signed. */
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'bulk'; readonly bytes: Uint8Array }
  | { readonly kind: 'null' }
  /** RESP2 has another null where an array is expected. */
  | { readonly kind: 'null-array' }
  | Collection
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `format` has three letters: `txt`, `mkd`. */
  | { readonly kind: 'verbatim'; readonly format: string; readonly bytes: Uint8Array }
  | { readonly kind: 'big-number'; readonly value: bigint };

export type Collection =
  | { readonly kind: 'array' | 'set' | 'push'; readonly items: readonly RespValue[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [RespValue, RespValue])[] };

export const simple = (text: string): RespValue => ({ kind: 'simple', text });
export const error = (text: string): RespValue => ({ kind: 'error', text });
export const integer = (value: number | bigint): RespValue => ({ kind: 'integer', value });
export const bulk = (bytes: Uint8Array | string): RespValue => ({
  kind: 'bulk',
  bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
});
export const array = (items: readonly RespValue[]): RespValue => ({ kind: 'array', items });
export const map = (entries: readonly (readonly [RespValue, RespValue])[]): RespValue => ({
  kind: 'map',
  entries,
});
export const NULL: RespValue = { kind: 'null' };
export const OK: RespValue = simple('OK');

/** What a RESP2 client sees of a value. */
export function lowered(value: RespValue): RespValue {
  switch (value.kind) {
    case 'simple':
    case 'error':
    case 'integer':
    case 'bulk':
    case 'null':
    case 'null-array':
      return value;
    case 'array':
    case 'set':
    case 'push':
      return array(value.items.map(lowered));
    case 'map':
      return array(value.entries.flat().map(lowered));
    case 'double':
      return bulk(formatDouble(value.value));
    case 'boolean':
      return integer(value.value ? 1 : 0);
    case 'verbatim':
      return bulk(value.bytes);
    case 'big-number':
      return bulk(value.value.toString());
    default:
      return unreachable(value);
  }
}

/** An error reply of the server, in a plain value. */
export class RespError extends Error {
  override readonly name = 'RespError';
  /** The first word. */
  get code(): string {
    return this.message.split(' ', 1)[0] ?? '';
  }
}

export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | RespError
  | PlainValue[]
  | Map<PlainValue, PlainValue>;

/**
 * A reply as plain values: errors as RespError (not thrown), bulk strings as Buffers, maps as Maps
 * whose string keys are latin1, integers as numbers where they are safe and bigints elsewhere.
 */
export function toPlain(value: RespValue): PlainValue {
  switch (value.kind) {
    case 'simple':
      return value.text;
    case 'error':
      return new RespError(value.text);
    case 'bulk':
    case 'verbatim':
      return Buffer.from(value.bytes);
    case 'null':
    case 'null-array':
      return null;
    case 'array':
    case 'set':
    case 'push':
      return value.items.map(toPlain);
    case 'map':
      return new Map(value.entries.map(([key, item]) => [plainKey(key), toPlain(item)]));
    case 'integer':
    case 'double':
    case 'boolean':
    case 'big-number':
      return value.value;
    default:
      return unreachable(value);
  }
}

function plainKey(key: RespValue): PlainValue {
  const plain = toPlain(key);
  return Buffer.isBuffer(plain) ? plain.toString('latin1') : plain;
}
