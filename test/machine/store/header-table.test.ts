/** The table of clean headers against a map, and rows that leave for it and come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicaId } from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { HeaderTable, SLOT_BYTES } from '../../../src/machine/store/header-table.js';
import type { Header, Place, ShardState } from '../../../src/machine/types.js';
import { del, descriptorOf, GROUP, get, openShard, placeOf, put } from './helpers.js';

const SET_BYTES = 8 * SLOT_BYTES;

const number53 = fc.maxSafeNat();
const anyHeader: fc.Arbitrary<Header | null> = fc.option(
  fc.record({
    type: fc.nat(255),
    flags: fc.nat(255),
    revision: number53,
    created: number53,
    deadline: fc.option(number53),
    generation: number53,
    size: fc.nat(8 * 1024 * 1024),
    crc: fc.nat(0xffffffff),
    facts: fc.constant(null),
  }),
) as never;
const anyPlace: fc.Arbitrary<Place> = fc.record({
  bucket: fc.constantFrom(0, 1, 255),
  database: fc.constantFrom(0, 15),
  key: fc.constantFrom('', '\0', '\0\0', 'a', 'b', 'ab', 'ba', '\xff', 'a\xff', 'x'.repeat(99)),
});
const nameOf = (salt: number, { bucket, database, key }: Place): string =>
  `${salt}/${bucket}/${database}/${key}`;

describe('the header table', () => {
  it('returns what was put last, or nothing, and removes what it returns', () => {
    const step = fc.record({
      salt: fc.integer({ min: 1, max: 2 }),
      place: anyPlace,
      isPut: fc.boolean(),
      header: anyHeader,
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150 }),
        fc.integer({ min: 0, max: 4 }),
        number53,
        (steps, sets, seed) => {
          const table = new HeaderTable(sets * SET_BYTES, seed);
          const model = new Map<string, Header | null>();
          for (const { salt, place, isPut, header } of steps) {
            const name = nameOf(salt, place);
            if (isPut) {
              table.put(salt, place, header);
              model.set(name, header);
              if (sets > 0) {
                expect(table.take(salt, place)).toEqual(header);
                table.put(salt, place, header);
              }
            } else {
              const found = table.take(salt, place);
              if (found !== undefined) expect(found).toEqual(model.get(name));
              model.delete(name);
              expect(table.take(salt, place)).toBeUndefined();
            }
            expect(table.size).toBeLessThanOrEqual(Math.min(model.size, sets * 8));
          }
        },
      ),
    );
  });

  it('forgets nothing while its sets have room, and fills nearly all of them', () => {
    const table = new HeaderTable(1000 * SET_BYTES, 7);
    const header: Header = { type: 1, flags: 0, size: 5, crc: 9, generation: 0 } as never;
    const full = { ...header, revision: 3, created: 2, deadline: null } as Header;
    for (let i = 0; i < 2000; i++) table.put(1, { bucket: 0, database: 0, key: `key${i}` }, full);
    // Two of eight slots taken on average: a set with nine keys is about one in five thousand.
    expect(table.size).toBeGreaterThan(1990);
    for (let i = 2000; i < 30_000; i++) {
      table.put(1, { bucket: 0, database: 0, key: `key${i}` }, full);
    }
    expect(table.size).toBeGreaterThan(7950);
    expect(table.size).toBeLessThanOrEqual(8000);
  });

  it('is empty without room', () => {
    const table = new HeaderTable(SET_BYTES - 1, 7);
    table.put(1, placeOf('a'), null);
    expect(table.take(1, placeOf('a'))).toBeUndefined();
  });
});

/** A row cache of nothing and a table of a few sets: every clean row goes through the table. */
const TINY = { headerCacheBytes: 5 * SET_BYTES, syncReadBudgetMs: 1 };

async function expectHeader(
  shard: ShardState,
  key: string,
  expected: { readonly size: number; readonly deadline: number | null } | null,
): Promise<void> {
  await shard.load([{ ...placeOf(key), need: 'header' }]);
  const header = shard.header(placeOf(key));
  if (expected === null) expect(header).toBeNull();
  else expect(header).toMatchObject(expected);
}

