/** What a replica answers its callers, and what it needs from the host around it. */
import type { EpochMs, GroupId, LogIndex, MonoMs, NodeId, ReplicaId } from '../base/ids.js';
import type { RouteAnswer } from '../kv/forward.js';
import type { Command, ShardWrite } from '../kv/request.js';
import type { LogFloor, Message, SoftState } from '../raft/types.js';
import type { LogRecord } from './ports.js';

/** Never `unreachable`: the replica is here. */
export type ShardAnswer = Exclude<RouteAnswer, { readonly kind: 'unreachable' }>;

export type Answer = (answer: ShardAnswer) => void;

export interface PendingWrite {
  readonly write: ShardWrite;
  readonly deadline: MonoMs;
  readonly done: Answer;
}

export interface PendingRead {
  readonly command: Command;
  readonly mode: 'confirmed' | 'lease';
  readonly deadline: MonoMs;
  readonly done: Answer;
}

/** A command of the meta group: opaque here, answered by its runner's bytes. */
export interface PendingMeta {
  readonly command: Uint8Array;
  readonly deadline: MonoMs;
  readonly done: (answer: MetaAnswer) => void;
}

export type MetaAnswer =
  | { readonly kind: 'reply'; readonly reply: Uint8Array }
  | { readonly kind: 'not-leader' | 'dropped' | 'late' };

/** When the replicas of a node may ask for read indexes. */
export interface ReadPace {
  /** If not, the group is woken when it may. */
  mayAsk(group: GroupId): boolean;
  /** A round of so many reads begins; the number that is returned ends it. */
  begin(reads: number): number;
  end(batch: number): void;
}

/** The host's side of a replica: one turn for all groups, one log, one transport. */
export interface ReplicaHost {
  monotonic(): MonoMs;
  clusterNow(): EpochMs;
  /** An entry applied here carries this time: the cluster clock is never behind it. */
  atLeast(time: EpochMs): void;
  /** False until enough clocks were heard: nothing is stamped before. */
  clockTrusted(): boolean;
  /** The replica has something to do at the end of this turn. */
  wake(group: GroupId): void;
  /** A group that may have rested does so no longer: ticks come at their full rate again. */
  stir(): void;
  /** Free disk space is below the reserve: what makes data grow is refused. */
  spaceLow(): boolean;
  readonly readPace: ReadPace;
  /** True while a frame is being written and little has gathered: proposals had better wait. */
  logBusy(): boolean;
  /** Up to where the log has let go of the group's entries. */
  logFloor(group: GroupId): LogFloor | null;
  write(records: readonly LogRecord[], sync: boolean, onDurable: () => void): void;
  send(group: GroupId, to: NodeId, message: Message, payloads: readonly Uint8Array[]): void;
  onSoftState(group: GroupId, soft: SoftState): void;
  /** A follower needs this replica's state, streamed. */
  sendSnapshot(group: GroupId, to: ReplicaId): void;
  /** This replica's digest at an index, for the leader. */
  onDigest(group: GroupId, index: LogIndex, digest: string): void;
  onFatal(group: GroupId, error: unknown): void;
}

export interface ReplicaLimits {
  readonly maxBatchCommands: number;
  readonly maxBatchBytes: number;
  /** Entries of a group without their majority, beyond which writes gather for the next. */
  readonly maxEntriesInFlight: number;
  readonly maxWaitingRequests: number;
  readonly maxWaitingBytes: number;
  readonly maxReadRounds: number;
  /** A run of apply ends after this many commands or this much time. */
  readonly runCommands: number;
  readonly runMs: number;
}
