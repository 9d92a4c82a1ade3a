/**
 * FLUSHDB and FLUSHALL in the store: gone at once for whoever reads, whatever the store still has;
 * cleaned up behind, over crashes; digests, scrub and snapshots never see the difference.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Revision, revision } from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { Counts, decodeCounts } from '../../../src/machine/store/counts.js';
import { TABLE_CODES, tableOfKey } from '../../../src/machine/store/keys.js';
import type { ShardState } from '../../../src/machine/types.js';
import { change, read, rowsOf } from './collection-helpers.js';
import {
  damage,
  del,
  GROUP,
  get,
  mortal,
  openShard,
  openState,
  put,
  rowsBySpace,
  scanAll,
} from './helpers.js';

const next = (shard: ShardState): Revision => revision(shard.descriptor.revision + 1);

function wipe(shard: ShardState, database: number | null = 0): void {
  const at = next(shard);
  shard.wipe(database, at);
  shard.update({
    revision: at,
    applied: { ...shard.descriptor.applied, index: (shard.descriptor.applied.index + 1) as never },
  });
}

const rowsLeft = async (store: Parameters<typeof rowsBySpace>[0]): Promise<number> =>
  [...(await rowsBySpace(store)).values()].reduce((sum, rows) => sum + rows, 0);

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (await condition()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('it never came');
}

describe('wiping', () => {
  it('is at once, for rows in memory and in the store, of one database or of all', async () => {
    const { state, shard, store } = await openShard();
    for (let i = 0; i < 50; i++) await put(shard, `k${i}`, 'stored', i % 3 === 0 ? 1e6 : undefined);
    await put(shard, 'other', 'kept', undefined, 3);
    await put(shard, 'probe', 'kept', undefined, 255);
    await state.flush();
    for (let i = 40; i < 60; i++) await put(shard, `k${i}`, 'dirty');
    wipe(shard);
    expect(shard.counts(0)).toEqual({ keys: 0, bytes: 0 });
    expect(await scanAll(shard)).toEqual([]);
    for (const key of ['k0', 'k45', 'k59']) expect(await get(shard, key)).toBeNull();
    await put(shard, 'k1', 'again', 2e6);
    expect(await get(shard, 'k1')).toBe('again');
    expect(await scanAll(shard)).toEqual([['k1', 'again']]);
    expect(await get(shard, 'other', 3)).toBe('kept');
    wipe(shard, null);
    expect(await get(shard, 'other', 3)).toBeNull();
    expect(await get(shard, 'probe', 255)).toBe('kept');
    expect(shard.counts().keys).toBe(0);
    await until(async () => {
      await state.flush();
      return (await rowsLeft(store)) === 1;
    });
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    expect(await shard.due(9e6 as never, 100)).toEqual([]);
    await state.close();
  });

  it('goes on after a crash at any moment, and comes to nothing', async () => {
    for (const stop of ['before', 'flushed', 'cleaning'] as const) {
      const store = await openMemoryStore();
      const dying = mortal(store);
      const { state, shard } = await openShard({ store: dying.store });
      for (let i = 0; i < 300; i++) await put(shard, `k${i}`, 'v', i % 2 === 0 ? 1e6 : undefined);
      await state.flush();
      wipe(shard);
      if (stop !== 'before') await state.flush();
      if (stop === 'cleaning') await new Promise((resolve) => setImmediate(resolve));
      await dying.kill();
      const again = await openState({ store });
      const reopened = again.state.shard(GROUP);
      if (stop === 'before') {
        expect(reopened.counts(0).keys).toBe(300);
        wipe(reopened);
      }
      expect(reopened.counts(0).keys).toBe(0);
      expect(await scanAll(reopened)).toEqual([]);
      expect(await get(reopened, 'k7')).toBeNull();
      await put(reopened, 'k7', 'new');
      await until(async () => (await rowsLeft(store)) <= 1);
      await again.state.flush();
      expect(await rowsLeft(store)).toBe(1);
      expect((await again.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
      await again.state.close();
      const third = await openState({ store });
      expect(await get(third.state.shard(GROUP), 'k7')).toBe('new');
      await third.state.close();
    }
  });

  it('takes the elements of collections along', async () => {
    const { state, shard, store } = await openShard();
    await change(shard, 'stored', { a: '1', b: '2' });
    await change(shard, 'again', { a: '1' });
    await state.flush();
    await change(shard, 'dirty', { a: '1' });
    wipe(shard);
    expect(await read(shard, 'stored')).toBeNull();
    await change(shard, 'again', { c: '3' });
    expect(await read(shard, 'again')).toEqual({ c: '3' });
    await until(async () => {
      await state.flush();
      const elements = await rowsOf(store, TABLE_CODES.c);
      return elements === 1 && (await rowsOf(store, TABLE_CODES.b)) === 0;
    });
    expect(await read(shard, 'again')).toEqual({ c: '3' });
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await state.close();
  });

  it('fences when a row cannot be read, rather than forget that it is gone', async () => {
    const first = await openShard();
    await put(first.shard, 'k', 'stored');
    await first.state.close();
    const { store } = first;
    const isHead = (key: Buffer): boolean => tableOfKey(key) === TABLE_CODES.d;
    await damage(store, isHead, (value) => Buffer.from(value.map((byte) => byte ^ 1)));
    const { state, hooks } = await openState({ store });
    wipe(state.shard(GROUP));
    await until(async () => hooks.corrupt.length > 0);
    await state.close();
  });

  it('is over before a snapshot goes out', async () => {
    const { state, shard } = await openShard();
    for (let i = 0; i < 100; i++) await put(shard, `k${i}`, 'v');
    await state.flush();
    wipe(shard);
    await put(shard, 'kept', 'v');
    const snapshot = await state.snapshot(GROUP);
    for await (const _chunk of snapshot.chunks);
    expect(snapshot.summary().rows).toBe(1);
    await snapshot.close();
    await state.close();
  });

  it('keeps what is packed, also of older builds', () => {
    const counts = new Counts();
    counts.add(3, 5, 10, 77);
    counts.add(255, 0, 10, 78);
    counts.wipe(5, 9);
    const read = decodeCounts(counts.encode()) as Counts;
    expect([...read.wiped]).toEqual([[(3 << 8) | 5, 9]]);
    expect(read.total(0)).toEqual({ keys: 1, bytes: 10 });
    expect(read.isWiped(3, 5, 9)).toBe(true);
    expect(read.isWiped(3, 5, 10)).toBe(false);
    expect(read.isWiped(3, 4, 1)).toBe(false);
    read.cleaned((3 << 8) | 5, 8);
    expect(read.wiped.size).toBe(1);
    read.cleaned((3 << 8) | 5, 9);
    expect(read.wiped.size).toBe(0);
  });

  it('gives the same digests as a state that deletes key by key, whatever is flushed when', async () => {
    const key = fc.integer({ min: 0, max: 12 }).map((n) => `k${n}`);
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ put: key, value: fc.string({ maxLength: 4 }) }) },
      { weight: 2, arbitrary: fc.record({ del: key }) },
      { weight: 1, arbitrary: fc.constant({ wipe: true }) },
      { weight: 2, arbitrary: fc.constant({ flush: true }) },
      { weight: 1, arbitrary: fc.constant({ turn: true }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (story) => {
        const { state, shard } = await openShard();
        const plain = await openShard();
        const model = new Map<string, string>();
        for (const one of story) {
          if ('put' in one) {
            const deadline = one.value.length === 2 ? 1e6 + one.value.charCodeAt(0) : undefined;
            await put(shard, one.put, one.value, deadline);
            await put(plain.shard, one.put, one.value, deadline);
            model.set(one.put, Buffer.from(one.value).toString('utf8'));
          } else if ('del' in one) {
            if (!model.delete(one.del)) continue;
            await del(shard, one.del);
            await del(plain.shard, one.del);
          } else if ('wipe' in one) {
            wipe(shard);
            const at = shard.descriptor.revision;
            for (const name of model.keys()) await del(plain.shard, name, at);
            plain.shard.update({ revision: at });
            model.clear();
          } else if ('flush' in one) await state.flush();
          else await new Promise((resolve) => setImmediate(resolve));
          expect(shard.digest()).toBe(plain.shard.digest());
          expect(shard.counts(0)).toEqual(plain.shard.counts(0));
        }
        expect((await scanAll(shard)).map(([name]) => name)).toEqual([...model.keys()].sort());
        for (let i = 0; i <= 12; i++) {
          expect((await get(shard, `k${i}`)) === null).toBe(!model.has(`k${i}`));
        }
        await until(
          async () =>
            (await state.scrub(GROUP, { bytesPerSecond: 1e9 })).rows > 0 || model.size === 0,
        );
        expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
        await state.close();
        await plain.state.close();
      }),
      { numRuns: 60 },
    );
  });
});
