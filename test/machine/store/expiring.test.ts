/** The count of keys with a deadline: kept by every change, the same after crash and snapshot. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { Counts, decodeCounts } from '../../../src/machine/store/counts.js';
import type { ShardState } from '../../../src/machine/types.js';
import { applied } from './collection-helpers.js';
import { del, descriptorOf, GROUP, openState, put } from './helpers.js';

const KEYS = ['a', 'b', 'c', '{a}1', 'd', 'e'];

const step = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    key: fc.constantFrom(...KEYS),
    deadline: fc.option(fc.nat({ max: 9_000 }), { nil: undefined }),
    database: fc.constantFrom(0, 1),
  }),
  fc.record({ kind: fc.constant('del' as const), key: fc.constantFrom(...KEYS) }),
  fc.record({ kind: fc.constant('wipe' as const), database: fc.constantFrom(0, 1) }),
  fc.record({ kind: fc.constantFrom('flush' as const, 'crash' as const) }),
);

function wipe(shard: ShardState, database: number): void {
  const next = shard.descriptor.revision + 1;
  shard.wipe(database, next as never);
  applied(shard, next);
}

it('is that of the keys, through flushes and crashes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const store = await openMemoryStore();
      let { state } = await openState({ store });
      let shard = state.create(descriptorOf(state.allocateSpace()));
      await state.flush();
      let live = new Map<string, boolean>();
      let durable = new Map(live);
      for (const one of steps) {
        switch (one.kind) {
          case 'put':
            await put(shard, one.key, 'v', one.deadline, one.database);
            live.set(`${one.database}${one.key}`, one.deadline !== undefined);
            break;
          case 'del':
            await del(shard, one.key);
            live.delete(`0${one.key}`);
            break;
          case 'wipe':
            wipe(shard, one.database);
            for (const name of [...live.keys()]) {
              if (name.startsWith(`${one.database}`)) live.delete(name);
            }
            break;
          case 'flush':
            await state.flush();
            durable = new Map(live);
            break;
          case 'crash':
            ({ state } = await openState({ store }));
            shard = state.shard(GROUP) as typeof shard;
            live = new Map(durable);
            break;
        }
        for (const database of [0, 1]) {
          const due = [...live].filter(([name, has]) => has && name.startsWith(`${database}`));
          expect(shard.expiring(database)).toBe(due.length);
        }
      }
      await state.close();
    }),
    { numRuns: 100 },
  );
});

it('comes with a snapshot', async () => {
  const from = await openState();
  const shard = from.state.create(descriptorOf(from.state.allocateSpace()));
  await put(shard, 'a', 'v', 5_000);
  await put(shard, 'b', 'v');
  await put(shard, 'c', 'v', 6_000);
  const outgoing = await from.state.snapshot(GROUP);
  const to = await openState();
  const incoming = to.state.receive(
    GROUP,
    shard.descriptor.replica,
    from.state.encodeDescriptor(outgoing.descriptor),
  );
  for await (const chunk of outgoing.chunks) await incoming.chunk(chunk);
  const installed = await to.state.install(GROUP, await incoming.finish(outgoing.summary()));
  expect(installed.expiring(0)).toBe(2);
  await outgoing.close();
  await from.state.close();
  await to.state.close();
});

it('is not known of a row that an older build has written, and no reason to doubt its keys', () => {
  const counts = new Counts();
  counts.at(3, 0).keys = 2;
  counts.at(3, 0).expires = 1;
  expect(decodeCounts(counts.encode())?.expiring(0)).toBe(1);
  counts.knowsExpires = false;
  const old = decodeCounts(counts.encode()) as Counts;
  expect([old.knowsExpires, old.expiring(0), old.keysIn(3, 0)]).toEqual([false, 0, 2]);
  counts.knowsExpires = true;
  expect(old.difference(counts)).toBeNull();
  const other = decodeCounts(counts.encode()) as Counts;
  other.at(3, 0).expires = 2;
  expect(other.difference(counts)).toMatch(/2 keys \(2 with a deadline\)/);
});
