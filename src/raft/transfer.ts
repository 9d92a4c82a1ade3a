/**
 * Leadership transfer (§3.10): the leader stops taking proposals, brings the target up to date and
 * tells it to campaign at once. If that takes an election timeout it goes on leading.
 */
import type { ReplicaId } from '../base/ids.js';
import { dropLease } from './lease.js';
import { send } from './outbox.js';
import type { Progress } from './progress/progress.js';
import type { Core, Leader } from './state.js';
import type { Proposal } from './types.js';

export function startTransfer(core: Core, leader: Leader, to: ReplicaId): Proposal {
  const done: Proposal = { ok: true, index: core.log.last, term: core.term };
  if (leader.transfer?.to === to) return done;
  if (leader.leaving !== null) return { ok: false, reason: 'transferring' };
  const progress = leader.progress.get(to);
  const votes = core.members.voters.includes(to);
  if (progress === undefined || !votes) return { ok: false, reason: 'config-invalid' };
  // A second order replaces the first; one to this replica itself only ends it.
  abortTransfer(core, leader, 'another target');
  if (to === core.self) return done;
  leader.transfer = { to, elapsed: 0, sent: false };
  // Given up before anybody can be told to campaign, and for the rest of the term: a timeout-now
  // may arrive long after the transfer was given up.
  leader.lease.given = true;
  dropLease(leader);
  leader.sendDue = true;
  core.trace({ kind: 'transfer', step: 'begun', to, why: '' });
  maybeHandOver(core, leader, progress);
  return done;
}

/** Tells the target to campaign as soon as it holds everything. */
export function maybeHandOver(core: Core, leader: Leader, progress: Progress): void {
  const { transfer } = leader;
  if (transfer === null || transfer.sent || transfer.to !== progress.replica) return;
  if (progress.match < core.log.last) return;
  transfer.sent = true;
  send(core, { kind: 'timeout-now', from: core.self, to: transfer.to, term: core.term });
  core.trace({ kind: 'transfer', step: 'handed', to: transfer.to, why: '' });
}

export function abortTransfer(core: Core, leader: Leader, why: string): void {
  if (leader.transfer === null) return;
  core.trace({ kind: 'transfer', step: 'aborted', to: leader.transfer.to, why });
  leader.transfer = null;
}

/** The voter that can take over soonest, if any is alive. */
export function bestSuccessor(core: Core, leader: Leader): ReplicaId | null {
  let best: Progress | null = null;
  for (const progress of leader.progress.values()) {
    const { replica, active, state, match } = progress;
    if (replica === core.self || !core.members.voters.includes(replica)) continue;
    if (!active || state.kind === 'snapshot') continue;
    if (best === null || match > best.match) best = progress;
  }
  return best?.replica ?? null;
}
