/** Rot and loss below us: whatever is changed in the store, no wrong value is ever answered. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFailed } from '../../../src/engine/errors.js';
import { openLevelStore } from '../../../src/engine/level-store.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import {
  bucketOfKey,
  spaceOfKey,
  TABLE_CODES,
  tableOfKey,
} from '../../../src/machine/store/keys.js';
import {
  damage,
  GROUP,
  get,
  openShard,
  openState,
  placeOf,
  put,
  recordingHooks,
  scanAll,
} from './helpers.js';

const flip = (bit: number) => (value: Buffer) => {
  value[bit >> 3] = (value[bit >> 3] as number) ^ (1 << (bit & 7));
  return value;
};
const isHead = (key: Buffer): boolean => spaceOfKey(key) > 0 && tableOfKey(key) === TABLE_CODES.d;

/** A store with three keys, flushed and closed. */
async function written(): Promise<OrderedStore> {
  const { state, shard, store } = await openShard();
  for (const key of ['a', 'b', 'c']) await put(shard, key, `value of ${key}`, 5000);
  shard.putRow('s', 7, 'session', Buffer.from('reply'), true);
  await state.flush();
  await state.close();
  return store;
}

describe('a bit that flips in a stored row', () => {
  it('is met by the next read of the key, whichever bit it is', async () => {
    const store = await written();
    const { bucket } = placeOf('a');
    const pick = (key: Buffer) => isHead(key) && bucketOfKey(key) === bucket;
    for (let bit = 0; bit < 8 * 40; bit += 7) {
      await damage(store, pick, flip(bit));
      const { state, hooks } = await openState({ store });
      await expect(get(state.shard(GROUP), 'a')).rejects.toMatchObject({ code: 'CORRUPT' });
      await expect(scanAll(state.shard(GROUP))).rejects.toMatchObject({ code: 'CORRUPT' });
      expect(hooks.corrupt[0]?.group).toBe(GROUP);
      expect(await get(state.shard(GROUP), 'b')).toBe('value of b');
      await state.close();
      await damage(store, pick, flip(bit));
    }
  });

  it('is met by the same read when it goes through the thread pool', async () => {
    const store = await written();
    await damage(store, isHead, flip(100));
    const { state } = await openState({ store, syncReadBudgetMs: 0 });
    await expect(get(state.shard(GROUP), 'a')).rejects.toMatchObject({ code: 'CORRUPT' });
    await state.close();
  });

  it('is found by the scrub in any table', async () => {
    for (const table of [TABLE_CODES.d, TABLE_CODES.x, TABLE_CODES.s]) {
      const store = await written();
      const pick = (key: Buffer) => spaceOfKey(key) > 0 && tableOfKey(key) === table;
      expect(await damage(store, pick, flip(3))).toBeGreaterThan(0);
      const { state, hooks } = await openState({ store });
      const result = await state.scrub(GROUP, { bytesPerSecond: 1e9 });
      expect(result.wrong).not.toBeNull();
      expect(hooks.corrupt.length).toBeGreaterThan(0);
      await state.close();
    }
  });

  it('in a deadline leaves the node open and names the replica to fence', async () => {
    const store = await written();
    await damage(store, (key) => tableOfKey(key) === TABLE_CODES.x, flip(1));
    const { state } = await openState({ store });
    expect(state.damage).toBeNull();
    expect(state.corrupt.get(GROUP)).toMatch(/deadline/);
    expect(state.descriptors.has(GROUP)).toBe(true);
    await state.close();
  });

  it('in session rows refuses the opening of them', async () => {
    const store = await written();
    await damage(store, (key) => tableOfKey(key) === TABLE_CODES.s, flip(9));
    const { state } = await openState({ store });
    const read = async () => {
      for await (const row of state.shard(GROUP).rows('s')) expect(row).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CORRUPT' });
    await state.close();
  });

  it('in any row of the node itself is damage of the whole', async () => {
    const clean = await openState({ store: await written() });
    expect(clean.state.lostBatch).toBe(false);
    await clean.state.close();
    for (const kind of 'bpnr') {
      const store = await written();
      const pick = (key: Buffer) => spaceOfKey(key) === 0 && key[4] === kind.charCodeAt(0);
      expect(await damage(store, pick, flip(12))).toBeGreaterThan(0);
      const { state } = await openState({ store });
      expect(state.lostBatch).toBe(true);
      expect(state.damage).toMatch(/damaged|check/);
      await state.close();
    }
  });
});

describe('a row that is lost', () => {
  it('is found by the scrub: a head, and a deadline alone', async () => {
    for (const table of [TABLE_CODES.d, TABLE_CODES.x]) {
      const store = await written();
      let first = true;
      const pick = (key: Buffer) => {
        const hit = first && spaceOfKey(key) > 0 && tableOfKey(key) === table;
        if (hit) first = false;
        return hit;
      };
      expect(await damage(store, pick, () => null)).toBe(1);
      const { state } = await openState({ store });
      const result = await state.scrub(GROUP, { bytesPerSecond: 1e9 });
      expect(result.wrong).toMatch(table === TABLE_CODES.d ? /bucket \d+/ : /deadlines/);
      await state.close();
    }
  });

  it('or is an older one is met when its header is still known', async () => {
    const { state, shard, store, hooks } = await openShard();
    await put(shard, 'a', 'old');
    await state.flush();
    let old: Buffer | undefined;
    await damage(store, isHead, (value) => {
      old = Buffer.from(value);
      return value;
    });
    await put(shard, 'a', 'new');
    await state.flush();
    for (let i = 0; i < 4; i++) shard.endRun();
    await damage(store, isHead, () => old as Buffer);
    await expect(get(shard, 'a')).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(hooks.corrupt[0]?.what).toMatch(/older/);
    await state.close();
  });
});

describe('a batch that is lost', () => {
  const isNumber = (n: number) => (key: Buffer) =>
    spaceOfKey(key) === 0 && key[4] === 0x62 && key.readBigUInt64BE(5) === BigInt(n);

  it('is found by its number, whichever it was', async () => {
    for (let lost = 1; lost <= 4; lost++) {
      const { state, shard, store } = await openShard();
      for (let i = 0; i < 5; i++) {
        await put(shard, `k${i}`, 'v');
        await state.flush();
      }
      await state.close();
      expect(await damage(store, isNumber(lost), () => null)).toBe(1);
      const again = await openState({ store });
      expect(again.state.lostBatch).toBe(true);
      expect(again.state.damage).toContain(`batch ${lost}`);
      await again.state.close();
    }
  });

  it('is none when old numbers have gone as they should', async () => {
    const { state, shard, store } = await openShard({ numberedBytes: 2000 });
    for (let i = 0; i < 20; i++) {
      await put(shard, `k${i}`, Buffer.alloc(300));
      await state.flush();
    }
    await state.close();
    let numbers = 0;
    await damage(
      store,
      (key) => spaceOfKey(key) === 0 && key[4] === 0x62,
      (value) => {
        numbers++;
        return value;
      },
    );
    expect(numbers).toBeLessThan(10);
    expect(numbers).toBeGreaterThan(1);
    const again = await openState({ store, numberedBytes: 2000 });
    expect(again.state.lostBatch).toBe(false);
    await put(again.state.shard(GROUP), 'more', 'v');
    await again.state.flush();
    await again.state.close();
    const third = await openState({ store, numberedBytes: 2000 });
    expect(third.state.damage).toBeNull();
    await third.state.close();
  });

  it('is told when all numbers have gone', async () => {
    const store = await written();
    await damage(
      store,
      (key) => spaceOfKey(key) === 0 && key[4] === 0x62,
      () => null,
    );
    const { state } = await openState({ store });
    expect(state.damage).toMatch(/all batches/);
    await state.close();
  });
});

describe('a write that fails', () => {
  it('is fatal once, tells its code, and nothing after it is written or said to be durable', async () => {
    const base = await openMemoryStore();
    let full = false;
    const store: OrderedStore = {
      ...base,
      batch() {
        const batch = base.batch();
        const inner = { put: batch.put.bind(batch), del: batch.del.bind(batch) };
        return {
          ...inner,
          get length() {
            return batch.length;
          },
          abandon: () => batch.abandon(),
          write: () =>
            full
              ? Promise.reject(new StoreFailed('write', new Error('No space left on device')))
              : batch.write(),
        };
      },
    };
    const hooks = recordingHooks();
    const { state, shard } = await openShard({ store, hooks });
    await put(shard, 'a', '1');
    await state.flush();
    full = true;
    await put(shard, 'b', '2');
    await expect(state.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
    full = false;
    await expect(state.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(hooks.fatal.length).toBe(1);
    expect(hooks.fatal[0]).toMatchObject({ code: 'ENOSPC' });
    expect(state.flushed(GROUP).index).toBe(11);
    expect(await get(shard, 'b')).toBe('2');
    await state.close();
  });
});

describe('on LevelDB', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rkv-state-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('keeps rows, counts, digest and position over a restart', async () => {
    const first = await openLevelStore(dir);
    const one = await openShard({ store: first });
    for (let i = 0; i < 500; i++) await put(one.shard, `key${i}`, `value${i}`, i + 1);
    const before = { digest: one.shard.digest(), counts: one.shard.counts() };
    await one.state.close();
    await first.close();
    const second = await openLevelStore(dir);
    const { state, hooks } = await openState({ store: second, syncReadBudgetMs: 0 });
    const shard = state.shard(GROUP);
    expect(state.damage).toBeNull();
    expect({ digest: shard.digest(), counts: shard.counts() }).toEqual(before);
    expect(shard.descriptor.applied.index).toBe(510);
    expect((await scanAll(shard, { count: 33 })).length).toBe(500);
    expect((await scanAll(shard, { count: 33, reverse: true })).length).toBe(500);
    expect((await shard.due(10_000 as never, 1000)).length).toBe(500);
    expect(await get(shard, 'key77')).toBe('value77');
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).rows).toBe(1000);
    expect(hooks.corrupt).toEqual([]);
    await state.close();
    await second.close();
  });

  it('never believes a store whose own log has rotted: found by number, or an exact prefix', async () => {
    const live = join(dir, 'live');
    const store = await openLevelStore(live);
    const { state, shard } = await openShard({ store });
    const history = new Map<number, [string, string][]>();
    for (let i = 0; i < 12; i++) {
      await put(shard, `k${i % 5}`, Buffer.alloc(9000, 97 + i));
      await state.flush();
      history.set(shard.descriptor.applied.index, await scanAll(shard));
    }
    await state.close();
    await store.close();
    const log = (await readdir(live)).find((name) => name.endsWith('.log')) as string;
    const size = (await readFile(join(live, log))).length;
    let lost = 0;
    for (let at = 50; at < size; at += Math.floor(size / 15)) {
      const copy = join(dir, `copy${at}`);
      await cp(live, copy, { recursive: true });
      const bytes = await readFile(join(copy, log));
      bytes[at] = (bytes[at] as number) ^ 16;
      await writeFile(join(copy, log), bytes);
      const rotten = await openLevelStore(copy);
      const opened = await openState({ store: rotten });
      if (opened.state.lostBatch) {
        lost++;
      } else if (opened.state.descriptors.size > 0) {
        const found = opened.state.shard(GROUP);
        expect(await scanAll(found)).toEqual(history.get(found.descriptor.applied.index));
      }
      await opened.state.close();
      await rotten.close();
    }
    expect(lost).toBeGreaterThan(3);
  });

  it('scans backwards past a value larger than a page', async () => {
    const store = await openLevelStore(dir);
    const { state, shard } = await openShard({ store });
    for (let i = 0; i < 6; i++) await put(shard, `{t}${i}`, Buffer.alloc(40_000, 'x'));
    await state.flush();
    const keys = await scanAll(shard, { reverse: true, count: 2, to: '{t}4' });
    expect(keys.map(([key]) => key)).toEqual(['{t}3', '{t}2', '{t}1', '{t}0']);
    await state.close();
    await store.close();
  });
});
