/**
 * The promise everything else stands on: the same entries give the same replies and the same state
 * on every replica, however often one of them flushes, crashes, replays or reads slowly.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogIndex, Term } from '../../src/base/ids.js';
import { openMemoryStore } from '../../src/engine/memory-store.js';
import { createMachine } from '../../src/machine/machine.js';
import type { CommittedEntry, NodeState, ShardState } from '../../src/machine/types.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import type { EntryPayload } from '../../src/wire/entry/types.js';
import { plain } from '../wire/entry/arbitraries.js';
import { payload } from './arbitraries.js';
import { Driver } from './driver.js';
import { emptyDescriptor, FakeState } from './fake-state.js';
import { descriptorOf, GROUP, openState } from './store/helpers.js';

/** What happens on the second replica before an entry. */
const event = fc.constantFrom('nothing', 'nothing', 'flush', 'crash', 'flush and crash');

const LIMITS = { maxRecords: 9, maxBytes: 1_500, maxSessions: 3 };
const open = (state: FakeState) => Driver.open({ state, machine: { sessions: LIMITS } });

const entriesOf = (payloads: readonly EntryPayload[]): CommittedEntry[] =>
  payloads.map((one, i) => ({
    index: (i + 1) as LogIndex,
    term: 1 as Term,
    kind: 'normal',
    bytes: encodeEntry(one),
  }));

describe('determinism', () => {
  it('same entries, same replies, same state, over any crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(payload, event), { minLength: 1, maxLength: 40 }),
        async (story) => {
          const entries = entriesOf(story.map(([one]) => one));
          const first = await open(new FakeState(emptyDescriptor()));
          let second = await open(new FakeState(emptyDescriptor(), true));
          second.state.slow = true;
          for (const [i, entry] of entries.entries()) {
            const what = story[i]?.[1];
            if (what?.startsWith('flush')) second.state.flush();
            if (what?.endsWith('crash')) {
              second = await open(second.state.reopen());
              const from = second.state.descriptor.applied.index;
              for (const again of entries.slice(from, i)) await second.applyEntry(again);
            }
            const expected = await first.applyEntry({ ...entry, payload: story[i]?.[0] as never });
            const actual = await second.applyEntry(entry);
            expect(plain(actual)).toEqual(plain(expected));
          }
          first.state.flush();
          second.state.flush();
          expect(second.state.descriptor).toEqual(first.state.descriptor);
          expect(second.state.digest()).toBe(first.state.digest());
          expect(second.state.sessionRows()).toEqual(first.state.sessionRows());
          expect(second.machine.sessions.counts).toEqual(first.machine.sessions.counts);
          const reopened = await open(first.state.reopen());
          expect(reopened.machine.sessions.counts).toEqual(first.machine.sessions.counts);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('holds on the real store as well', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(payload, event), { minLength: 1, maxLength: 30 }),
        async (story) => {
          const entries = entriesOf(story.map(([one]) => one));
          const first = await open(new FakeState(emptyDescriptor()));
          const store = await openMemoryStore();
          let node: NodeState = (await openState({ store })).state;
          let shard: ShardState = node.create({
            ...descriptorOf(node.allocateSpace()),
            applied: emptyDescriptor().applied,
          });
          await node.flush();
          const reopen = () => createMachine({ state: shard, sessions: LIMITS });
          let second = await reopen();
          const run = async (entry: CommittedEntry) => {
            await second.prefetch(entry);
            return second.apply(entry);
          };
          for (const [i, entry] of entries.entries()) {
            const what = story[i]?.[1];
            if (what?.startsWith('flush')) await node.flush();
            if (what?.endsWith('crash')) {
              node = (await openState({ store })).state;
              shard = node.shard(GROUP);
              second = await reopen();
              for (const again of entries.slice(shard.descriptor.applied.index, i))
                await run(again);
            }
            const expected = await first.applyEntry(entry);
            const actual = await run(entry);
            expect(plain(actual.outcomes)).toEqual(plain(expected.outcomes));
          }
          const { revision, clusterTime, sessionHorizon, applied } = first.state.descriptor;
          expect(shard.descriptor).toMatchObject({
            revision,
            clusterTime,
            sessionHorizon,
            applied,
          });
          expect(second.sessions.counts).toEqual(first.machine.sessions.counts);
          expect(shard.counts(0).keys).toBe(first.state.counts(0).keys);
          await node.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
