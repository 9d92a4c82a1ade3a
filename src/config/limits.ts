/**
 * Limits asserted against each other: a queue that is smaller than the message it must carry is
 * found at start, with its reason, and not on the day it is full.
 */
import { RkvError } from '../kv/errors.js';
import {
  MAX_KEPT_REPLY_BYTES,
  MAX_KEY_BYTES,
  MAX_REQUEST_BYTES,
  MAX_VALUE_BYTES,
} from '../kv/limits.js';
import type { Options } from './options.js';
import { isLoopback } from './parse.js';
import { OFF } from './row.js';

const MIB = 1024 * 1024;

/** Room for what wraps a request on the wire and in the log: headers, stamps, lengths. */
export const FRAMING_BYTES = 64 * 1024;
/** Node with gRPC and LevelDB before the first request; measured, rounded up. */
export const BASELINE_BYTES = 66 * MIB;
/**
 * Threads of the pool that scans and gets never take: one for the log's sync, one for the flush.
 */
export const RESERVED_THREADS = 2;
/** The store keeps the numbers of its last batches of so many bytes in all. */
export const NUMBERED_BATCH_BYTES = 64 * MIB;
/** At most this many append envelopes per peer wait for their answer before proposals gather. */
export const MAX_GATHERING_ENVELOPES = 2;

export interface Limit {
  readonly name: string;
  readonly holds: boolean;
  /** What goes wrong when it does not hold. */
  readonly reason: string;
}

/** What the caches, buffers and the runtime of a node take together at most, in bytes. */
export function plannedMemoryBytes(options: Options): number {
  return (
    BASELINE_BYTES +
    3 * options.semiSpaceMb * MIB +
    options.headerCacheBytes +
    options.flushBytes +
    options.saturateBytes +
    options.levelBlockCacheBytes +
    2 * options.levelWriteBufferBytes
  );
}

export function checkLimits(o: Options): readonly Limit[] {
  const largestEntry = MAX_REQUEST_BYTES + FRAMING_BYTES;
  const limit = (name: string, holds: boolean, reason: string): Limit => ({ name, holds, reason });
  return [
    limit(
      'MAX_KEY_BYTES + MAX_VALUE_BYTES + framing <= MAX_REQUEST_BYTES',
      MAX_KEY_BYTES + MAX_VALUE_BYTES + FRAMING_BYTES <= MAX_REQUEST_BYTES,
      'the largest key with the largest value is one request',
    ),
    limit(
      'MAX_KEPT_REPLY_BYTES <= MAX_VALUE_BYTES',
      MAX_KEPT_REPLY_BYTES <= MAX_VALUE_BYTES,
      'a kept reply is a part of a value at most',
    ),
    limit('replicas is odd', o.replicas % 2 === 1, 'an even number adds a disk and no safety'),
    ...timingLimits(o),
    limit(
      'maxBatchBytes <= maxAppendBytes',
      o.maxBatchBytes <= o.maxAppendBytes,
      'one entry of several commands fits one append message',
    ),
    limit(
      'maxAppendBytes <= maxInflightBytes',
      o.maxAppendBytes <= o.maxInflightBytes,
      "one append message fits the peer's window",
    ),
    limit(
      'maxInflightBytes <= peerQueueBytes',
      o.maxInflightBytes <= o.peerQueueBytes,
      'what the window lets out fits the queue, or the queue drops what flow control allowed',
    ),
    limit(
      'largest request <= peerQueueBytes',
      largestEntry <= o.peerQueueBytes,
      'the largest entry goes alone, and must fit the queue when it does',
    ),
    limit(
      'largest request <= maxUncommittedBytes',
      largestEntry <= o.maxUncommittedBytes,
      'the largest request could never be proposed',
    ),
    limit(
      'largest request <= grpcMessageBytes',
      largestEntry <= o.grpcMessageBytes,
      'gRPC would refuse what rkv accepted',
    ),
    limit(
      'maxAppendBytes <= grpcWindowBytes',
      o.maxAppendBytes <= o.grpcWindowBytes,
      'an append would wait for a window update in its middle',
    ),
    ...storageLimits(o),
    ...redisLimits(o),
  ];
}

function redisLimits(o: Options): readonly Limit[] {
  return [
    {
      name: 'largest request <= redisPipelineBytes',
      holds: MAX_REQUEST_BYTES <= o.redisPipelineBytes,
      reason: 'a client with one request of the largest size would never be read again',
    },
    {
      name: 'largest value <= redisUnsentBytes',
      holds: MAX_VALUE_BYTES <= o.redisUnsentBytes,
      reason: 'one answer of the largest size must not stop the reading of its client',
    },
    {
      name: '2 redisUnsentBytes <= redisOutputBytes',
      holds: 2 * o.redisUnsentBytes <= o.redisOutputBytes,
      reason: 'a client is first not read from, and cut off only when that was not enough',
    },
    {
      name: '16 largest values <= redisOutputBytes',
      holds: 16 * MAX_VALUE_BYTES <= o.redisOutputBytes,
      reason: 'so many answers may be asked for before their size is known',
    },
    {
      name: 'redisPipelineRequests <= maxWaitingRequests',
      holds: o.redisPipelineRequests <= o.maxWaitingRequests,
      reason: 'one pipeline alone would be refused as overload',
    },
  ];
}

