/**
 * What is left of collections that went: it costs the command that ended them nothing, is nobody's
 * at once, is deleted behind whatever crashes, and disturbs neither scrub nor snapshot.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replicaId } from '../../../src/base/ids.js';
import { openLevelStore } from '../../../src/engine/level-store.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { spaceOfKey, TABLE_CODES, tableOfKey } from '../../../src/machine/store/keys.js';
import { change, read, rowsOf, until } from './collection-helpers.js';
import { damage, del, GROUP, openShard, openState, placeOf, put } from './helpers.js';

const fields = (count: number, value = 'v'): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, `${value}${i}`]));

type Ops = Record<string, number>;

/** What each batch did to the store, by table; space 0 is left out. */
function counted(store: OrderedStore): { store: OrderedStore; batches: Ops[] } {
  const batches: Ops[] = [];
  const counting: OrderedStore = {
    ...store,
    batch() {
      const batch = store.batch();
      const ops: Ops = {};
      const count = (what: string, key: Uint8Array): void => {
        if (spaceOfKey(key) === 0) return;
        const name = `${what} ${String.fromCharCode(tableOfKey(key))}`;
        ops[name] = (ops[name] ?? 0) + 1;
      };
      return {
        put: (key, value) => {
          count('put', key);
          batch.put(key, value);
        },
        del: (key) => {
          count('del', key);
          batch.del(key);
        },
        get length() {
          return batch.length;
        },
        write: () => {
          batches.push(ops);
          return batch.write();
        },
        abandon: () => batch.abandon(),
      };
    },
  };
  return { batches, store: counting };
}

/** Rows that one batch of the cleaning deletes. */
const SLICE = 1000;

describe('a collection that goes', () => {
  it('costs its flush two rows, of ten elements and of 20,000', async () => {
    for (const size of [10, 20_000]) {
      const { store, batches } = counted(await openMemoryStore());
      const { state, shard } = await openShard({ store });
      await change(shard, 'h', fields(size));
      await state.flush();
      batches.length = 0;
      await del(shard, 'h');
      await state.flush();
      expect(batches[0]).toEqual({ 'put b': 1, 'del d': 1 });
      await until(() => state.stats().buried === 0);
      expect(batches.reduce((sum, ops) => sum + (ops['del c'] ?? 0), 0)).toBe(size);
      expect(Math.max(...batches.map((ops) => ops['del c'] ?? 0))).toBeLessThanOrEqual(SLICE);
      expect(await rowsOf(store, TABLE_CODES.c)).toBe(0);
      expect(await rowsOf(store, TABLE_CODES.b)).toBe(0);
      expect(shard.counts()).toEqual({ keys: 0, bytes: 0 });
      await state.close();
    }
  });

  it('leaves no grave when no flush has seen it', async () => {
    const { store, batches } = counted(await openMemoryStore());
    const { state, shard } = await openShard({ store });
    await change(shard, 'h', fields(50));
    await del(shard, 'h');
    await change(shard, 'g', fields(5));
    await put(shard, 'g', 'a string');
    await state.flush();
    expect(batches).toEqual([{ 'put d': 1 }]);
    await state.close();
  });

  it('is written whole when it goes while its flush runs, and is gone with the next', async () => {
    const { state, shard, store } = await openShard();
    await change(shard, 'h', fields(20));
    const first = state.flush();
    await Promise.resolve();
    await del(shard, 'h');
    await change(shard, 'h', { other: 'one' });
    await first;
    expect(await read(shard, 'h')).toEqual({ other: 'one' });
    await state.flush();
    await until(() => state.stats().buried === 0);
    expect(await rowsOf(store, TABLE_CODES.c)).toBe(1);
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await state.close();
  });
});

