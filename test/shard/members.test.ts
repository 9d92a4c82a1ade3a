import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/base/assert.js';
import type { NodeId, ReplicaId } from '../../src/base/ids.js';
import { applyConfigToDescriptor, membersOf } from '../../src/shard/members.js';
import { emptyDescriptor } from '../machine/fake-state.js';

const ids = (...numbers: number[]): ReplicaId[] => numbers as ReplicaId[];
const placed = (...numbers: number[]) =>
  numbers.map((n) => ({ replica: n as ReplicaId, node: (n * 10) as NodeId }));

describe('members', () => {
  const one = emptyDescriptor();

  it('walks through a joint change and out of it', () => {
    const joint = {
      voters: ids(2, 3),
      outgoing: ids(1),
      learners: ids(4),
      learnersNext: ids(1),
      autoLeave: true,
    };
    const middle = { ...one, ...applyConfigToDescriptor(one, { placed: placed(2, 3, 4) }, joint) };
    expect(middle.members).toEqual([
      { replica: 1, node: 1, role: null, outgoing: 'voter', demoted: true },
      { replica: 2, node: 20, role: 'voter', outgoing: null, demoted: false },
      { replica: 3, node: 30, role: 'voter', outgoing: null, demoted: false },
      { replica: 4, node: 40, role: 'learner', outgoing: null, demoted: false },
    ]);
    expect(middle).toMatchObject({ autoLeave: true, membersEpoch: 2, nextReplica: 5 });
    expect(membersOf(middle)).toEqual(joint);

    const left = {
      voters: ids(2, 3),
      outgoing: [],
      learners: ids(1, 4),
      learnersNext: [],
      autoLeave: false,
    };
    const end = { ...middle, ...applyConfigToDescriptor(middle, { placed: [] }, left) };
    expect(membersOf(end)).toEqual(left);
    expect(end.members.find(({ replica }) => replica === 1)).toEqual({
      replica: 1,
      node: 1,
      role: 'learner',
      outgoing: null,
      demoted: false,
    });
  });

  it('never gives a ReplicaId out again, and never moves a replica', () => {
    const only = { voters: ids(1), outgoing: [], learners: [], learnersNext: [], autoLeave: false };
    expect(applyConfigToDescriptor(one, { placed: placed(9) }, only).nextReplica).toBe(10);
    const later = { ...one, nextReplica: 50 as ReplicaId };
    expect(applyConfigToDescriptor(later, { placed: placed(9) }, only).nextReplica).toBe(50);
    const moved = { placed: [{ replica: 1 as ReplicaId, node: 2 as NodeId }] };
    expect(() => applyConfigToDescriptor(one, moved, only)).toThrow(AssertionError);
    const unknown = { ...only, voters: ids(1, 7) };
    expect(() => applyConfigToDescriptor(one, { placed: [] }, unknown)).toThrow(AssertionError);
  });

  it('gives back any configuration it was given', () => {
    const subset = fc
      .uniqueArray(fc.integer({ min: 1, max: 9 }), { maxLength: 5 })
      .map((list) => ids(...list.sort((a, b) => a - b)));
    const members = fc.record({
      voters: subset,
      outgoing: subset,
      learners: subset,
      learnersNext: subset,
      autoLeave: fc.boolean(),
    });
    fc.assert(
      fc.property(members, (raft) => {
        const learners = raft.learners.filter((one) => !raft.voters.includes(one));
        const proper = { ...raft, learners };
        const empty = { ...one, members: [] };
        const all = { placed: placed(1, 2, 3, 4, 5, 6, 7, 8, 9) };
        const next = { ...empty, ...applyConfigToDescriptor(empty, all, proper) };
        expect(membersOf(next)).toEqual(proper);
      }),
    );
  });
});
