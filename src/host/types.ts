/** What a host is built from, and what it asks of the node around it. */
import type { Clock } from '../base/clock.js';
import type { GroupId, LogIndex, NodeId, ReplicaId } from '../base/ids.js';
import type { Machine, NodeState, ShardState } from '../machine/types.js';
import type { TraceEvent } from '../raft/types.js';
import type { Log, Transport } from '../replica/ports.js';
import type { ReplicaLimits } from '../replica/types.js';

/** Times in milliseconds, sizes in bytes. */
export interface HostLimits extends ReplicaLimits {
  readonly tickMs: number;
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly leaseReads: boolean;
  readonly quiesceMs: number;
  readonly maxAppendBytes: number;
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
  readonly maxUncommittedBytes: number;
  readonly digestEveryMs: number;
}

export interface DigestReport {
  readonly group: GroupId;
  readonly replica: ReplicaId;
  readonly index: LogIndex;
  readonly digest: string;
}

/** Calls between hosts, carried by the node over the transport's call stream; none waits. */
export interface HostPeers {
  reportDigest(to: NodeId, report: DigestReport): void;
  /** The replica differs from the majority: it must stop answering and be rebuilt. */
  fence(to: NodeId, group: GroupId, replica: ReplicaId, reason: string): void;
  /** A fenced replica asks the leader for its state. */
  requestSnapshot(to: NodeId, group: GroupId, replica: ReplicaId): void;
}

export interface HostParts {
  readonly node: NodeId;
  readonly clock: Clock;
  readonly log: Log;
  readonly state: NodeState;
  readonly transport: Transport;
  readonly peers: HostPeers;
  readonly limits: HostLimits;
  /** Seeds the election timeouts. */
  readonly seed: number;
  /** Opens the deterministic machine on a replica's rows. */
  readonly openMachine: (group: GroupId, state: ShardState) => Promise<Machine>;
  readonly say: (line: string, fields?: Record<string, unknown>) => void;
  /** Looks on at every group's core. */
  readonly trace?: (group: GroupId, event: TraceEvent) => void;
  /** The node must end: what failed can no longer be trusted. */
  readonly onFatal: (error: unknown) => void;
}