function timingLimits(o: Options): readonly Limit[] {
  return [
    {
      name: 'heartbeatMs is a multiple of tickMs',
      holds: o.heartbeatMs % o.tickMs === 0,
      reason: 'the Raft core counts in ticks',
    },
    {
      name: 'electionMs is a multiple of tickMs',
      holds: o.electionMs % o.tickMs === 0,
      reason: 'the Raft core counts in ticks',
    },
    {
      name: '5 heartbeats <= electionMs',
      holds: 5 * o.heartbeatMs <= o.electionMs,
      reason: 'a few lost heartbeats must not cost an election',
    },
    {
      name: '2 elections <= quiesceMs',
      holds: 2 * o.electionMs <= o.quiesceMs,
      reason: 'a group that rests must first have been stable',
    },
    {
      name: '2 elections <= requestTimeoutMs',
      holds: 2 * o.electionMs <= o.requestTimeoutMs,
      reason: 'a request should outlive one change of leader',
    },
    {
      name: 'electionMs <= digestEveryMs',
      holds: o.electionMs <= o.digestEveryMs,
      reason: 'digests of an unstable group say little',
    },
  ];
}

function storageLimits(o: Options): readonly Limit[] {
  return [
    {
      name: '2 frames <= segmentBytes',
      holds: 2 * o.frameBytes <= o.segmentBytes,
      reason: 'a segment of a single frame costs more syncs than frames',
    },
    {
      name: 'maxBatchBytes <= frameBytes',
      holds: o.maxBatchBytes <= o.frameBytes,
      reason: 'one entry of several commands fits one frame',
    },
    {
      name: 'flushBytes <= saturateBytes',
      holds: o.flushBytes <= o.saturateBytes,
      reason: 'apply would pause before a flush could begin',
    },
    {
      name: '2 (levelWriteBufferBytes + saturateBytes) <= numbered batches',
      holds: 2 * (o.levelWriteBufferBytes + o.saturateBytes) <= NUMBERED_BATCH_BYTES,
      reason: "LevelDB's own two logs, each over by one batch, could lose one that has no number",
    },
    {
      name: 'saturateBytes <= logBytesPerGroup',
      holds: o.saturateBytes <= o.logBytesPerGroup,
      reason: 'what is not flushed must still be in the log without calling followers slow',
    },
    {
      name: 'logBytesPerGroup <= snapshotLogBytes',
      holds: o.logBytesPerGroup <= o.snapshotLogBytes,
      reason: 'a snapshot on its way keeps more log than a slow follower',
    },
    {
      name: '2 ballasts <= diskReserveBytes',
      holds: 2 * o.ballastBytes <= o.diskReserveBytes,
      reason: 'the ballast is part of the reserve; the rest must carry clean-up',
    },
    {
      name: 'reserved threads + 2 <= threadPoolSize',
      holds: RESERVED_THREADS + 2 <= o.threadPoolSize,
      reason: 'scans and gets would take the threads of sync and flush',
    },
    {
      name: 'planned memory <= memoryGoalBytes',
      holds: plannedMemoryBytes(o) <= o.memoryGoalBytes,
      reason: `caches, buffers and runtime take ${plannedMemoryBytes(o)} bytes together`,
    },
  ];
}

/** Throws USAGE with the first limit that does not hold. */
export function mustHoldLimits(options: Options): void {
  const broken = checkLimits(options).find((limit) => !limit.holds);
  if (broken === undefined) return;
  throw new RkvError('USAGE', `options contradict each other: ${broken.name} (${broken.reason})`);
}

/** Throws USAGE when a door would listen beyond loopback and nobody said that this is wanted. */
export function mustListenSafely(options: Options): void {
  const exposed = options.insecureListen ? null : exposedDoor(options);
  if (exposed === null) return;
  throw new RkvError(
    'USAGE',
    `${exposed} is not loopback, and there is no TLS yet: others could read and write`,
    { hint: '--insecure-listen if the network is trusted' },
  );
}

/** Throws USAGE when a door of a node that can be made to fail is open to other machines. */
export function mustStayOnLoopback(options: Options, flag: string): void {
  const exposed = exposedDoor(options);
  if (exposed === null) return;
  throw new RkvError('USAGE', `${flag} is for loopback only: ${exposed} is not`);
}

/** Name and address of a door that others than this machine may reach. */
function exposedDoor(options: Options): string | null {
  const doors = ['listenGrpc', 'listenRedis', 'listenHttp', 'listenPeer', 'listenRedisCluster'];
  for (const door of doors as (keyof Options)[]) {
    const address = String(options[door]);
    if (address !== OFF && !isLoopback(address)) return `${door} ${address}`;
  }
  return null;
}
