/**
 * Keys, bytes and digest per bucket and database of one replica, kept right by every put and delete
 * and written as one packed row beside the descriptor, so that they are those of the rows in the
 * same batch. The scrub and both ends of a snapshot count again and compare.
 */
import { PROBE_DATABASE } from '../../kv/limits.js';
import type { BucketRange } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';
import { DIGEST_MODULUS, digestMinus, digestPlus, getUint56, putUint56 } from './integers.js';

export interface Count {
  keys: number;
  /** Of these those that have a deadline. */
  expires: number;
  /** Key and value bytes of the heads. */
  bytes: number;
  /** Sum of the rows' CRCs modulo 2^52. */
  digest: number;
  /** Revision at which a key was last removed; 0: never. All that is known of what is not there. */
  removed: number;
}

/** bucket u16, database u8, then keys, bytes, digest, revision of 7 bytes each */
const ENTRY_BYTES = 3 + 4 * 7;
/** In the bucket's place: the entry's revision is that of the last removal. */
const REMOVED_BIT = 0x4000;
/** bucket u16, database u8, revision of 7 bytes */
const REMOVAL_BYTES = 3 + 7;
/** In the bucket's place: the entry says how many keys have a deadline, and nothing else. */
const EXPIRES_BIT = 0x2000;
/** In the bucket's place: the entry says up to which revision rows are wiped. */
const WIPED_BIT = 0x8000;

export const countIndex = (bucket: number, database: number): number => (bucket << 8) | database;
export const bucketOfCount = (index: number): number => index >>> 8;

export class Counts {
  readonly entries = new Map<number, Count>();
  /**
   * By `countIndex`: rows with no larger revision are gone, though the store may still have some
   * (`wipes.ts`). Not replicated: each store cleans up at its own pace.
   */
  readonly wiped = new Map<number, number>();
  changed = false;
  /** False: they are of a row that an older build has written, which did not count deadlines. */
  knowsExpires = true;

  at(bucket: number, database: number): Count {
    const index = countIndex(bucket, database);
    let count = this.entries.get(index);
    if (!count) {
      count = { keys: 0, expires: 0, bytes: 0, digest: 0, removed: 0 };
      this.entries.set(index, count);
    }
    return count;
  }

  /** Keys of the database that live in the bucket. */
  keysIn(bucket: number, database: number): number {
    return this.entries.get(countIndex(bucket, database))?.keys ?? 0;
  }

  hasKeys(bucket: number, database: number): boolean {
    return this.keysIn(bucket, database) > 0;
  }

  /** `expires`: the key has a deadline. */
  add(bucket: number, database: number, bytes: number, crc: number, expires = false): void {
    const count = this.touch(bucket, database);
    count.keys++;
    if (expires) count.expires++;
    count.bytes += bytes;
    count.digest = digestPlus(count.digest, crc);
  }

  remove(bucket: number, database: number, bytes: number, crc: number, expires = false): void {
    const count = this.touch(bucket, database);
    count.keys--;
    if (expires) count.expires--;
    count.bytes -= bytes;
    count.digest = digestMinus(count.digest, crc);
  }

  /** A key is gone, by the change of this revision. */
  markRemoved(bucket: number, database: number, revision: number): void {
    this.touch(bucket, database).removed = revision;
  }

  /** Revision of the last removal from the bucket's database; 0: none. */
  removedAt(bucket: number, database: number): number {
    return this.entries.get(countIndex(bucket, database))?.removed ?? 0;
  }

  /** The last removals alone, for a snapshot: rows do not tell them. */
  encodeRemovals(): Buffer {
    const removals = [...this.entries].filter(([, { removed }]) => removed > 0);
    const bytes = Buffer.alloc(removals.length * REMOVAL_BYTES);
    for (const [i, [index, { removed }]] of removals.entries()) {
      bytes.writeUIntBE(index, i * REMOVAL_BYTES, 3);
      putUint56(bytes, i * REMOVAL_BYTES + 3, removed);
    }
    return bytes;
  }

  /** Takes what `encodeRemovals` gave; false: these bytes are not of it. */
  addRemovals(bytes: Uint8Array): boolean {
    if (bytes.length % REMOVAL_BYTES !== 0) return false;
    for (let at = 0; at < bytes.length; at += REMOVAL_BYTES) {
      const bucket = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      if (bucket >= BUCKETS) return false;
      this.markRemoved(bucket, bytes[at + 2] as number, getUint56(bytes, at + 3));
    }
    return true;
  }

  /** Whether a row of this revision was wiped and is only not cleaned up yet. */
  isWiped(bucket: number, database: number, revision: number): boolean {
    if (this.wiped.size === 0) return false;
    return revision <= (this.wiped.get(countIndex(bucket, database)) ?? -1);
  }

  /** All that is counted here of a database (null: of every user's) is gone. */
  wipe(database: number | null, revision: number): void {
    for (const [index, count] of this.entries) {
      const of = index & 0xff;
      if (count.keys === 0 || (database === null ? of === PROBE_DATABASE : of !== database))
        continue;
      count.keys = 0;
      count.expires = 0;
      count.bytes = 0;
      count.digest = 0;
      count.removed = revision;
      this.wiped.set(index, revision);
      this.changed = true;
    }
  }

  /** The store has no wiped row left, unless more was wiped meanwhile. */
  cleaned(index: number, revision: number): void {
    if (this.wiped.get(index) !== revision) return;
    this.wiped.delete(index);
    this.changed = true;
  }

  /** For rows that are covered by the digest but are no keys of a user. */
  addDigest(bucket: number, crc: number): void {
    const count = this.touch(bucket, 0);
    count.digest = digestPlus(count.digest, crc);
  }