describe('graves', () => {
  it('are found again after a crash at any slice, on both engines', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rkv-graves-'));
    const level = await openLevelStore(folder);
    for (const base of [await openMemoryStore(), level]) {
      let left = Number.POSITIVE_INFINITY;
      const store: OrderedStore = {
        ...base,
        batch() {
          const batch = base.batch();
          return {
            put: (key, value) => batch.put(key, value),
            del: (key) => batch.del(key),
            get length() {
              return batch.length;
            },
            write: () => (left-- > 0 ? batch.write() : new Promise<void>(() => undefined)),
            abandon: () => batch.abandon(),
          };
        },
      };
      const { state, shard } = await openShard({ store });
      await change(shard, 'h', fields(3 * SLICE));
      await change(shard, 'stays', fields(10));
      await state.flush();
      await del(shard, 'h');
      // The flush and one slice, then the process is dead.
      left = 2;
      await state.flush();
      await until(() => left < 0);
      const some = await rowsOf(base, TABLE_CODES.c);
      expect(some).toBe(2 * SLICE + 10);
      expect(await rowsOf(base, TABLE_CODES.b)).toBe(1);
      const again = await openState({ store: base });
      await until(async () => (await rowsOf(base, TABLE_CODES.b)) === 0);
      expect(await rowsOf(base, TABLE_CODES.c)).toBe(10);
      expect(await read(again.state.shard(GROUP), 'stays')).toEqual(fields(10));
      expect((await again.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
      await again.state.close();
      await base.close();
    }
    await rm(folder, { recursive: true });
  });

  it('travel with a snapshot and are cleaned up where it arrives', async () => {
    const base = await openMemoryStore();
    const { state, shard } = await openShard({ store: base });
    await change(shard, 'h', fields(300), 44);
    await change(shard, 'gone', fields(2 * SLICE));
    await state.flush();
    await del(shard, 'gone');
    const snapshot = await state.snapshot(GROUP);
    const chunks: Uint8Array[] = [];
    for await (const chunk of snapshot.chunks) chunks.push(Buffer.from(chunk));
    const to = await openState();
    const encoded = state.encodeDescriptor(snapshot.descriptor);
    const incoming = to.state.receive(GROUP, replicaId(9), encoded);
    for (const chunk of chunks) await incoming.chunk(chunk);
    const summary = snapshot.summary();
    expect(summary.rows).toBeGreaterThan(2 * SLICE + 300);
    const received = await to.state.install(GROUP, await incoming.finish(summary));
    expect(received.digest()).toBe(shard.digest());
    expect(received.nextDeadline()).toBe(44);
    expect(await read(received, 'h')).toEqual(fields(300));
    expect(await read(received, 'gone')).toBeNull();
    await until(async () => (await rowsOf(to.store, TABLE_CODES.b)) === 0);
    expect(await rowsOf(to.store, TABLE_CODES.c)).toBe(300);
    expect((await to.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await snapshot.close();
    await to.state.close();
    await state.close();
  });

  it('wait for the buckets that have left, and are found by whoever gets them', async () => {
    const { state, shard, store } = await openShard();
    await change(shard, 'h', fields(30));
    await state.flush();
    const { bucket } = placeOf('h');
    await del(shard, 'h');
    const { pieces, range } = shard.descriptor;
    const { space } = pieces[0] as (typeof pieces)[number];
    const halves = [
      { first: 0, last: bucket - 1 },
      { first: bucket + 1, last: 255 },
    ].map((part) => ({ range: part, space }));
    const flushed = state.flush();
    for (let i = 0; i < 5; i++) await Promise.resolve();
    shard.update({ pieces: halves });
    await flushed;
    await until(() => state.stats().buried === 0);
    expect(await rowsOf(store, TABLE_CODES.c)).toBe(30);
    shard.update({ pieces: [{ range, space }] });
    await until(async () => (await rowsOf(store, TABLE_CODES.b)) === 0);
    expect(await rowsOf(store, TABLE_CODES.c)).toBe(0);
    await state.close();
  });
});

describe('a stored element', () => {
  const isElement = (key: Buffer): boolean =>
    spaceOfKey(key) > 0 && tableOfKey(key) === TABLE_CODES.c;

  async function written(): Promise<OrderedStore> {
    const { state, shard, store } = await openShard();
    await change(shard, 'h', { a: 'value a', b: 'value b' });
    await put(shard, 'plain', 'v');
    await state.flush();
    await state.close();
    return store;
  }

  it('with any bit flipped is met by every kind of read, and fences', async () => {
    const store = await written();
    for (let bit = 0; bit < 8 * 12; bit += 5) {
      const flip = (value: Buffer) => {
        value[bit >> 3] = (value[bit >> 3] as number) ^ (1 << (bit & 7));
        return value;
      };
      const pick = (key: Buffer) => isElement(key) && key.toString('latin1').endsWith('a');
      expect(await damage(store, pick, flip)).toBe(1);
      const reads = [
        (shard: Parameters<typeof read>[0]) => read(shard, 'h', ['a']),
        (shard: Parameters<typeof read>[0]) => read(shard, 'h'),
        (shard: Parameters<typeof read>[0]) =>
          shard.load([{ ...placeOf('h'), need: 'header', whole: true }]) ?? Promise.resolve(null),
      ];
      for (const one of reads) {
        for (const syncReadBudgetMs of [0, 3]) {
          const { state, hooks } = await openState({ store, syncReadBudgetMs });
          await expect(one(state.shard(GROUP))).rejects.toMatchObject({ code: 'CORRUPT' });
          expect(hooks.corrupt[0]?.group).toBe(GROUP);
          expect(await read(state.shard(GROUP), 'h', ['b'])).toEqual({ b: 'value b' });
          await state.close();
        }
      }
      await damage(store, pick, flip);
    }
  });

  it('that is lost is found by scrub and snapshot', async () => {
    const store = await written();
    let once = true;
    const first = (key: Buffer) => {
      const hit = once && isElement(key);
      if (hit) once = false;
      return hit;
    };
    await damage(store, first, () => null);
    const { state } = await openState({ store });
    const { wrong } = await state.scrub(GROUP, { bytesPerSecond: 1e9 });
    expect(wrong).toMatch(/1 elements do not fit/);
    const snapshot = await state.snapshot(GROUP);
    const all = async () => {
      for await (const chunk of snapshot.chunks) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toMatchObject({ code: 'CORRUPT' });
    await snapshot.close();
    await state.close();
  });
});
