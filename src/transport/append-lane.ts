/**
 * Appends and their replies to one peer, and the window they go by: while two envelopes with
 * appends have no answer, further appends gather into the next, which goes at once when 256 KiB
 * have come together (up to 8 MiB without an answer). So batching follows load. Replies never wait.
 *
 * The answer is an acknowledgement by the peer's transport: the count of envelopes it has handed
 * over, riding on its next envelope. Pure bookkeeping; the caller writes what `next` gives.
 */
import type { GroupId } from '../base/ids.js';
import type { PeerMessage } from '../replica/ports.js';
import type { AppendFrame } from '../wire/peer-codec.js';
import type { TransportLimits } from './limits.js';

/** Estimates of encoded sizes; only their order of magnitude matters for the bounds. */
const MESSAGE_BYTES = 48;
const ENTRY_BYTES = 16;

export function messageBytes({ payloads }: PeerMessage): number {
  let bytes = MESSAGE_BYTES;
  for (const payload of payloads) bytes += payload.length + ENTRY_BYTES;
  return bytes;
}

interface Sized {
  readonly message: PeerMessage;
  readonly bytes: number;
}

export class AppendLane {
  private readonly limits: TransportLimits;
  private appends: Sized[] = [];
  private appendBytes = 0;
  private replies: PeerMessage[] = [];
  /** Sizes of counted envelopes without an answer, oldest first. */
  private unacked: number[] = [];
  private unackedBytes = 0;
  /**
   * Counted envelopes: sent, received and handed over, and what the peer was told of the latter.
   */
  private sent = 0;
  private handed = 0;
  private told = 0;
  private dropped: Set<GroupId> | null = null;

  constructor(limits: TransportLimits) {
    this.limits = limits;
  }

  /** False: the queue is full (or the message larger than any may be) and it was dropped. */
  push(message: PeerMessage): boolean {
    const { appendQueueBytes, maxEnvelopeBytes, controlQueueMessages } = this.limits;
    if (message.message.kind !== 'append') {
      if (this.replies.length >= controlQueueMessages) return false;
      this.replies.push(message);
      return true;
    }
    const bytes = messageBytes(message);
    const full = this.appends.length > 0 && this.appendBytes + bytes > appendQueueBytes;
    if (full || bytes > maxEnvelopeBytes) {
      this.dropped ??= new Set();
      this.dropped.add(message.group);
      return false;
    }
    this.appends.push({ message, bytes });
    this.appendBytes += bytes;
    return true;
  }

  /** The next envelope that may go now, or null. `ack`: also one that only acknowledges. */
  next(ack: boolean): AppendFrame | null {
    const counted = this.mayAppend;
    if (!counted && this.replies.length === 0 && !(ack && this.owesAck)) return null;
    const messages = this.replies;
    this.replies = [];
    if (counted) this.takeAppends(messages);
    this.told = this.handed;
    return { messages, counted, acked: this.handed };
  }

  /**
   * The peer has handed over so many counted envelopes since both connected. False: it speaks of
   * envelopes that were never sent.
   */
  acknowledged(total: number): boolean {
    const outstanding = this.sent - total;
    if (outstanding < 0) return false;
    while (this.unacked.length > outstanding) this.unackedBytes -= this.unacked.shift() ?? 0;
    return true;
  }

  /** A counted envelope of the peer was handed over: it is owed an acknowledgement. */
  handedOver(): void {
    this.handed += 1;
  }

  get owesAck(): boolean {
    return this.handed > this.told;
  }

  /** Groups that lost an append to a full queue since the last call. */
  takeDropped(): ReadonlySet<GroupId> | null {
    const groups = this.dropped;
    this.dropped = null;
    return groups;
  }

  /** A new connection: nothing queued, nothing owed. */
  reset(): void {
    this.appends = [];
    this.replies = [];
    this.unacked = [];
    this.appendBytes = 0;
    this.unackedBytes = 0;
    this.sent = 0;
    this.handed = 0;
    this.told = 0;
    this.dropped = null;
  }

  /** Appends wait and the window lets them go. */
  get mayAppend(): boolean {
    const { appendWindowEnvelopes, appendWindowBytes, appendGatherBytes } = this.limits;
    if (this.appends.length === 0) return false;
    if (this.unacked.length < appendWindowEnvelopes) return true;
    return this.appendBytes >= appendGatherBytes && this.unackedBytes < appendWindowBytes;
  }

  /** As many appends as fit into a piece, at least one. */
  private takeAppends(messages: PeerMessage[]): void {
    let bytes = 0;
    let count = 0;
    for (const next of this.appends) {
      if (count > 0 && bytes + next.bytes > this.limits.pieceBytes) break;
      messages.push(next.message);
      bytes += next.bytes;
      count += 1;
    }
    this.appends = count === this.appends.length ? [] : this.appends.slice(count);
    this.appendBytes -= bytes;
    this.unacked.push(bytes);
    this.unackedBytes += bytes;
    this.sent += 1;
  }
}
