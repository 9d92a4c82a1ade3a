/**
 * Places in a walk over all keys, bucket by bucket and in byte order inside a bucket, and how they
 * fit into the 64 bits of a Redis cursor (docs/redis.md, "SCAN").
 *
 * A key's bucket never changes, so a walk in the order of buckets meets every key that is there
 * all the time, whichever shards own the buckets meanwhile. A place is a bucket and the last key
 * seen there. A cursor has room for the bucket and 53 bits of a hash of that key: whoever still
 * knows the key goes on behind it; else the shard looks for a key with this hash, and begins the
 * bucket again when there is none (it was deleted): keys may come twice, none is missed.
 */
import { asBuffer } from '../../base/bytes.js';

export interface WalkPosition {
  readonly bucket: number;
  /** The last key seen in this bucket; null: none yet. */
  readonly after: Uint8Array | null;
}

const BUCKET_BYTES = 2;
const MAX_BUCKET = 255;

/** Bucket as u16, then a byte 1 and the key when there is one. */
export function encodePosition({ bucket, after }: WalkPosition): Buffer {
  const head = Buffer.from(after === null ? [0, bucket] : [0, bucket, 1]);
  return after === null ? head : Buffer.concat([head, after]);
}

/** Null: not of `encodePosition`. The key is a view. */
export function decodePosition(bytes: Uint8Array): WalkPosition | null {
  if (bytes.length < BUCKET_BYTES) return null;
  const bucket = asBuffer(bytes).readUInt16BE(0);
  if (bucket > MAX_BUCKET) return null;
  if (bytes.length === BUCKET_BYTES) return { bucket, after: null };
  if (bytes[BUCKET_BYTES] !== 1) return null;
  return { bucket, after: bytes.subarray(BUCKET_BYTES + 1) };
}

const HASH_BITS = 53n;
const HASH_MASK = (1n << HASH_BITS) - 1n;

const spread = (word: number): number => {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

/** 53 bits, never 0; the same on every node and in every build, for cursors outlive both. */
export function keyHash(key: Uint8Array): number {
  let a = 0x9e3779b9 ^ key.length;
  let b = 0x7f4a7c15;
  for (let i = 0; i < key.length; i++) {
    const byte = key[i] as number;
    a = Math.imul(a ^ byte, 0x9e3779b1);
    b = Math.imul((b << 5) | (b >>> 27), 0x85ebca77) + byte;
  }
  const high = spread(a ^ (b >>> 16)) >>> 11;
  const low = spread(b ^ (a >>> 15)) >>> 0;
  return high * 2 ** 32 + low || 1;
}

/** A cursor of SCAN: bucket and hash; 0 alone is the beginning, and as an answer the end. */
export const cursorOf = ({ bucket, after }: WalkPosition): bigint =>
  (BigInt(bucket) << HASH_BITS) | BigInt(after === null ? 0 : keyHash(after));

/** Hash 0: the beginning of the bucket. Null: no cursor of ours, so nothing is known of it. */
export function decodeCursor(cursor: bigint): { bucket: number; hash: number } | null {
  const bucket = cursor >> HASH_BITS;
  if (cursor < 0n || bucket > BigInt(MAX_BUCKET)) return null;
  return { bucket: Number(bucket), hash: Number(cursor & HASH_MASK) };
}
