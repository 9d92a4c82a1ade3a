/**
 * Lease reads (§6.4.1), off unless `leaseTicks` > 0. Voters promise: whoever answered a leader
 * grants no vote and no pre-vote for `leaseTicks` after hearing it, and neither does a replica that
 * has just started, because it may have promised before. The leader trusts the promise for less:
 *
 * 1. Its lease counts from the sending of a round that a quorum answered, before any of them heard.
 * 2. Ticks are whole numbers: a voter's `n` ticks may be as short as `n − 1` in real time.
 * 3. One more tick is left for clocks that run at different speeds.
 *
 * Ticks must follow the monotonic clock: after a stall the host brings them up to date before it
 * asks `leaseHolds`.
 */
import { jointReached } from './quorum/joint.js';
import type { Core, Leader } from './state.js';

const MARGIN_TICKS = 2;

export const leasesOn = (core: Core): boolean => core.config.leaseTicks > 0;

export function leaseHolds(core: Core, leader: Leader): boolean {
  const { from, given } = leader.lease;
  if (!leasesOn(core) || from === null || given || !core.leaseAllowed) return false;
  return core.now - from < core.config.leaseTicks - MARGIN_TICKS;
}

/** A round left for the members. */
export function noteRoundSent(core: Core, leader: Leader): void {
  if (!leasesOn(core)) return;
  const { sent } = leader.lease;
  const last = sent[sent.length - 1];
  // Of rounds sent in one tick the first to be answered counts: keep the oldest round of a tick.
  if (last?.at !== core.now) sent.push({ round: leader.round, at: core.now });
  while (sent.length > core.config.leaseTicks) sent.shift();
}

/** Answers came: the newest round that a quorum answered carries the lease. */
export function extendLease(core: Core, leader: Leader): void {
  if (!leasesOn(core)) return;
  const { sent } = leader.lease;
  const answered = jointReached(core.members, (replica) =>
    replica === core.self ? leader.round : (leader.progress.get(replica)?.round ?? 0),
  );
  while (sent.length > 0 && sent[0]!.round <= answered) leader.lease.from = sent.shift()!.at;
}

/** Leadership goes to another, or the group rests: nothing sent so far carries a lease. */
export function dropLease(leader: Leader): void {
  leader.lease.from = null;
  leader.lease.sent.length = 0;
}

/**
 * Whether a leader was heard so lately that votes and pre-votes are refused (§4.2.3), a transfer's
 * apart. Without leases a broken connection to the leader ends it: see DESIGN section 4.
 */
export function inContact(core: Core): boolean {
  const { config, role, heardAt, now } = core;
  if (role.name === 'leader') return config.checkQuorum;
  if (heardAt === null) return false;
  if (leasesOn(core) && now - heardAt < config.leaseTicks) return true;
  if (!config.checkQuorum || role.name !== 'follower' || role.leader === null) return false;
  return now - heardAt < config.electionTicks && (core.leaderConnected || leasesOn(core));
}
