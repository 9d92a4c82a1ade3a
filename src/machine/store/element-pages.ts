/**
 * A part of a collection in the order of names: overlay and store merged. Both are taken in the
 * same instant, so a flush that runs meanwhile can neither hide an element nor show it twice, and
 * the page is the state of that one instant, however long it takes to read.
 */
import { assert } from '../../base/assert.js';
import { asBuffer, type ByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { StoreIterator } from '../ports.js';
import type { ElementPage, ElementRange, Place } from '../types.js';
import { corrupt } from './context.js';
import {
  decodeElement,
  elementKey,
  generationEnd,
  generationName,
  generationPrefix,
} from './element-codec.js';
import type { CollectionRows, ElementRow } from './element-rows.js';
import { Heap } from './heap.js';
import type { ShardRows } from './shard-rows.js';

const PAGE = 512;
const READ_AHEAD_BYTES = 64 * 1024;

interface Item {
  readonly name: ByteKey;
  readonly value: Uint8Array | null;
}

export async function readElements(
  shard: ShardRows,
  place: Place,
  generation: number,
  range: ElementRange,
): Promise<ElementPage> {
  assert(generation !== 0, 'a string has no elements');
  if (shard.dead) throw replaced();
  const held = shard.rowInMemory(place)?.collection ?? null;
  const known = held?.generation === generation ? held : null;
  const name = known?.name ?? generationName(place, generation);
  const prefix = generationPrefix(shard.spaceOf(place.bucket), place.bucket, name);
  const page = new Page(
    range,
    shard.descriptor.clusterTime,
    new Heap(before, overlayOf(known, range)),
  );
  if (known?.complete) {
    page.take([], true);
    return page.result();
  }
  const snapshot = shard.context.store.snapshot();
  const iterator = snapshot.iterate({
    gte: elementKey(prefix, range.from),
    lt: range.to === null ? generationEnd(prefix) : elementKey(prefix, range.to),
    readAheadBytes: READ_AHEAD_BYTES,
  });
  try {
    await fill(shard, page, iterator, prefix.length, range.count);
  } finally {
    await iterator.close();
    await snapshot.close();
  }
  return page.result();
}

const replaced = (): RkvError =>
  new RkvError('NOT_READY', 'the replica was replaced while a collection was read');

const before = (a: Item, b: Item): boolean => a.name < b.name;

/** What memory knows better than the store: all of it, if nothing else is there. */
function overlayOf(collection: CollectionRows | null, { from, to }: ElementRange): Item[] {
  const found: Item[] = [];
  if (collection === null) return found;
  const wanted = (row: ElementRow): boolean =>
    (row.generation !== 0 || collection.complete) &&
    row.name >= from &&
    (to === null || row.name < to);
  for (const row of collection.rows.values()) {
    if (wanted(row)) found.push({ name: row.name, value: row.value });
  }
  return found;
}

async function fill(
  shard: ShardRows,
  page: Page,
  iterator: StoreIterator,
  nameAt: number,
  count: number,
): Promise<void> {
  let wanted = Math.min(count + 1, PAGE);
  for (;;) {
    const pairs = await iterator.next(wanted);
    if (shard.dead) throw replaced();
    const items = pairs.map(([raw, stored]) => {
      const key = asBuffer(raw);
      const decoded = decodeElement(key, asBuffer(stored));
      if (decoded !== null) return { name: key.toString('latin1', nameAt), value: decoded.payload };
      const what = 'an element fails its check in a read of its collection';
      throw corrupt(shard.context, shard.descriptor.shard, what);
    });
    if (page.take(items, pairs.length === 0)) return;
    wanted = PAGE;
  }
}

class Page {
  private readonly range: ElementRange;
  private readonly time: EpochMs;
  private readonly overlay: Heap<Item>;
  private readonly items: { name: ByteKey; value: Uint8Array }[] = [];
  private bytes = 0;
  private done = false;

  constructor(range: ElementRange, time: EpochMs, overlay: Heap<Item>) {
    this.range = range;
    this.time = time;
    this.overlay = overlay;
  }

  result(): ElementPage {
    return { items: this.items, done: this.done, time: this.time };
  }

  /** Merges what the store gave next; true: enough, or the end. */
  take(stored: readonly Item[], end: boolean): boolean {
    for (const item of stored) {
      if (this.takeOverlay(item.name) || this.add(item)) return true;
    }
    if (!end) return false;
    this.done = !this.takeOverlay(null);
    return true;
  }

  /** Adds what the overlay has before `name`, and what it has instead of it. True: full. */
  private takeOverlay(name: ByteKey | null): boolean {
    for (let next = this.overlay.peek(); next !== undefined; next = this.overlay.peek()) {
      if (name !== null && next.name > name) return false;
      if (this.add(next)) return true;
      this.overlay.pop();
      this.newest = next.name;
    }
    return false;
  }

  private newest: ByteKey | null = null;

  private add({ name, value }: Item): boolean {
    if (value === null || name === this.newest) return false;
    const size = name.length + value.length;
    const { count, bytes } = this.range;
    const full = this.items.length >= count || this.bytes + size > bytes;
    if (full && this.items.length > 0) return true;
    this.bytes += size;
    this.items.push({ name, value });
    return false;
  }
}
