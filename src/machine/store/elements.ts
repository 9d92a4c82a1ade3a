/**
 * Elements of one replica's collections: reads and changes in memory, and what a flush writes of
 * them. A collection's sums are kept here and go into its head when the head is put, so a head
 * cannot say anything else than what its elements come to. When a head is put with another
 * generation, or deleted, the old generation is buried: a row in table `b` and nothing more,
 * however many elements it has. See `graves.ts` for who deletes them.
 */
import { assert, must } from '../../base/assert.js';
import { asBuffer, type ByteKey, EMPTY_BYTES } from '../../base/bytes.js';
import type { StoreBatch } from '../ports.js';
import type { ElementPage, Facts, NewHead, Place } from '../types.js';
import { corrupt } from './context.js';
import {
  decodeElement,
  elementCrc,
  elementKey,
  encodeElement,
  generationName,
  generationPrefix,
  payloadOf,
} from './element-codec.js';
import { CollectionRows, ElementRow } from './element-rows.js';
import type { Grave } from './graves.js';
import { digestMinus, digestPlus } from './integers.js';
import { crcOfStored } from './row-codec.js';
import type { HeadRow } from './rows.js';
import type { ShardRows } from './shard-rows.js';

const ROW_BYTES = 200;

export class Elements {
  private readonly shard: ShardRows;
  private dirty: ElementRow[] = [];
  /** Buried in the active generation of the overlay. */
  private graves: Grave[] = [];
  /** Changed, and their heads not put yet. */
  private readonly open = new Set<CollectionRows>();
  /** Elements that were read where nobody may wait, for want of a load before. */
  syncReads = 0;

  constructor(shard: ShardRows) {
    this.shard = shard;
  }

  get settled(): boolean {
    return this.open.size === 0;
  }

  get(place: Place, generation: number, name: ByteKey): Uint8Array | null | undefined {
    const row = this.headOf(place);
    const known = find(row, generation);
    if (known === null) return row.header?.generation === generation ? undefined : null;
    const element = known.rows.get(name);
    if (element !== undefined) return element.value;
    return known.complete ? null : undefined;
  }

  read(place: Place, generation: number, name: ByteKey): Uint8Array | null {
    const known = this.get(place, generation, name);
    if (known !== undefined) return known;
    this.syncReads++;
    const collection = this.collectionOf(this.headOf(place), generation);
    const key = elementKey(collection.prefix, name);
    return this.take(collection, name, key, this.shard.context.store.getSync(key)).value;
  }

  /** A row that came from the store, and that memory does not know. */
  take(
    collection: CollectionRows,
    name: ByteKey,
    key: Buffer,
    stored: Uint8Array | undefined,
  ): ElementRow {
    const element = new ElementRow(collection, name);
    if (stored !== undefined) {
      const decoded = decodeElement(key, asBuffer(stored));
      if (decoded === null) {
        const { bucket, generation } = collection;
        const what = `an element of generation ${generation} in bucket ${bucket} fails its check`;
        throw corrupt(this.shard.context, this.shard.descriptor.shard, what);
      }
      element.value = decoded.payload;
      element.crc = decoded.crc;
      element.stored = true;
    }
    collection.rows.set(name, element);
    this.shard.loader.pinElement(element);
    return element;
  }

  /** What the caller knows of an element without a look: it follows from another one. */
  know(place: Place, generation: number, name: ByteKey, payload: Uint8Array | null): void {
    const collection = this.collectionOf(this.headOf(place), generation);
    if (collection.complete || collection.rows.has(name)) return;
    const element = new ElementRow(collection, name);
    if (payload !== null) {
      element.value = asBuffer(payload);
      element.crc = elementCrc(collection.prefix, name, payload);
      element.stored = true;
    }
    collection.rows.set(name, element);
    this.shard.loader.pinElement(element);
  }

  put(place: Place, generation: number, name: ByteKey, payload: Uint8Array): void {
    const collection = this.collectionOf(this.headOf(place), generation);
    const element = this.changeable(collection, name);
    const before = this.beginChange(element);
    const record = encodeElement(collection.prefix, name, payload);
    element.record = record;
    element.value = payloadOf(record, collection.prefix.length + name.length);
    element.crc = crcOfStored(record);
    collection.rowCount++;
    collection.bytes += name.length + payload.length;
    collection.digest = digestPlus(collection.digest, element.crc);
    this.shard.markChanged(record.length - before);
  }

  delete(place: Place, generation: number, name: ByteKey): void {
    const collection = this.collectionOf(this.headOf(place), generation);
    const element = this.changeable(collection, name);
    if (element.value === null) return;
    const before = this.beginChange(element);
    element.record = null;
    element.value = null;
    element.crc = 0;
    this.shard.markChanged(-before);
  }

  whole(place: Place, generation: number): ElementPage['items'] | null {
    const row = this.headOf(place);
    const collection = find(row, generation);
    if (collection === null) return row.header?.generation === generation ? null : [];
    return collection.complete ? itemsOf(collection) : null;
  }

