/**
 * The vocabulary of the Raft core: what goes in, what comes out, and in which order the host must
 * do things with it. Types only. The algorithm is Ongaro's thesis (2014); section numbers below
 * refer to it. Entry bytes never enter the core: it knows each entry's index, term, kind and size.
 */
import type { LogIndex, ReplicaId, Term, Tick } from '../base/ids.js';

/**
 * `noop` opens a leader's term, `config` carries a ConfigChange, `normal` is the user's. A `config`
 * entry of size 0 is `{ kind: 'leave' }`, appended by the core itself (auto-leave).
 */
export type EntryKind = 'noop' | 'normal' | 'config';

/** What the core knows of an entry. `size` is the byte count of its payload, kept by the host. */
export interface EntryMeta {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly size: number;
}

/** What must survive a crash before anything that depends on it leaves this replica (§3.8). */
export interface HardState {
  readonly term: Term;
  readonly vote: ReplicaId | null;
  readonly commit: LogIndex;
}

/**
 * A configuration. `outgoing` is empty unless a joint change is under way (§4.3); `learnersNext`
 * are voters of the outgoing half that become learners when it is left.
 */
export interface Members {
  readonly voters: readonly ReplicaId[];
  readonly outgoing: readonly ReplicaId[];
  readonly learners: readonly ReplicaId[];
  readonly learnersNext: readonly ReplicaId[];
  readonly autoLeave: boolean;
}

export type ConfigStep =
  | { readonly op: 'add-voter'; readonly replica: ReplicaId }
  | { readonly op: 'add-learner'; readonly replica: ReplicaId }
  | { readonly op: 'remove'; readonly replica: ReplicaId };

/**
 * `change` with one step that touches the voters, or with none that does, is applied simply;
 * everything else goes through a joint configuration. `leave` ends a joint one.
 */
export type ConfigChange =
  | { readonly kind: 'change'; readonly steps: readonly ConfigStep[]; readonly autoLeave: boolean }
  | { readonly kind: 'leave' };

/** The lower end of the log: everything up to `index` (of `term`) lives in the state machine. */
export interface LogFloor {
  readonly index: LogIndex;
  readonly term: Term;
}

interface Addressed {
  readonly from: ReplicaId;
  readonly to: ReplicaId;
  /**
   * The sender's term; for a pre-vote and a granted pre-vote reply the term it would campaign in.
   */
  readonly term: Term;
}

/**
 * One message between two replicas of a group. Append messages name a range; the host attaches the
 * bytes on the way out and strips them on the way in.
 */
export type Message =
  | (Addressed & {
      readonly kind: 'pre-vote';
      readonly lastIndex: LogIndex;
      readonly lastTerm: Term;
      /** The sender's connection to the leader broke: a hint, not a timeout. */
      readonly hint: boolean;
    })
  | (Addressed & { readonly kind: 'pre-vote-reply'; readonly granted: boolean })
  | (Addressed & {
      readonly kind: 'vote';
      readonly lastIndex: LogIndex;
      readonly lastTerm: Term;
      /** Set by a leader transfer: leases and recent contact with a leader do not refuse it. */
      readonly forced: boolean;
    })
  | (Addressed & { readonly kind: 'vote-reply'; readonly granted: boolean })
  | (Addressed & {
      readonly kind: 'append';
      readonly prevIndex: LogIndex;
      readonly prevTerm: Term;
      readonly entries: readonly EntryMeta[];
      readonly commit: LogIndex;
      /** The newest read round begun before this was sent; echoed, it confirms leadership. */
      readonly round: number;
    })
  | (Addressed & {
      readonly kind: 'append-reply';
      readonly result:
        | { readonly ok: true; readonly match: LogIndex }
        | {
            readonly ok: false;
            readonly rejected: LogIndex;
            readonly hintIndex: LogIndex;
            readonly hintTerm: Term;
          };
      readonly round: number;
    })
  | (Addressed & { readonly kind: 'heartbeat'; readonly commit: LogIndex; readonly round: number })
  | (Addressed & { readonly kind: 'heartbeat-reply'; readonly round: number })
  | (Addressed & {
      readonly kind: 'read-index';
      /** The asker's own number for this batch of reads; comes back in the reply. */
      readonly context: number;
    })
  | (Addressed & {
      readonly kind: 'read-index-reply';
      readonly context: number;
      readonly index: LogIndex;
    })
  | (Addressed & {
      readonly kind: 'snapshot';
      /** By reference: the host streams the state machine's snapshot beside this message. */
      readonly floor: LogFloor;
      readonly members: Members;
    })
  | (Addressed & { readonly kind: 'timeout-now' })
  /**
   * The leader of an idle group goes to rest at this point of the log, and so may its followers.
   */
  | (Addressed & { readonly kind: 'quiesce'; readonly commit: LogIndex });

