/**
 * One peer as this node sees it: the streams it has dialled here (what is sent leaves on them) and
 * the attempt to dial it (what is received comes on that). It is up while both stand, between the
 * same two processes. When one breaks all is dropped and both sides dial again: a connection is
 * whole or it is not there.
 *
 *   down ──(its three streams here, ours there, one process)──▶ up ──(one ends, a new boot)──▶ down
 */
import type { Timer } from '../base/clock.js';
import { monoMs, type NodeId } from '../base/ids.js';
import type { NodeBeat, PeerMessage } from '../replica/ports.js';
import {
  type AppendFrame,
  type CallFrame,
  type ControlFrame,
  encodeWelcome,
  type HelloFrame,
} from '../wire/peer-codec.js';
import { AppendLane } from './append-lane.js';
import { type CallDone, CallLane, NO_BODY } from './call-lane.js';
import type { StreamName } from './channel.js';
import { ControlLane } from './control-lane.js';
import type { Dial } from './dial.js';
import { Dialer } from './dialer.js';
import { CallError } from './errors.js';
import type { Boot } from './handshake.js';
import { Outgoing } from './outgoing.js';
import type { OutCall } from './outlet.js';
import type { GrpcTransportOptions, RefusalReason } from './types.js';

/** What a peer needs of the transport it belongs to. */
export interface PeerHost {
  readonly options: GrpcTransportOptions;
  /** This node's hello; `link` 0 in a welcome, null takes the next number. */
  hello(to: NodeId, link: 0 | null): HelloFrame;
  judge(hello: HelloFrame, met: Boot | null): RefusalReason | null;
  /** Something waits for the end of the turn. */
  wantsFlush(): void;
  /** A request waits for its answer. */
  wantsSweep(): void;
  onOffer(peer: Peer, offer: number): void;
  onDown(peer: Peer): void;
}

export class Peer {
  readonly node: NodeId;
  /** Its last known process. */
  met: Boot | null = null;
  private readonly host: PeerHost;
  private readonly options: GrpcTransportOptions;
  private readonly control: ControlLane;
  private readonly append: AppendLane;
  private readonly calls: CallLane;
  private readonly dialer: Dialer;
  private outgoing: Outgoing | null = null;
  private isUp = false;
  /** Counts connections, so that a late answer to an earlier one goes nowhere. */
  private connection = 0;
  private ackTimer: Timer | null = null;
  private lastRefusal: string | null = null;
  private closed = false;

  constructor(host: PeerHost, node: NodeId) {
    const { options } = host;
    this.node = node;
    this.host = host;
    this.options = options;
    this.control = new ControlLane(options.limits.controlQueueMessages);
    this.append = new AppendLane(options.limits);
    this.calls = new CallLane(options.limits);
    this.dialer = new Dialer(options, {
      hello: () => host.hello(node, null),
      welcomed: (hello, attempt) => this.onWelcome(hello, attempt),
      ready: () => this.maybeUp(),
      refused: (reason) => this.onRefused(reason),
      broken: (why) => this.disconnect(why),
      control: (frame) => this.onControl(frame),
      append: (frame) => this.onAppend(frame),
      call: (frame) => this.onCall(frame),
    });
  }

  get up(): boolean {
    return this.isUp;
  }

  get isConfigured(): boolean {
    return this.dialer.isConfigured;
  }

  get callsWaiting(): number {
    return this.calls.waiting;
  }

  /** Where it was reached; null while down. */
  get address(): string | null {
    return this.isUp ? (this.dialer.current?.address ?? null) : null;
  }

  configure(address: string): void {
    if (this.dialer.configure(address) && !this.isUp) this.dialer.restart();
  }

  /** A stream of its dial, whose hello was found good. */
  attach(name: StreamName, hello: HelloFrame, call: OutCall): void {
    this.meet(hello);
    const held = this.outgoing;
    if (held !== null && (hello.link < held.link || (hello.link === held.link && held.has(name)))) {
      call.write(encodeWelcome({ kind: 'refused', reason: 'old-link' }));
      call.end();
      return;
    }
    if (held !== null && hello.link > held.link) {
      // It has given up what stands here, its half of the connection included.
      if (this.isUp) this.dialer.again();
      this.disconnect('it has dialled anew');
      this.dropOutgoing();
    }
    this.outgoing ??= this.createOutgoing(hello);
    this.outgoing.add(name, call, this.host.hello(this.node, 0));
    // It reaches us, so it is worth dialling now, not when the backoff is over.
    const dialled = this.dialer.current?.bootId ?? hello.bootId;
    if (dialled === hello.bootId) this.dialer.hurry();
    else this.dialer.restart();
    this.maybeUp();
  }

  send(message: PeerMessage): void {
    if (!this.isUp) return;
    const { kind } = message.message;
    if (kind === 'append' || kind === 'append-reply') this.append.push(message);
    else this.control.push(message);
  }

  beat(beat: NodeBeat): void {
    if (this.isUp) this.control.beat(beat);
  }

  offer(snapshot: number): void {
    this.control.offer(snapshot);
    this.host.wantsFlush();
  }

