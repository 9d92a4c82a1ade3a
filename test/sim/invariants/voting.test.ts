import { describe, expect, it } from 'vitest';
import {
  type GroupId,
  groupId,
  type LogIndex,
  type NodeId,
  nodeId,
  type ReplicaId,
  replicaId,
  type Term,
} from '../../../src/base/ids.js';
import type { Machine } from '../../../src/machine/types.js';
import type { Members, TraceEvent } from '../../../src/raft/types.js';
import { isQuorum, VotingHistory } from './voting.js';

const GROUP: GroupId = groupId(1);
const [one, two, three, four, five] = [1, 2, 3, 4, 5].map(nodeId) as [
  NodeId,
  NodeId,
  NodeId,
  NodeId,
  NodeId,
];

/** Replica n lives on node n. */
const opened = (): Machine =>
  ({
    state: {
      descriptor: {
        members: [one, two, three, four, five].map((node) => ({
          replica: replicaId(node),
          node,
          role: node <= 3 ? 'voter' : 'learner',
          outgoing: null,
          demoted: false,
        })),
        autoLeave: false,
      },
    },
  }) as unknown as Machine;

const leads: TraceEvent = { kind: 'role', role: 'leader', term: 7 as Term, at: 0 as never };
const commits = (index: number): TraceEvent => ({
  kind: 'commit',
  index: index as LogIndex,
  term: 7 as Term,
});
const changes = (index: number, more: Partial<Members>): TraceEvent => ({
  kind: 'config',
  index: index as LogIndex,
  members: {
    voters: [],
    outgoing: [],
    learners: [],
    learnersNext: [],
    autoLeave: false,
    ...more,
  },
});
const replicas = (...numbers: number[]): ReplicaId[] => numbers.map(replicaId);

describe('the configuration an entry was committed under', () => {
  it('is that of its leader at that moment, also for what stands behind a change', () => {
    const history = new VotingHistory();
    for (const node of [one, two]) history.onOpened(node, GROUP, opened());
    history.onTrace(one, GROUP, leads);
    history.onTrace(one, GROUP, commits(12));
    // A follower that has heard of a later commit says nothing of how it came about.
    history.onTrace(two, GROUP, commits(14));
    expect(history.at(GROUP, 13)).toBeNull();
    history.onTrace(one, GROUP, changes(11, { voters: replicas(1, 2), outgoing: [] }));
    history.onTrace(one, GROUP, commits(20));
    const joint = changes(15, { voters: replicas(3, 4, 5), outgoing: replicas(1, 2) });
    history.onTrace(one, GROUP, joint);
    history.onTrace(one, GROUP, commits(21));
    expect(history.at(GROUP, 12)).toEqual({ voters: [one, two, three], outgoing: [] });
    expect(history.at(GROUP, 13)).toEqual({ voters: [one, two], outgoing: [] });
    expect(history.at(GROUP, 20)).toEqual({ voters: [one, two], outgoing: [] });
    expect(history.at(GROUP, 21)).toEqual({ voters: [three, four, five], outgoing: [one, two] });
    expect(history.at(GROUP, 22)).toBeNull();
  });

  it('takes a majority of each half', () => {
    const holdIt = (...nodes: NodeId[]) => {
      return (node: NodeId): boolean => nodes.includes(node);
    };
    const joint = { voters: [three, four, five], outgoing: [one, two] };
    expect(isQuorum(joint, holdIt(one, two, three, four))).toBe(true);
    expect(isQuorum(joint, holdIt(one, three, four, five))).toBe(false);
    expect(isQuorum(joint, holdIt(one, two, three))).toBe(false);
    expect(isQuorum({ voters: [one, two, three], outgoing: [] }, holdIt(one, three))).toBe(true);
    expect(isQuorum({ voters: [one, two], outgoing: [] }, holdIt(two))).toBe(false);
  });
});
