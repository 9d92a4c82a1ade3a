/** A replica that goes while a flush writes it: the store is an exact prefix at every batch. */
import { describe, expect, it } from 'vitest';
import { groupId } from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { descriptorOf, GROUP, gated, get, openShard, openState, put } from './helpers.js';

describe('a replica dropped during a flush', () => {
  it('is written whole or not at all, and others are flushed with it', async () => {
    const base = await openMemoryStore();
    const { store, open } = gated(base);
    const { state, shard } = await openShard({ store });
    const second = groupId(2);
    const other = state.create(descriptorOf(state.allocateSpace(), { shard: second }));
    for (let i = 0; i < 200; i++) {
      await put(shard, `k${i}`, 'first');
      await put(other, `k${i}`, 'second');
    }
    const flush = state.flush();
    await new Promise((resolve) => setImmediate(resolve));
    state.drop(GROUP);
    open();
    await flush;
    await state.flush();
    const again = await openState({ store: base });
    expect(again.state.damage).toBeNull();
    for (const group of again.state.descriptors.keys()) {
      expect((await again.state.scrub(group, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    }
    expect(await get(again.state.shard(second), 'k7')).toBe('second');
    await again.state.close();
    await state.close();
  });

  it('refuses a new replica in spaces that another one has', async () => {
    const { state, shard } = await openShard();
    const { pieces } = shard.descriptor;
    const child = descriptorOf(pieces[0]!.space, { shard: groupId(2) });
    expect(() => state.create(child)).toThrow(/spaces of its own/);
    expect(() => state.create(descriptorOf(state.allocateSpace()))).toThrow(/second replica/);
    await state.close();
  });
});
