/**
 * Elections (§3.4) with pre-vote (§9.6) and check-quorum (§6.2): who campaigns, who grants, who
 * counts. Also the hint of a lost connection, which starts a pre-vote early (DESIGN section 4).
 */
import type { ReplicaId, Term } from '../base/ids.js';
import { inContact, leasesOn } from './lease.js';
import { send } from './outbox.js';
import { jointVote } from './quorum/joint.js';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './role.js';
import {
  type Candidate,
  type Core,
  isSoleVoter,
  isVoter,
  type PreCandidate,
  votersOf,
} from './state.js';
import type { MessageOf } from './types.js';

/** A lost connection is no proof: the pre-vote is tried this often, ticks apart. */
const HINT_TRIES = 4;
const HINT_MAX_TICKS = 3;

/** Why this replica must not campaign now; null if it may. */
export function campaignRefusal(core: Core, forced: boolean): string | null {
  const { log, members } = core;
  if (!isVoter(members, core.self)) return 'not a voter';
  if (!core.mayLead) return 'may not lead';
  if (log.installing) return 'a snapshot is being installed';
  if (log.committed > log.applied) {
    const from = (log.applied + 1) as typeof log.applied;
    // It might not count the right voters (§4.1): first apply, then campaign.
    if (log.hasConfig({ from, to: log.committed })) return 'a committed change is not applied';
  }
  if (!forced && leasesOn(core) && inContact(core) && !isSoleVoter(core)) return 'promised a lease';
  return null;
}

/** `hint`: because of a lost connection; `forced`: by order of the leader, without a pre-vote. */
export function maybeCampaign(core: Core, why: { hint: boolean; forced: boolean }): boolean {
  const refusal = campaignRefusal(core, why.forced);
  if (refusal !== null) {
    core.trace({ kind: 'campaign-refused', why: refusal });
    return false;
  }
  if (core.config.preVote && !why.forced) startPreVote(core, why.hint);
  else startElection(core, why.forced);
  return true;
}

function startPreVote(core: Core, hint: boolean): void {
  const tries = hint ? (core.hint?.tries ?? 0) - 1 : 0;
  becomePreCandidate(core);
  if (tries > 0) planHint(core, tries);
  const { log, self: from } = core;
  const term = (core.term + 1) as Term;
  const { last: lastIndex, lastTerm } = log;
  for (const to of votersOf(core.members)) {
    if (to !== from) send(core, { kind: 'pre-vote', from, to, term, lastIndex, lastTerm, hint });
  }
  maybeWin(core);
}

function startElection(core: Core, forced: boolean): void {
  becomeCandidate(core);
  const { log, self: from, term } = core;
  const { last: lastIndex, lastTerm } = log;
  for (const to of votersOf(core.members)) {
    if (to !== from) send(core, { kind: 'vote', from, to, term, lastIndex, lastTerm, forced });
  }
  maybeWin(core);
}

function maybeWin(core: Core): void {
  const { role } = core;
  if (role.name !== 'candidate' && role.name !== 'pre-candidate') return;
  switch (jointVote(core.members, (replica) => role.votes.get(replica))) {
    case 'won':
      if (role.name === 'candidate') becomeLeader(core);
      else startElection(core, false);
      return;
    case 'lost': {
      const { hint } = core;
      becomeFollower(core, core.term, null);
      core.hint = hint;
      return;
    }
    case 'pending':
  }
}

/**
 * Votes and pre-votes: one rule for all roles; only who asks for a vote binds us (§3.4, §3.6.1).
 */
export function onVoteRequest(
  core: Core,
  message: MessageOf<'vote'> | MessageOf<'pre-vote'>,
): void {
  const pre = message.kind === 'pre-vote';
  const { from, term } = message;
  const free =
    core.vote === from ||
    (core.vote === null && !(core.role.name === 'follower' && core.role.leader !== null)) ||
    (pre && term > core.term);
  const granted = free && core.log.isCoveredBy(message.lastTerm, message.lastIndex);
  answerVote(core, message, granted);
  if (granted && !pre) {
    core.vote = from;
    core.electionElapsed = 0;
  }
}

/** A refusal shows our term, so that a candidate that is behind learns it. */
export function answerVote(
  core: Core,
  message: MessageOf<'vote'> | MessageOf<'pre-vote'>,
  granted: boolean,
): void {
  const pre = message.kind === 'pre-vote';
  core.trace({ kind: 'vote', term: message.term, candidate: message.from, granted, pre });
  const { self: from, term } = core;
  const to = message.from;
  if (pre) {
    const shown = granted ? message.term : term;
    send(core, { kind: 'pre-vote-reply', from, to, term: shown, granted });
  } else {
    send(core, { kind: 'vote-reply', from, to, term, granted });
  }
}

export function onPreVoteReply(
  core: Core,
  role: PreCandidate,
  message: MessageOf<'pre-vote-reply'>,
): void {
  // A grant for the term of an earlier campaign says nothing about this one.
  if (message.granted && message.term !== core.term + 1) return;
  count(core, role, message.from, message.granted);
}

export function onVoteReply(core: Core, role: Candidate, message: MessageOf<'vote-reply'>): void {
  count(core, role, message.from, message.granted);
}

function count(
  core: Core,
  role: PreCandidate | Candidate,
  from: ReplicaId,
  granted: boolean,
): void {
  if (!role.votes.has(from)) role.votes.set(from, granted);
  maybeWin(core);
}

/** The clock of everybody but the leader. */
export function tickElection(core: Core): void {
  core.electionElapsed++;
  if (core.electionElapsed >= core.electionTimeout) {
    core.electionElapsed = 0;
    if (maybeCampaign(core, { hint: false, forced: false })) return;
    // Who may not campaign at least stops counting on a leader that is silent.
    const { role } = core;
    const lost = role.name !== 'follower' || role.leader !== null;
    if (lost) becomeFollower(core, core.term, null);
    return;
  }
  tickHint(core);
}

/** The connection to the leader broke: look soon whether the others lost it, too. */
export function onConnectionLost(core: Core): void {
  core.leaderConnected = false;
  const { role } = core;
  if (leasesOn(core) || !core.config.preVote || core.hint !== null) return;
  if (role.name === 'follower' && role.leader !== null) planHint(core, HINT_TRIES);
}

function planHint(core: Core, tries: number): void {
  core.hint = { ticks: 1 + core.random.below(HINT_MAX_TICKS), tries };
}

function tickHint(core: Core): void {
  const { hint } = core;
  if (hint === null || --hint.ticks > 0) return;
  if (!maybeCampaign(core, { hint: true, forced: false })) core.hint = null;
}
