/**
 * What waits for one peer and what comes from it, while connected: the three lanes, and the rules
 * of when what leaves. It knows nothing of connections: whoever has one gives it a way out.
 */
import type { Clock, Timer } from '../base/clock.js';
import { monoMs, type NodeId } from '../base/ids.js';
import type { NodeBeat, PeerMessage, TransportHandler } from '../replica/ports.js';
import type { CallFrame } from '../wire/call-codec.js';
import type { AppendFrame, ControlFrame } from '../wire/peer-codec.js';
import { AppendLane } from './append-lane.js';
import { type CallDone, CallLane, NO_BODY } from './call-lane.js';
import type { StreamName } from './channel.js';
import { ControlLane } from './control-lane.js';
import { CallError } from './errors.js';
import type { TransportLimits } from './limits.js';

/** The way out: takes envelopes while it is `open`, and says `onDrain` when it is again. */
export interface WayOut {
  open(name: StreamName): boolean;
  control(frame: ControlFrame): void;
  appends(frame: AppendFrame): void;
  calls(frame: CallFrame): void;
}

export interface LaneOptions {
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly handler: TransportHandler;
}

export interface LaneEvents {
  /** Something waits for the end of the turn. */
  wantsFlush(): void;
  /** A request waits for its answer. */
  wantsSweep(): void;
  onOffer(offer: number): void;
  /** No honest peer would have sent this. */
  onViolation(why: string): void;
}

export class PeerLanes {
  private readonly node: NodeId;
  private readonly options: LaneOptions;
  private readonly on: LaneEvents;
  private readonly control: ControlLane;
  private readonly append: AppendLane;
  private readonly calls: CallLane;
  /** Null while not connected: nothing is queued for later. */
  private out: WayOut | null = null;
  private ackTimer: Timer | null = null;

  constructor(node: NodeId, options: LaneOptions, on: LaneEvents) {
    this.node = node;
    this.options = options;
    this.on = on;
    this.control = new ControlLane(options.limits.controlQueueMessages);
    this.append = new AppendLane(options.limits);
    this.calls = new CallLane(options.limits);
  }

  get callsWaiting(): number {
    return this.calls.waiting;
  }

  connect(out: WayOut): void {
    this.out = out;
  }

  /** Everything that waits is dropped, requests end. */
  disconnect(why: string): void {
    this.out = null;
    this.ackTimer?.cancel();
    this.ackTimer = null;
    this.control.reset();
    this.append.reset();
    this.calls.fail(`node ${this.node}: ${why}`);
  }

  send(message: PeerMessage): void {
    if (this.out === null) return;
    const { kind } = message.message;
    if (kind === 'append' || kind === 'append-reply') this.append.push(message);
    else this.control.push(message);
  }

  beat(beat: NodeBeat): void {
    if (this.out !== null) this.control.beat(beat);
  }

  offer(snapshot: number): void {
    if (this.out === null) return;
    this.control.offer(snapshot);
    this.on.wantsFlush();
  }

  request(method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void {
    if (this.out === null) {
      done(new CallError('not-sent', `node ${this.node} is not connected`), NO_BODY);
      return;
    }
    const deadline = monoMs(this.options.clock.monotonic() + timeoutMs);
    this.calls.request(method, body, deadline, done);
    this.on.wantsFlush();
    this.on.wantsSweep();
  }

  sweep(): void {
    this.calls.sweep(this.options.clock.monotonic());
  }

  flush(): void {
    if (this.out === null) return;
    this.flushControl();
    this.flushAppends(false);
    this.flushCalls();
    const { handler } = this.options;
    for (const group of this.append.takeDropped() ?? []) handler.onDropped?.(this.node, group);
  }

  onDrain(name: StreamName): void {
    if (name === 'control') this.flushControl();
    else if (name === 'append') this.flushAppends(false);
    else this.flushCalls();
  }

  onControl({ messages, beat, offers }: ControlFrame): void {
    const { handler } = this.options;
    if (beat !== null && beat.node !== this.node) {
      this.on.onViolation('its beat names another node');
      return;
    }
    if (beat !== null) handler.onBeat(this.node, beat);
    if (messages.length > 0) handler.onMessages(this.node, messages);
    for (const offer of offers) this.on.onOffer(offer);
  }

  onAppend({ messages, counted, acked }: AppendFrame): void {
    const { append, options } = this;
    if (!append.acknowledged(acked)) {
      this.on.onViolation('it acknowledges what was never sent');
      return;
    }
    if (counted) append.handedOver();
    if (messages.length > 0) options.handler.onMessages(this.node, messages);
    if (append.owesAck && this.ackTimer === null) {
      this.ackTimer = options.clock.after(options.limits.ackDelayMs, () => this.ackAlone());
    }
    // An answer may have opened the window for what waits.
    if (append.mayAppend) this.on.wantsFlush();
  }

  onCall({ requests, answers }: CallFrame): void {
    for (const { id, body } of answers) this.calls.settle(id, body);
    const { out } = this;
    for (const { id, method, body } of requests) {
      this.options.handler.onCall(this.node, method, body, (answer) => {
        // An answer to an earlier connection goes nowhere.
        if (out === null || this.out !== out) return;
        this.calls.answer(id, answer);
        this.on.wantsFlush();
      });
    }
  }

  /** Nothing has come along to ride on: the acknowledgement goes by itself. */
  private ackAlone(): void {
    this.ackTimer = null;
    if (this.append.owesAck) this.flushAppends(true);
  }

  private flushControl(): void {
    if (!this.out?.open('control')) return;
    const frame = this.control.next();
    if (frame !== null) this.out.control(frame);
  }

  private flushAppends(ack: boolean): void {
    while (this.out?.open('append')) {
      const frame = this.append.next(ack);
      if (frame === null) return;
      this.out.appends(frame);
    }
  }

  private flushCalls(): void {
    while (this.out?.open('call')) {
      const frame = this.calls.next();
      if (frame === null) return;
      this.out.calls(frame);
    }
  }
}
