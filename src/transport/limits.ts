/**
 * Limits of the transport, each with its plan for full, asserted against each other: a relation
 * that does not hold would show up as a stall or a refused message under load, never in a small
 * test.
 */
import { assert } from '../base/assert.js';

export interface TransportLimits {
  /** What one gRPC message carries at most of an envelope; larger envelopes are cut. */
  readonly pieceBytes: number;
  /** gRPC's own bound of a message, sent and received. */
  readonly maxMessageBytes: number;
  /** An envelope put together from pieces: the largest entry or request. Beyond: refused. */
  readonly maxEnvelopeBytes: number;
  /** HTTP/2 window of a stream and of its connection; the protocol's default is 64 KiB. */
  readonly flowWindowBytes: number;
  /** Bytes handed to a stream that have not reached the socket; beyond, queues hold. */
  readonly writeAheadBytes: number;

  /** Append envelopes without an answer, below which the next goes at once. */
  readonly appendWindowEnvelopes: number;
  /** With so much gathered an envelope goes although the window of envelopes is full … */
  readonly appendGatherBytes: number;
  /** … up to so many bytes without an answer. */
  readonly appendWindowBytes: number;
  /** Waiting appends of one peer. Full: the newest is dropped. */
  readonly appendQueueBytes: number;
  /** Waiting votes, heartbeats and read indexes of one peer. Full: the newest is dropped. */
  readonly controlQueueMessages: number;
  /** Waiting requests or answers of one peer. Full: requests are not sent, answers dropped. */
  readonly callQueueBytes: number;
  /** Requests to one peer without an answer. Full: not sent. */
  readonly maxCalls: number;
  /** How long an acknowledgement waits for an envelope to ride on; replies come after a sync. */
  readonly ackDelayMs: number;
  /** How often overdue requests are looked for. */
  readonly callSweepMs: number;

  /** A connection without a sign of life is given up after both. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
  /** From dialling to all welcomes. */
  readonly handshakeTimeoutMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** After a refusal: its reason seldom goes away by itself. */
  readonly refusedBackoffMs: number;

  /** Shared by all snapshots this node sends. */
  readonly snapshotBytesPerSecond: number;
  /** A chunk that is not acknowledged for so long ends the stream. */
  readonly snapshotStallMs: number;
  /** Snapshots fetched from one peer at a time; further offers are left to time out. */
  readonly maxSnapshotFetches: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  pieceBytes: MIB,
  maxMessageBytes: 4 * MIB,
  maxEnvelopeBytes: 24 * MIB,
  flowWindowBytes: 8 * MIB,
  writeAheadBytes: 2 * MIB,
  appendWindowEnvelopes: 2,
  appendGatherBytes: 256 * KIB,
  appendWindowBytes: 8 * MIB,
  appendQueueBytes: 32 * MIB,
  controlQueueMessages: 8192,
  callQueueBytes: 32 * MIB,
  maxCalls: 16_384,
  ackDelayMs: 20,
  callSweepMs: 20,
  keepaliveMs: 3000,
  keepaliveTimeoutMs: 3000,
  handshakeTimeoutMs: 3000,
  backoffMinMs: 50,
  backoffMaxMs: 1000,
  refusedBackoffMs: 5000,
  snapshotBytesPerSecond: 64 * MIB,
  snapshotStallMs: 60_000,
  maxSnapshotFetches: 64,
};

/** Room for what surrounds the payload of a piece or envelope. */
export const OVERHEAD_BYTES = 64 * KIB;

/** An AssertionError names the relation that does not hold. */
export function checkTransportLimits(limits: TransportLimits): TransportLimits {
  for (const [name, value] of Object.entries(limits)) {
    assert(
      Number.isSafeInteger(value) && value >= 0,
      `${name} must be a whole number, not ${value}`,
    );
  }
  const { pieceBytes, maxMessageBytes, maxEnvelopeBytes, appendWindowBytes } = limits;
  assert(pieceBytes > 0, 'pieces hold something');
  // An envelope is closed by the message that reaches pieceBytes, then cut: so a piece fits.
  assert(pieceBytes + OVERHEAD_BYTES <= maxMessageBytes, 'a piece fits into a gRPC message');
  assert(pieceBytes <= maxEnvelopeBytes, 'an envelope is at least a piece');
  assert(limits.appendGatherBytes <= pieceBytes, 'what gathers fits into one piece');
  assert(pieceBytes <= appendWindowBytes, 'the window takes a piece');
  assert(appendWindowBytes <= limits.appendQueueBytes, 'the queue can fill the window');
  assert(maxEnvelopeBytes <= limits.callQueueBytes, 'the queue takes the largest request');
  assert(limits.flowWindowBytes >= pieceBytes, 'a piece fits into the flow-control window');
  assert(limits.appendWindowEnvelopes >= 1, 'one append may always be on its way');
  assert(limits.backoffMinMs >= 1, 'attempts to dial are apart');
  assert(limits.refusedBackoffMs >= 1, 'attempts after a refusal are apart');
  assert(limits.backoffMinMs <= limits.backoffMaxMs, 'backoff grows');
  assert(limits.keepaliveTimeoutMs >= 1 && limits.keepaliveMs >= 1, 'connections are watched');
  assert(limits.snapshotBytesPerSecond >= 1, 'snapshots move');
  return limits;
}
