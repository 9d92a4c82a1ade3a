/**
 * Counts rows again as they are read from a store or a stream: each row's CRC, order and place, and
 * per bucket the keys, bytes and digest they come to. The scrub and both ends of a snapshot compare
 * that with what apply has counted.
 */
import type { BucketRange } from '../../shard/descriptor.js';
import { Counts } from './counts.js';
import { DIGEST_MODULUS, digestPlus } from './integers.js';
import { bucketOfKey, decodeDeadlineKey, HEAD_KEY_BYTES, TABLE_CODES, tableOfKey } from './keys.js';
import { checkedCrc, crcOfStored, decodeHead } from './row-codec.js';

const KNOWN_TABLES: ReadonlySet<number> = new Set(Object.values(TABLE_CODES));

export class Auditor {
  readonly counts = new Counts();
  rows = 0;
  bytes = 0;
  /** Sum of all rows' CRCs, of every table. */
  digest = 0;
  /** Deadlines of heads less deadline rows: both must come to nothing. */
  private deadlineRows = 0;
  private deadlineSum = 0;

  /** Takes the next row; says what is wrong with it, or null. */
  add(key: Buffer, stored: Buffer): string | null {
    const bucket = bucketOfKey(key);
    const table = tableOfKey(key);
    this.rows++;
    this.bytes += key.length + stored.length;
    if (!KNOWN_TABLES.has(table)) return `a row of no known table in bucket ${bucket}`;
    if (table === TABLE_CODES.d) return this.addHead(bucket, key, stored);
    if (checkedCrc(key, stored) === null) {
      return `a row of table ${String.fromCharCode(table)} in bucket ${bucket} fails its check`;
    }
    const crc = crcOfStored(stored);
    this.digest = digestPlus(this.digest, crc);
    if (table === TABLE_CODES.m) this.counts.addDigest(bucket, crc);
    if (table === TABLE_CODES.x) this.addDeadline(-1, decodeDeadlineKey(key).deadline);
    return null;
  }

  /** What is wrong with the whole of these buckets, or of all; null: nothing. */
  difference(expected: Counts, only?: BucketRange): string | null {
    const counted = expected.difference(this.counts, only);
    if (counted !== null) return counted;
    if (this.deadlineRows !== 0 || this.deadlineSum !== 0) {
      return `${Math.abs(this.deadlineRows)} deadlines do not fit the keys they are of`;
    }
    return null;
  }

  private addHead(bucket: number, key: Buffer, stored: Buffer): string | null {
    const header = decodeHead(key, stored);
    if (header === null) return `a key of bucket ${bucket} fails its check`;
    this.digest = digestPlus(this.digest, header.crc);
    const keyBytes = key.length - HEAD_KEY_BYTES;
    const database = key[HEAD_KEY_BYTES - 1] as number;
    this.counts.add(bucket, database, keyBytes + header.size, header.crc);
    if (header.deadline !== null) this.addDeadline(1, header.deadline);
    return null;
  }

  private addDeadline(sign: 1 | -1, deadline: number): void {
    this.deadlineRows += sign;
    const folded = deadline % DIGEST_MODULUS;
    this.deadlineSum = (this.deadlineSum + sign * folded) % DIGEST_MODULUS;
  }
}