  /** What the head about to be put says of its elements; null: it has none by its nature. */
  factsFor(row: HeadRow, { generation, wake }: NewHead): Facts | null {
    if (generation === 0) return null;
    const { header } = row;
    const before = header?.generation === generation ? (header.facts?.wake ?? null) : null;
    return this.collectionOf(row, generation).facts(wake === undefined ? before : wake);
  }

  /** The head of `row` is about to have this generation (0: none): another one is buried. */
  settle(row: HeadRow, generation: number): void {
    const { header, collection: old } = row;
    const next = generation === 0 ? null : find(row, generation);
    if (header !== null && header.generation !== 0 && header.generation !== generation) {
      this.bury(row, header.generation, old);
    }
    row.collection = next;
    row.nextCollection = null;
    if (next !== null) this.open.delete(next);
  }

  /** The active generation of the overlay becomes the flushing one. */
  swap(): { readonly elements: readonly ElementRow[]; readonly graves: readonly Grave[] } {
    const { dirty, graves } = this;
    this.dirty = [];
    this.graves = [];
    return { elements: dirty, graves };
  }

  /** After a flush: what was not changed since is clean. */
  release(element: ElementRow, generation: number): void {
    if (element.generation !== generation) return;
    element.generation = 0;
    element.record = null;
    if (!this.shard.loader.isPinned(element)) element.collection.forget(element);
  }

  collectionOf(row: HeadRow, generation: number): CollectionRows {
    const known = find(row, generation);
    if (known !== null) return known;
    const { header, bucket } = row;
    const isStored = header !== null && header.generation === generation;
    const name = generationName(row, generation);
    const collection = new CollectionRows({
      bucket,
      generation,
      name,
      prefix: generationPrefix(this.shard.spaceOf(bucket), bucket, name),
      facts: isStored ? must(header.facts, 'facts of a collection') : null,
      active: this.shard.context.generations.active,
    });
    if (isStored) row.collection = collection;
    else row.nextCollection = collection;
    return collection;
  }

  private bury(row: HeadRow, generation: number, collection: CollectionRows | null): void {
    const { active } = this.shard.context.generations;
    if (collection !== null) {
      collection.buriedIn = active;
      this.open.delete(collection);
      // Nothing of it was ever written, nor will be.
      if (collection.bornIn === active) return;
    }
    const { bucket } = row;
    const name = generationName(row, generation);
    this.shard.plain.put('b', bucket, name, EMPTY_BYTES, false);
    this.graves.push({ bucket, name });
  }

  private changeable(collection: CollectionRows, name: ByteKey): ElementRow {
    const known = collection.rows.get(name);
    if (known !== undefined) return known;
    assert(collection.complete, 'the old state of an element that is changed is in memory');
    const element = new ElementRow(collection, name);
    collection.rows.set(name, element);
    return element;
  }

  /** Takes the old state out of the sums; returns the overlay's bytes that it frees. */
  private beginChange(element: ElementRow): number {
    const { collection, value, name } = element;
    assert(collection.buriedIn === 0, 'a buried collection does not change');
    this.open.add(collection);
    if (value !== null) {
      collection.rowCount--;
      collection.bytes -= name.length + value.length;
      collection.digest = digestMinus(collection.digest, element.crc);
    }
    const before = element.record?.length ?? 0;
    if (!element.beginChange(this.shard.context.generations.active)) return before;
    this.dirty.push(element);
    return -(ROW_BYTES + name.length);
  }

  private headOf(place: Place): HeadRow {
    return must(this.shard.row(place), 'the head of a collection that is used');
  }
}

function find(row: HeadRow, generation: number): CollectionRows | null {
  const { collection, nextCollection } = row;
  if (collection?.generation === generation) return collection;
  return nextCollection?.generation === generation ? nextCollection : null;
}

/** Elements that are there, in order. */
export function itemsOf(collection: CollectionRows): { name: ByteKey; value: Uint8Array }[] {
  const items: { name: ByteKey; value: Uint8Array }[] = [];
  for (const { name, value } of collection.rows.values()) {
    if (value !== null) items.push({ name, value });
  }
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Puts an element, as of the flush's start, into the batch. */
export function takeElement(element: ElementRow, generation: number, batch: StoreBatch): void {
  const { collection, name } = element;
  const { record } = element.frozen ?? element;
  element.frozen = null;
  element.taken = generation;
  // Its head goes in this very batch or is gone: what the store has of it lies under a grave.
  if (collection.buriedIn !== 0 && collection.buriedIn <= generation) return;
  if (record !== null) {
    const keyLength = collection.prefix.length + name.length;
    batch.put(record.subarray(0, keyLength), record.subarray(keyLength));
  } else if (element.stored) {
    batch.del(elementKey(collection.prefix, name));
  }
  element.stored = record !== null;
}
