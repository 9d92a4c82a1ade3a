/**
 * The heads of one bucket and database in key order, a page at a time, through an iterator that
 * many buckets share: whoever reads seeks first. Rows are checked as they come in.
 */
import { asBuffer, type ByteKey } from '../../base/bytes.js';
import type { StoreIterator } from '../ports.js';
import type { Header, ScanRange } from '../types.js';
import { corrupt } from './context.js';
import { countIndex } from './counts.js';
import { HEAD_KEY_BYTES, headKey, TABLE_CODES, tableStart } from './keys.js';
import { decodeHead, headValue } from './row-codec.js';
import type { ShardRows } from './shard-rows.js';

export interface StoredHead {
  readonly key: ByteKey;
  readonly header: Header;
  /** Null: not wanted, or too large to wait in memory for its turn. */
  readonly value: Buffer | null;
  readonly bucket: number;
}

/** Sixty-four buckets may each hold a page at once; larger values are read again when emitted. */
const HELD_VALUE_BYTES = 64 * 1024;

export class BucketHeads {
  readonly bucket: number;
  private readonly shard: ShardRows;
  private readonly range: ScanRange;
  private readonly prefix: Buffer;
  private readonly from: ByteKey;
  private readonly to: ByteKey | null;
  private page: StoredHead[] = [];
  private at = 0;
  private last: ByteKey | null = null;
  private ended = false;
  /** Up to this revision rows are wiped, as of the instant this was made. */
  private readonly wipedUpTo: number;

  constructor(shard: ShardRows, bucket: number, range: ScanRange) {
    this.shard = shard;
    this.bucket = bucket;
    this.range = range;
    this.from = asBuffer(range.from).toString('latin1');
    this.to = range.to === null ? null : asBuffer(range.to).toString('latin1');
    this.prefix = headKey(shard.spaceOf(bucket), bucket, range.database, '');
    this.wipedUpTo = shard.counted.wiped.get(countIndex(bucket, range.database)) ?? -1;
  }

  /** The next row; undefined: ask `refill`, or it is the end. */
  get current(): StoredHead | undefined {
    return this.page[this.at];
  }

  get done(): boolean {
    return this.ended && this.at >= this.page.length;
  }

  advance(): void {
    this.at++;
  }

  /** Reads about `count` further rows; at least one unless there are none. */
  async refill(iterator: StoreIterator, count: number): Promise<void> {
    iterator.seek(this.position());
    this.page = [];
    this.at = 0;
    // Backwards the seek stops at a row that is out of the range: read one more, and go on when
    // that one came alone.
    const wanted = this.range.reverse ? count + 1 : count;
    while (this.page.length === 0 && !this.ended) this.takePage(await iterator.next(wanted));
  }

  private takePage(pairs: readonly (readonly [Uint8Array, Uint8Array])[]): void {
    if (pairs.length === 0) this.ended = true;
    for (const [raw, stored] of pairs) {
      const key = asBuffer(raw);
      if (this.prefix.compare(key, 0, this.prefix.length) !== 0) {
        this.ended = true;
        break;
      }
      const name = key.toString('latin1', HEAD_KEY_BYTES);
      const side = this.side(name);
      if (side === 'before') continue;
      if (side === 'behind') {
        this.ended = true;
        break;
      }
      this.last = name;
      const head = this.decode(key, name, asBuffer(stored));
      // Wiped, and not cleaned up yet.
      if (head.header.revision > this.wipedUpTo) this.page.push(head);
    }
  }

  private position(): Buffer {
    const { range, shard, bucket, last } = this;
    const space = shard.spaceOf(bucket);
    const at = (key: ByteKey) => headKey(space, bucket, range.database, key);
    if (!range.reverse) {
      return at(last === null ? this.from : `${last}\0`);
    }
    if (last !== null) return at(last);
    if (this.to !== null) return at(this.to);
    if (range.database < 255) return headKey(space, bucket, range.database + 1, '');
    return tableStart(space, bucket, TABLE_CODES.d + 1);
  }

  /** A row of this bucket's database may lie outside the range, or be the one read last. */
  private side(name: ByteKey): 'before' | 'inside' | 'behind' {
    const { last } = this;
    const below = name < this.from;
    const above = this.to !== null && name >= this.to;
    if (this.range.reverse) {
      if (above || (last !== null && name >= last)) return 'before';
      return below ? 'behind' : 'inside';
    }
    if (below) return 'before';
    return above ? 'behind' : 'inside';
  }

  private decode(key: Buffer, name: ByteKey, stored: Buffer): StoredHead {
    const header = decodeHead(key, stored);
    if (header === null) {
      const { shard } = this;
      const what = `key ${JSON.stringify(name)} of bucket ${this.bucket} fails its check`;
      throw corrupt(shard.context, shard.descriptor.shard, what);
    }
    const keep = !this.range.keysOnly && header.size <= HELD_VALUE_BYTES;
    return { key: name, header, value: keep ? headValue(stored) : null, bucket: this.bucket };
  }
}
