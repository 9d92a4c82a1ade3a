/** The options table as the limits of host and transport. */
import type { GrpcDoorLimits } from '../api/grpc/types.js';
import type { Options } from '../config/options.js';
import type { HostLimits } from '../host/types.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../transport/limits.js';

/** Entries of a group without their majority; meanwhile the next batch gathers. */
const ENTRIES_IN_FLIGHT = 2;
/** Read rounds under way at once: one confirmed while the next gathers. */
const READ_ROUNDS = 2;
/** A run of apply ends after so much, so that no shard keeps the loop from the others. */
const RUN_COMMANDS = 256;
const RUN_MS = 2;

export function hostLimits(options: Options): HostLimits {
  return {
    tickMs: options.tickMs,
    heartbeatMs: options.heartbeatMs,
    electionMs: options.electionMs,
    leaseReads: options.leaseReads,
    quiesceMs: options.quiesceMs,
    maxAppendBytes: options.maxAppendBytes,
    maxInflightMessages: options.maxInflightMessages,
    maxInflightBytes: options.maxInflightBytes,
    maxUncommittedBytes: options.maxUncommittedBytes,
    digestEveryMs: options.digestEveryMs,
    maxBatchCommands: options.maxBatchCommands,
    maxBatchBytes: options.maxBatchBytes,
    maxWaitingRequests: options.maxWaitingRequests,
    maxWaitingBytes: options.maxUncommittedBytes,
    maxEntriesInFlight: ENTRIES_IN_FLIGHT,
    maxReadRounds: READ_ROUNDS,
    runCommands: RUN_COMMANDS,
    runMs: RUN_MS,
  };
}

export function doorLimits(options: Options): Partial<GrpcDoorLimits> {
  return {
    messageBytes: options.grpcMessageBytes,
    streams: options.maxConnections,
    defaultTimeoutMs: options.requestTimeoutMs,
  };
}

export function transportLimits(options: Options): TransportLimits {
  return {
    ...DEFAULT_TRANSPORT_LIMITS,
    appendQueueBytes: options.peerQueueBytes,
    appendWindowBytes: options.maxInflightBytes,
    snapshotBytesPerSecond: options.snapshotBytesPerSecond,
    flowWindowBytes: options.grpcWindowBytes,
    keepaliveMs: options.keepaliveMs,
    keepaliveTimeoutMs: options.keepaliveMs,
  };
}
