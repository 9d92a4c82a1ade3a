/**
 * One open handle of the model disk: the OrderedStore port. Reads answer later, with what they saw
 * at some moment between call and answer; iterators and snapshots see the moment they began. A dead
 * handle never answers.
 */
import { type ByteKey, ownCopy, toByteKey } from '../../../src/base/bytes.js';
import { StoreFailed } from '../../../src/engine/errors.js';
import type {
  OrderedStore,
  StoreBatch,
  StoreIterator,
  StoreRange,
  StoreSnapshot,
} from '../../../src/machine/ports.js';
import type { ModelDisk } from './model-disk.js';
import { bytesOf, type Change, type Rows } from './rows.js';

type Pair = readonly [Uint8Array, Uint8Array];

const READ_AHEAD_BYTES = 16 * 1024;

/** `write({ sync: false })` is no part of the port: for stores that are wrong on purpose. */
export interface ModelBatch extends StoreBatch {
  write(options?: { readonly sync: boolean }): Promise<void>;
}

export class ModelStore implements OrderedStore {
  readonly rows: Rows;
  readonly #disk: ModelDisk;
  #life: 'open' | 'closed' | 'dead' = 'open';
  #whenIdle: (() => void) | null = null;

  constructor(disk: ModelDisk, rows: Rows) {
    this.#disk = disk;
    this.rows = rows;
  }

  die(): void {
    this.#life = 'dead';
  }

  #mustBeOpen(doing: string): void {
    if (this.#life === 'open') return;
    const cause = Object.assign(new Error('Database is not open'), {
      code: 'LEVEL_DATABASE_NOT_OPEN',
    });
    throw new StoreFailed(doing, cause);
  }

  /** Answers later; never, once the process is dead. */
  #answer<T>(doing: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#disk.later(() => {
        if (this.#life === 'dead') return;
        try {
          this.#mustBeOpen(doing);
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #read(key: ByteKey, moment: number): Buffer | undefined {
    const value = this.rows.get(key, moment);
    return value === undefined ? undefined : this.#given(key, value);
  }

  #given(key: ByteKey, value: Buffer): Buffer {
    return this.#disk.misread?.(key, value) ?? ownCopy(value);
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    this.#mustBeOpen('read');
    return this.#read(toByteKey(key), this.rows.now);
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const names = keys.map(toByteKey);
    if (this.#life !== 'open' || this.#disk.prng.below(2) === 0) {
      return this.#answer('read', () => names.map((name) => this.#read(name, this.rows.now)));
    }
    const moment = this.rows.enter();
    return this.#answer('read', () => {
      const values = names.map((name) => this.#read(name, moment));
      this.rows.leave(moment);
      return values;
    });
  }

  batch(): ModelBatch {
    this.#mustBeOpen('write');
    const changes: Change[] = [];
    let spent = false;
    const spend = (): void => {
      if (spent) throw new StoreFailed('write', new Error('the batch was written or abandoned'));
      spent = true;
    };
    return {
      put(key, value) {
        changes.push([toByteKey(key), ownCopy(value)]);
      },
      del(key) {
        changes.push([toByteKey(key), null]);
      },
      get length() {
        return changes.length;
      },
      write: (options = { sync: true }) => {
        spend();
        return this.#write(changes, options.sync);
      },
      abandon: async () => spend(),
    };
  }

  #write(changes: readonly Change[], sync: boolean): Promise<void> {
    if (this.#life === 'dead') return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      this.#mustBeOpen('write');
      const done = (error: StoreFailed | null): void => {
        if (error === null) resolve();
        else reject(error);
        if (this.#disk.writesOnTheWay === 0) this.#whenIdle?.();
      };
      this.#disk.submit({ changes, sync, done });
    });
  }

  iterate(range: StoreRange): StoreIterator {
    this.#mustBeOpen('iterate');
    return this.#iterator(range, this.rows.enter(), true);
  }

  #iterator(range: StoreRange, moment: number, own: boolean): StoreIterator {
    const gte = toByteKey(range.gte);
    const lt = toByteKey(range.lt);
    const bounds = { gte, lt, reverse: range.reverse === true };
    const pageBytes = range.readAheadBytes ?? READ_AHEAD_BYTES;
    let from: ByteKey | null = null;
    let past = false;
    let closed = false;
    return {
      next: (count) =>
        this.#answer('iterate', () => {
          const pairs: Pair[] = [];
          let bytes = 0;
          while (pairs.length < count && bytes < pageBytes) {
            const row = this.rows.next(bounds, from, past, moment);
            if (row === null) break;
            [from] = row;
            past = true;
            bytes += row[0].length + row[1].length;
            pairs.push([bytesOf(row[0]), this.#given(row[0], row[1])]);
          }
          return pairs;
        }),
      seek(key) {
        from = toByteKey(key);
        past = false;
      },
      close: async () => {
        if (own && !closed) this.rows.leave(moment);
        closed = true;
      },
    };
  }

  snapshot(): StoreSnapshot {
    this.#mustBeOpen('read');
    const moment = this.rows.enter();
    let closed = false;
    return {
      iterate: (range) => this.#iterator(range, moment, false),
      getMany: (keys) => {
        const names = keys.map(toByteKey);
        return this.#answer('read', () => names.map((name) => this.#read(name, moment)));
      },
      close: async () => {
        if (!closed) this.rows.leave(moment);
        closed = true;
      },
    };
  }

  approximateSize(range: StoreRange): Promise<number> {
    const { gte, lt } = range;
    return this.#answer('measure', () => this.#disk.bytesInTables(toByteKey(gte), toByteKey(lt)));
  }

  /** Writes on their way end first. */
  async close(): Promise<void> {
    if (this.#life !== 'open') return;
    if (this.#disk.writesOnTheWay > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    if (this.#life !== 'open') return;
    this.#life = 'closed';
    this.#disk.closed();
  }
}
