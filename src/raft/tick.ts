/**
 * The door for time: one tick of the host's ticker (50 ms). A leader beats, checks that a quorum
 * still answers, gives up a transfer that takes too long, and rests when idle; all others count
 * towards an election.
 */
import type { Tick } from '../base/ids.js';
import { tickElection } from './election.js';
import { leasesOn } from './lease.js';
import { maybeAutoLeave, maybeLeave } from './membership.js';
import { maybeQuiesce } from './quiesce.js';
import { jointVote } from './quorum/joint.js';
import { tickForwarded } from './read-index.js';
import { tickPersist } from './ready.js';
import { becomeFollower } from './role.js';
import type { Core, Leader } from './state.js';
import { abortTransfer, bestSuccessor, startTransfer } from './transfer.js';

export function tick(core: Core): void {
  core.now = (core.now + 1) as Tick;
  tickPersist(core);
  if (core.resting) return;
  const { role } = core;
  if (role.name === 'leader') {
    tickLeader(core, role);
    return;
  }
  if (role.name === 'follower') tickForwarded(core, role);
  tickElection(core);
}

function tickLeader(core: Core, leader: Leader): void {
  const { heartbeatTicks, electionTicks, checkQuorum } = core.config;
  if (++leader.heartbeatElapsed >= heartbeatTicks) {
    leader.heartbeatElapsed = 0;
    // Alone there is nobody to beat for, but a lease lives from its rounds.
    if (leader.progress.size > 1 || leasesOn(core)) leader.heartbeatDue = true;
  }
  if (++leader.quorumElapsed >= electionTicks) {
    leader.quorumElapsed = 0;
    if (checkQuorum && !isQuorumActive(core, leader)) {
      stepDown(core, 'no quorum answered within an election timeout');
      return;
    }
    for (const progress of leader.progress.values()) {
      progress.active = progress.replica === core.self;
    }
  }
  if (leader.transfer !== null && ++leader.transfer.elapsed >= electionTicks) {
    abortTransfer(core, leader, 'not done within an election timeout');
    if (!core.mayLead) {
      stepDown(core, 'may not lead, and nobody took over');
      return;
    }
  }
  if (!core.mayLead && leader.transfer === null && leader.leaving === null) {
    // Its target was removed, or another order took the transfer back: on to the next successor.
    handOverOrStepDown(core);
    return;
  }
  if (leader.leaving !== null) {
    leader.leaving.elapsed++;
    maybeLeave(core);
    return;
  }
  maybeAutoLeave(core);
  maybeQuiesce(core, leader);
}

/** §6.2: a leader that no quorum answers serves nobody, and would keep its clients waiting. */
function isQuorumActive(core: Core, leader: Leader): boolean {
  const active = jointVote(core.members, (replica) => {
    return replica === core.self || leader.progress.get(replica)?.active === true;
  });
  return active === 'won';
}

function stepDown(core: Core, why: string): void {
  core.trace({ kind: 'step-down', why });
  becomeFollower(core, core.term, null);
}

/** This replica must not lead any more (fenced, hanging disk): hand over, or at least stop. */
export function handOverOrStepDown(core: Core): void {
  const { role } = core;
  if (role.name === 'candidate' || role.name === 'pre-candidate') {
    becomeFollower(core, core.term, null);
  }
  if (role.name !== 'leader') return;
  const successor = bestSuccessor(core, role);
  if (successor === null) stepDown(core, 'may not lead, and nobody can take over');
  else startTransfer(core, role, successor);
}
