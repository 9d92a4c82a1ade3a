/**
 * The door out: what the host owes (see `Ready` in types.ts), and what it reports back.
 *
 * The hard state goes out when term or vote changed. The commit index is kept on disk without a
 * price: it rides along with entries, and goes alone, without a sync, only when a tick has passed
 * without any (the group is at rest).
 *
 * That it rides along is more than thrift: membership is safe because whoever holds the entry that
 * leaves a joint configuration durably knows, also after a crash, that the entry that began it is
 * committed. Both came in one message, so both must be in one Ready.
 */
import { assert } from '../base/assert.js';
import { maybeCommit } from './commit.js';
import { maybeAutoLeave } from './membership.js';
import { forwardReads, hasReadsToForward, roundIsDue } from './read-index.js';
import { collect } from './replication.js';
import { type Core, leaderOf } from './state.js';
import type { Completion, HardState, Ready, SoftState } from './types.js';

export function hasReady(core: Core): boolean {
  const { out, log, persist, role } = core;
  if (out.now.length > 0 || out.afterPersist.length > 0 || out.reads.length > 0) return true;
  if (log.hasUnwritten || log.toApply !== null || log.hasSnapshot) return true;
  if (persist.commitDue || ballotChanged(core) || softChanged(core)) return true;
  if (role.name === 'leader') {
    return role.sendDue || role.heartbeatDue || roundIsDue(core, role);
  }
  return role.name === 'follower' && hasReadsToForward(role);
}

export function takeReady(core: Core): Ready {
  const { out, log, persist, role } = core;
  if (role.name === 'leader') collect(core, role);
  if (role.name === 'follower') forwardReads(core, role);
  const number = ++persist.number;
  const snapshot = log.takeSnapshot(number);
  const entries = log.takeUnwritten(number);
  const committed = log.takeCommitted();
  const ballot = ballotChanged(core);
  const hardState = takeHardState(core, ballot || snapshot !== null || entries.length > 0);
  if (entries.length > 0) persist.wroteSinceTick = true;
  const soft = softChanged(core) ? softState(core) : null;
  if (soft !== null) persist.soft = soft;
  const { now: messages, afterPersist: messagesAfterPersist, reads } = out;
  out.now = [];
  out.afterPersist = [];
  out.reads = [];
  const mustSync = ballot || snapshot !== null || entries.length > 0;
  return {
    number,
    hardState,
    entries,
    messages,
    messagesAfterPersist,
    committed,
    snapshot,
    reads,
    mustSync,
    soft,
  };
}

function ballotChanged(core: Core): boolean {
  const { handed } = core.persist;
  return handed.term !== core.term || handed.vote !== core.vote;
}

function takeHardState(core: Core, written: boolean): HardState | null {
  const { persist, term, vote, log } = core;
  const moved = log.committed !== persist.handed.commit;
  const due = persist.commitDue;
  persist.commitDue = false;
  if (!ballotChanged(core) && !(moved && (written || due))) return null;
  const next: HardState = { term, vote, commit: log.committed };
  if (term !== persist.handed.term) persist.terms.push({ number: persist.number, term });
  persist.handed = next;
  return next;
}

function softState(core: Core): SoftState {
  return { role: core.role.name, leader: leaderOf(core), term: core.term };
}

function softChanged(core: Core): boolean {
  const { soft } = core.persist;
  return soft.role !== core.role.name || soft.term !== core.term || soft.leader !== leaderOf(core);
}

/** Called once a tick: a commit index that no entry took along since the last one goes alone. */
export function tickPersist(core: Core): void {
  const { persist, log } = core;
  if (log.committed !== persist.handed.commit && !persist.wroteSinceTick) persist.commitDue = true;
  persist.wroteSinceTick = false;
}

export function advance(core: Core, completion: Completion): void {
  if (completion.kind === 'applied') {
    core.log.appliedTo(completion.index);
    maybeAutoLeave(core);
    return;
  }
  const { persist, log } = core;
  const { number } = completion;
  assert(number <= persist.number, 'only what was handed out can be durable');
  assert(number > persist.completed, 'completions come in order, each once');
  persist.completed = number;
  while (persist.terms.length > 0 && persist.terms[0]!.number <= number) {
    persist.durableTerm = persist.terms.shift()!.term;
  }
  log.durableTo(number);
  if (core.role.name !== 'leader') return;
  const own = core.role.progress.get(core.self);
  if (own === undefined || log.durable <= own.match) return;
  own.match = log.durable;
  maybeCommit(core, core.role);
}
