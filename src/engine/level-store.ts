/**
 * The ordered store on disk: LevelDB through classic-level. One database per node, opened by the
 * node before anything else of the state machine.
 */
import { Level } from 'level';
import type { OrderedStore, StoreRange } from '../machine/ports.js';
import { type LevelDatabase, storeOver } from './abstract-store.js';
import { StoreOpenFailed } from './errors.js';
import { createReadSlots } from './read-slots.js';

export interface LevelStoreOptions {
  /** Bytes of uncompressed blocks kept in memory. */
  readonly blockCacheBytes: number;
  /** Bytes of LevelDB's own log before it becomes a table; up to two of them are in memory. */
  readonly writeBufferBytes: number;
  /** Reads that may hold a thread of the pool at once: pool size − 2. */
  readonly readSlots: number;
  readonly maxOpenFiles: number;
}

const DEFAULTS: LevelStoreOptions = {
  blockCacheBytes: 32 * 1024 * 1024,
  writeBufferBytes: 8 * 1024 * 1024,
  readSlots: 2,
  maxOpenFiles: 1000,
};

interface ClassicLevel extends LevelDatabase {
  open(): Promise<void>;
  approximateSize(start: Uint8Array, end: Uint8Array): Promise<number>;
}

/** Opens (or makes) the database in `dir`. Throws StoreOpenFailed. */
export async function openLevelStore(
  dir: string,
  options: Partial<LevelStoreOptions> = {},
): Promise<OrderedStore> {
  const rows = { ...DEFAULTS, ...options };
  const db = new Level<Buffer, Buffer>(dir, {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
    createIfMissing: true,
    cacheSize: rows.blockCacheBytes,
    writeBufferSize: rows.writeBufferBytes,
    maxOpenFiles: rows.maxOpenFiles,
    // Each look-up beside the block cache would decompress on the node's only thread.
    compression: false,
    // A look-up walks entry by entry from the restart before it; with 16 that is all of a block.
    blockRestartInterval: 2,
  }) as unknown as ClassicLevel;
  try {
    await db.open();
  } catch (error) {
    throw new StoreOpenFailed(dir, error);
  }
  return storeOver(db, createReadSlots(rows.readSlots), (range: StoreRange) =>
    db.approximateSize(range.gte, range.lt),
  );
}
