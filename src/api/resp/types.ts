/** What the Redis door is built from. */
import type { Clock } from '../../base/clock.js';
import type { ClusterStatus } from '../../kv/status.js';
import type { Router } from '../../router/types.js';
import type { Gate } from '../gate/gate.js';
import type { RequestLimits } from './codec/request-parser.js';

/** Bytes unless the name says otherwise. */
export interface RespLimits extends RequestLimits {
  /** Connections of both listeners; one more is told so and closed. */
  readonly connections: number;
  /** Requests of one connection without an answer; above it the connection is not read. */
  readonly inFlight: number;
  /** The same in bytes of the requests. */
  readonly inFlightBytes: number;
  /** Answers a client has not taken; above it its connection is not read. */
  readonly unsentBytes: number;
  /** Above it the connection is closed: its client asks for more than it takes. */
  readonly outputBytes: number;
  /** For every request. */
  readonly timeoutMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_RESP_LIMITS: RespLimits = {
  maxInlineBytes: 64 * KIB,
  maxArguments: 1024 * 1024,
  maxBulkBytes: 64 * MIB,
  maxRequestBytes: 128 * MIB,
  connections: 10_000,
  inFlight: 4096,
  inFlightBytes: 32 * MIB,
  unsentBytes: 8 * MIB,
  outputBytes: 256 * MIB,
  timeoutMs: 5000,
};

/** Who this node is and what it knows of the others, for INFO and CLUSTER. */
export interface DoorNode {
  readonly nodeId: number;
  readonly clusterId: string;
  readonly release: string;
  shards(): readonly DoorShard[];
  nodes(): readonly DoorPeer[];
  /** The node that leads the bucket's shard, as far as it is known here. */
  leaderOf(bucket: number): number | null;
  /** Whether a voter of the bucket's shard is here. */
  holds(bucket: number): boolean;
  status(timeoutMs: number): Promise<ClusterStatus>;
  /** Counts and states of the replicas here. */
  own(): OwnFigures;
  /**
   * Applied cluster time of the newest shard here, else the wall clock; milliseconds since 1970.
   */
  now(): number;
}

export interface DoorShard {
  readonly id: number;
  readonly firstSlot: number;
  readonly lastSlot: number;
  readonly rangeEpoch: number;
  readonly leader: number | null;
  /** Nodes that hold a voter. */
  readonly nodes: readonly number[];
}

export interface DoorPeer {
  readonly id: number;
  /** host:port, null: the door is off or not known yet. */
  readonly redis: string | null;
  readonly redisCluster: string | null;
  /** Where its peers reach it, if that is known. */
  readonly host: string | null;
  readonly alive: boolean;
  /**
   * When the connection to it came up, milliseconds since 1970; null: there is none, or it is this
   * node itself.
   */
  readonly connectedAt: number | null;
}

export interface OwnFigures {
  /**
   * Shards with a replica here; `keys`, and of these those with a deadline (`expires`), by
   * database, 0 to 15.
   */
  readonly shards: readonly {
    readonly id: number;
    readonly leads: boolean;
    readonly keys: readonly number[];
    readonly expires: readonly number[];
    readonly bytes: number;
    readonly applied: number;
    readonly members: number;
  }[];
  /** Requests this node sent on to another one. */
  readonly forwarded: number;
}

export interface DoorLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface RespDoorOptions {
  /** host:port; port 0 takes a free one, null: this listener is off. */
  readonly listen: string | null;
  /** For cluster clients; null: this listener is off. */
  readonly listenCluster: string | null;
  readonly router: Router;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: DoorLogger;
  readonly node: DoorNode;
  /** DEBUG and its kin are there. */
  readonly debugCommand: boolean;
  /** Rows that differ from the defaults. */
  readonly limits?: Partial<RespLimits>;
}

export interface RespDoor {
  /** host:port that is really bound; null: off. */
  readonly address: string | null;
  readonly clusterAddress: string | null;
  /** Answers what is in flight, at most `graceMs`, then ends every connection. */
  close(graceMs?: number): Promise<void>;
}
