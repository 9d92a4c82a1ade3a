import { describe, expect, it } from 'vitest';
import { type MonoMs, nodeId, replicaId, shardId } from '../../src/base/ids.js';
import { Leadership, preferredNode } from '../../src/host/leadership.js';
import type { RaftView } from '../../src/raft/types.js';
import type { Descriptor, Member } from '../../src/shard/descriptor.js';

const member = (replica: number, node: number): Member => ({
  replica: replicaId(replica),
  node: nodeId(node),
  role: 'voter',
  outgoing: null,
  demoted: false,
});
const members = [member(1, 1), member(2, 2), member(3, 3)];
const descriptor = (shard: number) => ({ shard: shardId(shard), members }) as unknown as Descriptor;

function view(match: number, state: 'replicate' | 'probe' = 'replicate'): RaftView {
  const progress = [1, 2, 3].map((replica) => ({
    replica: replicaId(replica),
    role: 'voter',
    state,
    match,
    active: true,
  }));
  return { lastIndex: 1000, transferTo: null, progress } as unknown as RaftView;
}

const at = (ms: number): MonoMs => ms as MonoMs;
const everybody = () => true;

describe('preferred leaders', () => {
  it('members take turns by shard, so that every node leads something', () => {
    const nodes = [1, 2, 3, 4].map((shard) => preferredNode(descriptor(shard), null));
    expect(nodes).toEqual([1, 2, 3, 1]);
  });

  it('an operator’s wish counts while that node holds a voter', () => {
    expect(preferredNode(descriptor(1), nodeId(3))).toBe(3);
    expect(preferredNode(descriptor(1), nodeId(9))).toBe(1);
  });
});

describe('leaders go back', () => {
  const next = (leadership: Leadership, raft: RaftView, ms: number, takes = everybody) =>
    leadership.next(descriptor(2), raft, nodeId(1), null, takes, at(ms));

  it('after the preferred replica has kept up for a while', () => {
    const leadership = new Leadership();
    expect(next(leadership, view(1000), 0)).toBeNull();
    expect(next(leadership, view(1000), 1_000)).toBeNull();
    expect(next(leadership, view(990), 2_000)).toBe(2);
  });

  it('ever later after hand-overs that came to nothing, and soon again after a while', () => {
    const leadership = new Leadership();
    const tries: number[] = [];
    const play = (from: number, to: number): void => {
      for (let ms = from; ms < to; ms += 500) {
        if (next(leadership, view(1000), ms) !== null) tries.push(ms);
      }
    };
    play(0, 70_000);
    const pauses = tries.slice(1).map((ms, i) => ms - (tries[i] ?? 0));
    expect(tries.length).toBeLessThan(6);
    for (const [i, pause] of pauses.entries()) expect(pause).toBeGreaterThan(pauses[i - 1] ?? 0);
    tries.length = 0;
    play(1_000_000, 1_003_000);
    expect(tries).toHaveLength(1);
  });

  it('not to one that lags, probes or is not alive; and the wait begins again', () => {
    for (const bad of [view(900), view(1000, 'probe')]) {
      const leadership = new Leadership();
      next(leadership, view(1000), 0);
      expect(next(leadership, bad, 1_000)).toBeNull();
      expect(next(leadership, view(1000), 2_500)).toBeNull();
      expect(next(leadership, view(1000), 4_500)).toBe(2);
    }
    const leadership = new Leadership();
    next(leadership, view(1000), 0);
    expect(next(leadership, view(1000), 5_000, () => false)).toBeNull();
  });

  it('never away from the node that should lead', () => {
    const leadership = new Leadership();
    for (const ms of [0, 5_000, 10_000]) {
      const to = leadership.next(descriptor(1), view(1000), nodeId(1), null, everybody, at(ms));
      expect(to).toBeNull();
    }
  });
});