describe('rows through the table', () => {
  it('never come back older than they left', async () => {
    const step = fc.record({
      kind: fc.constantFrom('put', 'put', 'del', 'flush', 'settle', 'turn', 'look', 'read'),
      key: fc.nat(40),
      size: fc.nat(9),
      deadline: fc.option(fc.integer({ min: 1, max: 50 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { state, shard } = await openShard(TINY);
        const model = new Map<string, { size: number; deadline: number | null }>();
        for (const { kind, key: number, size, deadline } of steps) {
          const key = `k${number}`;
          if (kind === 'put') {
            await put(shard, key, 'v'.repeat(size), deadline ?? undefined);
            model.set(key, { size, deadline });
          } else if (kind === 'del') {
            await del(shard, key);
            model.delete(key);
          } else if (kind === 'flush') {
            void state.flush();
          } else if (kind === 'settle') {
            await state.flush();
          } else if (kind === 'turn') {
            shard.endRun();
          } else if (kind === 'look') {
            await expectHeader(shard, key, model.get(key) ?? null);
          } else {
            const value = await get(shard, key);
            expect(value?.length).toBe(model.get(key)?.size);
          }
        }
        for (let i = 0; i <= 40; i++)
          await expectHeader(shard, `k${i}`, model.get(`k${i}`) ?? null);
        const bytes = [...model].reduce((sum, [key, { size }]) => sum + key.length + size, 0);
        expect(shard.counts()).toEqual({ keys: model.size, bytes });
        expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
        const due = await shard.due(100 as never, 1000);
        const dated = [...model].filter(([, { deadline }]) => deadline !== null);
        expect(due.map(({ place }) => place.key).sort()).toEqual(dated.map(([key]) => key).sort());
        await state.close();
      }),
      { numRuns: 60 },
    );
  });

  it('save the look-up in the store, for absent keys too', async () => {
    const base = await openMemoryStore();
    let reads = 0;
    const store = {
      ...base,
      getSync: (key: Uint8Array) => {
        reads++;
        return base.getSync(key);
      },
      // What a slow machine's budget leaves is read in the background.
      getMany: (keys: readonly Uint8Array[]) => {
        reads += keys.length;
        return base.getMany(keys);
      },
    };
    const { state, shard } = await openShard({ store, headerCacheBytes: 64 * SET_BYTES });
    for (let i = 0; i < 100; i++) await put(shard, `k${i}`, 'v');
    await shard.load([{ ...placeOf('absent'), need: 'header' }]);
    expect(reads).toBe(101);
    for (let i = 0; i < 4; i++) shard.endRun();
    await state.flush();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 100; i++) await put(shard, `k${i}`, 'w');
      await expectHeader(shard, 'absent', null);
      for (let i = 0; i < 4; i++) shard.endRun();
      await state.flush();
    }
    expect(state.stats().tabledHeaders).toBeGreaterThan(50);
    expect(state.stats().rowsInMemory).toBeLessThan(50);
    expect(reads).toBe(101);
    await state.close();
  });

  it('are nothing to the replica that comes after, by snapshot or anew', async () => {
    const source = await openShard();
    await put(source.shard, 'k1', 'from the snapshot');
    const outgoing = await source.state.snapshot(GROUP);
    const { state, shard } = await openShard(TINY);
    for (let i = 0; i < 30; i++) await put(shard, `k${i}`, 'old');
    for (let i = 0; i < 4; i++) shard.endRun();
    await state.flush();
    for (let i = 30; i < 60; i++) await get(shard, `k${i}`);
    expect(state.stats().tabledHeaders).toBeGreaterThan(10);

    const encoded = state.encodeDescriptor(outgoing.descriptor);
    const incoming = state.receive(GROUP, replicaId(2), encoded);
    for await (const chunk of outgoing.chunks) await incoming.chunk(chunk);
    const installed = await state.install(GROUP, await incoming.finish(outgoing.summary()));
    await outgoing.close();
    for (let i = 0; i < 60; i++) {
      await expectHeader(installed, `k${i}`, i === 1 ? { size: 17, deadline: null } : null);
    }

    for (let i = 0; i < 4; i++) installed.endRun();
    for (let i = 60; i < 90; i++) await get(installed, `k${i}`);
    state.drop(GROUP);
    const anew = state.create(descriptorOf(state.allocateSpace()));
    for (let i = 0; i < 60; i++) await expectHeader(anew, `k${i}`, null);
    await state.close();
    await source.state.close();
  });
});
