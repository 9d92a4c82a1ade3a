/**
 * One page of a scan: heads of one database in key order over all buckets of a shard, overlay
 * included. The overlay and a store snapshot are taken in the same instant, so a flush that runs
 * meanwhile can neither hide a key nor show it twice, and the page is the state of that one
 * instant.
 */
import { asBuffer, type ByteKey, fromByteKey } from '../../base/bytes.js';
import { RkvError } from '../../kv/errors.js';
import type { StoreIterator, StoreSnapshot } from '../ports.js';
import type { Header, ScanPage, ScanRange } from '../types.js';
import { BucketHeads, type StoredHead } from './bucket-heads.js';
import { corrupt } from './context.js';
import { Heap } from './heap.js';
import { headKey } from './keys.js';
import { decodeHead, headKeyLength, headValue } from './row-codec.js';
import type { HeadRow } from './rows.js';
import { bucketsOf, iterateShard } from './shard-iterator.js';
import type { ShardRows } from './shard-rows.js';

const MIN_PAGE = 2;
const MAX_PAGE = 1000;

interface OverlayHead {
  readonly key: ByteKey;
  readonly header: Header | null;
  /** Null when the key was deleted; the value is cut out only when it is emitted. */
  readonly record: Buffer | null;
}

type Item = ScanPage['items'][number];

export function scanShard(shard: ShardRows, range: ScanRange): Promise<ScanPage> {
  return shard.context.scans.run(range.deadline ?? null, () => readPage(shard, range));
}

async function readPage(shard: ShardRows, range: ScanRange): Promise<ScanPage> {
  if (shard.dead) throw replaced();
  const overlay = overlayOf(shard, range);
  const snapshot = shard.context.store.snapshot();
  const iterator = iterateShard(shard.descriptor, snapshot, { reverse: range.reverse });
  try {
    return await new Page(shard, range, overlay, snapshot, iterator).read();
  } finally {
    await iterator.close();
    await snapshot.close();
  }
}

const replaced = (): RkvError =>
  new RkvError('NOT_READY', 'the replica was replaced during a scan');

/** Dirty rows in the range, as they are now. */
function overlayOf(shard: ShardRows, range: ScanRange): OverlayHead[] {
  const from = asBuffer(range.from).toString('latin1');
  const to = range.to === null ? null : asBuffer(range.to).toString('latin1');
  const found: OverlayHead[] = [];
  const collect = (row: HeadRow): void => {
    if (row.database !== range.database || row.key < from) return;
    if (range.bucket !== undefined && row.bucket !== range.bucket) return;
    if (to !== null && row.key >= to) return;
    found.push({ key: row.key, header: row.header, record: row.record });
  };
  const { active } = shard.context.generations;
  for (const row of shard.dirtyHeads) collect(row);
  for (const row of shard.flushingHeads) {
    // Clean by now: the store has it. Changed again: it was among the first.
    if (row.generation !== 0 && row.generation !== active) collect(row);
  }
  return found;
}

class Page {
  private readonly shard: ShardRows;
  private readonly range: ScanRange;
  private readonly overlay: Heap<OverlayHead>;
  private readonly stored: Heap<BucketHeads>;
  private readonly snapshot: StoreSnapshot;
  private readonly iterator: StoreIterator;
  private readonly items: Item[] = [];
  private bytes = 0;
  private buckets = 1;

  constructor(
    shard: ShardRows,
    range: ScanRange,
    overlay: OverlayHead[],
    snapshot: StoreSnapshot,
    iterator: StoreIterator,
  ) {
    this.shard = shard;
    this.range = range;
    this.snapshot = snapshot;
    this.iterator = iterator;
    const before = range.reverse
      ? (a: ByteKey, b: ByteKey) => a > b
      : (a: ByteKey, b: ByteKey) => a < b;
    this.overlay = new Heap((a, b) => before(a.key, b.key), overlay);
    this.stored = new Heap((a: BucketHeads, b: BucketHeads) =>
      before((a.current as StoredHead).key, (b.current as StoredHead).key),
    );
  }

