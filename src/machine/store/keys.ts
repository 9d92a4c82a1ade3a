/**
 * Keys of the store: `space u32 | bucket u16 | table u8 | …`, so that all that belongs to a bucket
 * is one run. Space 0 is the node's own: `0 | kind u8 | number u64`. See docs/formats.md, "Store".
 */
import type { ByteKey } from '../../base/bytes.js';
import type { SpaceId } from '../../base/ids.js';
import type { Table } from '../types.js';
import { getUint32, getUint64, putUint32, putUint64 } from './integers.js';

/** Tables are named by their letter's code, so a dump of keys can be read. */
export const TABLE_CODES = {
  b: 0x62,
  c: 0x63,
  d: 0x64,
  h: 0x68,
  l: 0x6c,
  m: 0x6d,
  s: 0x73,
  x: 0x78,
} as const satisfies Record<Table, number>;

export const SPACE_BYTES = 4;
/** space, bucket, table */
export const PREFIX_BYTES = 7;
/** space, bucket, table, database */
export const HEAD_KEY_BYTES = 8;

const DEADLINE_KEY_BYTES = PREFIX_BYTES + 8 + 1;

export function putPrefix(to: Uint8Array, space: SpaceId, bucket: number, code: number): void {
  putUint32(to, 0, space);
  to[4] = bucket >>> 8;
  to[5] = bucket;
  to[6] = code;
}

/** Writes the key of a head to the front of `to`, which has at least its room. */
export function putHeadKey(
  to: Buffer,
  space: SpaceId,
  bucket: number,
  database: number,
  key: ByteKey,
): void {
  putPrefix(to, space, bucket, TABLE_CODES.d);
  to[PREFIX_BYTES] = database;
  to.write(key, HEAD_KEY_BYTES, 'latin1');
}

export function headKey(space: SpaceId, bucket: number, database: number, key: ByteKey): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_KEY_BYTES + key.length);
  putHeadKey(bytes, space, bucket, database, key);
  return bytes;
}

export const deadlineKeyLength = (key: ByteKey): number => DEADLINE_KEY_BYTES + key.length;

/** Where a deadline row lies; sorts by deadline inside its bucket. */
export function deadlineKey(
  space: SpaceId,
  bucket: number,
  deadline: number,
  database: number,
  key: ByteKey,
): Buffer {
  const bytes = Buffer.allocUnsafe(deadlineKeyLength(key));
  putPrefix(bytes, space, bucket, TABLE_CODES.x);
  putUint64(bytes, PREFIX_BYTES, deadline);
  bytes[PREFIX_BYTES + 8] = database;
  bytes.write(key, DEADLINE_KEY_BYTES, 'latin1');
  return bytes;
}

export interface DeadlineKey {
  readonly deadline: number;
  readonly database: number;
  readonly key: ByteKey;
}

/** Of a key that has the prefix of a deadline table. */
export function decodeDeadlineKey(bytes: Buffer): DeadlineKey {
  return {
    deadline: getUint64(bytes, PREFIX_BYTES),
    database: bytes[PREFIX_BYTES + 8] as number,
    key: bytes.toString('latin1', DEADLINE_KEY_BYTES),
  };
}

export function rowKey(space: SpaceId, bucket: number, table: Table, key: ByteKey): Buffer {
  const bytes = Buffer.allocUnsafe(rowKeyLength(key));
  putRowKey(bytes, space, bucket, table, key);
  return bytes;
}

export const rowKeyLength = (key: ByteKey): number => PREFIX_BYTES + key.length;

export function putRowKey(
  bytes: Buffer,
  space: SpaceId,
  bucket: number,
  table: Table,
  key: ByteKey,
): void {
  putPrefix(bytes, space, bucket, TABLE_CODES[table]);
  bytes.write(key, PREFIX_BYTES, 'latin1');
}

/** The first possible key of a table; with `code` + 1 the end of it. */
export function tableStart(space: SpaceId, bucket: number, code: number): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES);
  putPrefix(bytes, space, bucket, code);
  return bytes;
}

/** The first possible key of a bucket; bucket 256 gives the end of the space's data. */
export function bucketStart(space: SpaceId, bucket: number): Buffer {
  const bytes = Buffer.allocUnsafe(6);
  putUint32(bytes, 0, space);
  bytes[4] = bucket >>> 8;
  bytes[5] = bucket;
  return bytes;
}

export const spaceOfKey = (key: Uint8Array): number => getUint32(key, 0);
export const bucketOfKey = (key: Uint8Array): number =>
  ((key[4] as number) << 8) | (key[5] as number);
export const tableOfKey = (key: Uint8Array): number => key[6] as number;

/** Rows of the node itself. */
export const NODE_ROWS = {
  /** One per write of the store. */
  batch: 0x62,
  /** Counts of a space that was received whole and is not installed yet. */
  incoming: 0x69,
  /** The next space to give out; number 0. */
  nextSpace: 0x6e,
  /** Counts and digests of a replica, by group. */
  counts: 0x70,
  /** Descriptor of a replica, by group. */
  replica: 0x72,
} as const;

const NODE_KEY_BYTES = SPACE_BYTES + 1 + 8;

export function nodeKey(kind: number, number: number): Buffer {
  const bytes = Buffer.alloc(NODE_KEY_BYTES);
  bytes[SPACE_BYTES] = kind;
  putUint64(bytes, SPACE_BYTES + 1, number);
  return bytes;
}

export function decodeNodeKey(key: Uint8Array): { kind: number; number: number } | null {
  if (key.length !== NODE_KEY_BYTES) return null;
  return { kind: key[SPACE_BYTES] as number, number: getUint64(key, SPACE_BYTES + 1) };
}
