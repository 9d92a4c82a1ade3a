/**
 * The ordered store in memory: memory-level, a red-black tree whose snapshots cost nothing. For
 * `--engine memory` and for tests; passes the same suite as LevelDB.
 */
import { MemoryLevel } from 'memory-level';
import type { OrderedStore, StoreRange } from '../machine/ports.js';
import { type LevelDatabase, storeOver } from './abstract-store.js';
import { createReadSlots } from './read-slots.js';

const PAGE = 1000;

async function measure(store: OrderedStore, range: StoreRange): Promise<number> {
  const iterator = store.iterate(range);
  let bytes = 0;
  for (;;) {
    const pairs = await iterator.next(PAGE);
    if (pairs.length === 0) break;
    for (const [key, value] of pairs) bytes += key.length + value.length;
  }
  await iterator.close();
  return bytes;
}

export async function openMemoryStore(): Promise<OrderedStore> {
  const db = new MemoryLevel<Buffer, Buffer>({
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  }) as unknown as LevelDatabase & { open(): Promise<void> };
  await db.open();
  // No thread is held by a read here, so nothing has to wait for one.
  const store: OrderedStore = storeOver(db, createReadSlots(Number.MAX_SAFE_INTEGER), (range) =>
    measure(store, range),
  );
  return store;
}