export type MessageKind = Message['kind'];
export type MessageOf<K extends MessageKind> = Extract<Message, { kind: K }>;

/** The answer to one `readIndex` call: apply up to `index`, then read; or ask again. */
export type ReadState =
  | { readonly context: number; readonly outcome: 'ok'; readonly index: LogIndex }
  | { readonly context: number; readonly outcome: 'lost' };

/** Entries `from` … `to`, both included. */
export interface Range {
  readonly from: LogIndex;
  readonly to: LogIndex;
}

/**
 * What the host owes the core after a door was used. Order of duties:
 *
 * 1. `messages` may be sent at once (an append may leave while its entries are being written: the
 *    leader counts itself only when they are durable, §10.2.1).
 * 2. `snapshot`, then `entries`, then `hardState` become durable in one frame; `mustSync` says
 *    whether a sync is owed. Entries replace what the log held from their first index on.
 * 3. When they are durable: `messagesAfterPersist` are sent, then `advance({ durable: number })`.
 * 4. `committed` is applied in order, then `advance({ applied: index })`. It never goes beyond what
 *    is durable in this replica's own log.
 *
 * Several Readys may be in flight; completions come in order of their numbers.
 */
export interface Ready {
  /** 1, 2, 3 … for each replica and process; names this Ready in `advance`. */
  readonly number: number;
  /**
   * Set when term or vote changed, and to keep the commit index on disk: that rides along with
   * entries, and is written alone only once a tick has passed without any (then `mustSync` is
   * false). A lost commit index costs nothing but its being learned again.
   */
  readonly hardState: HardState | null;
  readonly entries: readonly EntryMeta[];
  readonly messages: readonly Message[];
  readonly messagesAfterPersist: readonly Message[];
  readonly committed: Range | null;
  /**
   * A snapshot the host has received and offered by `step`; to be installed before anything else.
   */
  readonly snapshot: { readonly floor: LogFloor; readonly members: Members } | null;
  readonly reads: readonly ReadState[];
  readonly mustSync: boolean;
  /** Set when role, leader or term changed since the last Ready. */
  readonly soft: SoftState | null;
}

/** What needs no disk: who leads, as far as this replica knows. */
export interface SoftState {
  readonly role: RoleName;
  readonly leader: ReplicaId | null;
  readonly term: Term;
}

export type RoleName = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** What became of a Ready. */
export type Completion =
  | { readonly kind: 'durable'; readonly number: number }
  | { readonly kind: 'applied'; readonly index: LogIndex };

/** Why a proposal was not taken; nothing was appended. */
export type ProposalRefusal =
  | 'not-leader'
  | 'transferring'
  /** Uncommitted bytes are at their bound: ask again when some have committed. */
  | 'overloaded'
  /** A membership change before the no-op of this term, or another change, has been applied. */
  | 'config-pending'
  /** The change makes no sense: no voter would be left, nothing would change, not joint … */
  | 'config-invalid'
  /** The promoted learner lags behind. */
  | 'not-caught-up';

export type Proposal =
  | { readonly ok: true; readonly index: LogIndex; readonly term: Term }
  | { readonly ok: false; readonly reason: ProposalRefusal };

/** The state a core starts from; nothing in it may be newer than what is durable. */
export interface Restored {
  readonly hardState: HardState;
  readonly floor: LogFloor;
  /** The entries above the floor, in order, without gaps. */
  readonly entries: readonly EntryMeta[];
  /** Applied index of the state machine; commit starts at the larger of it and hard state's. */
  readonly applied: LogIndex;
  /** The configuration as of `applied`. */
  readonly members: Members;
}

/** Limits of one group's core. Times in ticks, the rest in entries or bytes. */
export interface RaftConfig {
  readonly self: ReplicaId;
  /** Election timeout is drawn per term from [electionTicks, 2 × electionTicks). */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  /** 0 = lease reads are off; else a `lease` read is served while the lease holds (§6.4.1). */
  readonly leaseTicks: number;
  readonly maxAppendBytes: number;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
  readonly maxUncommittedBytes: number;
  /** Idle ticks after which a group whose members agree goes to rest; 0 = never. */
  readonly quiesceTicks: number;
  /**
   * How a follower learns of a commit when no entries are on their way to it: `at-once` by a
   * message of its own (default), or by the next append or heartbeat, which costs a loaded cluster
   * a third less messages and a follower's state machine up to a heartbeat of lag. Reads never wait
   * for it: the answer to a read index brings the commit index.
   */
  readonly commitNews?: 'at-once' | 'heartbeat';
  /** A learner is caught up, and may be promoted, when at most this many entries behind. */
  readonly promoteLag: number;
}

/** Progress of one member as the leader sees it; for status and for the host's decisions. */
export interface MemberView {
  readonly replica: ReplicaId;
  readonly role: 'voter' | 'learner';
  readonly state: 'probe' | 'replicate' | 'snapshot';
  readonly match: LogIndex;
  readonly active: boolean;
}

