/**
 * The algebra of configurations (§4): what a change makes of the members in force. Pure, and used
 * twice: to refuse a proposal that makes no sense, and to apply a committed entry. The same
 * members and change give the same result on every replica.
 *
 * Promise: there is always a voter; no replica is in two lists but `voters`/`learners` beside
 * `outgoing`; `learnersNext` lies within `outgoing`.
 */
import { assert } from '../../base/assert.js';
import type { ReplicaId } from '../../base/ids.js';
import type { ConfigChange, ConfigStep, Members } from '../types.js';

export type Changed =
  | { readonly ok: true; readonly members: Members }
  | { readonly ok: false; readonly why: string };

const refuse = (why: string): Changed => ({ ok: false, why });

export const isJoint = (members: Members): boolean => members.outgoing.length > 0;

export function changeMembers(members: Members, change: ConfigChange): Changed {
  const changed = change.kind === 'leave' ? leave(members) : enter(members, change);
  if (changed.ok) mustHold(changed.members);
  return changed;
}

function leave(members: Members): Changed {
  if (!isJoint(members)) return refuse('not in a joint configuration');
  const { voters, learners, learnersNext } = members;
  return {
    ok: true,
    members: {
      voters,
      outgoing: [],
      learners: sorted([...learners, ...learnersNext]),
      learnersNext: [],
      autoLeave: false,
    },
  };
}

function enter(
  members: Members,
  change: { readonly steps: readonly ConfigStep[]; readonly autoLeave: boolean },
): Changed {
  if (isJoint(members)) return refuse('the joint configuration must be left first');
  const { steps, autoLeave } = change;
  if (new Set(steps.map((step) => step.replica)).size < steps.length) {
    return refuse('a replica is named twice');
  }
  const voters = new Set(members.voters);
  const learners = new Set(members.learners);
  for (const { op, replica } of steps) {
    voters.delete(replica);
    learners.delete(replica);
    if (op === 'add-voter') voters.add(replica);
    if (op === 'add-learner') learners.add(replica);
  }
  if (voters.size === 0) return refuse('no voter would be left');
  const touched = differing(new Set(members.voters), voters);
  if (touched === 0 && differing(new Set(members.learners), learners) === 0) {
    return refuse('nothing would change');
  }
  if (touched <= 1) return { ok: true, members: simple(voters, learners) };
  // Who votes in the outgoing half becomes a learner only when that half is left (§4.3).
  const demoted = members.voters.filter((replica) => learners.delete(replica));
  return {
    ok: true,
    members: {
      voters: sorted(voters),
      outgoing: members.voters,
      learners: sorted(learners),
      learnersNext: sorted(demoted),
      autoLeave,
    },
  };
}

function simple(voters: Iterable<ReplicaId>, learners: Iterable<ReplicaId>): Members {
  return {
    voters: sorted(voters),
    outgoing: [],
    learners: sorted(learners),
    learnersNext: [],
    autoLeave: false,
  };
}

const sorted = (replicas: Iterable<ReplicaId>): ReplicaId[] => [...replicas].sort((a, b) => a - b);

function differing(a: ReadonlySet<ReplicaId>, b: ReadonlySet<ReplicaId>): number {
  let count = 0;
  for (const replica of a) if (!b.has(replica)) count++;
  for (const replica of b) if (!a.has(replica)) count++;
  return count;
}

export function mustHold(members: Members): void {
  const { voters, outgoing, learners, learnersNext, autoLeave } = members;
  assert(voters.length > 0, 'somebody votes');
  const joint = outgoing.length > 0;
  assert(joint || (learnersNext.length === 0 && !autoLeave), 'only joint members wait to leave');
  for (const replica of learners) {
    assert(!voters.includes(replica) && !outgoing.includes(replica), 'a learner does not vote');
  }
  for (const replica of learnersNext) {
    assert(outgoing.includes(replica), 'who becomes a learner later votes in the outgoing half');
    assert(!voters.includes(replica), 'who becomes a learner later does not vote in the new half');
  }
}
