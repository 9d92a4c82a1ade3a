/**
 * The ordered store under the state machine: byte keys in unsigned byte order. One database per
 * node. Adapters (LevelDB, memory) live in engine/ and pass test/conformance/store.
 */

export type StoreOp =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

export interface StoreRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  readonly reverse?: boolean;
  /**
   * Bytes one `next` may gather before it answers with less than `count`; small unless bulk is
   * read.
   */
  readonly readAheadBytes?: number;
}

export interface StoreIterator {
  /** Up to `count` pairs; an empty array is the end. */
  next(count: number): Promise<readonly (readonly [Uint8Array, Uint8Array])[]>;
  /** Forward: to the first key not below `key`; reverse: to the last one not above it. */
  seek(key: Uint8Array): void;
  close(): Promise<void>;
}

/** One unchanging view of the whole store. */
export interface StoreSnapshot {
  iterate(range: StoreRange): StoreIterator;
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  close(): Promise<void>;
}

/** A batch that is filled over several turns and then written at once. */
export interface StoreBatch {
  put(key: Uint8Array, value: Uint8Array): void;
  del(key: Uint8Array): void;
  readonly length: number;
  /** All or nothing, synced. */
  write(): Promise<void>;
  abandon(): Promise<void>;
}

export interface OrderedStore {
  /** Blocks this thread for one look-up: only within a budget. */
  getSync(key: Uint8Array): Uint8Array | undefined;
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  batch(): StoreBatch;
  iterate(range: StoreRange): StoreIterator;
  snapshot(): StoreSnapshot;
  /** Bytes of the range on disk, roughly. */
  approximateSize(range: StoreRange): Promise<number>;
  close(): Promise<void>;
}
