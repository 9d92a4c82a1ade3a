/**
 * Deadlines of one replica: which keys are due, and from when on it is worth asking. Table `x` of
 * the store says what was due as of the last flush; dirty rows say the rest. A lower bound per
 * bucket is kept in memory, so that asking costs a read only for buckets where something may be
 * due.
 */
import { asBuffer } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import type { StoreIterator, StoreSnapshot } from '../ports.js';
import type { Place } from '../types.js';
import { corrupt } from './context.js';
import { decodeDeadlineKey, TABLE_CODES, tableOfKey, tableStart } from './keys.js';
import { decodeRow, dueOf } from './row-codec.js';
import type { HeadRow } from './rows.js';
import { RunReader } from './run-reader.js';
import { bucketsOf, iterateShard } from './shard-iterator.js';
import type { ShardRows } from './shard-rows.js';

export interface DueKey {
  readonly place: Place;
  readonly deadline: EpochMs;
}

const PAGE = 64;

export class Deadlines {
  private readonly shard: ShardRows;
  /** No key of the bucket is due before; Infinity: none has a deadline. */
  private readonly bounds = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
  /** Bounds set by puts since a search began; what it found must not raise them. */
  private recent: Float64Array | null = null;
  private readonly dirty = new Set<HeadRow>();
  private searching: Promise<unknown> = Promise.resolve();

  constructor(shard: ShardRows) {
    this.shard = shard;
  }

  onPut(row: HeadRow, deadline: EpochMs | null): void {
    if (deadline === null) {
      this.dirty.delete(row);
      return;
    }
    this.dirty.add(row);
    const { bucket } = row;
    if (deadline < (this.bounds[bucket] as number)) this.bounds[bucket] = deadline;
    if (this.recent && deadline < (this.recent[bucket] as number)) this.recent[bucket] = deadline;
  }

  onClean(row: HeadRow): void {
    this.dirty.delete(row);
  }

  next(): EpochMs | null {
    let least = Number.POSITIVE_INFINITY;
    for (const bound of this.bounds) if (bound < least) least = bound;
    return least === Number.POSITIVE_INFINITY ? null : (least as EpochMs);
  }

  /** Finds the bounds of what the store holds; once, when the replica is opened. */
  async open(): Promise<void> {
    await this.withIterator(async (iterator) => {
      const reader = new RunReader(iterator, 1);
      for (const bucket of bucketsOf(this.shard.descriptor)) {
        const { shard, bounds } = this;
        const first = await reader.first(tableStart(shard.spaceOf(bucket), bucket, TABLE_CODES.x));
        if (first === null) continue;
        const { deadline } = this.checked(bucket, ...first);
        bounds[bucket] = Math.min(bounds[bucket] as number, deadline);
      }
    });
  }

  /** One search at a time: two would disturb each other's bounds. */
  due(until: EpochMs, count: number): Promise<readonly DueKey[]> {
    const search = this.searching.then(() => this.search(until, count));
    this.searching = search.catch(() => undefined);
    return search;
  }

  private async search(until: EpochMs, count: number): Promise<readonly DueKey[]> {
    const buckets = bucketsOf(this.shard.descriptor).filter(
      (bucket) => (this.bounds[bucket] as number) <= until,
    );
    if (buckets.length === 0) return [];
    const recent = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
    this.recent = recent;
    const least = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
    const found = this.dueInOverlay(until, least);
    try {
      await this.withIterator(async (iterator) => {
        for (const bucket of buckets) {
          await this.dueInBucket(iterator, bucket, until, count, found, least);
        }
      });
    } finally {
      this.recent = null;
    }
    for (const bucket of buckets) {
      this.bounds[bucket] = Math.min(least[bucket] as number, recent[bucket] as number);
    }
    found.sort((a, b) => a.deadline - b.deadline);
    return withoutTwins(found).slice(0, count);
  }

  private dueInOverlay(until: EpochMs, least: Float64Array): DueKey[] {
    const found: DueKey[] = [];
    for (const row of this.dirty) {
      const deadline = dueOf(row.header);
      if (deadline === null) continue;
      least[row.bucket] = Math.min(least[row.bucket] as number, deadline);
      if (deadline <= until) found.push({ place: placeOf(row), deadline });
    }
    return found;
  }

  /** Live rows of the store up to `until`, at most `count`; also how far the bound may rise. */
  private async dueInBucket(
    iterator: StoreIterator,
    bucket: number,
    until: EpochMs,
    count: number,
    found: DueKey[],
    least: Float64Array,
  ): Promise<void> {
    let taken = 0;
    let after: Buffer | null = null;
    for (;;) {
      const { rows, end } = await this.page(iterator, bucket, PAGE, after);
      for (const { deadline, database, key, at } of rows) {
        after = at;
        const row = this.shard.rowInMemory({ bucket, database, key });
        // Dirty rows were found in the overlay; a clean one in memory is what the store holds.
        if (row && (row.generation !== 0 || dueOf(row.header) !== deadline)) continue;
        least[bucket] = Math.min(least[bucket] as number, deadline);
        if (deadline > until || taken === count) return;
        taken++;
        found.push({ place: { bucket, database, key }, deadline: deadline as EpochMs });
      }
      if (end) return;
    }
  }

  /** The next rows of a bucket's deadline table, checked; `end`: there are no more. */
  private async page(iterator: StoreIterator, bucket: number, count: number, after: Buffer | null) {
    const { shard } = this;
    const space = shard.spaceOf(bucket);
    const start = tableStart(space, bucket, TABLE_CODES.x);
    iterator.seek(after === null ? start : Buffer.concat([after, ZERO]));
    const rows = [];
    const pairs = await iterator.next(count);
    let end = pairs.length === 0;
    for (const [raw, stored] of pairs) {
      const at = asBuffer(raw);
      if (tableOfKey(at) !== TABLE_CODES.x || start.compare(at, 0, start.length) !== 0) {
        end = true;
        break;
      }
      rows.push(this.checked(bucket, at, stored));
    }
    return { rows, end };
  }

  private checked(bucket: number, at: Buffer, stored: Uint8Array) {
    if (decodeRow(at, stored) === null) {
      const { context, descriptor } = this.shard;
      throw corrupt(context, descriptor.shard, `a deadline of bucket ${bucket} fails its check`);
    }
    return { ...decodeDeadlineKey(at), at };
  }

  private async withIterator(work: (iterator: StoreIterator) => Promise<void>): Promise<void> {
    const snapshot: StoreSnapshot = this.shard.context.store.snapshot();
    const iterator = iterateShard(this.shard.descriptor, snapshot, {});
    try {
      await work(iterator);
    } finally {
      await iterator.close();
      await snapshot.close();
    }
  }
}

const ZERO = Buffer.alloc(1);

/** A row flushed while we searched may have been found in the overlay and in the store. */
function withoutTwins(found: readonly DueKey[]): DueKey[] {
  const seen = new Set<string>();
  return found.filter(({ place }) => {
    const name = `${place.database}:${place.key}`;
    return seen.has(name) ? false : seen.add(name);
  });
}

const placeOf = (row: HeadRow): Place => ({
  bucket: row.bucket,
  database: row.database,
  key: row.key,
});
