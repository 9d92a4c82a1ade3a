/**
 * Rest: a group with nothing to do costs no messages and no timers. The leader says where the log
 * ends; who agrees rests with it. Everything but the last answers under way ends it, and so does
 * the loss of the node-to-node heartbeat, which the host watches.
 */

import { commitTo } from './commit.js';
import { onLeader } from './follow.js';
import { dropLease } from './lease.js';
import { isJoint } from './members/algebra.js';
import { send } from './outbox.js';
import type { Core, Leader } from './state.js';
import type { Message, MessageOf } from './types.js';

export function maybeQuiesce(core: Core, leader: Leader): void {
  const { quiesceTicks } = core.config;
  if (quiesceTicks === 0) return;
  if (!isIdle(core, leader)) {
    leader.idleElapsed = 0;
    return;
  }
  if (++leader.idleElapsed < quiesceTicks || !everybodyAnswers(core, leader)) return;
  const { self: from, term, log } = core;
  for (const to of leader.progress.keys()) {
    if (to !== from) send(core, { kind: 'quiesce', from, to, term, commit: log.committed });
  }
  // Ticks may stop while the group rests, and with them the lease's clock.
  dropLease(leader);
  leader.heartbeatDue = false;
  setResting(core, true);
}

function isIdle(core: Core, leader: Leader): boolean {
  const { log } = core;
  if (log.applied < log.last || leader.opened > log.applied || !core.mayLead) return false;
  if (
    leader.transfer !== null ||
    leader.leaving !== null ||
    leader.gathered.length > 0 ||
    leader.rounds.length > 0
  ) {
    return false;
  }
  if (isJoint(core.members)) return false;
  for (const { replica, state, match, commitSent } of leader.progress.values()) {
    if (replica === core.self) continue;
    if (state.kind !== 'replicate') return false;
    if (match < log.last || commitSent < log.committed) return false;
  }
  return true;
}

/**
 * Nobody rests while a member is silent. Each check of the quorum begins to count answers anew, so
 * this holds back the rest by a beat, never the idle time before it.
 */
function everybodyAnswers({ self }: Core, leader: Leader): boolean {
  for (const { replica, active } of leader.progress.values()) {
    if (replica !== self && !active) return false;
  }
  return true;
}

export function onQuiesce(core: Core, message: MessageOf<'quiesce'>): void {
  const follower = onLeader(core, message.from);
  const { log } = core;
  // The leader rests only when everybody has acknowledged its whole log: what ends where its log
  // ends is the same.
  if (log.last !== message.commit) return;
  if (message.commit > follower.matched) follower.matched = message.commit;
  commitTo(core, message.commit);
  if (follower.gathered.length > 0 || follower.forwarded.size > 0) return;
  setResting(core, true);
}

/** Late answers to a leader at rest say nothing new; all else ends the rest. */
export function disturbs(message: Message): boolean {
  switch (message.kind) {
    case 'heartbeat-reply':
    case 'vote-reply':
    case 'pre-vote-reply':
    case 'read-index-reply':
    case 'quiesce':
      return false;
    case 'append-reply':
      return !message.result.ok;
    default:
      return true;
  }
}

export function wake(core: Core): void {
  if (!core.resting) return;
  setResting(core, false);
  const { role } = core;
  if (role.name === 'leader') {
    role.heartbeatDue = true;
    role.heartbeatElapsed = 0;
    role.quorumElapsed = 0;
    role.idleElapsed = 0;
    for (const progress of role.progress.values()) progress.active = true;
    return;
  }
  // The time at rest was no silence of the leader: begin to count now.
  core.electionElapsed = 0;
  core.heardAt = core.now;
}

function setResting(core: Core, resting: boolean): void {
  core.resting = resting;
  core.trace({ kind: 'rest', resting, role: core.role.name });
}
