/**
 * The Raft core of one group: `createRaft` builds it from what is durable, its doors are the
 * methods of `Raft`. Time, randomness, messages and completions go in as arguments; what the host
 * owes comes out of `ready()`. Every door ends with the log's invariants asserted.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, ReplicaId, Tick } from '../base/ids.js';
import type { Prng } from '../base/prng.js';
import { mustBeSound } from './config.js';
import { maybeCampaign, onConnectionLost } from './election.js';
import { leaseHolds } from './lease.js';
import { RaftLog } from './log/log.js';
import { mustHold } from './members/algebra.js';
import { adoptMembers, applyConfig, proposeConfig } from './membership.js';
import { becomeProbe, type Progress } from './progress/progress.js';
import { wake } from './quiesce.js';
import { readIndex } from './read-index.js';
import { advance, hasReady, takeReady } from './ready.js';
import { appendOwn, onUnreachable } from './replication.js';
import { drawElectionTimeout, newFollower } from './role.js';
import type { Core, Leader } from './state.js';
import { step } from './step.js';
import { handOverOrStepDown, tick } from './tick.js';
import { startTransfer } from './transfer.js';
import type { Proposal, ProposalRefusal, Raft, RaftConfig, Restored, Trace } from './types.js';
import { viewOf } from './view.js';

export function createRaft(
  config: RaftConfig,
  restored: Restored,
  random: Prng,
  trace: Trace = () => {},
): Raft {
  return doors(createCore(config, restored, random, trace));
}

function createCore(config: RaftConfig, restored: Restored, random: Prng, trace: Trace): Core {
  mustBeSound(config);
  if (restored.members.voters.length > 0) mustHold(restored.members);
  const { hardState } = restored;
  const log = new RaftLog(restored);
  // A split may fill a replica whose own term is lower: what the log shows has begun.
  const raised = hardState.term < log.lastTerm;
  const core: Core = {
    config,
    self: config.self,
    random,
    trace,
    log,
    term: raised ? log.lastTerm : hardState.term,
    vote: raised ? null : hardState.vote,
    role: newFollower(null),
    members: restored.members,
    membersIndex: log.applied,
    now: 0 as Tick,
    electionElapsed: 0,
    electionTimeout: 0,
    // With leases on, this replica may have promised one before it stopped: heard "just now".
    heardAt: config.leaseTicks > 0 ? (0 as Tick) : null,
    leaderConnected: true,
    hint: null,
    mayLead: true,
    leaseAllowed: true,
    resting: false,
    readCounter: random.below(2 ** 31) * 2 ** 20,
    out: { now: [], afterPersist: [], reads: [] },
    persist: {
      number: 0,
      handed: hardState,
      durableTerm: hardState.term,
      terms: [],
      completed: 0,
      commitDue: false,
      wroteSinceTick: false,
      soft: { role: 'follower', leader: null, term: hardState.term },
    },
  };
  drawElectionTimeout(core);
  return core;
}

const refused = (reason: ProposalRefusal): Proposal => ({ ok: false, reason });

function doors(core: Core): Raft {
  const { log } = core;
  /** Runs a door's work, then asserts what must hold between any two of them. */
  const checked = <T>(result: T): T => {
    log.mustHold();
    return result;
  };
  return {
    tick: () => checked(tick(core)),
    step: (message) => checked(step(core, message)),
    propose: (sizes) => checked(propose(core, sizes)),
    proposeConfig(change, size) {
      assert(size > 0, 'a config entry of size 0 is the leave that the core appends by itself');
      wake(core);
      if (core.role.name !== 'leader') return refused('not-leader');
      return checked(proposeConfig(core, core.role, change, size));
    },
    readIndex(context, mode) {
      wake(core);
      checked(readIndex(core, context, mode));
    },
    leaseHolds: () => core.role.name === 'leader' && leaseHolds(core, core.role),
    transferLeader(to) {
      wake(core);
      if (core.role.name !== 'leader') return refused('not-leader');
      return checked(startTransfer(core, core.role, to));
    },
    campaign() {
      wake(core);
      if (core.role.name !== 'leader') maybeCampaign(core, { hint: false, forced: false });
      checked(undefined);
    },
    connectionLost() {
      wake(core);
      onConnectionLost(core);
    },
    setLeaseAllowed(allowed) {
      core.leaseAllowed = allowed;
    },
    setLeaderConnected(up) {
      core.leaderConnected = up;
      if (up) core.hint = null;
    },
    setMayLead(may) {
      core.mayLead = may;
      if (!may) checked(handOverOrStepDown(core));
    },
    wake: () => wake(core),
    ...progressDoors(core),
    applyConfig: (change, index) => checked(applyConfig(core, change, index)),
    adoptMembers: (members, index) => checked(adoptMembers(core, members, index)),
    compact: (index) => checked(log.compact(index)),
    hasReady: () => hasReady(core),
    ready: () => checked(takeReady(core)),
    advance: (completion) => checked(advance(core, completion)),
    view: () => viewOf(core),
  };
}

type ProgressDoor = 'reportUnreachable' | 'reportSnapshot' | 'pauseAppends' | 'resumeAppends';

/** What the host tells a leader of one follower's stream, snapshot or bytes. */
function progressDoors(core: Core): Pick<Raft, ProgressDoor> {
  return {
    reportUnreachable: (replica) =>
      withProgress(core, replica, (leader, progress) => onUnreachable(leader, progress)),
    reportSnapshot: (replica, outcome) =>
      withProgress(core, replica, (leader, progress) => {
        if (progress.state.kind !== 'snapshot') return;
        becomeProbe(progress, outcome);
        leader.sendDue = true;
      }),
    pauseAppends: (replica) =>
      withProgress(core, replica, (_, progress) => {
        progress.paused = true;
      }),
    resumeAppends: (replica) =>
      withProgress(core, replica, (leader, progress) => {
        progress.paused = false;
        leader.sendDue = true;
      }),
  };
}

function withProgress(
  core: Core,
  replica: ReplicaId,
  run: (leader: Leader, progress: Progress) => void,
): void {
  if (core.role.name !== 'leader') return;
  const progress = core.role.progress.get(replica);
  if (progress !== undefined) run(core.role, progress);
}

function propose(core: Core, sizes: readonly number[]): Proposal {
  wake(core);
  const { role, log, config } = core;
  if (role.name !== 'leader') return refused('not-leader');
  if (role.transfer !== null || role.leaving !== null) return refused('transferring');
  assert(sizes.length > 0, 'a proposal holds an entry');
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  // A first one may be of any size, or a single large entry could never be proposed.
  const waiting = log.uncommittedBytes;
  if (waiting > 0 && bytes > 0 && waiting + bytes > config.maxUncommittedBytes) {
    return refused('overloaded');
  }
  const index = (log.last + 1) as LogIndex;
  for (const size of sizes) appendOwn(core, role, 'normal', size);
  return { ok: true, index, term: core.term };
}
