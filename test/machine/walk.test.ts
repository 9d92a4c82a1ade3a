/**
 * Walks: whatever happens between two pages, a key that is there from the first to the last is on
 * one of them at least, and every walk ends. Cursors are 64 bits and all that is kept.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromByteKey } from '../../src/base/bytes.js';
import {
  cursorOf,
  decodeCursor,
  decodePosition,
  encodePosition,
  keyHash,
} from '../../src/kv/catalog/walk.js';
import type { PageItem } from '../../src/kv/reply.js';
import { createMachine, type ShardMachine } from '../../src/machine/machine.js';
import { bucketOf, slotOf } from '../../src/shard/slot.js';
import { type Arg, at, bytes, command, Driver } from './driver.js';
import { descriptorOf, openState, placeOf, put } from './store/helpers.js';

interface Page {
  readonly items: readonly PageItem[];
  readonly next: Uint8Array | null;
}

async function page(machine: ShardMachine, ...args: Arg[]): Promise<Page | 'moved'> {
  const result = await machine.read(command('walk', ...args), at(1_000_000), true);
  if (result.kind === 'moved') return 'moved';
  if (result.kind !== 'reply' || result.reply.kind !== 'page') throw new Error('no page');
  return result.reply;
}

const text = (key: Uint8Array): string => Buffer.from(key).toString('latin1');
const texts = (items: readonly PageItem[]): string[] => items.map(({ key }) => text(key));
const place = (bucket: number, after: string | null = null) =>
  encodePosition({ bucket, after: after === null ? null : bytes(after) });

describe('positions and cursors', () => {
  it('come back as they went, and nothing else is taken for one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 255 }),
        fc.option(fc.uint8Array({ maxLength: 20 }), { nil: null }),
        (bucket, after) => {
          const found = decodePosition(encodePosition({ bucket, after }));
          expect(found?.bucket).toBe(bucket);
          expect(found?.after === null ? null : text(found?.after as Uint8Array)).toBe(
            after === null ? null : text(after),
          );
          const cursor = cursorOf({ bucket, after });
          expect(cursor).toBeLessThan(2n ** 61n);
          const hash = after === null ? 0 : keyHash(after);
          expect(decodeCursor(cursor)).toEqual({ bucket, hash });
        },
      ),
    );
    expect(cursorOf({ bucket: 0, after: null })).toBe(0n);
    for (const wrong of ['', '\0', '\x01\x00', '\0\x01\x02k']) {
      expect(decodePosition(bytes(wrong))).toBeNull();
    }
    expect(decodeCursor(2n ** 61n)).toBeNull();
    expect(decodeCursor(-1n)).toBeNull();
  });

  it('hash keys to 53 bits that hardly meet', () => {
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) seen.add(keyHash(bytes(`user:${i}`)));
    expect(seen.size).toBe(100_000);
    expect(Math.max(...[...seen].slice(0, 1000))).toBeLessThan(2 ** 53);
    // Part of what cursors mean: never to be changed.
    expect(keyHash(bytes('user:1'))).toBe(keyHash(fromByteKey('user:1')));
  });
});

describe('a walk', () => {
  it('goes by buckets, filters types and slots, and leaves expired keys out', async () => {
    const one = await Driver.open();
    const { machine } = one;
    await one.write('mset', 'a', 1, 'b', 2, '{a}x', 3, '{a}y', 4);
    await one.write('set', 'gone', 1, 'PXAT', 5);
    const all = (await page(machine, place(0))) as Page;
    const order = ['a', 'b', '{a}x', '{a}y'].sort(
      (x, y) => bucketOf(bytes(x)) - bucketOf(bytes(y)) || (x < y ? -1 : 1),
    );
    expect(texts(all.items)).toEqual(order);
    expect(all.next).toBeNull();
    const bucket = bucketOf(bytes('a'));
    const first = (await page(machine, place(bucket), 'LIMIT', 2)) as Page;
    expect(texts(first.items)).toEqual(['a', '{a}x']);
    expect(decodePosition(first.next as Uint8Array)?.bucket).toBe(bucket);
    expect(texts(((await page(machine, place(bucket, '{a}x'))) as Page).items)[0]).toBe('{a}y');
    const resumed = (await page(machine, place(bucket), 'HASH', keyHash(bytes('{a}x')))) as Page;
    expect(texts(resumed.items)[0]).toBe('{a}y');
    const lost = (await page(machine, place(bucket), 'HASH', 12345)) as Page;
    expect(texts(lost.items)[0]).toBe('a');
    expect(((await page(machine, place(0), 'TYPE', 'STRING')) as Page).items).toHaveLength(4);
    expect(((await page(machine, place(0), 'TYPE', 'nothing')) as Page).items).toEqual([]);
    const slot = slotOf(bytes('a'));
    const ofSlot = (await page(machine, place(bucket), 'SLOT', slot)) as Page;
    expect(ofSlot).toEqual({ kind: 'page', items: expect.any(Array), next: null });
    expect(texts(ofSlot.items)).toEqual(['a', '{a}x', '{a}y']);
  });

  it('asks for time when a deadline has passed that the log does not know', async () => {
    const one = await Driver.open();
    await one.write('set', 'k', 1, 'PXAT', one.time + 5);
    one.time += 10;
    const asked = await one.readRaw(command('walk', place(0)), false);
    expect(asked.kind).toBe('needs-time');
    const random = await one.readRaw(command('randomkey', 7), false);
    expect(random.kind).toBe('needs-time');
  });

  it('is moved where the bucket is another shard’s, and ends at the last one here', async () => {
    const one = await Driver.open({ descriptor: { range: { first: 100, last: 199 } } });
    expect(await page(one.machine, place(99))).toBe('moved');
    expect(await page(one.machine, place(200))).toBe('moved');
    const here = (await page(one.machine, place(100))) as Page;
    expect(decodePosition(here.next as Uint8Array)).toEqual({ bucket: 200, after: null });
  });

  const key = fc.oneof(
    fc.integer({ min: 0, max: 200 }).map((n) => `{one}${n}`),
    fc.integer({ min: 0, max: 200 }).map((n) => `user:${n}`),
  );
  const between = fc.record({
    deleted: fc.array(key, { maxLength: 6 }),
    made: fc.array(
      fc.integer({ min: 0, max: 99 }).map((n) => `new:${n}`),
      { maxLength: 3 },
    ),
    last: fc.boolean(),
    restart: fc.boolean(),
    limit: fc.integer({ min: 1, max: 30 }),
  });

  it('misses no key that stays, over deletions, restarts and splits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 60 }),
        fc.array(between, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 0, max: 254 }),
        async (keys, events, cut) => {
          let driver = await Driver.open();
          for (const one of keys) await driver.write('set', one, 1);
          const staying = new Set(keys);
          const seen = new Set<string>();
          let cursor = 0n;
          for (let round = 0; ; round++) {
            expect(round).toBeLessThan(2000);
            const event = events[round % events.length] as (typeof events)[number];
            const { bucket, hash } = decodeCursor(cursor) as { bucket: number; hash: number };
            // From the fourth page on two shards have what one had.
            const split = round >= 3;
            const range = bucket <= cut ? { first: 0, last: cut } : { first: cut + 1, last: 255 };
            driver.state.flush();
            const state = split ? driver.state.reopen({ range }) : driver.state;
            const machine = split ? await createMachine({ state }) : driver.machine;
            const words = hash === 0 ? [] : ['HASH', hash];
            const found = await page(machine, place(bucket), 'LIMIT', event.limit, ...words);
            if (found === 'moved') throw new Error('asked the wrong shard');
            for (const one of texts(found.items)) seen.add(one);
            if (found.next === null) break;
            cursor = cursorOf(decodePosition(found.next) as never);
            if (event.restart) driver = await driver.restart();
            const last = found.items[found.items.length - 1];
            const deletions = event.last && last !== undefined ? [text(last.key)] : [];
            for (const one of [...event.deleted, ...deletions]) {
              staying.delete(one);
              await driver.write('del', one);
            }
            if (round < 50) for (const one of event.made) await driver.write('set', one, 1);
          }
          expect([...staying].filter((one) => !seen.has(one))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads the real store: flushed rows, dirty ones, and pages inside one bucket', async () => {
    const { state } = await openState();
    const shard = state.create({
      ...descriptorOf(state.allocateSpace()),
      applied: { index: 0, term: 0 } as never,
    });
    const machine = await createMachine({ state: shard });
    const expected: string[] = [];
    for (let i = 0; i < 300; i++) {
      const name = i % 2 === 0 ? `{one}${i}` : `key${i}`;
      expected.push(name);
      await put(shard, name, 'v');
      if (i === 200) await state.flush();
    }
    expect(shard.keysIn(placeOf('{one}').bucket, 0)).toBeGreaterThanOrEqual(150);
    const seen: string[] = [];
    let next: Uint8Array | null = place(0);
    while (next !== null) {
      const found = (await page(machine, next, 'LIMIT', 7)) as Page;
      expect(found.items.length).toBeLessThanOrEqual(7);
      seen.push(...texts(found.items));
      next = found.next;
    }
    expect(seen.sort()).toEqual(expected.sort());
    await state.close();
  });
});

describe('dbsize and randomkey', () => {
  it('count what is there and pick among it', async () => {
    const one = await Driver.open();
    expect(await one.read('dbsize')).toBe('0');
    expect(await one.read('randomkey', 5)).toBe('[0, null]');
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
    for (const key of keys) await one.write('set', key, 1);
    await one.write('set', 'gone', 1, 'PXAT', 1);
    expect(await one.read('dbsize')).toBe('21');
    const picked = new Set<string>();
    for (let seed = -300; seed < 300; seed++) {
      const answer = await one.read('randomkey', seed);
      picked.add(answer.slice('[21, '.length, -1));
    }
    expect([...picked].sort()).toEqual(keys.sort());
    await one.send({ ...command('set', 'k', 1), database: 3 });
    expect(await one.read('dbsize')).toBe('21');
    for (const key of keys) await one.write('del', key);
    expect(await one.read('randomkey', 1)).toBe('[1, null]');
  });
});
