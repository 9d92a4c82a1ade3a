/** What the gRPC door is built from. */
import type { Clock } from '../../base/clock.js';
import type { Router } from '../../router/types.js';
import type { Gate } from '../gate/gate.js';
import type { Admin } from '../ports.js';

/** Bytes unless the name says otherwise. */
export interface GrpcDoorLimits {
  /** Largest message on the wire, either way: the largest request and its framing. */
  readonly messageBytes: number;
  /** A reply above this is refused: the caller asked for too many keys at once. */
  readonly replyBytes: number;
  /** Requests of one stream that wait for their answer; above it the stream is not read. */
  readonly inFlight: number;
  readonly inFlightBytes: number;
  /** Answers a client has not taken; above it its stream is not read and its reads are refused. */
  readonly unsentBytes: number;
  /** Answers above this go out in another frame. */
  readonly frameBytes: number;
  /** Client streams of the door. */
  readonly streams: number;
  /** For a request that names no deadline. */
  readonly defaultTimeoutMs: number;
  /** No request may ask for more. */
  readonly maxTimeoutMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_GRPC_LIMITS: GrpcDoorLimits = {
  messageBytes: 17 * MIB,
  replyBytes: 32 * MIB,
  inFlight: 8192,
  inFlightBytes: 64 * MIB,
  unsentBytes: 64 * MIB,
  frameBytes: MIB,
  streams: 10_000,
  defaultTimeoutMs: 5000,
  maxTimeoutMs: 5 * 60_000,
};

/** The part of the logger that the door uses. */
export interface DoorLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface GrpcDoorOptions {
  /** host:port; port 0 takes a free one. */
  readonly listen: string;
  readonly router: Router;
  readonly admin: Admin;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: DoorLogger;
  /** Rows that differ from the defaults. */
  readonly limits?: Partial<GrpcDoorLimits>;
  /** Cluster time for new sessions, milliseconds since 1970; default: the wall clock. */
  readonly now?: () => number;
}

export interface GrpcDoor {
  /** host:port that is really bound. */
  readonly address: string;
  /** Answers what is in flight, at most `graceMs`, then ends every stream. */
  close(graceMs?: number): Promise<void>;
}
