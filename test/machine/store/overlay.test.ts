/**
 * The overlay against a model: whatever is put, deleted and flushed, and whenever the process dies,
 * what is found afterwards is the exact state of some applied index, and no flushed one is lost.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logIndex, revision, term } from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { SLOT_BYTES } from '../../../src/machine/store/header-table.js';
import type { NodeState, ShardState } from '../../../src/machine/types.js';
import {
  del,
  descriptorOf,
  GROUP,
  gated,
  get,
  mortal,
  newHead,
  openShard,
  openState,
  placeOf,
  put,
  rowsBySpace,
  scanAll,
} from './helpers.js';

describe('rows of a replica', () => {
  it('reads what was put, before, while and after it is flushed', async () => {
    const { state, shard } = await openShard();
    await put(shard, 'a', 'one');
    expect(await get(shard, 'a')).toBe('one');
    const flush = state.flush();
    await put(shard, 'a', 'two');
    expect(await get(shard, 'a')).toBe('two');
    await flush;
    expect(await get(shard, 'a')).toBe('two');
    await state.flush();
    expect(await get(shard, 'a')).toBe('two');
    expect(await get(shard, 'b')).toBeNull();
    await state.close();
  });

  it('keeps the header of a flushed key in memory, and reads its value again', async () => {
    const { state, shard } = await openShard();
    await put(shard, 'a', 'one');
    await state.flush();
    shard.endRun();
    shard.endRun();
    shard.endRun();
    expect(shard.header(placeOf('a'))).toMatchObject({ size: 3, revision: 1 });
    expect(shard.head(placeOf('a'))).toBeUndefined();
    expect(await get(shard, 'a')).toBe('one');
    await state.close();
  });

  it('asserts that the old header is known before a key is written', async () => {
    const { state, shard } = await openShard();
    expect(() => shard.putHead(placeOf('new'), newHead('v', 1))).toThrow(/old header/);
    await state.close();
  });

  it('forgets cold headers when the bound is reached, never pinned or dirty ones', async () => {
    const { state, shard } = await openShard({ headerCacheBytes: 4000 });
    for (let i = 0; i < 50; i++) await put(shard, `k${i}`, 'v');
    await state.flush();
    for (let i = 0; i < 4; i++) shard.endRun();
    await put(shard, 'dirty', 'v');
    await shard.load([{ ...placeOf('pinned'), need: 'header' }]);
    for (let i = 50; i < 100; i++) await get(shard, `k${i}`);
    expect(state.stats().rowsInMemory).toBeLessThan(20);
    expect(state.stats().tabledHeaders).toBeLessThanOrEqual(4000 / SLOT_BYTES);
    const known = Array.from({ length: 100 }, (_, i) => shard.header(placeOf(`k${i}`)));
    const forgotten = known.filter((header) => header === undefined);
    expect(forgotten.length).toBeGreaterThan(30);
    expect(forgotten.length).toBeLessThan(90);
    expect(shard.header(placeOf('dirty'))).toMatchObject({ size: 1 });
    expect(shard.header(placeOf('pinned'))).toBeNull();
    await state.close();
  });

  it('writes nothing for a row that is put and deleted before a flush', async () => {
    const { state, shard, store } = await openShard();
    await state.flush();
    const rows = async () => [...(await rowsBySpace(store)).values()];
    shard.putRow('s', 3, 'gone', Buffer.from('x'), true);
    shard.putRow('s', 3, 'stays', Buffer.from('y'), true);
    shard.deleteRow('s', 3, 'gone');
    await state.flush();
    expect(await rows()).toEqual([1]);
    shard.deleteRow('s', 3, 'stays');
    await state.flush();
    expect(await rows()).toEqual([]);
    await state.close();
  });

  it('lists rows of a table in key order, overlay included', async () => {
    const { state, shard } = await openShard();
    shard.putRow('s', 9, 'b', Buffer.from('1'), true);
    shard.putRow('s', 2, 'z', Buffer.from('2'), true);
    shard.putRow('s', 9, 'c', Buffer.from('3'), true);
    await state.flush();
    shard.putRow('s', 9, 'a', Buffer.from('4'), true);
    shard.putRow('s', 9, 'b', Buffer.from('5'), false);
    shard.deleteRow('s', 9, 'c');
    const found: [number, string, string][] = [];
    for await (const { bucket, key, value } of shard.rows('s')) {
      found.push([bucket, key, Buffer.from(value).toString()]);
    }
    expect(found).toEqual([
      [2, 'z', '2'],
      [9, 'a', '4'],
      [9, 'b', '5'],
    ]);
    await state.close();
  });

  it('asks collectors right before a generation is sealed, and flushes what they put', async () => {
    const { state, shard } = await openShard();
    let asked = 0;
    shard.beforeSeal(() => {
      asked++;
      shard.putRow('s', 1, `record${asked}`, Buffer.from('r'), false);
    });
    await put(shard, 'a', '1');
    await state.flush();
    await state.flush();
    expect(asked).toBe(1);
    const keys: string[] = [];
    for await (const { key } of shard.rows('s')) keys.push(key);
    expect(keys).toEqual(['record1']);
    await state.close();
  });

  it('an idle node writes nothing', async () => {
    const { state, shard } = await openShard({ flushAgeMs: 1 });
    await put(shard, 'a', '1');
    await state.flush();
    const { batches } = state.stats();
    await state.flush();
    expect(state.stats().batches).toBe(batches);
    await state.close();
  });

  it('flushes by age and by size on its own, and tells how far', async () => {
    const { state, shard, hooks } = await openShard({ flushAgeMs: 1 });
    await put(shard, 'a', '1');
    await waitFor(() => hooks.flushed.length > 0);
    expect(hooks.flushed).toEqual([{ group: GROUP, index: 11, term: 5 }]);
    expect(state.flushed(GROUP)).toEqual({ index: 11, term: 5 });
    await state.close();

    const big = await openShard({ flushBytes: 10_000 });
    await put(big.shard, 'a', Buffer.alloc(20_000));
    await waitFor(() => big.hooks.flushed.length > 0);
    expect(big.state.stats().activeBytes).toBe(0);
    await big.state.close();
  });

  it('is saturated while a flush runs and the next generation is full, then says drained', async () => {
    const { store, open } = gated(await openMemoryStore());
    const { state, shard, hooks } = await openShard({
      store,
      flushBytes: 1e9,
      saturateBytes: 9000,
    });
    await put(shard, 'a', Buffer.alloc(100));
    const flush = state.flush();
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.saturated).toBe(false);
    await put(shard, 'b', Buffer.alloc(20_000));
    expect(state.saturated).toBe(true);
    expect(hooks.drained).toBe(0);
    open();
    await flush;
    await waitFor(() => hooks.drained === 1);
    expect(state.saturated).toBe(false);
    expect(await get(shard, 'b')).toBe('\0'.repeat(20_000));
    await state.close();
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

type Step =
  | { kind: 'put'; key: number; value: string; deadline: number | undefined }
  | { kind: 'del'; key: number }
  | { kind: 'flush' }
  | { kind: 'settle' }
  | { kind: 'turn' }
  | { kind: 'crash' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      key: fc.nat(12),
      value: fc.string({ maxLength: 6, unit: 'binary-ascii' }),
      deadline: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('del' as const), key: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
);

type Model = Map<string, { value: string; deadline: number | undefined }>;

/** One life of the process over a store that outlives it. */
class Life {
  readonly kill: () => void;
  readonly state: NodeState & Awaited<ReturnType<typeof openState>>['state'];
  readonly shard: ShardState;
  constructor(kill: () => void, state: Life['state'], shard: ShardState) {
    this.kill = kill;
    this.state = state;
    this.shard = shard;
  }
}

