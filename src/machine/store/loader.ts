/**
 * Prefetch: brings heads into memory for a run of commands, synchronously while the turn's budget
 * lasts, else many at once in the background, and pins them. Promise: after `load` everything
 * wanted answers, and every row that came from the store has passed its CRC.
 */
import { asBuffer } from '../../base/bytes.js';
import { RkvError } from '../../kv/errors.js';
import type { Head, Header, Place, Want } from '../types.js';
import { corrupt } from './context.js';
import { ElementLoader, wantsElements } from './element-loader.js';
import type { ElementRow } from './element-rows.js';
import { headKey } from './keys.js';
import { decodeHead, headOf, headValue } from './row-codec.js';
import { HeadRow } from './rows.js';
import type { ShardRows } from './shard-rows.js';

export class Loader {
  private readonly shard: ShardRows;
  private readonly elements: ElementLoader;
  private run = 2;
  private pins: HeadRow[] = [];
  private earlierPins: HeadRow[] = [];
  private elementPins: ElementRow[] = [];
  private earlierElementPins: ElementRow[] = [];

  constructor(shard: ShardRows) {
    this.shard = shard;
    this.elements = new ElementLoader(shard);
  }

  /** Heads first, then the elements that are wanted of their generations. */
  load(wants: readonly Want[]): Promise<void> | undefined {
    const heads = this.loadHeads(wants);
    if (!wants.some(wantsElements)) return heads;
    return heads === undefined
      ? this.loadElements(wants)
      : heads.then(() => this.loadElements(wants));
  }

  private loadElements(wants: readonly Want[]): Promise<void> | undefined {
    try {
      return this.elements.load(wants)?.catch((error: unknown) => {
        throw this.failure(error);
      });
    } catch (error) {
      return Promise.reject(this.failure(error));
    }
  }

  loadHeads(wants: readonly Want[]): Promise<void> | undefined {
    let missing: Want[] | undefined;
    for (const want of wants) {
      if (!this.pinned(want)) {
        missing ??= [];
        missing.push(want);
      }
    }
    if (missing === undefined) return undefined;
    try {
      return this.readNow(missing, wants);
    } catch (error) {
      return Promise.reject(this.failure(error));
    }
  }

  /**
   * Pins outlive their run by one more: a read may have been answered by a load just before the run
   * of apply beside it ended.
   */
  endRun(): void {
    this.run++;
    for (const row of this.earlierPins) {
      if (row.generation === 0 && !this.isPinned(row)) this.shard.forget(row);
    }
    this.earlierPins = this.pins;
    this.pins = [];
    for (const row of this.earlierElementPins) {
      if (row.generation === 0 && !this.isPinned(row)) row.collection.forget(row);
    }
    this.earlierElementPins = this.elementPins;
    this.elementPins = [];
  }

  isPinned(row: HeadRow | ElementRow): boolean {
    return row.pinned >= this.run - 1;
  }

  /** Pins the row when memory has what is wanted of it. */
  private pinned(want: Want): boolean {
    // A key that has left the range reads nothing; apply answers for it.
    if (this.shard.spaceOf(want.bucket) === 0) return true;
    const row = this.shard.row(want);
    if (row === undefined || (want.need === 'head' && !row.hasValue())) return false;
    this.pin(row);
    return true;
  }

  /** Keeps a row in memory until the run after this one has ended. */
  pin(row: HeadRow): void {
    if (row.pinned === this.run) return;
    row.pinned = this.run;
    this.pins.push(row);
  }

  pinElement(row: ElementRow): void {
    if (row.pinned === this.run) return;
    row.pinned = this.run;
    this.elementPins.push(row);
  }

  private readNow(missing: readonly Want[], wants: readonly Want[]): Promise<void> | undefined {
    const { budget, store } = this.shard.context;
    budget.begin();
    try {
      for (let at = 0; at < missing.length; at++) {
        const want = missing[at] as Want;
        // A key may be wanted twice.
        if (this.pinned(want)) continue;
        if (!budget.spend()) return this.readLater(missing.slice(at), wants);
        const key = this.keyOf(want);
        this.take(want, key, store.getSync(key));
      }
      return undefined;
    } finally {
      budget.end();
    }
  }

