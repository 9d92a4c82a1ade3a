import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src/base/ids.js';
import { del, GROUP, openShard, openState, put } from './helpers.js';

const at = (ms: number): EpochMs => ms as EpochMs;

describe('deadlines', () => {
  it('finds what is due in order, from overlay and store, and knows when to ask next', async () => {
    const { state, shard, store } = await openShard();
    expect(shard.nextDeadline()).toBeNull();
    await put(shard, 'stored', 'v', 100);
    await put(shard, 'moved', 'v', 50);
    await put(shard, 'gone', 'v', 10);
    await put(shard, 'later', 'v', 900);
    await state.flush();
    await put(shard, 'moved', 'v', 300);
    await put(shard, 'persisted', 'v', 20);
    await put(shard, 'persisted', 'v');
    await del(shard, 'gone');
    await put(shard, 'fresh', 'v', 200);
    const names = async (until: number, count = 10) =>
      (await shard.due(at(until), count)).map(({ place, deadline }) => `${place.key}@${deadline}`);
    expect(shard.nextDeadline()).toBe(10);
    expect(await names(500)).toEqual(['stored@100', 'fresh@200', 'moved@300']);
    expect(await names(500, 2)).toEqual(['stored@100', 'fresh@200']);
    expect(shard.nextDeadline()).toBe(100);
    await state.flush();
    expect(await names(500)).toEqual(['stored@100', 'fresh@200', 'moved@300']);
    for (const key of ['stored', 'fresh', 'moved']) await del(shard, key);
    expect(await names(500)).toEqual([]);
    expect(shard.nextDeadline()).toBe(900);
    await state.close();
    const again = await openState({ store });
    expect(again.state.shard(GROUP).nextDeadline()).toBe(900);
    await again.state.close();
  });

  it('does not miss a deadline that is set while it searches', async () => {
    const { state, shard } = await openShard();
    await put(shard, 'a', 'v', 100);
    await state.flush();
    const search = shard.due(at(100), 10);
    await put(shard, 'a', 'v', 90);
    await search;
    expect(shard.nextDeadline()).toBeLessThanOrEqual(90);
    const found = await shard.due(at(100), 10);
    expect(found.map(({ deadline }) => deadline)).toEqual([90]);
    await state.close();
  });

  it('takes no more from one bucket than asked for, and comes back for the rest', async () => {
    const { state, shard } = await openShard();
    for (let i = 0; i < 200; i++) await put(shard, `{tag}${i}`, 'v', 1000 - i);
    await state.flush();
    const first = await shard.due(at(1000), 70);
    expect(first.length).toBe(70);
    expect(first[0]?.deadline).toBe(801);
    for (const { place } of first) await del(shard, place.key);
    const second = await shard.due(at(1000), 200);
    expect(second.map(({ deadline }) => deadline)).toEqual(
      Array.from({ length: 130 }, (_, i) => 871 + i),
    );
    await state.close();
  });
});