export interface RaftView {
  readonly role: RoleName;
  readonly term: Term;
  readonly leader: ReplicaId | null;
  readonly commit: LogIndex;
  readonly applied: LogIndex;
  readonly lastIndex: LogIndex;
  readonly floor: LogFloor;
  readonly members: Members;
  readonly quiesced: boolean;
  readonly transferTo: ReplicaId | null;
  /** The leader's view of everybody, itself included; empty on other roles. */
  readonly progress: readonly MemberView[];
}

/** Typed events of the trace port. */
export type TraceEvent =
  | { readonly kind: 'role'; readonly role: RoleName; readonly term: Term; readonly at: Tick }
  | {
      readonly kind: 'vote';
      readonly term: Term;
      readonly candidate: ReplicaId;
      readonly granted: boolean;
      readonly pre: boolean;
    }
  | {
      readonly kind: 'conflict';
      readonly index: LogIndex;
      readonly oldTerm: Term;
      readonly newTerm: Term;
    }
  | { readonly kind: 'commit'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'config'; readonly members: Members; readonly index: LogIndex }
  | {
      readonly kind: 'snapshot';
      readonly step: 'sent' | 'restored' | 'refused';
      readonly replica: ReplicaId;
      readonly index: LogIndex;
    }
  | {
      readonly kind: 'transfer';
      readonly step: 'begun' | 'handed' | 'aborted';
      readonly to: ReplicaId;
      readonly why: string;
    }
  | { readonly kind: 'rest'; readonly resting: boolean; readonly role: RoleName }
  | { readonly kind: 'step-down'; readonly why: string }
  | { readonly kind: 'campaign-refused'; readonly why: string }
  | {
      readonly kind: 'ignored';
      readonly message: MessageKind;
      readonly role: RoleName;
      readonly why: string;
    };

export type Trace = (event: TraceEvent) => void;

/**
 * The doors of the core (implemented by `createRaft` in `core.ts`). Every door is synchronous;
 * after using one, ask `hasReady()`.
 */
export interface Raft {
  tick(): void;
  step(message: Message): void;
  /** Appends entries of these payload sizes at once; `index` is that of the first. */
  propose(sizes: readonly number[]): Proposal;
  /**
   * Appends a config entry; the host keeps `change`'s bytes and hands it back by `applyConfig`. The
   * size must be above 0: a config entry of size 0 is the `leave` that a leader appends by itself.
   */
  proposeConfig(change: ConfigChange, size: number): Proposal;
  /**
   * Asks for a read index for all reads that arrived before this call. The answer is a ReadState
   * with this context; contexts are the host's, each used once. With `lease` (and leases on) a
   * leader that holds its lease answers without a round.
   */
  readIndex(context: number, mode: 'confirmed' | 'lease'): void;
  /** Whether the lease still holds, for the check after a lease read. */
  leaseHolds(): boolean;
  transferLeader(to: ReplicaId): Proposal;
  /** Campaigns now (first leader of a new group, child of a split), pre-vote included. */
  campaign(): void;
  /** The connection to the leader broke (only without leases): a pre-vote soon, see DESIGN 4. */
  connectionLost(): void;
  /**
   * Gives the lease up before a freeze or a split is proposed, and takes it again after (§6.4.1);
   * a transfer and the leader's own removal do it by themselves. No effect with leases off.
   */
  setLeaseAllowed(allowed: boolean): void;
  /** Whether this replica's own connection to its leader is up; judges others' hints. */
  setLeaderConnected(up: boolean): void;
  /** Neither campaign nor be led here (fenced, hanging disk). */
  setMayLead(may: boolean): void;
  /** Ends rest: traffic for the group, or the node heartbeat of its leader's node was lost. */
  wake(): void;
  reportUnreachable(replica: ReplicaId): void;
  /**
   * The snapshot for `replica` was delivered and installed, or was not. Due for every `snapshot`
   * message taken from a Ready: until then (or an acknowledgement) the member gets no entries.
   */
  reportSnapshot(replica: ReplicaId, outcome: 'installed' | 'failed'): void;
  /** Bytes of a range were not in memory: the progress pauses until `resumeAppends`. */
  pauseAppends(replica: ReplicaId): void;
  resumeAppends(replica: ReplicaId): void;
  /** The host applied a config entry; returns the configuration now in force. */
  applyConfig(change: ConfigChange, index: LogIndex): Members;
  /**
   * The host stands at `index`, which the log holds, by a snapshot: the members as of there. What
   * changed them on the way was never applied here.
   */
  adoptMembers(members: Members, index: LogIndex): void;
  /** The log was released up to `index`, which is applied and durable in the state machine. */
  compact(index: LogIndex): void;
  hasReady(): boolean;
  ready(): Ready;
  advance(completion: Completion): void;
  view(): RaftView;
}
