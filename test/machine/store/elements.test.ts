/**
 * Elements of collections against a model: whatever is put, deleted, overwritten and flushed, and
 * whenever the process dies, what is found is the exact state of some applied index; a collection
 * that went never comes back, and its rows go behind it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { revision } from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { TABLE_CODES } from '../../../src/machine/store/keys.js';
import type { ShardState } from '../../../src/machine/types.js';
import { change, read, rowsOf, until } from './collection-helpers.js';
import { del, descriptorOf, GROUP, mortal, openShard, openState, placeOf, put } from './helpers.js';

type Model = Map<string, Record<string, string>>;

type Step =
  | { kind: 'change'; key: number; changes: Record<string, string | null> }
  | { kind: 'del' | 'string'; key: number }
  | { kind: 'flush' | 'settle' | 'turn' | 'crash' };

const element = fc.constantFrom('a', 'b', 'c', 'd', '', '\0', '\xff', '__proto__');
const changes = fc
  .array(fc.tuple(element, fc.option(fc.string({ maxLength: 3 }), { nil: null })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((pairs) => {
    const made: Record<string, string | null> = Object.create(null);
    for (const [name, value] of pairs) made[name] = value;
    return made;
  });
const key = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('change' as const), key, changes }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('del', 'string'), key }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('flush', 'settle', 'turn', 'crash') }),
  },
) as fc.Arbitrary<Step>;

/** Some keys have zeros, and one is the beginning of another. */
const KEYS = ['{k}', '{k}\0', '{k}\0\xff', '{k}\x01'];
const NAMES = ['a', 'b', 'c', 'd', '', '\0', '\xff', '__proto__'];

function changed(model: Model, name: string, changes: Record<string, string | null>): Model {
  const next = new Map(model);
  const fields: Record<string, string> = Object.assign(Object.create(null), model.get(name));
  for (const [field, value] of Object.entries(changes)) {
    if (value === null) delete fields[field];
    else fields[field] = value;
  }
  if (Object.keys(fields).length === 0) next.delete(name);
  else next.set(name, fields);
  return next;
}

const plain = (fields: Record<string, string> | null | undefined) =>
  fields ? Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)) : null;

async function expectEqual(shard: ShardState, model: Model): Promise<void> {
  for (const name of KEYS) {
    expect(plain(await read(shard, name))).toEqual(plain(model.get(name)));
    expect(plain(await read(shard, name, NAMES))).toEqual(plain(model.get(name)));
  }
}

async function born(base: OrderedStore, syncReadBudgetMs: number) {
  const { store, kill } = mortal(base);
  const { state } = await openState({ store, headerCacheBytes: 1500, syncReadBudgetMs });
  expect(state.damage).toBeNull();
  const shard = state.descriptors.has(GROUP)
    ? state.shard(GROUP)
    : state.create(descriptorOf(state.allocateSpace()));
  return { kill, state, shard };
}

