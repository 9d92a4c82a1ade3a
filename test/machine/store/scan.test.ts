/** Scans against a sorted model, both ways, by pages, while flushes and changes go on. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { del, openShard, put, scanAll } from './helpers.js';

const key = fc.string({
  minLength: 1,
  maxLength: 3,
  unit: fc.constantFrom('a', 'b', '\xff', '\0'),
});

const sorted = (model: Map<string, string>, reverse: boolean): [string, string][] =>
  [...model].sort(([a], [b]) => (a < b === reverse ? 1 : -1));

describe('scan', () => {
  it('equals a sorted model from any key to any key, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ key, dead: fc.boolean(), flush: fc.nat(3) }), { maxLength: 25 }),
        fc.record({
          reverse: fc.boolean(),
          count: fc.integer({ min: 1, max: 9 }),
          from: fc.option(key, { nil: undefined }),
          to: fc.option(key, { nil: undefined }),
        }),
        async (steps, { reverse, count, from, to }) => {
          const { state, shard } = await openShard();
          const model = new Map<string, string>();
          let at = 0;
          for (const step of steps) {
            if (step.dead) {
              await del(shard, step.key);
              model.delete(step.key);
            } else {
              await put(shard, step.key, `v${++at}`);
              model.set(step.key, `v${at}`);
            }
            if (step.flush === 0) await state.flush();
            if (step.flush === 1) void state.flush();
          }
          const expected = sorted(model, reverse).filter(
            ([name]) => (from === undefined || name >= from) && (to === undefined || name < to),
          );
          const bounds = {
            ...(from === undefined ? {} : { from }),
            ...(to === undefined ? {} : { to }),
          };
          expect(await scanAll(shard, { reverse, count, ...bounds })).toEqual(expected);
          const keys = await scanAll(shard, { reverse, count, keysOnly: true, ...bounds });
          expect(keys).toEqual(expected.map(([name]) => [name, '']));
          await state.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows the instant it was asked for, whatever is flushed or changed meanwhile', async () => {
    const { state, shard } = await openShard({ flushAgeMs: 1_000_000 });
    const model = new Map<string, string>();
    for (let i = 0; i < 300; i++) {
      await put(shard, `k${String(i).padStart(3, '0')}`, `old${i}`);
      model.set(`k${String(i).padStart(3, '0')}`, `old${i}`);
      if (i === 150) await state.flush();
    }
    const scan = scanAll(shard, { count: 1000 });
    const flush = state.flush();
    for (let i = 0; i < 300; i += 3) await put(shard, `k${String(i).padStart(3, '0')}`, 'new');
    for (let i = 1; i < 300; i += 3) await del(shard, `k${String(i).padStart(3, '0')}`);
    await flush;
    await state.flush();
    expect(await scan).toEqual(sorted(model, false));
    expect((await scanAll(shard)).length).toBe(200);
    await state.close();
  });

  it('keeps databases apart', async () => {
    const { state, shard } = await openShard();
    for (const database of [0, 1, 255])
      await put(shard, 'same', `in ${database}`, undefined, database);
    await state.flush();
    for (const database of [0, 1, 255]) {
      for (const reverse of [false, true]) {
        const page = await shard.scan({
          database,
          from: Buffer.alloc(0),
          to: null,
          reverse,
          count: 10,
          bytes: 1000,
          budgetMs: 10_000,
          keysOnly: false,
        });
        expect(page.items.map(({ value }) => String(value))).toEqual([`in ${database}`]);
        expect(page.done).toBe(true);
      }
    }
    expect(shard.counts(1)).toEqual({ keys: 1, bytes: 8 });
    expect(shard.counts()).toEqual({ keys: 2, bytes: 16 });
    await state.close();
  });

  it('ends a page by bytes and by time, and always gets on', async () => {
    const { state, shard } = await openShard();
    const large = Buffer.alloc(100_000, 'x');
    for (let i = 0; i < 8; i++) await put(shard, `k${i}`, large);
    await state.flush();
    const ask = (bytes: number, budgetMs: number) =>
      shard.scan({
        database: 0,
        from: Buffer.alloc(0),
        to: null,
        reverse: false,
        count: 100,
        bytes,
        budgetMs,
        keysOnly: false,
      });
    expect((await ask(250_000, 1000)).items.length).toBe(2);
    expect((await ask(1, 1000)).items.length).toBe(1);
    const hurried = await ask(1e9, 0);
    expect(hurried.items.length).toBeGreaterThan(0);
    const all = await ask(1e9, 1000);
    expect(all.items.map(({ value }) => value?.length)).toEqual(Array(8).fill(100_000));
    expect(all.done).toBe(true);
    await state.close();
  });
});
