/**
 * What a command costs does not depend on the size of its hash: look-ups in the store and rows
 * written are counted, no time is measured.
 */
import { expect, it } from 'vitest';
import type { Epoch, EpochMs, LogIndex, Term } from '../../src/base/ids.js';
import { openMemoryStore } from '../../src/engine/memory-store.js';
import type { Command } from '../../src/kv/request.js';
import { createMachine } from '../../src/machine/machine.js';
import type { OrderedStore } from '../../src/machine/ports.js';
import { spaceOfKey } from '../../src/machine/store/keys.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import { command, outcome, session, show } from './driver.js';
import { emptyDescriptor } from './fake-state.js';
import { descriptorOf, openState } from './store/helpers.js';

interface Cost {
  lookups: number;
  iterators: number;
  /** Of the flush alone, not of what is cleaned up behind it. */
  puts: number;
  dels: number;
  batches: number;
}

const NOTHING: Cost = { lookups: 0, iterators: 0, puts: 0, dels: 0, batches: 0 };

/** A store that counts; rows of the node itself are left out. */
function counted(store: OrderedStore): { store: OrderedStore; cost: Cost } {
  const cost: Cost = { ...NOTHING };
  const counting: OrderedStore = {
    ...store,
    getSync(key) {
      cost.lookups++;
      return store.getSync(key);
    },
    getMany(keys) {
      cost.lookups += keys.length;
      return store.getMany(keys);
    },
    snapshot() {
      cost.iterators++;
      return store.snapshot();
    },
    batch() {
      const batch = store.batch();
      const isFlush = cost.batches++ === 0;
      return {
        put: (key, value) => {
          if (isFlush && spaceOfKey(key) > 0) cost.puts++;
          batch.put(key, value);
        },
        del: (key) => {
          if (isFlush && spaceOfKey(key) > 0) cost.dels++;
          batch.del(key);
        },
        get length() {
          return batch.length;
        },
        write: () => batch.write(),
        abandon: () => batch.abandon(),
      };
    },
  };
  return { store: counting, cost };
}

/** What each command came to on a hash of so many fields that is in the store alone. */
async function costsOf(size: number): Promise<Record<string, Partial<Cost>>> {
  const { store, cost } = counted(await openMemoryStore());
  const { state } = await openState({ store });
  const { applied } = emptyDescriptor();
  const shard = state.create({ ...descriptorOf(state.allocateSpace()), applied });
  const machine = await createMachine({ state: shard });
  let sequence = 0;
  const write = async (one: Command): Promise<string> => {
    sequence++;
    const time = 1_000_000 as EpochMs;
    const stamp = { session: session('s'), sequence, mark: sequence, firstAttempt: time };
    const commands = [{ command: one, stamp, rangeEpoch: 1 as Epoch }];
    const entry = {
      index: (shard.descriptor.applied.index + 1) as LogIndex,
      term: 1 as Term,
      kind: 'normal' as const,
      bytes: encodeEntry({ kind: 'commands', stamp: time, commands }),
    };
    await machine.prefetch(entry);
    return outcome(machine.apply(entry).outcomes[0]);
  };
  for (let at = 0; at < size; at += 10_000) {
    const names = Array.from({ length: Math.min(10_000, size - at) }, (_, i) => `f${at + i}`);
    await write(command('hset', 'h', ...names.flatMap((name) => [name, 'v'])));
  }
  await state.flush();
  for (let i = 0; i < 4; i++) shard.endRun();
  const found: Record<string, Partial<Cost>> = {};
  const measure = async (name: string, run: () => Promise<string>, answer: string) => {
    // Sessions flush rows of their own, in every case the same.
    Object.assign(cost, NOTHING);
    expect(await run(), name).toBe(answer);
    await state.flush();
    for (let i = 0; i < 4; i++) shard.endRun();
    const { lookups, iterators, puts, dels } = cost;
    found[name] = { lookups, iterators, puts, dels };
  };
  const read = async (name: string, ...args: string[]): Promise<string> => {
    const result = await machine.read(command(name, ...args), 1_000_000 as EpochMs, true);
    return result.kind === 'reply' ? show(result.reply) : result.kind;
  };
  await measure('hset new', () => write(command('hset', 'h', 'new', '1')), '1');
  await measure('hset old', () => write(command('hset', 'h', 'f3', '1')), '0');
  await measure('hget', () => read('hget', 'h', 'f4'), 'v');
  await measure('hdel', () => write(command('hdel', 'h', 'f5')), '1');
  await measure('hlen', () => read('hlen', 'h'), `${size}`);
  await measure('hincrby', () => write(command('hincrby', 'h', 'n', 1)), '1');
  await measure('hscan', async () => (await read('hscan', 'h', 'COUNT', '5')).slice(0, 1), '[');
  await measure('del', () => write(command('del', 'h')), '1');
  await state.close();
  return found;
}

it('costs the same in a hash of ten and of 100,000 fields', async () => {
  const small = await costsOf(10);
  const large = await costsOf(100_000);
  expect(large).toEqual(small);
  expect(small['hget']).toEqual({ lookups: 2, iterators: 0, puts: 0, dels: 0 });
  expect(small['hset old']?.lookups).toBe(2);
  expect(small['del']?.lookups).toBe(1);
  expect(small['del']?.dels).toBeLessThan(4);
});
