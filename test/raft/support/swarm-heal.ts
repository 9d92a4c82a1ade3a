/** What a swarm must come to after it was healed. */
import type { LogIndex, ReplicaId } from '../../../src/base/ids.js';
import type { Members, Raft } from '../../../src/raft/types.js';
import type { Replica } from './swarm-types.js';

/**
 * The price of configurations that hold from their application on: a leader that left crashed
 * before any of those who stay knew it, and its longer log still refuses them its vote. FAULTS
 * C 33: a stall at most, never divergence.
 */
export function isKnownStall(replicas: readonly Replica[]): boolean {
  if (newestLeader(replicas) !== null) return false;
  const views = replicas.map(({ id, raft }) => ({ id, view: raft!.view() }));
  const isVoter = (id: ReplicaId, { voters, outgoing }: Members): boolean =>
    voters.includes(id) || outgoing.includes(id);
  return views.some(
    ({ id, view }) =>
      !isVoter(id, view.members) &&
      views.some(
        (other) =>
          isVoter(id, other.view.members) &&
          isVoter(other.id, other.view.members) &&
          other.view.lastIndex < view.lastIndex,
      ),
  );
}

export function newestLeader(replicas: readonly Replica[]): Raft | null {
  const leaders = replicas.filter(({ raft }) => raft!.view().role === 'leader');
  leaders.sort((a, b) => b.raft!.view().term - a.raft!.view().term);
  return leaders[0]?.raft ?? null;
}

/** Whether all members have applied `index`, and no change waits for its end. */
export function hasReached(replicas: readonly Replica[], leader: Raft, index: LogIndex): boolean {
  const { members } = leader.view();
  if (members.outgoing.length > 0 && members.autoLeave) return false;
  return [...members.voters, ...members.learners].every((id) => replicas[id - 1]!.applied >= index);
}
