/**
 * Counts rows again as they are read from a store or a stream: each row's CRC, order and place, and
 * per bucket the keys, bytes and digest they come to. The scrub and both ends of a snapshot compare
 * that with what apply has counted.
 */
import type { BucketRange } from '../../shard/descriptor.js';
import { Counts } from './counts.js';
import { nameStart } from './element-codec.js';
import { DIGEST_MODULUS, digestMinus, digestPlus } from './integers.js';
import {
  bucketOfKey,
  decodeDeadlineKey,
  HEAD_KEY_BYTES,
  PREFIX_BYTES,
  TABLE_CODES,
  tableOfKey,
} from './keys.js';
import {
  bytesOf,
  checkedCrc,
  crcOfStored,
  decodeHead,
  digestOf,
  dueOf,
  rowLength,
} from './row-codec.js';

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
  /** Elements of live generations less what heads say of them. */
  private elementRows = 0;
  private elementBytes = 0;
  private elementSum = 0;
  /** Generations of the present bucket that are buried; their table comes first. */
  private readonly buried = new Set<string>();
  private bucket = -1;

  /** Takes the next row; says what is wrong with it, or null. */
  add(key: Buffer, stored: Buffer): string | null {
    const bucket = bucketOfKey(key);
    const table = tableOfKey(key);
    this.rows++;
    this.bytes += key.length + stored.length;
    if (bucket !== this.bucket) {
      this.bucket = bucket;
      this.buried.clear();
    }
    if (!KNOWN_TABLES.has(table)) return `a row of no known table in bucket ${bucket}`;
    if (table === TABLE_CODES.d) return this.addHead(bucket, key, stored);
    if (checkedCrc(key, stored) === null) {
      return `a row of table ${String.fromCharCode(table)} in bucket ${bucket} fails its check`;
    }
    const crc = crcOfStored(stored);
    this.digest = digestPlus(this.digest, crc);
    if (table === TABLE_CODES.m) this.counts.addDigest(bucket, crc);
    if (table === TABLE_CODES.x) this.addDeadline(-1, decodeDeadlineKey(key).deadline);
    if (table === TABLE_CODES.b) this.buried.add(key.toString('latin1', PREFIX_BYTES));
    return table === TABLE_CODES.c ? this.addElement(key, stored, crc) : null;
  }

  /** What is wrong with the whole of these buckets, or of all; null: nothing. */
  difference(expected: Counts, only?: BucketRange): string | null {
    const counted = expected.difference(this.counts, only);
    if (counted !== null) return counted;
    if (this.deadlineRows !== 0 || this.deadlineSum !== 0) {
      return `${Math.abs(this.deadlineRows)} deadlines do not fit the keys they are of`;
    }
    if (this.elementRows !== 0 || this.elementBytes !== 0 || this.elementSum !== 0) {
      return `${Math.abs(this.elementRows)} elements do not fit the heads they are of`;
    }
    return null;
  }

  private addHead(bucket: number, key: Buffer, stored: Buffer): string | null {
    const header = decodeHead(key, stored);
    if (header === null) return `a key of bucket ${bucket} fails its check`;
    this.digest = digestPlus(this.digest, header.crc);
    const keyBytes = key.length - HEAD_KEY_BYTES;
    const database = key[HEAD_KEY_BYTES - 1] as number;
    const expires = header.deadline !== null;
    this.counts.add(bucket, database, keyBytes + bytesOf(header), digestOf(header), expires);
    const due = dueOf(header);
    if (due !== null) this.addDeadline(1, due);
    if (header.facts !== null) {
      this.elementRows -= header.facts.rows;
      this.elementBytes -= header.facts.bytes;
      this.elementSum = digestMinus(this.elementSum, header.facts.digest);
    }
    return null;
  }

  private addElement(key: Buffer, stored: Buffer, crc: number): string | null {
    const start = nameStart(key);
    if (start < 0) return `an element of bucket ${this.bucket} has a key of no known form`;
    const isBuried =
      this.buried.size > 0 && this.buried.has(key.toString('latin1', PREFIX_BYTES, start));
    if (isBuried) return null;
    this.elementRows++;
    this.elementBytes += key.length - start + stored.length - rowLength(0);
    this.elementSum = digestPlus(this.elementSum, crc);
    return null;
  }

  private addDeadline(sign: 1 | -1, deadline: number): void {
    this.deadlineRows += sign;
    const folded = deadline % DIGEST_MODULUS;
    this.deadlineSum = (this.deadlineSum + sign * folded) % DIGEST_MODULUS;
  }
}
