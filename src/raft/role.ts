/**
 * The moves between roles. Each ends the old role's business (reads are answered "lost"), begins
 * the new one's, and draws a new election timeout (§3.4).
 */
import { assert } from '../base/assert.js';
import type { LogIndex, ReplicaId, Term } from '../base/ids.js';
import { newProgress, type Progress } from './progress/progress.js';
import { loseReads } from './read-index.js';
import { appendOwn } from './replication.js';
import { type Core, everybody, type Leader, type Role } from './state.js';

export function drawElectionTimeout(core: Core): void {
  core.electionElapsed = 0;
  core.electionTimeout = core.config.electionTicks + core.random.below(core.config.electionTicks);
}

function enter(core: Core, role: Role): void {
  loseReads(core, core.role);
  core.role = role;
  core.hint = null;
  core.resting = false;
  drawElectionTimeout(core);
  core.trace({ kind: 'role', role: role.name, term: core.term, at: core.now });
}

export function newFollower(leader: ReplicaId | null): Role {
  const none = 0 as LogIndex;
  return {
    name: 'follower',
    leader,
    matched: none,
    answered: none,
    round: 0,
    gathered: [],
    forwarded: new Map(),
    resendElapsed: 0,
  };
}

export function becomeFollower(core: Core, term: Term, leader: ReplicaId | null): void {
  assert(term >= core.term, 'terms never fall');
  if (term > core.term) {
    core.term = term;
    core.vote = null;
  }
  core.leaderConnected = true;
  enter(core, newFollower(leader));
}

/** Changes neither term nor vote: a pre-vote commits nobody to anything (§9.6). */
export function becomePreCandidate(core: Core): void {
  assert(core.role.name !== 'leader', 'a leader does not campaign');
  enter(core, { name: 'pre-candidate', votes: new Map([[core.self, true]]) });
}

export function becomeCandidate(core: Core): void {
  assert(core.role.name !== 'leader', 'a leader does not campaign');
  core.term = (core.term + 1) as Term;
  core.vote = core.self;
  enter(core, { name: 'candidate', votes: new Map([[core.self, true]]) });
}

/** Opens the term with a no-op: what older terms left commits with it (§3.6.2, §6.4). */
export function becomeLeader(core: Core): void {
  assert(core.role.name === 'candidate', 'only a candidate is elected');
  const { log } = core;
  const progress = new Map<ReplicaId, Progress>();
  for (const replica of everybody(core.members)) {
    progress.set(replica, { ...newProgress(replica, log.last), active: replica === core.self });
  }
  const own = progress.get(core.self);
  assert(own !== undefined, 'a leader is a member');
  own.match = log.durable;
  const opened = (log.last + 1) as LogIndex;
  const leader: Leader = {
    name: 'leader',
    progress,
    opened,
    // What this log holds may include a change; until all of it is applied none is proposed.
    pendingConfig: log.last,
    heartbeatElapsed: 0,
    heartbeatDue: false,
    quorumElapsed: 0,
    sendDue: true,
    gathered: [],
    round: 0,
    rounds: [],
    transfer: null,
    leaving: null,
    idleElapsed: 0,
    lease: { sent: [], from: null, given: false },
  };
  enter(core, leader);
  appendOwn(core, leader, 'noop', 0);
}
