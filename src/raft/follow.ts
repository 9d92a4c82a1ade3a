/**
 * What a replica does for the leader of its term: take entries that fit (§3.5), learn the commit
 * index, install a snapshot (§5), answer heartbeats.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, ReplicaId } from '../base/ids.js';
import { commitTo } from './commit.js';
import { setMembers } from './membership.js';
import { send } from './outbox.js';
import { becomeFollower } from './role.js';
import type { Core, Follower } from './state.js';
import type { EntryMeta, MessageOf } from './types.js';

/** A message of the current term's leader: whoever campaigned gives up (§3.4). */
export function onLeader(core: Core, leader: ReplicaId): Follower {
  assert(core.role.name !== 'leader', 'a term has one leader');
  if (core.role.name !== 'follower' || core.role.leader !== leader) {
    becomeFollower(core, core.term, leader);
  }
  assert(core.role.name === 'follower', 'a leader is followed');
  core.electionElapsed = 0;
  core.heardAt = core.now;
  core.leaderConnected = true;
  core.hint = null;
  return core.role;
}

export function onAppend(core: Core, message: MessageOf<'append'>): void {
  const follower = onLeader(core, message.from);
  const { log } = core;
  const { prevIndex, prevTerm, entries, round } = message;
  const last = (prevIndex + entries.length) as LogIndex;
  if (prevIndex < log.committed) {
    // What is committed here is the leader's, too: say how far that goes.
    if (last <= log.committed) {
      acknowledge(core, follower, log.committed, round);
      return;
    }
  } else if (!log.holds(prevIndex, prevTerm)) {
    refuse(core, message);
    return;
  }
  const first = entries.findIndex(
    ({ index, term }) => index > log.committed && !log.holds(index, term),
  );
  if (first >= 0) take(core, entries, first);
  if (last > follower.matched) follower.matched = last;
  const news = commitTo(core, Math.min(message.commit, last) as LogIndex);
  // Nothing but news of the commit index: the leader has no use for an answer.
  const answered = last <= follower.answered && round <= follower.round;
  if (entries.length === 0 && news && answered) return;
  acknowledge(core, follower, last, round);
}

/** Takes the entries from position `first` on, the first that is new here. */
function take(core: Core, entries: readonly EntryMeta[], first: number): void {
  const { log } = core;
  const { index, term } = entries[first]!;
  assert(index > log.committed, 'a leader never contradicts what is committed');
  const oldTerm = log.termAt(index);
  if (oldTerm !== null) core.trace({ kind: 'conflict', index, oldTerm, newTerm: term });
  log.replace(first === 0 ? entries : entries.slice(first));
}

function acknowledge(core: Core, follower: Follower, match: LogIndex, round: number): void {
  if (match > follower.matched) follower.matched = match;
  if (match > follower.answered) follower.answered = match;
  if (round > follower.round) follower.round = round;
  const { self: from, term } = core;
  const to = follower.leader!;
  send(core, { kind: 'append-reply', from, to, term, result: { ok: true, match }, round });
}

/**
 * Where the logs may agree: below the refused point, skip whole terms larger than the leader's
 * (§5.3 of the paper); the leader does the same with the term named here.
 */
function refuse(core: Core, message: MessageOf<'append'>): void {
  const { log, self: from, term } = core;
  const { prevIndex: rejected, prevTerm, from: to, round } = message;
  const hintIndex = log.lastAtMost(rejected, prevTerm);
  const hintTerm = log.termAt(hintIndex)!;
  const result = { ok: false, rejected, hintIndex, hintTerm } as const;
  send(core, { kind: 'append-reply', from, to, term, result, round });
}

export function onHeartbeat(core: Core, message: MessageOf<'heartbeat'>): void {
  const follower = onLeader(core, message.from);
  // Within what this replica acknowledged, also if a heartbeat overtakes appends: but a replica
  // that lost its log (a new disk under an old name) must stop here rather than make things up.
  assert(message.commit <= core.log.last, 'a leader commits here only what was acknowledged here');
  if (message.commit > follower.matched) follower.matched = message.commit;
  commitTo(core, message.commit);
  if (message.round > follower.round) follower.round = message.round;
  const { self: from, term } = core;
  const { from: to, round } = message;
  send(core, { kind: 'heartbeat-reply', from, to, term, round });
}

/**
 * The host received a snapshot whole and offers it. Refused when everything in it is here already;
 * a replica that may not lead (fenced, or empty) takes any above its applied index, because what it
 * has applied is not to be believed.
 */
export function onSnapshot(core: Core, message: MessageOf<'snapshot'>): void {
  const follower = onLeader(core, message.from);
  const { log } = core;
  const { floor, members } = message;
  const useful = floor.index > log.applied && (floor.index > log.committed || !core.mayLead);
  const step = useful ? 'restored' : 'refused';
  core.trace({ kind: 'snapshot', step, replica: core.self, index: floor.index });
  if (useful) {
    log.restore({ floor, members });
    core.membersIndex = floor.index;
    setMembers(core, members);
    core.trace({ kind: 'config', members, index: floor.index });
  }
  acknowledge(core, follower, useful ? floor.index : log.committed, follower.round);
}
