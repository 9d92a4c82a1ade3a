/** A read of one key that memory does not have: straight from the store, and nothing stays. */
import { describe, expect, it } from 'vitest';
import { spaceOfKey, TABLE_CODES, tableOfKey } from '../../../src/machine/store/keys.js';
import type { ShardState } from '../../../src/machine/types.js';
import { damage, del, openShard, placeOf, put } from './helpers.js';

const isHead = (key: Buffer): boolean => spaceOfKey(key) > 0 && tableOfKey(key) === TABLE_CODES.d;

function read(shard: ShardState, key: string): string | null | undefined {
  const head = shard.readHead(placeOf(key));
  return head && Buffer.from(head.value).toString('latin1');
}

/** Flushed, and no run keeps its rows in memory any more. */
async function cold(options: Parameters<typeof openShard>[0] = {}) {
  const opened = await openShard({ syncReadBudgetMs: 1_000, ...options });
  await put(opened.shard, 'a', 'one');
  await opened.state.flush();
  for (let i = 0; i < 4; i++) opened.shard.endRun();
  return opened;
}

describe('a read through memory', () => {
  it('is that of memory while a change is there, and that of the store after it', async () => {
    const { state, shard } = await cold();
    expect(state.stats().rowsInMemory).toBe(0);
    expect(read(shard, 'a')).toBe('one');
    expect(read(shard, 'b')).toBeNull();
    expect(state.stats().rowsInMemory).toBe(0);
    await put(shard, 'a', 'two');
    expect(read(shard, 'a')).toBe('two');
    await del(shard, 'a');
    expect(read(shard, 'a')).toBeNull();
    await state.flush();
    for (let i = 0; i < 4; i++) shard.endRun();
    expect(read(shard, 'a')).toBeNull();
    await state.close();
  });

  it('knows no key that was wiped and is not cleaned up yet', async () => {
    const { state, shard } = await cold();
    shard.wipe(0, (shard.descriptor.revision + 1) as never);
    expect(read(shard, 'a')).toBeNull();
    await state.close();
  });

  it('gives no row that has rotted, nor an older one than was written', async () => {
    const { state, shard, store, hooks } = await cold();
    let old: Buffer | undefined;
    await damage(store, isHead, (value) => {
      old = Buffer.from(value);
      return value;
    });
    await put(shard, 'a', 'two');
    await state.flush();
    for (let i = 0; i < 4; i++) shard.endRun();
    await damage(store, isHead, () => old as Buffer);
    expect(() => read(shard, 'a')).toThrow(/older/);
    await damage(store, isHead, () => null);
    expect(() => read(shard, 'a')).toThrow(/older/);
    expect(hooks.corrupt).toHaveLength(2);
    await state.close();
  });

  it('gives no row that fails its check', async () => {
    const { state, shard, store } = await cold();
    await damage(store, isHead, (value) => {
      value[20] = (value[20] as number) ^ 1;
      return value;
    });
    expect(() => read(shard, 'a')).toThrow(/fails its check/);
    await state.close();
  });

  it('is left to a load when the budget of the turn is spent', async () => {
    const { state, shard } = await cold({ syncReadBudgetMs: 0 });
    expect(read(shard, 'a')).toBeUndefined();
    await shard.load([{ ...placeOf('a'), need: 'head' }]);
    expect(read(shard, 'a')).toBe('one');
    await state.close();
  });
});
