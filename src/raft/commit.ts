/**
 * Commit: the leader counts what is durable on a majority (§3.6.2), followers take over what they
 * are told. Callers: replication (answers), ready (own disk), membership (another quorum).
 */
import { must } from '../base/assert.js';
import type { LogIndex } from '../base/ids.js';
import { jointMatch } from './quorum/joint.js';
import type { Core, Leader } from './state.js';

/** Only entries of the own term commit by counting; older ones come along (§3.6.2, figure 8). */
export function maybeCommit(core: Core, leader: Leader): boolean {
  const index = jointMatch(
    core.members,
    (replica) => leader.progress.get(replica)?.match ?? (0 as LogIndex),
  );
  if (index <= core.log.committed || core.log.termAt(index) !== core.term) return false;
  leader.sendDue = true;
  return commitTo(core, index);
}

export function commitTo(core: Core, index: LogIndex): boolean {
  if (!core.log.commitTo(index)) return false;
  const term = must(core.log.termAt(index), 'term of a committed entry');
  core.trace({ kind: 'commit', index, term });
  return true;
}

/** A leader knows its commit index, and may answer reads, only after its no-op (§6.4). */
export function hasCommittedInTerm(core: Core, leader: Leader): boolean {
  return core.log.committed >= leader.opened;
}
