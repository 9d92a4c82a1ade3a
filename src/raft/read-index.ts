/**
 * Linearizable reads without the log (§6.4). The leader notes its commit index, then proves by a
 * round that it led when the read arrived; the reader waits until that index is applied.
 *
 * All reads that arrived before a round begins share it; a later read never joins a begun round,
 * because an answer already under way says nothing about it. A round begins when the Ready is
 * built; its number rides on everything sent to the members from then on.
 *
 * A follower's request is itself an answer, but only for its own reads: it was sent after they
 * arrived, and before the reads of others may have.
 */
import type { LogIndex } from '../base/ids.js';
import { commitTo, hasCommittedInTerm } from './commit.js';
import { extendLease, leaseHolds } from './lease.js';
import { send } from './outbox.js';
import { jointReached } from './quorum/joint.js';
import type { Asker, Core, Follower, Leader, Role } from './state.js';
import type { MessageOf } from './types.js';

/** Batches a follower has out at once; further reads gather for the next. */
const MAX_FORWARDED = 64;

export function readIndex(core: Core, context: number, mode: 'confirmed' | 'lease'): void {
  const { role } = core;
  switch (role.name) {
    case 'leader':
      if (mode === 'lease' && hasCommittedInTerm(core, role) && leaseHolds(core, role)) {
        core.out.reads.push({ context, outcome: 'ok', index: core.log.committed });
      } else {
        role.gathered.push({ kind: 'here', context });
      }
      return;
    case 'follower':
      if (role.leader === null) lose(core, [context]);
      else role.gathered.push(context);
      return;
    case 'pre-candidate':
    case 'candidate':
      lose(core, [context]);
  }
}

/** The role ends, and with it whatever it had promised to find out. */
export function loseReads(core: Core, role: Role): void {
  if (role.name === 'leader') {
    loseAskers(core, role.gathered);
    for (const { askers } of role.rounds) loseAskers(core, askers);
  } else if (role.name === 'follower') {
    for (const { contexts } of role.forwarded.values()) lose(core, contexts);
    lose(core, role.gathered);
  }
}

/** Others than this replica's own callers ask again by themselves. */
function loseAskers(core: Core, askers: readonly Asker[]): void {
  for (const asker of askers) if (asker.kind === 'here') lose(core, [asker.context]);
}

function lose(core: Core, contexts: readonly number[]): void {
  for (const context of contexts) core.out.reads.push({ context, outcome: 'lost' });
}

/** Whether `beginRound` has something to do. */
export function roundIsDue(core: Core, leader: Leader): boolean {
  return leader.gathered.length > 0 && hasCommittedInTerm(core, leader);
}

/** Begins the round of all gathered reads; says whether heartbeats have to carry it. */
export function beginRound(core: Core, leader: Leader): boolean {
  if (!roundIsDue(core, leader)) return false;
  leader.round++;
  const askers = leader.gathered;
  leader.gathered = [];
  const index = core.log.committed;
  const open = askers.filter((asker) => {
    if (!isConfirmed(core, leader, leader.round, asker)) return true;
    answer(core, asker, index);
    return false;
  });
  if (open.length === 0) return false;
  leader.rounds.push({ round: leader.round, index, askers: open });
  return true;
}

function isConfirmed(core: Core, leader: Leader, round: number, asker: Asker | null): boolean {
  const reached = jointReached(core.members, (replica) => {
    if (replica === core.self) return leader.round;
    if (asker?.kind === 'member' && asker.from === replica) return round;
    return leader.progress.get(replica)?.round ?? 0;
  });
  return reached >= round;
}

/** A member answered `round`: all reads of this and earlier rounds may be confirmed by it. */
export function onRoundAnswer(core: Core, leader: Leader): void {
  extendLease(core, leader);
  while (leader.rounds.length > 0 && isConfirmed(core, leader, leader.rounds[0]!.round, null)) {
    const { askers, index } = leader.rounds.shift()!;
    for (const asker of askers) answer(core, asker, index);
  }
}

function answer(core: Core, asker: Asker, index: LogIndex): void {
  const { context } = asker;
  if (asker.kind === 'here') {
    core.out.reads.push({ context, outcome: 'ok', index });
  } else {
    const { self: from, term } = core;
    send(core, { kind: 'read-index-reply', from, to: asker.from, term, context, index });
  }
}

export function onReadIndex(_core: Core, leader: Leader, message: MessageOf<'read-index'>): void {
  const { from, context } = message;
  const progress = leader.progress.get(from);
  if (progress === undefined) return;
  progress.active = true;
  const again = leader.gathered.some(
    (asker) => asker.kind === 'member' && asker.from === from && asker.context === context,
  );
  if (!again) leader.gathered.push({ kind: 'member', from, context });
}

/** The gathered reads leave as one message. */
export function forwardReads(core: Core, follower: Follower): void {
  const { leader, gathered, forwarded } = follower;
  if (leader === null || gathered.length === 0 || forwarded.size >= MAX_FORWARDED) return;
  follower.gathered = [];
  const context = ++core.readCounter;
  if (forwarded.size === 0) follower.resendElapsed = 0;
  forwarded.set(context, { context, contexts: gathered });
  send(core, { kind: 'read-index', from: core.self, to: leader, term: core.term, context });
}

export function hasReadsToForward(follower: Follower): boolean {
  return follower.gathered.length > 0 && follower.forwarded.size < MAX_FORWARDED;
}

/** Messages get lost: what waits is asked again every heartbeat interval, under its own number. */
export function tickForwarded(core: Core, follower: Follower): void {
  if (follower.forwarded.size === 0 || follower.leader === null) return;
  if (++follower.resendElapsed < core.config.heartbeatTicks) return;
  follower.resendElapsed = 0;
  const { self: from, term } = core;
  for (const context of follower.forwarded.keys()) {
    send(core, { kind: 'read-index', from, to: follower.leader, term, context });
  }
}

export function onReadIndexReply(
  core: Core,
  follower: Follower,
  message: MessageOf<'read-index-reply'>,
): void {
  const reads = follower.forwarded.get(message.context);
  // The leader's commit index holds for as much of the log as is known to be the leader's.
  commitTo(core, Math.min(message.index, follower.matched) as LogIndex);
  if (reads === undefined) return;
  follower.forwarded.delete(message.context);
  for (const context of reads.contexts) {
    core.out.reads.push({ context, outcome: 'ok', index: message.index });
  }
}
