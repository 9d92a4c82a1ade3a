/**
 * Votes, heartbeats, read indexes, the node's beat and offers of snapshots to one peer. A heartbeat
 * that still waits is replaced by a newer one of the same replica; a beat likewise, but what it
 * said about leaders is kept until it was sent. Pure bookkeeping.
 */
import type { GroupId } from '../base/ids.js';
import type { NodeBeat, PeerMessage } from '../replica/ports.js';
import type { ControlFrame } from '../wire/peer-codec.js';

export class ControlLane {
  private readonly maxMessages: number;
  private messages: PeerMessage[] = [];
  private waitingBeat: NodeBeat | null = null;
  private offers: number[] = [];
  /** Where each group's waiting heartbeat stands. */
  private readonly heartbeats = new Map<GroupId, number>();

  constructor(maxMessages: number) {
    this.maxMessages = maxMessages;
  }

  /** False: the queue is full and the message was dropped. */
  push(message: PeerMessage): boolean {
    const isHeartbeat = message.message.kind === 'heartbeat';
    if (isHeartbeat && this.replace(message)) return true;
    if (this.messages.length >= this.maxMessages) return false;
    if (isHeartbeat) this.heartbeats.set(message.group, this.messages.length);
    this.messages.push(message);
    return true;
  }

  beat(beat: NodeBeat): void {
    const told = this.waitingBeat?.leads ?? null;
    this.waitingBeat = beat.leads === null && told !== null ? { ...beat, leads: told } : beat;
  }

  offer(snapshot: number): void {
    this.offers.push(snapshot);
  }

  /** Everything that waits, or null. */
  next(): ControlFrame | null {
    const { messages, waitingBeat: beat, offers } = this;
    if (messages.length === 0 && beat === null && offers.length === 0) return null;
    this.reset();
    return { messages, beat, offers };
  }

  reset(): void {
    this.messages = [];
    this.waitingBeat = null;
    this.offers = [];
    this.heartbeats.clear();
  }

  private replace(message: PeerMessage): boolean {
    const at = this.heartbeats.get(message.group);
    const waiting = at === undefined ? undefined : this.messages[at];
    if (at === undefined || waiting === undefined) return false;
    const { from, to } = waiting.message;
    if (from !== message.message.from || to !== message.message.to) return false;
    this.messages[at] = message;
    return true;
  }
}