  /**
   * A key that has no row in memory, for one read: nothing is pinned and nothing stays. Undefined:
   * the budget of this turn is spent, or the key is not this replica's.
   */
  read(place: Place, salt: number): Head | null | undefined {
    const { shard } = this;
    const { budget, store, table } = shard.context;
    const { bucket, database } = place;
    if (shard.spaceOf(bucket) === 0) return undefined;
    budget.begin();
    try {
      if (!budget.spend()) return undefined;
      const key = this.keyOf(place);
      const stored = store.getSync(key);
      const header = stored === undefined ? null : this.decoded(place, key, stored);
      const isGone = header === null || shard.counted.isWiped(bucket, database, header.revision);
      const known = table.crc(salt, place);
      if (known !== undefined && known !== (isGone ? null : header.crc)) throw this.older(place);
      return isGone ? null : headOf(header, headValue(asBuffer(stored as Uint8Array)));
    } catch (error) {
      throw this.failure(error);
    } finally {
      budget.end();
    }
  }

  private decoded(place: Place, key: Buffer, stored: Uint8Array): Header {
    const header = decodeHead(key, stored);
    if (header !== null) return header;
    const { context, descriptor } = this.shard;
    throw corrupt(context, descriptor.shard, `${nameOf(place)} fails its check`);
  }

  /** It was in memory without its value; the store must have the very row that was written. */
  private older(place: Place): RkvError {
    const { context, descriptor } = this.shard;
    return corrupt(context, descriptor.shard, `${nameOf(place)} is an older row`);
  }

  private async readLater(first: readonly Want[], wants: readonly Want[]): Promise<void> {
    const { store, generations } = this.shard.context;
    let missing = first;
    try {
      while (missing.length > 0) {
        const { finished } = generations;
        const keys = missing.map((want) => this.keyOf(want));
        const values = await store.getMany(keys);
        if (this.shard.dead) {
          throw new RkvError('NOT_READY', 'the replica was replaced while a key was read');
        }
        // 1. We read K from the store. 2. K is loaded by another run, changed, flushed and
        // forgotten. 3. Our answer comes, older than the store. So after a flush nothing read
        // before is taken.
        if (finished === generations.finished) {
          for (const [at, want] of missing.entries()) {
            if (!this.pinned(want)) this.take(want, keys[at] as Buffer, values[at]);
          }
        }
        missing = wants.filter((want) => !this.pinned(want));
      }
    } catch (error) {
      throw this.failure(error);
    }
  }

  private keyOf({ bucket, database, key }: Place): Buffer {
    return headKey(this.shard.spaceOf(bucket), bucket, database, key);
  }

  private take(want: Want, key: Buffer, stored: Uint8Array | undefined): void {
    const { shard } = this;
    const known = shard.row(want);
    const header = stored === undefined ? null : this.decoded(want, key, stored);
    const isWiped =
      header !== null && shard.counted.isWiped(want.bucket, want.database, header.revision);
    if (known && known.header?.crc !== (isWiped ? undefined : header?.crc)) throw this.older(want);
    const row = known ?? new HeadRow(want);
    row.value = stored === undefined ? null : headValue(asBuffer(stored));
    if (!known) {
      row.becomeStored(header);
      shard.adopt(row);
      if (isWiped) shard.deleteWiped(row);
    }
    this.pin(row);
    if (want.need === 'header' || isWiped) row.value = null;
  }

  /** What the store itself threw says that this replica's rows cannot be read. */
  private failure(error: unknown): unknown {
    if (error instanceof RkvError) return error;
    const { shard } = this;
    return corrupt(shard.context, shard.descriptor.shard, `the store cannot be read: ${error}`);
  }
}

const nameOf = ({ bucket, database, key }: Place): string =>
  `key ${JSON.stringify(key)} of bucket ${bucket}, database ${database},`;
