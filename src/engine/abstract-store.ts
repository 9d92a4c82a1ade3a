/**
 * The OrderedStore port over an abstract-level database; LevelDB and memory-level differ only in
 * how they are opened. Promise kept here: every write is one synced batch, every failure a
 * StoreFailed with a code, and reads take no more threads of the pool than they were given.
 */
import type {
  OrderedStore,
  StoreBatch,
  StoreIterator,
  StoreRange,
  StoreSnapshot,
} from '../machine/ports.js';
import { StoreFailed } from './errors.js';
import type { ReadSlots } from './read-slots.js';

type Pair = readonly [Uint8Array, Uint8Array];

/** What is used of abstract-level 3; `level`'s own types leave half of it out. */
export interface LevelDatabase {
  getSync(key: Uint8Array): Uint8Array | undefined;
  getMany(
    keys: readonly Uint8Array[],
    options?: LevelReadOptions,
  ): Promise<(Uint8Array | undefined)[]>;
  batch(): LevelBatch;
  iterator(options: LevelIteratorOptions): LevelIterator;
  snapshot(): LevelSnapshot;
  close(): Promise<void>;
}

export interface LevelReadOptions {
  readonly snapshot?: LevelSnapshot | undefined;
}

interface LevelIteratorOptions extends LevelReadOptions {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse: boolean;
  readonly highWaterMarkBytes: number;
}

interface LevelIterator {
  nextv(count: number): Promise<Pair[]>;
  seek(key: Uint8Array): void;
  close(): Promise<void>;
}

interface LevelBatch {
  readonly length: number;
  put(key: Uint8Array, value: Uint8Array): unknown;
  del(key: Uint8Array): unknown;
  write(options: { readonly sync: boolean }): Promise<void>;
  close(): Promise<void>;
}

interface LevelSnapshot {
  close(): Promise<void>;
}

const READ_AHEAD_BYTES = 16 * 1024;

export type SizeOf = (range: StoreRange) => Promise<number>;

async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StoreFailed(doing, error);
  }
}

export function storeOver(db: LevelDatabase, slots: ReadSlots, sizeOf: SizeOf): OrderedStore {
  const getMany = (keys: readonly Uint8Array[], snapshot?: LevelSnapshot) =>
    slots.run(() => guarded('read', () => db.getMany(keys, snapshot ? { snapshot } : {})));

  const iterate = (range: StoreRange, snapshot?: LevelSnapshot): StoreIterator => {
    const iterator = db.iterator({
      gte: range.gte,
      lt: range.lt,
      reverse: range.reverse === true,
      highWaterMarkBytes: range.readAheadBytes ?? READ_AHEAD_BYTES,
      snapshot,
    });
    return {
      next: (count) => slots.run(() => guarded('iterate', () => iterator.nextv(count))),
      seek: (key) => iterator.seek(key),
      close: () => iterator.close(),
    };
  };

  return {
    getSync(key) {
      try {
        return db.getSync(key);
      } catch (error) {
        throw new StoreFailed('read', error);
      }
    },
    getMany: (keys) => getMany(keys),
    batch: () => new BatchOver(db.batch()),
    iterate: (range) => iterate(range),
    snapshot(): StoreSnapshot {
      const snapshot = db.snapshot();
      return {
        iterate: (range) => iterate(range, snapshot),
        getMany: (keys) => getMany(keys, snapshot),
        close: () => snapshot.close(),
      };
    },
    approximateSize: (range) => guarded('measure', () => sizeOf(range)),
    close: () => guarded('close', () => db.close()),
  };
}

/** A class, and not closures over each batch: code compiled for one flush then serves the next. */
class BatchOver implements StoreBatch {
  readonly #batch: LevelBatch;

  constructor(batch: LevelBatch) {
    this.#batch = batch;
  }

  get length(): number {
    return this.#batch.length;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#batch.put(key, value);
  }

  del(key: Uint8Array): void {
    this.#batch.del(key);
  }

  write(): Promise<void> {
    return guarded('write', () => this.#batch.write({ sync: true }));
  }

  abandon(): Promise<void> {
    return this.#batch.close();
  }
}
