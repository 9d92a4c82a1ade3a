/** Majority and joint counting against a model that looks at every subset. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaId } from '../../../src/base/ids.js';
import { jointReached, jointVote } from '../../../src/raft/quorum/joint.js';
import { majorityReached, majorityVote } from '../../../src/raft/quorum/majority.js';

const voters = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
const half = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 7 });
const reached = fc.dictionary(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), fc.nat(9));
const votes = fc.dictionary(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), fc.boolean());

/** The largest value that so many have reached that they are more than half: by trying all. */
function modelReached(set: number[], value: (n: number) => number): number {
  if (set.length === 0) return Number.POSITIVE_INFINITY;
  let best = 0;
  for (let subset = 1; subset < 1 << set.length; subset++) {
    const chosen = set.filter((_, i) => subset & (1 << i));
    if (chosen.length * 2 > set.length) best = Math.max(best, Math.min(...chosen.map(value)));
  }
  return best;
}

function modelVote(set: number[], vote: (n: number) => boolean | undefined): string {
  if (set.length === 0) return 'won';
  const wins = (missing: boolean) => set.filter((n) => vote(n) ?? missing).length * 2 > set.length;
  if (wins(false)) return 'won';
  return wins(true) ? 'pending' : 'lost';
}

const ids = (set: number[]) => set as ReplicaId[];

describe('quorum', () => {
  it('majority_commit: as the model', () => {
    fc.assert(
      fc.property(voters, reached, (set, map) => {
        const value = (n: number) => map[String(n)] ?? 0;
        expect(majorityReached(ids(set), value)).toBe(modelReached(set, value));
      }),
    );
  });

  it('majority_vote: as the model', () => {
    fc.assert(
      fc.property(half, votes, (set, map) => {
        const vote = (n: number) => map[String(n)];
        expect(majorityVote(ids(set), vote)).toBe(modelVote(set, vote));
      }),
    );
  });

  it('joint_commit: the smaller of both halves', () => {
    fc.assert(
      fc.property(voters, half, reached, (incoming, outgoing, map) => {
        const value = (n: number) => map[String(n)] ?? 0;
        const both = { voters: ids(incoming), outgoing: ids(outgoing) };
        const model = Math.min(modelReached(incoming, value), modelReached(outgoing, value));
        expect(jointReached(both, value)).toBe(model);
      }),
    );
  });

  it('joint_vote: won by both, lost by one', () => {
    fc.assert(
      fc.property(voters, half, votes, (incoming, outgoing, map) => {
        const vote = (n: number) => map[String(n)];
        const halves = [modelVote(incoming, vote), modelVote(outgoing, vote)];
        const model = halves.includes('lost')
          ? 'lost'
          : halves.includes('pending')
            ? 'pending'
            : 'won';
        expect(jointVote({ voters: ids(incoming), outgoing: ids(outgoing) }, vote)).toBe(model);
      }),
    );
  });

  it('an empty set agrees to everything', () => {
    expect(majorityReached([], () => 0)).toBe(Number.POSITIVE_INFINITY);
    expect(majorityVote([], () => undefined)).toBe('won');
  });
});