  removeDigest(bucket: number, crc: number): void {
    const count = this.touch(bucket, 0);
    count.digest = digestMinus(count.digest, crc);
  }

  private touch(bucket: number, database: number): Count {
    this.changed = true;
    return this.at(bucket, database);
  }

  /** Sum over all buckets of one database; without one over all that users can see. */
  total(database?: number): { keys: number; bytes: number } {
    let keys = 0;
    let bytes = 0;
    for (const [index, count] of this.entries) {
      const of = index & 0xff;
      if (database === undefined ? of === PROBE_DATABASE : of !== database) continue;
      keys += count.keys;
      bytes += count.bytes;
    }
    return { keys, bytes };
  }

  /** Keys of a database that have a deadline; 0 when nobody has counted them. */
  expiring(database: number): number {
    let sum = 0;
    for (const [index, { expires }] of this.entries)
      if ((index & 0xff) === database) sum += expires;
    return this.knowsExpires ? sum : 0;
  }

  digest(): number {
    let sum = 0;
    for (const [index, count] of this.entries) {
      sum = digestPlus(sum, count.digest);
      // Two replicas that disagree on it would decide differently on a watched key.
      if (count.removed > 0) sum = digestPlus(sum, mixed(index, count.removed));
    }
    return sum;
  }

  /** Names the first bucket (of these) whose rows are not those counted; null when all agree. */
  difference(found: Counts, only?: BucketRange): string | null {
    for (const index of new Set([...this.entries.keys(), ...found.entries.keys()])) {
      const bucket = bucketOfCount(index);
      if (only !== undefined && (bucket < only.first || bucket > only.last)) continue;
      const want = this.entries.get(index) ?? NOTHING;
      const have = found.entries.get(index) ?? NOTHING;
      const sameKeys =
        want.keys === have.keys && (want.expires === have.expires || !this.knowsExpires);
      if (!sameKeys || want.bytes !== have.bytes || want.digest !== have.digest) {
        return (
          `bucket ${bucket} database ${index & 0xff}: expected ${describe(want)}, ` +
          `stored are ${describe(have)}`
        );
      }
    }
    return null;
  }

  encode(): Buffer {
    for (const [index, { keys, bytes, digest, removed }] of this.entries) {
      if (keys === 0 && bytes === 0 && digest === 0 && removed === 0) this.entries.delete(index);
    }
    const expiring = this.expiringEntries();
    const entries = this.entries.size + this.wiped.size + expiring.length;
    const bytes = Buffer.alloc(entries * ENTRY_BYTES);
    let at = 0;
    for (const [index, expires] of expiring) {
      bytes.writeUInt16BE(bucketOfCount(index) | EXPIRES_BIT, at);
      bytes[at + 2] = index & 0xff;
      putUint56(bytes, at + 3, expires);
      at += ENTRY_BYTES;
    }
    for (const [index, upTo] of this.wiped) {
      bytes.writeUInt16BE((index >>> 8) | WIPED_BIT, at);
      bytes[at + 2] = index & 0xff;
      putUint56(bytes, at + 3, upTo);
      at += ENTRY_BYTES;
    }
    for (const [index, count] of this.entries) {
      const mark = count.removed > 0 ? REMOVED_BIT : 0;
      bytes.writeUInt16BE(bucketOfCount(index) | mark, at);
      bytes[at + 2] = index & 0xff;
      putUint56(bytes, at + 3, count.keys);
      putUint56(bytes, at + 10, count.bytes);
      putUint56(bytes, at + 17, count.digest);
      putUint56(bytes, at + 24, count.removed);
      at += ENTRY_BYTES;
    }
    this.changed = false;
    return bytes;
  }

  /** The first one is there always: it says that deadlines are counted. */
  private expiringEntries(): (readonly [index: number, expires: number])[] {
    if (!this.knowsExpires) return [];
    const first = this.entries.get(0)?.expires ?? 0;
    const others = [...this.entries].filter(([index, { expires }]) => index > 0 && expires > 0);
    return [[0, first], ...others.map(([index, { expires }]) => [index, expires] as const)];
  }
}

const NOTHING: Count = { keys: 0, expires: 0, bytes: 0, digest: 0, removed: 0 };

/** Whole numbers below 2^53 in every step. */
const mixed = (index: number, revision: number): number =>
  ((revision % 2 ** 27) * 0x1000193 + index * 0x9e3779b) % DIGEST_MODULUS;

const describe = (count: Count): string =>
  `${count.keys} keys (${count.expires} with a deadline) of ${count.bytes} bytes, ` +
  `digest ${count.digest.toString(16)}`;

/** Null when the bytes are not of `encode`. */
export function decodeCounts(bytes: Uint8Array): Counts | null {
  if (bytes.length % ENTRY_BYTES !== 0) return null;
  const counts = new Counts();
  counts.knowsExpires = bytes.length === 0;
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const bucket = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    const database = bytes[at + 2] as number;
    if ((bucket & WIPED_BIT) !== 0) {
      counts.wiped.set(countIndex(bucket & ~WIPED_BIT, database), getUint56(bytes, at + 3));
      continue;
    }
    if ((bucket & EXPIRES_BIT) !== 0) {
      counts.knowsExpires = true;
      const expires = getUint56(bytes, at + 3);
      if (expires > 0) counts.at(bucket & ~EXPIRES_BIT, database).expires = expires;
      continue;
    }
    const count = counts.at(bucket & ~REMOVED_BIT, database);
    count.keys = getUint56(bytes, at + 3);
    count.bytes = getUint56(bytes, at + 10);
    count.digest = getUint56(bytes, at + 17);
    if ((bucket & REMOVED_BIT) !== 0) count.removed = getUint56(bytes, at + 24);
    if (count.digest >= DIGEST_MODULUS) return null;
  }
  return counts;
}
