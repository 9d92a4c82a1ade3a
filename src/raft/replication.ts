/**
 * Replication (§3.5): the leader's appends and heartbeats, and its view of the answers. Messages
 * are made when a Ready is built, never by the door that caused them, so that one turn's proposals,
 * commits and reads share one message per member.
 */
import { assert, must } from '../base/assert.js';
import type { LogIndex, Term } from '../base/ids.js';
import { maybeCommit } from './commit.js';
import { extendLease, leasesOn, noteRoundSent } from './lease.js';
import { send } from './outbox.js';
import {
  becomeProbe,
  becomeSnapshot,
  mayAppend,
  onMatch,
  onReject,
  type Progress,
} from './progress/progress.js';
import { beginRound, onRoundAnswer } from './read-index.js';
import type { Core, Leader } from './state.js';
import { maybeHandOver } from './transfer.js';
import type { EntryKind, EntryMeta, MessageOf } from './types.js';

/** Appends to the own log; the members get it with the next Ready. */
export function appendOwn(core: Core, leader: Leader, kind: EntryKind, size: number): LogIndex {
  leader.sendDue = true;
  leader.idleElapsed = 0;
  return core.log.append(core.term, kind, size);
}

/** Everything this Ready has to carry to the members. */
export function collect(core: Core, leader: Leader): void {
  const readsAsk = beginRound(core, leader);
  const beat = leader.heartbeatDue || readsAsk;
  const ownRound = leasesOn(core) || leader.leaving !== null;
  if (leader.heartbeatDue && ownRound && !readsAsk) leader.round++;
  leader.heartbeatDue = false;
  if (beat) {
    noteRoundSent(core, leader);
    // Alone, nobody has to answer: the round is as good as answered.
    extendLease(core, leader);
  }
  const appends = leader.sendDue;
  leader.sendDue = false;
  if (!beat && !appends) return;
  for (const progress of leader.progress.values()) {
    if (progress.replica === core.self) continue;
    if (beat) sendHeartbeat(core, leader, progress);
    if (appends) sendAppends(core, leader, progress);
  }
}

function sendHeartbeat(core: Core, leader: Leader, progress: Progress): void {
  // Never beyond what is known to be the same there: heartbeats overtake appends.
  const commit = Math.min(progress.match, core.log.committed) as LogIndex;
  const { self: from, term } = core;
  const { round } = leader;
  send(core, { kind: 'heartbeat', from, to: progress.replica, term, commit, round });
  if (commit > progress.commitSent) progress.commitSent = commit;
  if (leader.leaving !== null && commit >= leader.leaving.index) progress.told ??= round;
}

function sendAppends(core: Core, leader: Leader, progress: Progress): void {
  let sent = false;
  while (mayAppend(progress)) {
    const { state } = progress;
    assert(state.kind !== 'snapshot', 'no appends while a snapshot is on its way');
    if (state.kind === 'replicate' && state.next > core.log.last) break;
    if (!sendAppend(core, leader, progress, state.next, true)) return;
    sent = true;
    if (state.kind === 'probe') state.waiting = true;
  }
  if (!sent) sendBare(core, leader, progress);
  progress.nudge = false;
}

/** An append without entries: news of the commit index, or to find out what was lost. */
function sendBare(core: Core, leader: Leader, progress: Progress): void {
  const { state } = progress;
  if (progress.paused) return;
  if (state.kind === 'replicate') {
    const news = progress.commitSent < core.log.committed && core.config.commitNews !== 'heartbeat';
    if (!progress.nudge && !news) return;
    sendAppend(core, leader, progress, state.next, false);
  } else if (state.kind === 'snapshot' && progress.nudge) {
    // Has it been installed, and only the report was lost?
    // With the log released above it, it would not connect any more: another one is needed.
    if (core.log.termAt(state.pending) === null) {
      becomeProbe(progress);
      return;
    }
    sendAppend(core, leader, progress, (state.pending + 1) as LogIndex, false);
  }
}

