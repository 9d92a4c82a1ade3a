/**
 * The second phase of a prefetch: elements, once their heads say of which generation. Promise: when
 * it is through, every element wanted of a collection answers, and a whole one is complete.
 */
import { RkvError } from '../../kv/errors.js';
import type { Want } from '../types.js';
import { fitsWhole } from '../whole.js';
import { elementCrc, elementKey } from './element-codec.js';
import { readElements } from './element-pages.js';
import { type CollectionRows, ElementRow } from './element-rows.js';
import type { ShardRows } from './shard-rows.js';

interface Missing {
  readonly want: Want;
  readonly collection: CollectionRows;
  readonly name: string;
}

/** What is not in memory: elements by name, and collections of which all is wanted. */
interface Rest {
  readonly elements: Missing[];
  readonly whole: { readonly want: Want; readonly collection: CollectionRows }[];
}

export const wantsElements = (want: Want): boolean =>
  want.elements !== undefined || want.whole === true;

export class ElementLoader {
  private readonly shard: ShardRows;

  constructor(shard: ShardRows) {
    this.shard = shard;
  }

  /** The heads of all wants are in memory now. Throws CORRUPT. */
  load(wants: readonly Want[]): Promise<void> | undefined {
    const rest = this.restOf(wants);
    if (rest.whole.length > 0) return this.loadLater(wants);
    if (rest.elements.length === 0) return undefined;
    const { budget, store } = this.shard.context;
    budget.begin();
    try {
      for (const { collection, name } of rest.elements) {
        // Named twice.
        if (collection.rows.has(name)) continue;
        if (!budget.spend()) return this.loadLater(wants);
        const key = elementKey(collection.prefix, name);
        this.shard.elementRows.take(collection, name, key, store.getSync(key));
      }
      return undefined;
    } finally {
      budget.end();
    }
  }

  private async loadLater(wants: readonly Want[]): Promise<void> {
    for (;;) {
      // The runs that pinned them may be over.
      await this.shard.loader.loadHeads(wants);
      const rest = this.restOf(wants);
      const whole = rest.whole[0];
      if (whole !== undefined) await this.readWhole(whole.want, whole.collection);
      else if (rest.elements.length > 0) await this.readElements(rest.elements);
      else return;
      if (this.shard.dead) {
        throw new RkvError('NOT_READY', 'the replica was replaced while elements were read');
      }
    }
  }

  /** Pins what is in memory and says what is not. */
  private restOf(wants: readonly Want[]): Rest {
    const { shard } = this;
    const rest: Rest = { elements: [], whole: [] };
    for (const want of wants) {
      if (!wantsElements(want) || shard.spaceOf(want.bucket) === 0) continue;
      const row = shard.row(want);
      if (!row?.header?.facts) continue;
      const collection = shard.elementRows.collectionOf(row, row.header.generation);
      if (want.whole === true && fitsWhole(row.header.facts)) {
        if (!collection.complete) rest.whole.push({ want, collection });
        for (const element of collection.rows.values()) shard.loader.pinElement(element);
      }
      for (const name of want.elements ?? []) {
        const element = collection.rows.get(name);
        if (element !== undefined) shard.loader.pinElement(element);
        else if (!collection.complete) rest.elements.push({ want, collection, name });
      }
    }
    return rest;
  }

  private async readElements(missing: readonly Missing[]): Promise<void> {
    const { shard } = this;
    const { generations, store } = shard.context;
    const { finished } = generations;
    const keys = missing.map(({ collection, name }) => elementKey(collection.prefix, name));
    const values = await store.getMany(keys);
    // As for heads: after a flush nothing that was read before it is taken.
    if (shard.dead || finished !== generations.finished) return;
    for (const [at, { want, collection, name }] of missing.entries()) {
      if (!this.isCurrent(want, collection)) continue;
      if (collection.complete || collection.rows.has(name)) continue;
      shard.elementRows.take(collection, name, keys[at] as Buffer, values[at]);
    }
  }

  private async readWhole(want: Want, collection: CollectionRows): Promise<void> {
    const { shard } = this;
    const { generations } = shard.context;
    const { finished } = generations;
    const all = { from: '', to: null, count: Infinity, bytes: Infinity };
    const { items } = await readElements(shard, want, collection.generation, all);
    if (shard.dead || finished !== generations.finished) return;
    if (!this.isCurrent(want, collection)) return;
    for (const { name, value } of items) {
      if (collection.rows.has(name)) continue;
      const element = new ElementRow(collection, name);
      element.value = value as Buffer;
      element.crc = elementCrc(collection.prefix, name, value);
      element.stored = true;
      collection.rows.set(name, element);
    }
    collection.complete = true;
    for (const element of collection.rows.values()) shard.loader.pinElement(element);
  }

  private isCurrent(want: Want, collection: CollectionRows): boolean {
    return this.shard.row(want)?.collection === collection;
  }
}
