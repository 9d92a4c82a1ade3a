/** Deadlines of fields while flushes are under way: what is stored is always what was counted. */
import { expect, it } from 'vitest';
import type { Epoch, EpochMs, LogIndex, Term } from '../../src/base/ids.js';
import { createPrng } from '../../src/base/prng.js';
import { openMemoryStore } from '../../src/engine/memory-store.js';
import { createMachine } from '../../src/machine/machine.js';
import type { OrderedStore } from '../../src/machine/ports.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import type { EntryPayload } from '../../src/wire/entry/types.js';
import { command, session } from './driver.js';
import { emptyDescriptor } from './fake-state.js';
import { descriptorOf, GROUP, openState } from './store/helpers.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Writes take some turns, as a disk's do. */
function slow(store: OrderedStore, turns: () => number): OrderedStore {
  return {
    ...store,
    batch() {
      const batch = store.batch();
      return {
        put: (key, value) => batch.put(key, value),
        del: (key) => batch.del(key),
        get length() {
          return batch.length;
        },
        async write() {
          for (let left = turns(); left > 0; left--) await turn();
          await batch.write();
          for (let left = turns(); left > 0; left--) await turn();
        },
        abandon: () => batch.abandon(),
      };
    },
  };
}

it('fields with deadlines, flushes at any moment: scrub and counts agree', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = createPrng(seed);
    const store = slow(await openMemoryStore(), () => random.below(4));
    const { state } = await openState({ store, syncReadBudgetMs: random.below(2) });
    const { applied } = emptyDescriptor();
    const shard = state.create({ ...descriptorOf(state.allocateSpace()), applied });
    const machine = await createMachine({ state: shard });
    let time = 1_000_000;
    let sequence = 0;
    const apply = async (payload: EntryPayload): Promise<void> => {
      const entry = {
        index: (shard.descriptor.applied.index + 1) as LogIndex,
        term: 1 as Term,
        kind: 'normal' as const,
        bytes: encodeEntry(payload),
      };
      await machine.prefetch(entry);
      machine.apply(entry);
    };
    const write = (name: string, ...args: (string | number)[]): Promise<void> => {
      sequence++;
      const stamp = {
        session: session('s'),
        sequence,
        mark: sequence,
        firstAttempt: time as EpochMs,
      };
      const commands = [{ command: command(name, ...args), stamp, rangeEpoch: 1 as Epoch }];
      return apply({ kind: 'commands', stamp: time as EpochMs, commands });
    };
    for (let step = 0; step < 80; step++) {
      const key = `h${random.below(2)}`;
      const field = `f${random.below(4)}`;
      switch (random.below(8)) {
        case 0:
        case 1:
          await write('hset', key, field, `${step}`, `f${random.below(4)}`, 'x');
          break;
        case 2:
        case 3:
          await write('hexpire', key, 'ANY', 'PXAT', time + random.below(30), field);
          break;
        case 4:
          await write('hdel', key, field);
          break;
        case 5: {
          time += random.below(20);
          const due = await machine.due(time as EpochMs, 10);
          if (due !== null) await apply(due);
          break;
        }
        case 6:
          void state.flush();
          break;
        default:
          for (let left = random.below(6); left > 0; left--) await turn();
      }
      if (random.below(6) === 0) {
        const result = await state.scrub(GROUP, { bytesPerSecond: 1e9 });
        expect([seed, step, result.wrong]).toEqual([seed, step, null]);
      }
    }
    expect((await state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await state.close();
  }
});
