/** The scrub in runs of buckets: few reads of a small replica, every row of a large one. */
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { spaceOfKey, TABLE_CODES, tableOfKey } from '../../../src/machine/store/keys.js';
import { damage, descriptorOf, GROUP, openShard, openState, put } from './helpers.js';

/** A store that counts the snapshots taken of it. */
function watched(store: OrderedStore): OrderedStore & { snapshots: number } {
  return {
    ...store,
    snapshots: 0,
    snapshot() {
      this.snapshots++;
      return store.snapshot();
    },
  };
}

describe('the scrub', () => {
  it('looks at the buckets of its replica alone, and at small ones together', async () => {
    const store = watched(await openMemoryStore());
    const { state } = await openState({ store });
    const range = { first: 64, last: 127 };
    const shard = state.create(descriptorOf(state.allocateSpace(), { range }));
    expect(shard.descriptor.range).toEqual(range);
    await state.flush();
    store.snapshots = 0;
    const result = await state.scrub(GROUP, { bytesPerSecond: 1e9 });
    expect(result).toMatchObject({ buckets: 64, rows: 0, wrong: null });
    // One run, and one look for a further bucket.
    expect(store.snapshots).toBeLessThanOrEqual(2);
    await state.close();
  });

  it('reads all of a replica that takes many runs, and finds the one row that is wrong', async () => {
    const store = await openMemoryStore();
    const { state, shard } = await openShard({ store });
    for (let i = 0; i < 60; i++) await put(shard, `key ${i}`, Buffer.alloc(30_000, i));
    await state.close();
    const isHead = (key: Buffer) => spaceOfKey(key) > 0 && tableOfKey(key) === TABLE_CODES.d;
    for (const target of [0, 29, 59]) {
      let at = 0;
      const pick = (key: Buffer) => isHead(key) && at++ === target;
      const flip = (value: Buffer) => {
        value[20_000] = (value[20_000] as number) ^ 1;
        return value;
      };
      const clean = await openState({ store });
      const whole = await clean.state.scrub(GROUP, { bytesPerSecond: 1e9 });
      expect(whole).toMatchObject({ buckets: 256, rows: 60, wrong: null });
      await clean.state.close();
      expect(await damage(store, pick, flip)).toBe(1);
      const { state: spoiled } = await openState({ store });
      const result = await spoiled.scrub(GROUP, { bytesPerSecond: 1e9 });
      expect(result.wrong).toMatch(/fails its check/);
      expect(result.rows).toBe(target + 1);
      await spoiled.close();
      at = 0;
      expect(await damage(store, pick, flip)).toBe(1);
    }
  });
});
