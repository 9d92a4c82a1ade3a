/**
 * Membership changes (§4): proposed only when nothing else is under way and the leader's no-op has
 * been applied (the 2015 correction of the single-step rule), in force from the moment their entry
 * is applied, left automatically when joint, by whichever leader there is.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, ReplicaId } from '../base/ids.js';
import { maybeCommit } from './commit.js';
import { dropLease } from './lease.js';
import { changeMembers, isJoint } from './members/algebra.js';
import { send } from './outbox.js';
import { newProgress } from './progress/progress.js';
import { jointVote } from './quorum/joint.js';
import { onRoundAnswer } from './read-index.js';
import { appendOwn } from './replication.js';
import { becomeFollower } from './role.js';
import { type Core, everybody, isVoter, type Leader } from './state.js';
import { abortTransfer, bestSuccessor } from './transfer.js';
import type { ConfigChange, Members, Proposal, ProposalRefusal } from './types.js';

export function proposeConfig(
  core: Core,
  leader: Leader,
  change: ConfigChange,
  size: number,
): Proposal {
  const reason = whyNot(core, leader, change);
  if (reason !== null) return { ok: false, reason };
  return { ok: true, index: appendChange(core, leader, change, size), term: core.term };
}

function whyNot(core: Core, leader: Leader, change: ConfigChange): ProposalRefusal | null {
  const { log } = core;
  if (leader.transfer !== null || leader.leaving !== null) return 'transferring';
  if (leader.pendingConfig > log.applied || leader.opened > log.applied) return 'config-pending';
  if (!changeMembers(core.members, change).ok) return 'config-invalid';
  if (change.kind === 'change') {
    for (const { op, replica } of change.steps) {
      if (op === 'add-voter' && !isCaughtUp(core, leader, replica)) return 'not-caught-up';
    }
  }
  return null;
}

/** A learner is promoted only when it can take part at once; new voters are the caller's choice. */
function isCaughtUp(core: Core, leader: Leader, replica: ReplicaId): boolean {
  if (!core.members.learners.includes(replica)) return true;
  const progress = leader.progress.get(replica);
  if (progress === undefined || progress.state.kind === 'snapshot') return false;
  return core.log.last - progress.match <= core.config.promoteLag;
}

function appendChange(core: Core, leader: Leader, change: ConfigChange, size: number): LogIndex {
  const next = changeMembers(core.members, change);
  if (next.ok && !isVoter(next.members, core.self)) {
    leader.lease.given = true;
    dropLease(leader);
  }
  leader.pendingConfig = appendOwn(core, leader, 'config', size);
  return leader.pendingConfig;
}

/** Ends a joint configuration whose beginning is applied: an entry of size 0 that means `leave`. */
export function maybeAutoLeave(core: Core): void {
  const { role, members, log } = core;
  if (role.name !== 'leader' || !isJoint(members) || !members.autoLeave) return;
  if (role.transfer !== null || log.applied < role.pendingConfig || log.applied < role.opened) {
    return;
  }
  appendChange(core, role, { kind: 'leave' }, 0);
}

/**
 * The host applied a config entry. One that is void on the members in force changes nothing, here
 * as on every other replica.
 */
export function applyConfig(core: Core, change: ConfigChange, index: LogIndex): Members {
  const changed = changeMembers(core.members, change);
  if (!changed.ok) return core.members;
  core.membersIndex = index;
  // Told first: what the new configuration lets commit at once is told after it.
  core.trace({ kind: 'config', members: changed.members, index });
  setMembers(core, changed.members);
  return core.members;
}

export function adoptMembers(core: Core, members: Members, index: LogIndex): void {
  assert(index >= core.membersIndex, 'members never go back');
  core.membersIndex = index;
  core.trace({ kind: 'config', members, index });
  setMembers(core, members);
}

export function setMembers(core: Core, members: Members): void {
  core.members = members;
  if (core.role.name === 'leader') followMembers(core, core.role);
}

function followMembers(core: Core, leader: Leader): void {
  const { members, log } = core;
  const all = new Set(everybody(members));
  for (const replica of leader.progress.keys()) {
    if (!all.has(replica)) leader.progress.delete(replica);
  }
  for (const replica of all) {
    if (leader.progress.has(replica)) continue;
    // Counts as heard from, or a quorum of newcomers would depose the leader before they answer.
    leader.progress.set(replica, { ...newProgress(replica, log.last), active: true });
  }
  leader.sendDue = true;
  const { transfer } = leader;
  if (transfer !== null && !members.voters.includes(transfer.to)) {
    abortTransfer(core, leader, 'the target no longer votes');
  }
  if (!isVoter(members, core.self)) beginToLeave(core, leader);
  // Fewer may be needed now, for entries and for reads.
  maybeCommit(core, leader);
  onRoundAnswer(core, leader);
}

/**
 * The final configuration leads without us (§4.2.2), but to stop at once could stop it for good:
 *
 * 1. Leader 1 leaves {1 2 3} & {3 4 5}; the entry that ends it is committed, 1 and 2 have applied
 * it. 2. Replicas 3, 4, 5 hold the entry, but do not know that it is committed: to them a majority
 * of
 *    {1 2 3} must still vote, too.
 * 3. The logs of 1 and 2 go on behind the entry, so they refuse; or they are gone already.
 *
 * So the leader stays, taking no proposals, until a majority of the new voters has answered a
 * heartbeat that told them; then the best of them is told to campaign.
 */
function beginToLeave(core: Core, leader: Leader): void {
  if (leader.leaving !== null) return;
  leader.leaving = { index: core.membersIndex, elapsed: 0 };
  abortTransfer(core, leader, 'the leader was removed');
  leader.heartbeatDue = true;
}

/** After every message and tick of a leader that is leaving. */
export function maybeLeave(core: Core): void {
  const { role, members, log } = core;
  if (role.name !== 'leader' || role.leaving === null) return;
  const knows = (replica: ReplicaId): boolean => {
    const progress = role.progress.get(replica);
    return progress != null && progress.told !== null && progress.round >= progress.told;
  };
  const late = role.leaving.elapsed >= core.config.electionTicks;
  if (!late && jointVote(members, knows) !== 'won') return;
  const successor = bestSuccessor(core, role);
  const drained = successor !== null && role.progress.get(successor)?.match === log.last;
  if (!late && !drained) return;
  if (successor !== null) {
    send(core, { kind: 'timeout-now', from: core.self, to: successor, term: core.term });
  }
  core.trace({ kind: 'step-down', why: 'no longer a voter' });
  becomeFollower(core, core.term, null);
}
