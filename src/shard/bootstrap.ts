/**
 * The shards of a new cluster, computed alike on every node that starts it: buckets cut evenly,
 * replicas placed round robin, ReplicaIds given in the order of the members.
 */
import type { GroupId, NodeId } from '../base/ids.js';
import { epoch, META_GROUP, replicaId, shardId } from '../base/ids.js';
import type { BucketRange, Member } from './descriptor.js';
import { BUCKETS } from './slot.js';

/** Where every new group's log starts: a floor, so that nothing ever lies before it. */
export const BIRTH_INDEX = 10;
export const BIRTH_TERM = 5;

export interface GroupPlan {
  readonly group: GroupId;
  readonly range: BucketRange;
  readonly members: readonly Member[];
}

/** The replication factor in force: as asked for, at most the largest odd number of nodes. */
export function effectiveFactor(nodes: number, wanted: number): number {
  const odd = nodes % 2 === 0 ? nodes - 1 : nodes;
  return Math.max(1, Math.min(wanted, odd));
}

const members = (nodes: readonly NodeId[], voters: number): Member[] =>
  nodes.map((node, i) => ({
    replica: replicaId(i + 1),
    node,
    role: i < voters ? 'voter' : 'learner',
    outgoing: null,
    demoted: false,
  }));

/** The meta group (voters 1, 3 or 5, all others learners) and `shards` shards over `nodes`. */
export function initialGroups(
  nodes: readonly NodeId[],
  shards: number,
  wanted: number,
): readonly GroupPlan[] {
  const sorted = [...nodes].sort((a, b) => a - b);
  const metaVoters = effectiveFactor(sorted.length, 5);
  const plans: GroupPlan[] = [
    { group: META_GROUP, range: { first: 0, last: 0 }, members: members(sorted, metaVoters) },
  ];
  const factor = effectiveFactor(sorted.length, wanted);
  for (let i = 0; i < shards; i++) {
    const first = Math.floor((i * BUCKETS) / shards);
    const last = Math.floor(((i + 1) * BUCKETS) / shards) - 1;
    const chosen = Array.from(
      { length: factor },
      (_, n) => sorted[(i + n) % sorted.length] as NodeId,
    );
    plans.push({ group: shardId(i + 1), range: { first, last }, members: members(chosen, factor) });
  }
  return plans;
}

export const FIRST_EPOCH = epoch(1);