  async read(): Promise<ScanPage> {
    const { shard, range } = this;
    const { clock } = shard.context;
    const end = clock.monotonic() + range.budgetMs;
    // Counted up to this very instant: where no key lives nothing can come from.
    const wanted = range.bucket === undefined ? bucketsOf(shard.descriptor) : [range.bucket];
    const buckets = wanted.filter((bucket) => shard.counted.hasKeys(bucket, range.database));
    this.buckets = Math.max(1, buckets.length);
    // Until every bucket has shown its first key nothing is known to be the smallest.
    const sources = buckets.map((bucket) => new BucketHeads(shard, bucket, range));
    for (const source of sources) await this.enter(source);
    for (;;) {
      const waiting = this.take();
      if (waiting === 'end') return { items: this.items, done: true };
      if (waiting === 'full') return { items: this.items, done: false };
      if (waiting instanceof BucketHeads) {
        if (this.items.length > 0 && clock.monotonic() >= end) {
          return { items: this.items, done: false };
        }
        await this.enter(waiting);
      } else {
        await this.readLarge(waiting);
      }
    }
  }

  /**
   * Emits in order as long as memory has what comes next. Else says what to wait for: a bucket
   * whose page is used up, or a value that was too large to keep.
   */
  private take(): 'end' | 'full' | BucketHeads | StoredHead {
    for (;;) {
      const source = this.stored.peek();
      const stored = source?.current;
      const dirty = this.overlay.peek();
      if (stored === undefined && dirty === undefined) return 'end';
      const first = this.frontOf(dirty, stored);
      if (first.header !== null && this.isFull(first.key, first.header)) return 'full';
      if (first === dirty) this.overlay.pop();
      const waiting = stored?.key === first.key ? this.step() : null;
      if (first === dirty) {
        this.emitDirty(dirty);
      } else if (stored !== undefined) {
        if (stored.value === null && !this.range.keysOnly) {
          // Its bucket refills after the value was read.
          this.refillLater = waiting;
          return stored;
        }
        this.emit(stored.key, stored.header, stored.value);
      }
      if (waiting !== null) return waiting;
    }
  }

  /** What comes first; the overlay's when both have the key. One of them is there. */
  private frontOf(dirty: OverlayHead | undefined, stored: StoredHead | undefined) {
    if (dirty === undefined) return stored as StoredHead;
    if (stored === undefined) return dirty;
    const isDirty = this.range.reverse ? dirty.key >= stored.key : dirty.key <= stored.key;
    return isDirty ? dirty : stored;
  }

  private emitDirty({ key, header, record }: OverlayHead): void {
    if (header === null || record === null) return;
    const value = this.range.keysOnly
      ? null
      : headValue(record.subarray(headKeyLength(key.length)));
    this.emit(key, header, value);
  }

  private refillLater: BucketHeads | null = null;

  private async readLarge(head: StoredHead): Promise<void> {
    const { shard, range } = this;
    const key = headKey(shard.spaceOf(head.bucket), head.bucket, range.database, head.key);
    const [stored] = await this.snapshot.getMany([key]);
    if (shard.dead) throw replaced();
    const header = stored === undefined ? null : decodeHead(key, stored);
    if (stored === undefined || header?.crc !== head.header.crc) {
      const what = `key ${JSON.stringify(head.key)} changed under a snapshot`;
      throw corrupt(shard.context, shard.descriptor.shard, what);
    }
    this.emit(head.key, head.header, headValue(asBuffer(stored)));
    const refill = this.refillLater;
    this.refillLater = null;
    if (refill !== null) await this.enter(refill);
  }

  /** The stored row in front is done with; returns its bucket when it must be refilled first. */
  private step(): BucketHeads | null {
    const source = this.stored.pop() as BucketHeads;
    source.advance();
    if (source.current !== undefined) this.stored.push(source);
    else if (!source.done) return source;
    return null;
  }

  private async enter(source: BucketHeads): Promise<void> {
    const left = this.range.count - this.items.length;
    // A little over the fair share: keys are spread over the buckets by their hash.
    const share = Math.ceil((left / this.buckets) * 1.25) + 1;
    if (source.current === undefined && !source.done) {
      await source.refill(this.iterator, Math.min(Math.max(share, MIN_PAGE), MAX_PAGE));
      if (this.shard.dead) throw replaced();
    }
    if (source.current !== undefined) this.stored.push(source);
  }

  private isFull(key: ByteKey, header: Header): boolean {
    if (this.items.length === 0) return false;
    if (this.items.length >= this.range.count) return true;
    return this.bytes + this.sizeOf(key, header) > this.range.bytes;
  }

  private sizeOf(key: ByteKey, header: Header): number {
    return key.length + (this.range.keysOnly ? 0 : header.size);
  }

  private emit(key: ByteKey, header: Header, value: Buffer | null): void {
    this.bytes += this.sizeOf(key, header);
    this.items.push({ key: fromByteKey(key), header, value });
  }
}
