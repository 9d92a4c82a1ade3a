/**
 * The descriptor of a replica: what a shard is and how far this copy of it has come. It lives in
 * the store beside the data and changes in the same batch, so the two can never disagree.
 */
import type {
  Epoch,
  EpochMs,
  LogIndex,
  NodeId,
  ReplicaId,
  Revision,
  ShardId,
  SpaceId,
  Term,
} from '../base/ids.js';

/** Buckets `first` … `last`, both included. */
export interface BucketRange {
  readonly first: number;
  readonly last: number;
}

/** One run of a replica's buckets and the space that holds their data on this node. */
export interface Piece {
  readonly range: BucketRange;
  readonly space: SpaceId;
}

export type MemberRole = 'voter' | 'learner';

export interface Member {
  readonly replica: ReplicaId;
  readonly node: NodeId;
  /**
   * In the incoming half (or the only one). `null`: only in the outgoing half of a joint change.
   */
  readonly role: MemberRole | null;
  /** In the outgoing half of a joint change; `null` when there is none or it was not in it. */
  readonly outgoing: MemberRole | null;
  /** A voter of the outgoing half that becomes a learner when the joint configuration is left. */
  readonly demoted: boolean;
}

export type ReplicaState = 'live' | 'frozen' | 'installing' | 'fenced';

export interface Descriptor {
  readonly formatVersion: number;
  readonly shard: ShardId;
  readonly replica: ReplicaId;
  /** The next ReplicaId to give out. */
  readonly nextReplica: ReplicaId;
  readonly range: BucketRange;
  readonly pieces: readonly Piece[];
  readonly rangeEpoch: Epoch;
  readonly membersEpoch: Epoch;
  readonly members: readonly Member[];
  readonly autoLeave: boolean;
  readonly applied: { readonly index: LogIndex; readonly term: Term };
  /** The revision given out last. */
  readonly revision: Revision;
  readonly clusterTime: EpochMs;
  /** Requests whose first attempt is older than this are answered `expired`, never run. */
  readonly sessionHorizon: EpochMs;
  readonly state: ReplicaState;
}
