/**
 * The mutable state of one Raft core, shared by the files of each duty. Roles are a discriminated
 * union: a follower has no tally, a candidate no window.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, ReplicaId, Term, Tick } from '../base/ids.js';
import type { Prng } from '../base/prng.js';
import type { RaftLog } from './log/log.js';
import type { Progress } from './progress/progress.js';
import type {
  HardState,
  Members,
  Message,
  RaftConfig,
  ReadState,
  RoleName,
  SoftState,
  Trace,
} from './types.js';

/** One forwarded batch of reads, from the sending of its message to the answer. */
export interface ForwardedReads {
  readonly context: number;
  readonly contexts: readonly number[];
}

export interface Follower {
  readonly name: 'follower';
  readonly leader: ReplicaId | null;
  /** The log agrees with this leader's up to here (accepted in this term). */
  matched: LogIndex;
  /** The newest `match` answered to this leader, so that mere commit news need no answer. */
  answered: LogIndex;
  /** The newest round answered to this leader. */
  round: number;
  /** Contexts that came since the last message to the leader. */
  gathered: number[];
  readonly forwarded: Map<number, ForwardedReads>;
  resendElapsed: number;
}

export interface PreCandidate {
  readonly name: 'pre-candidate';
  readonly votes: Map<ReplicaId, boolean>;
}

export interface Candidate {
  readonly name: 'candidate';
  readonly votes: Map<ReplicaId, boolean>;
}

/** Who asked the leader for a read index. */
export type Asker =
  | { readonly kind: 'here'; readonly context: number }
  | { readonly kind: 'member'; readonly from: ReplicaId; readonly context: number };

/** Reads that share one round. */
export interface ReadRound {
  readonly round: number;
  readonly index: LogIndex;
  readonly askers: readonly Asker[];
}

export interface Transfer {
  readonly to: ReplicaId;
  elapsed: number;
  sent: boolean;
}

export interface Leader {
  readonly name: 'leader';
  readonly progress: Map<ReplicaId, Progress>;
  /** Index of the no-op that opened this term. */
  readonly opened: LogIndex;
  /** No other change before this config entry (or what may be one) is applied. */
  pendingConfig: LogIndex;
  heartbeatElapsed: number;
  heartbeatDue: boolean;
  quorumElapsed: number;
  /** Something may have to be sent to somebody. */
  sendDue: boolean;
  /** Reads waiting for the next round, or for the no-op to commit. */
  gathered: Asker[];
  /** The newest round begun in this term; 0 = none. */
  round: number;
  readonly rounds: ReadRound[];
  transfer: Transfer | null;
  /** Set once this leader's own removal (by the entry at `index`) is applied. */
  leaving: { readonly index: LogIndex; elapsed: number } | null;
  idleElapsed: number;
  readonly lease: Lease;
}

/** The leader's half of lease reads (§6.4.1); unused when leases are off. */
export interface Lease {
  /** When the begun rounds were sent, oldest first. */
  readonly sent: { readonly round: number; readonly at: Tick }[];
  /** The sending of the newest round that a quorum answered; null = no lease. */
  from: Tick | null;
  /** Leadership was offered to another in this term: no lease in it any more. */
  given: boolean;
}

export type Role = Follower | PreCandidate | Candidate | Leader;
export type RoleOf<R extends RoleName> = Extract<Role, { name: R }>;

export interface Core {
  readonly config: RaftConfig;
  readonly self: ReplicaId;
  readonly random: Prng;
  readonly trace: Trace;
  readonly log: RaftLog;
  term: Term;
  vote: ReplicaId | null;
  role: Role;
  members: Members;
  /** The entry that made `members`, as far as this process knows. */
  membersIndex: LogIndex;
  now: Tick;
  electionElapsed: number;
  electionTimeout: number;
  /** The last tick at which a leader of the current or an earlier term was heard; null = never. */
  heardAt: Tick | null;
  leaderConnected: boolean;
  /** Ticks until the next hinted pre-vote, and how many are left with it; null = none planned. */
  hint: { ticks: number; tries: number } | null;
  mayLead: boolean;
  leaseAllowed: boolean;
  resting: boolean;
  /**
   * Numbers the read-index messages. Begins anywhere: a leader may still answer, in the same term,
   * what this replica asked before it restarted, and that answer must meet no new read.
   */
  readCounter: number;
  readonly out: Outbox;
  readonly persist: Persist;
}

export interface Outbox {
  now: Message[];
  afterPersist: Message[];
  reads: ReadState[];
}

/** What the host has been told, and what it has reported back. */
export interface Persist {
  number: number;
  /** The hard state last handed out. */
  handed: HardState;
  /** The term that is on disk. */
  durableTerm: Term;
  /** Terms handed out in Readys that have not completed. */
  readonly terms: { readonly number: number; readonly term: Term }[];
  completed: number;
  /** A resting commit index is to be written without an entry to ride with. */
  commitDue: boolean;
  /** Entries were handed out since the last tick. */
  wroteSinceTick: boolean;
  soft: SoftState;
}

export function leaderOf(core: Core): ReplicaId | null {
  const { role } = core;
  if (role.name === 'leader') return core.self;
  return role.name === 'follower' ? role.leader : null;
}

export function mustLead(core: Core): Leader {
  assert(core.role.name === 'leader', 'only a leader does this');
  return core.role;
}

export function isVoter(members: Members, replica: ReplicaId): boolean {
  return members.voters.includes(replica) || members.outgoing.includes(replica);
}

/** All who vote, each once. */
export function votersOf(members: Members): ReplicaId[] {
  if (members.outgoing.length === 0) return [...members.voters];
  return [...new Set([...members.voters, ...members.outgoing])];
}

/** All who get entries, each once. */
export function everybody(members: Members): ReplicaId[] {
  return [
    ...new Set([
      ...members.voters,
      ...members.outgoing,
      ...members.learners,
      ...members.learnersNext,
    ]),
  ];
}

export function isSoleVoter(core: Core): boolean {
  const voters = votersOf(core.members);
  return voters.length === 1 && voters[0] === core.self;
}