/** One append from `next` on; false if the log no longer reaches down that far. */
function sendAppend(
  core: Core,
  leader: Leader,
  progress: Progress,
  next: LogIndex,
  withEntries: boolean,
): boolean {
  const { log, config } = core;
  const prevIndex = (next - 1) as LogIndex;
  const prevTerm = log.termAt(prevIndex);
  if (prevTerm === null) {
    sendSnapshot(core, progress);
    return false;
  }
  const entries: readonly EntryMeta[] =
    withEntries && next <= log.last ? log.slice(next, log.reach(next, config.maxAppendBytes)) : [];
  const { self: from, term } = core;
  const { round } = leader;
  const { replica: to } = progress;
  const commit = log.committed;
  send(core, { kind: 'append', from, to, term, prevIndex, prevTerm, entries, commit, round });
  progress.commitSent = commit;
  const lastSent = entries[entries.length - 1];
  if (lastSent !== undefined && progress.state.kind === 'replicate') {
    progress.state.next = (lastSent.index + 1) as LogIndex;
    progress.state.inflight.add(lastSent.index, log.bytes({ from: next, to: lastSent.index }));
  }
  return true;
}

/**
 * What the member needs is gone from the log: the host streams the state machine instead. Only to
 * somebody who is there; a dead member would keep the log from being released.
 */
function sendSnapshot(core: Core, progress: Progress): void {
  if (!progress.active) return;
  const { log } = core;
  const index = Math.max(log.applied, core.membersIndex) as LogIndex;
  const term: Term = must(log.termAt(index), 'term of the applied index');
  becomeSnapshot(progress, index);
  send(core, {
    kind: 'snapshot',
    from: core.self,
    to: progress.replica,
    term: core.term,
    floor: { index, term },
    members: core.members,
  });
  core.trace({ kind: 'snapshot', step: 'sent', replica: progress.replica, index });
}

export function onAppendReply(
  core: Core,
  leader: Leader,
  message: MessageOf<'append-reply'>,
): void {
  const progress = leader.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  const { result } = message;
  if (result.ok) {
    assert(result.match <= core.log.last, 'nobody acknowledges what the leader does not have');
    const window = progress.state.kind === 'replicate' && progress.state.inflight.full;
    const probing = progress.state.kind !== 'replicate';
    if (onMatch(progress, result.match, core.config)) maybeCommit(core, leader);
    if (window || probing) leader.sendDue = true;
    if (leader.leaving !== null && progress.told === null) leader.heartbeatDue = true;
    maybeHandOver(core, leader, progress);
  } else {
    // §5.3 of the paper, by whole terms: skip what has a larger term than the follower had there.
    const { hintIndex, hintTerm } = result;
    const gone = hintIndex < core.log.floor.index;
    const hint = gone ? hintIndex : core.log.lastAtMost(hintIndex, hintTerm);
    if (onReject(progress, result.rejected, hint)) leader.sendDue = true;
  }
  noteRound(core, leader, progress, message.round);
}

export function onHeartbeatReply(
  core: Core,
  leader: Leader,
  message: MessageOf<'heartbeat-reply'>,
): void {
  const progress = leader.progress.get(message.from);
  if (progress === undefined) return;
  progress.active = true;
  const { state } = progress;
  if (state.kind === 'probe') {
    state.waiting = false;
    leader.sendDue = true;
  } else if (progress.match < core.log.last && progress.matchSeen === progress.match) {
    // No step forward between two answers: the append or its answer was lost. Ask.
    progress.nudge = true;
    leader.sendDue = true;
  }
  progress.matchSeen = progress.match;
  noteRound(core, leader, progress, message.round);
}

function noteRound(core: Core, leader: Leader, progress: Progress, round: number): void {
  if (round <= progress.round) return;
  assert(round <= leader.round, 'nobody answers a round that was not begun');
  progress.round = round;
  onRoundAnswer(core, leader);
}

/** The connection broke or a queue was full: what was sent may not arrive. */
export function onUnreachable(leader: Leader, progress: Progress): void {
  if (progress.state.kind !== 'replicate') return;
  becomeProbe(progress);
  leader.sendDue = true;
}