describe('elements, flush and crash against a model', () => {
  it('are always an exact prefix of what was applied', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), fc.nat(1), async (steps, budget) => {
        const base = await openMemoryStore();
        let life = await born(base, budget);
        const history = new Map<number, Model>([[10, new Map()]]);
        let model: Model = new Map();
        let settled = 10;
        for (const at of steps) {
          const { shard, state } = life;
          if (at.kind === 'change') {
            const name = KEYS[at.key] as string;
            await change(shard, name, at.changes);
            model = changed(model, name, at.changes);
          } else if (at.kind === 'del') {
            await del(shard, KEYS[at.key] as string);
            model = new Map(model);
            model.delete(KEYS[at.key] as string);
          } else if (at.kind === 'string') {
            await put(shard, KEYS[at.key] as string, 'a string');
            model = new Map(model);
            model.delete(KEYS[at.key] as string);
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
          history.set(life.shard.descriptor.applied.index, model);
        }
        await expectEqual(life.shard, model);
        await life.state.flush();
        await expectEqual(life.shard, model);
        const scrub = await life.state.scrub(GROUP, { bytesPerSecond: 1e9 });
        expect(scrub.wrong).toBeNull();
        // Nothing is left of what went.
        await until(() => life.state.stats().buried === 0);
        await life.state.flush();
        const alive = [...model.values()].reduce((n, of) => n + Object.keys(of).length, 0);
        expect(await rowsOf(base, TABLE_CODES.c)).toBe(alive);
        expect(await rowsOf(base, TABLE_CODES.b)).toBe(0);
        await life.state.close();
        await base.close();
      }),
      { numRuns: 150 },
    );
  });

  it('have one digest on two replicas, however they were flushed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const one = await openShard();
        const two = await openShard();
        for (const at of steps) {
          for (const { shard } of [one, two]) {
            if (at.kind === 'change') await change(shard, KEYS[at.key] as string, at.changes);
            if (at.kind === 'del') await del(shard, KEYS[at.key] as string);
          }
          if (at.kind === 'settle') await one.state.flush();
          if (at.kind === 'turn') one.shard.endRun();
          expect(one.shard.digest()).toBe(two.shard.digest());
          expect(one.shard.counts()).toEqual(two.shard.counts());
        }
        await one.state.close();
        await two.state.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a collection', () => {
  it('is asserted to have its head put before the entry ends', async () => {
    const { state, shard } = await openShard();
    await change(shard, 'h', { a: '1' });
    const place = placeOf('h');
    shard.putElement(place, shard.header(place)?.generation as number, 'b', Buffer.from('2'));
    expect(() => shard.update({})).toThrow(/without its head/);
    expect(() => shard.putElement(place, 1, 'unseen', Buffer.of(1))).not.toThrow();
    shard.deleteHead(place, revision(9));
    shard.update({});
    await state.close();
  });

  it('keeps its elements when its deadline alone changes, and tells of its sums', async () => {
    const { state, shard } = await openShard();
    await change(shard, 'h', { a: '1', bc: '23' }, 77);
    await state.flush();
    const place = placeOf('h');
    await shard.load([{ ...place, need: 'head' }]);
    const head = shard.head(place);
    expect(head?.facts).toMatchObject({ rows: 2, bytes: 6, wake: 77 });
    const { type, flags, revision, created, generation, value } = head as NonNullable<typeof head>;
    const again = { type, flags, revision, created, generation, value, deadline: 99 as never };
    expect(shard.putHead(place, again).facts).toEqual(head?.facts);
    expect(shard.nextDeadline()).toBe(77);
    await state.flush();
    expect(plain(await read(shard, 'h'))).toEqual([
      ['a', '1'],
      ['bc', '23'],
    ]);
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await state.close();
  });

  it('comes into memory as a whole when asked, unless it is too large', async () => {
    const { state, shard } = await openShard();
    await change(shard, 'h', { a: '1', b: '2', c: '3' });
    await state.flush();
    for (let i = 0; i < 3; i++) shard.endRun();
    const place = placeOf('h');
    await shard.load([{ ...place, need: 'header', whole: true }]);
    const generation = shard.header(place)?.generation as number;
    const texts = () =>
      shard.wholeElements(place, generation)?.map(({ name, value }) => `${name}=${value}`);
    expect(texts()).toEqual(['a=1', 'b=2', 'c=3']);
    await change(shard, 'h', { b: null, d: '4' });
    expect(texts()).toEqual(['a=1', 'c=3', 'd=4']);
    await state.flush();
    for (let i = 0; i < 3; i++) shard.endRun();
    await shard.load([{ ...place, need: 'header' }]);
    expect(shard.wholeElements(place, generation)).toBeNull();
    const big = 'x'.repeat(5_000_000);
    await change(shard, 'big', { a: big, b: big });
    await state.flush();
    for (let i = 0; i < 3; i++) shard.endRun();
    const at = placeOf('big');
    await shard.load([{ ...at, need: 'header', whole: true }]);
    expect(shard.wholeElements(at, shard.header(at)?.generation as number)).toBeNull();
    await state.close();
  });
});
