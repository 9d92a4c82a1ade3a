/**
 * Members as the descriptor keeps them (who lives on which node) and as Raft reckons with them
 * (ReplicaIds alone). Both halves of a joint configuration are here, so that a replica restarted in
 * the middle of a change goes on in the middle of it.
 */
import { assert, must } from '../base/assert.js';
import type { Epoch, NodeId, ReplicaId } from '../base/ids.js';
import type { Descriptor, Member } from './descriptor.js';

/** Raft's configuration, by shape: the core is a library of its own. */
export interface RaftMembers {
  readonly voters: readonly ReplicaId[];
  readonly outgoing: readonly ReplicaId[];
  readonly learners: readonly ReplicaId[];
  readonly learnersNext: readonly ReplicaId[];
  readonly autoLeave: boolean;
}

export interface Placed {
  readonly replica: ReplicaId;
  readonly node: NodeId;
}

const ascending = (a: ReplicaId, b: ReplicaId): number => a - b;

function pick(members: readonly Member[], wanted: (member: Member) => boolean): ReplicaId[] {
  return members
    .filter(wanted)
    .map((member) => member.replica)
    .sort(ascending);
}

/** The configuration to start Raft from, as of the descriptor's applied index. */
export function membersOf({ members, autoLeave }: Descriptor): RaftMembers {
  return {
    voters: pick(members, (member) => member.role === 'voter'),
    outgoing: pick(members, (member) => member.outgoing === 'voter'),
    learners: pick(members, (member) => member.role === 'learner'),
    learnersNext: pick(members, (member) => member.demoted),
    autoLeave,
  };
}

/**
 * What a config entry changes in the descriptor, `raft` being the configuration that Raft says is
 * in force after it. The nodes of new replicas come from the entry; ReplicaIds it gives out are
 * never given out again. The members epoch steps by one.
 */
export function applyConfigToDescriptor(
  descriptor: Descriptor,
  payload: { readonly placed: readonly Placed[] },
  raft: RaftMembers,
): Pick<Descriptor, 'members' | 'autoLeave' | 'membersEpoch' | 'nextReplica'> {
  const nodes = new Map<ReplicaId, NodeId>();
  for (const { replica, node } of descriptor.members) nodes.set(replica, node);
  let nextReplica = descriptor.nextReplica;
  for (const { replica, node } of payload.placed) {
    const known = nodes.get(replica);
    assert(known === undefined || known === node, `replica ${replica} does not change its node`);
    nodes.set(replica, node);
    if (replica >= nextReplica) nextReplica = (replica + 1) as ReplicaId;
  }
  const { voters, outgoing, learners, learnersNext } = raft;
  const all = [...new Set([...voters, ...outgoing, ...learners, ...learnersNext])].sort(ascending);
  const members = all.map((replica): Member => {
    const incoming = voters.includes(replica) ? 'voter' : null;
    return {
      replica,
      node: must(nodes.get(replica), `node of replica ${replica}`),
      role: incoming ?? (learners.includes(replica) ? 'learner' : null),
      outgoing: outgoing.includes(replica) ? 'voter' : null,
      demoted: learnersNext.includes(replica),
    };
  });
  return {
    members,
    autoLeave: raft.autoLeave,
    membersEpoch: (descriptor.membersEpoch + 1) as Epoch,
    nextReplica,
  };
}
