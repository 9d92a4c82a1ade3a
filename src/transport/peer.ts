/**
 * One peer as this node sees it: the streams it has dialled here (what is sent leaves on them) and
 * the attempt to dial it (what is received comes on that). It is up while both stand, between the
 * same two processes. When one breaks all is dropped and both sides dial again: a connection is
 * whole or it is not there.
 *
 *   down ──(its three streams here, ours there, one process)──▶ up ──(one ends, a new boot)──▶ down
 */
import type { NodeId } from '../base/ids.js';
import { encodeWelcome, type HelloFrame } from '../wire/peer-codec.js';
import type { StreamName } from './channel.js';
import type { Dial } from './dial.js';
import { Dialer } from './dialer.js';
import type { Boot } from './handshake.js';
import { Outgoing } from './outgoing.js';
import type { OutCall } from './outlet.js';
import { PeerLanes } from './peer-lanes.js';
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
  /** Doors for what is sent; they drop, or refuse, what comes while it is not up. */
  readonly lanes: PeerLanes;
  private readonly host: PeerHost;
  private readonly options: GrpcTransportOptions;
  private readonly dialer: Dialer;
  private outgoing: Outgoing | null = null;
  private isUp = false;
  private lastRefusal: string | null = null;
  private closed = false;

  constructor(host: PeerHost, node: NodeId) {
    const { options } = host;
    this.node = node;
    this.host = host;
    this.options = options;
    this.lanes = new PeerLanes(node, options, {
      wantsFlush: () => host.wantsFlush(),
      wantsSweep: () => host.wantsSweep(),
      onOffer: (offer) => host.onOffer(this, offer),
      onViolation: (why) => this.lose(why),
    });
    this.dialer = new Dialer(options, {
      hello: () => host.hello(node, null),
      welcomed: (hello, attempt) => this.onWelcome(hello, attempt),
      ready: () => this.maybeUp(),
      refused: (reason) => this.onRefused(reason),
      turnedAway: (reason) => options.handler.onRefused?.(node, reason),
      broken: (why) => this.disconnect(why),
      control: (frame) => this.lanes.onControl(frame),
      append: (frame) => this.lanes.onAppend(frame),
      call: (frame) => this.lanes.onCall(frame),
    });
  }

  get up(): boolean {
    return this.isUp;
  }

  get isConfigured(): boolean {
    return this.dialer.isConfigured;
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
    this.outgoing ??= this.begin(hello);
    this.outgoing.add(name, call, this.host.hello(this.node, 0));
    this.maybeUp();
  }

  close(): void {
    this.closed = true;
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
    this.lastRefusal = null;
    dialer.settled();
    this.lanes.connect(outgoing);
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
    const { logger, handler } = this.options;
    logger.info({ peer: this.node, why }, 'peer down');
    this.lanes.disconnect(why);
    this.host.onDown(this);
    handler.onPeerDown(this.node);
  }

  private lose(why: string): void {
    if (!this.isUp) return;
    this.dialer.again();
    this.disconnect(why);
  }

  private dropOutgoing(): void {
    this.outgoing?.end();
    this.outgoing = null;
  }

  /** The first stream of an attempt: it reaches us, so it is worth dialling now. */
  private begin(hello: HelloFrame): Outgoing {
    const dialled = this.dialer.current?.bootId ?? hello.bootId;
    if (dialled === hello.bootId) this.dialer.hurry();
    else this.dialer.restart();
    const outgoing: Outgoing = new Outgoing(hello, this.options.limits, {
      drain: (name) => {
        if (this.outgoing === outgoing) this.lanes.onDrain(name);
      },
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
}