  request(method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void {
    if (!this.isUp) {
      done(new CallError('not-sent', `node ${this.node} is not connected`), NO_BODY);
      return;
    }
    const deadline = monoMs(this.options.clock.monotonic() + timeoutMs);
    this.calls.request(method, body, deadline, done);
    this.host.wantsFlush();
    this.host.wantsSweep();
  }

  flush(): void {
    if (!this.isUp) return;
    this.flushControl();
    this.flushAppends(false);
    this.flushCalls();
    const { handler } = this.options;
    for (const group of this.append.takeDropped() ?? []) handler.onDropped?.(this.node, group);
  }

  sweep(): void {
    this.calls.sweep(this.options.clock.monotonic());
  }

  close(): void {
    this.closed = true;
    this.ackTimer?.cancel();
    this.dialer.close();
    this.disconnect('the connection was closed here');
    this.dropOutgoing();
  }

  private maybeUp(): void {
    const { outgoing, dialer } = this;
    const { current } = dialer;
    if (this.isUp || this.closed || outgoing === null || current === null) return;
    if (!outgoing.complete || current.bootId !== outgoing.bootId) return;
    this.isUp = true;
    this.connection += 1;
    this.lastRefusal = null;
    dialer.settled();
    this.resetLanes();
    const { bootId } = outgoing;
    const { logger, handler } = this.options;
    logger.info({ peer: this.node, address: current.address, boot: bootId }, 'peer up');
    handler.onPeerUp(this.node, bootId);
    current.start();
  }

  /** Ends being up. Who calls it sees to the dialling. */
  private disconnect(why: string): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.dropOutgoing();
    this.resetLanes();
    const { logger, handler } = this.options;
    logger.info({ peer: this.node, why }, 'peer down');
    this.calls.fail(`node ${this.node}: ${why}`);
    this.host.onDown(this);
    handler.onPeerDown(this.node);
  }

  private lose(why: string): void {
    if (!this.isUp) return;
    this.dialer.again();
    this.disconnect(why);
  }

  private resetLanes(): void {
    this.control.reset();
    this.append.reset();
  }

  private dropOutgoing(): void {
    this.outgoing?.end();
    this.outgoing = null;
  }

  private createOutgoing(hello: HelloFrame): Outgoing {
    const outgoing: Outgoing = new Outgoing(hello, this.options.limits, {
      drain: (name) => this.onDrain(name),
      broken: (why) => {
        if (this.outgoing !== outgoing) return;
        if (this.isUp) this.lose(why);
        else this.dropOutgoing();
      },
    });
    return outgoing;
  }

  /** Adopts the process that speaks; what leads to an earlier one of this node ends. */
  private meet({ bootId, bootCount, advertise }: HelloFrame): void {
    this.dialer.learn(advertise);
    if (this.met !== null && this.met.bootId !== bootId) {
      this.disconnect('it has restarted');
      this.dropOutgoing();
    }
    this.met = { bootId, bootCount };
  }

  private onWelcome(hello: HelloFrame, attempt: Dial): string | null {
    if (hello.node !== this.node) return 'wrong-node';
    const no = this.host.judge(hello, this.met);
    if (no === null && this.dialer.current === attempt) this.meet(hello);
    return no;
  }

  private onRefused(reason: string): void {
    if (this.lastRefusal !== reason) {
      this.options.logger.warn({ peer: this.node, reason }, 'peer refused');
    }
    this.lastRefusal = reason;
  }

  private onControl({ messages, beat, offers }: ControlFrame): void {
    const { handler } = this.options;
    if (beat !== null && beat.node !== this.node) {
      this.lose('its beat names another node');
      return;
    }
    if (beat !== null) handler.onBeat(this.node, beat);
    if (messages.length > 0) handler.onMessages(this.node, messages);
    for (const offer of offers) this.host.onOffer(this, offer);
  }

  private onAppend({ messages, counted, acked }: AppendFrame): void {
    const { append, options } = this;
    if (!append.acknowledged(acked)) {
      this.lose('it acknowledges what was never sent');
      return;
    }
    if (counted) append.handedOver();
    if (messages.length > 0) options.handler.onMessages(this.node, messages);
    if (append.owesAck && this.ackTimer === null) {
      this.ackTimer = options.clock.after(options.limits.ackDelayMs, () => this.ackAlone());
    }
    this.host.wantsFlush();
  }

  /** Nothing has come along to ride on: the acknowledgement goes by itself. */
  private ackAlone(): void {
    this.ackTimer = null;
    if (this.isUp && this.append.owesAck) this.flushAppends(true);
  }

  private onCall({ requests, answers }: CallFrame): void {
    for (const { id, body } of answers) this.calls.settle(id, body);
    const { connection } = this;
    for (const { id, method, body } of requests) {
      this.options.handler.onCall(this.node, method, body, (answer) => {
        if (!this.isUp || this.connection !== connection) return;
        this.calls.answer(id, answer);
        this.host.wantsFlush();
      });
    }
  }

  private onDrain(name: StreamName): void {
    if (!this.isUp) return;
    if (name === 'control') this.flushControl();
    else if (name === 'append') this.flushAppends(false);
    else this.flushCalls();
  }

  private flushControl(): void {
    if (!this.outgoing?.open('control')) return;
    const frame = this.control.next();
    if (frame !== null) this.outgoing.control(frame);
  }

  private flushAppends(ack: boolean): void {
    while (this.outgoing?.open('append')) {
      const frame = this.append.next(ack);
      if (frame === null) return;
      this.outgoing.appends(frame);
    }
  }

  private flushCalls(): void {
    while (this.outgoing?.open('call')) {
      const frame = this.calls.next();
      if (frame === null) return;
      this.outgoing.calls(frame);
    }
  }
}