async function born(base: OrderedStore, syncReadBudgetMs: number): Promise<Life> {
  const { store, kill } = mortal(base);
  const { state } = await openState({ store, headerCacheBytes: 1500, syncReadBudgetMs });
  expect(state.damage).toBeNull();
  const shard = state.descriptors.has(GROUP)
    ? state.shard(GROUP)
    : state.create(descriptorOf(state.allocateSpace()));
  return new Life(kill, state, shard);
}

async function expectEqual(shard: ShardState, model: Model): Promise<void> {
  const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
  expect(await scanAll(shard, { count: 4 })).toEqual(
    sorted.map(([key, { value }]) => [key, value]),
  );
  const bytes = sorted.reduce((sum, [key, { value }]) => sum + key.length + value.length, 0);
  expect(shard.counts()).toEqual({ keys: model.size, bytes });
  const due = await shard.due(100 as never, 1000);
  const expected = sorted.flatMap(([key, { deadline }]) =>
    deadline === undefined ? [] : [`${deadline} ${key}`],
  );
  expect(due.map(({ place, deadline }) => `${deadline} ${place.key}`).sort()).toEqual(
    expected.sort(),
  );
}

describe('overlay, flush and crash against a model', () => {
  it('is always an exact prefix of what was applied', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(1), async (steps, budget) => {
        const base = await openMemoryStore();
        let life = await born(base, budget);
        const history = new Map<number, Model>([[10, new Map()]]);
        let model: Model = new Map();
        let settled = 10;
        for (const at of steps) {
          const { shard, state } = life;
          if (at.kind === 'put' || at.kind === 'del') {
            const key = `k${at.key}`;
            model = new Map(model);
            if (at.kind === 'put') {
              await put(shard, key, at.value, at.deadline);
              model.set(key, { value: at.value, deadline: at.deadline });
            } else {
              await del(shard, key);
              model.delete(key);
            }
            history.set(shard.descriptor.applied.index, model);
          } else if (at.kind === 'flush') {
            void state.flush();
          } else if (at.kind === 'turn') {
            await new Promise((resolve) => setImmediate(resolve));
            shard.endRun();
          } else if (at.kind === 'settle') {
            await state.flush();
            settled = shard.descriptor.applied.index;
          } else {
            settled = Math.max(settled, state.flushed(GROUP).index);
            await life.kill();
            life = await born(base, budget);
            const { index } = life.shard.descriptor.applied;
            expect(index).toBeGreaterThanOrEqual(settled);
            model = history.get(index) as Model;
            await expectEqual(life.shard, model);
          }
        }
        await expectEqual(life.shard, model);
        await life.state.flush();
        await expectEqual(life.shard, model);
        const scrub = await life.state.scrub(GROUP, { bytesPerSecond: 1e9 });
        expect(scrub.wrong).toBeNull();
        await life.state.close();
        await base.close();
      }),
      { numRuns: 100 },
    );
  });

  it('two replicas have one digest at one index, however they were flushed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const one = await openShard();
        const two = await openShard();
        for (const at of steps) {
          for (const { shard } of [one, two]) {
            if (at.kind === 'put') await put(shard, `k${at.key}`, at.value, at.deadline);
            if (at.kind === 'del') await del(shard, `k${at.key}`);
          }
          if (at.kind === 'flush') await one.state.flush();
          expect(one.shard.digest()).toBe(two.shard.digest());
        }
        two.shard.update({
          revision: revision(99),
          applied: { index: logIndex(99), term: term(9) },
        });
        expect(one.shard.digest()).not.toBe(two.shard.digest());
        await one.state.close();
        await two.state.close();
      }),
      { numRuns: 40 },
    );
  });
});
