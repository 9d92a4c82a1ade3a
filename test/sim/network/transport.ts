/**
 * The transport of a simulated node: the lanes and codecs of the real one over the simulation's
 * wires. Dialling, hello and its rules, backoff and the loss of connections are here too, since
 * much of what goes wrong in a cluster goes wrong there.
 */
import type { NodeId } from '../../../src/base/ids.js';
import type { NodeBeat, PeerMessage, SnapshotHeader } from '../../../src/replica/ports.js';
import { type CallDone, NO_BODY } from '../../../src/transport/call-lane.js';
import { CallError, SnapshotError } from '../../../src/transport/errors.js';
import type { GrpcTransport } from '../../../src/transport/grpc-transport.js';
import { PeerLanes, type WayOut } from '../../../src/transport/peer-lanes.js';
import type { GrpcTransportOptions, PeerHello } from '../../../src/transport/types.js';
import type { SnapshotTotals } from '../../../src/wire/snapshot-codec.js';
import type { Process } from '../world/process.js';
import { Link } from './link.js';
import type { Network } from './network.js';
import { streamSnapshot } from './snapshot-stream.js';

interface Acquaintance {
  readonly lanes: PeerLanes;
  link: Link | null;
  dialling: boolean;
  failures: number;
}

export class SimTransport implements GrpcTransport {
  readonly self: NodeId;
  readonly address: string;
  readonly network: Network;
  readonly process: Process;
  readonly options: GrpcTransportOptions;
  readonly #peers = new Map<NodeId, Acquaintance>();
  #listed: ReadonlySet<NodeId> = new Set();
  #flushWanted = false;
  #sweeping = false;
  #closed = false;

  constructor(network: Network, process: Process, options: GrpcTransportOptions) {
    this.network = network;
    this.process = process;
    this.options = options;
    this.self = options.self;
    this.address = `sim-${options.self}:1`;
    network.add(this);
  }

  // The doors of the transport.

  send(to: NodeId, message: PeerMessage): void {
    if (this.process.acts()) this.#peers.get(to)?.lanes.send(message);
  }

  beat(to: NodeId, beat: NodeBeat): void {
    this.#peers.get(to)?.lanes.beat(beat);
  }

  flush(): void {
    for (const { lanes } of this.#peers.values()) lanes.flush();
  }

  request(to: NodeId, method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void {
    const lanes = this.#peers.get(to)?.lanes;
    if (lanes !== undefined) lanes.request(method, body, timeoutMs, done);
    else done(new CallError('not-sent', `node ${to} is no peer of this node`), NO_BODY);
  }

  call(to: NodeId, method: number, body: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.request(to, method, body, timeoutMs, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      );
    });
  }

  sendSnapshot(
    to: NodeId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
    summary: () => SnapshotTotals,
  ): Promise<void> {
    const link = this.linkTo(to);
    if (link === null) {
      return Promise.reject(new SnapshotError('not-sent', `node ${to} is not connected`));
    }
    return streamSnapshot(this, link, header, chunks, summary);
  }

  setPeers(peers: ReadonlyMap<NodeId, string>): void {
    const before = this.#listed;
    this.#listed = new Set([...peers.keys()].filter((node) => node !== this.self));
    for (const node of before) {
      if (this.#listed.has(node)) continue;
      this.lose(node, 'removed');
      this.#peers.delete(node);
    }
    for (const node of this.#listed) this.#dialIn(node, 0);
  }

  connected(peer: NodeId): boolean {
    return this.linkTo(peer) !== null;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.end(true);
    for (const node of this.#peers.keys()) this.lose(node, 'closed');
  }

  /** The process is gone; `told`: its kernel lives and closes its connections. */
  end(told: boolean): void {
    this.#closed = true;
    this.network.remove(this, told);
  }

  // Connections.

  linkTo(node: NodeId): Link | null {
    return this.#peers.get(node)?.link ?? null;
  }

  lanesOf(node: NodeId): PeerLanes | null {
    return this.#peers.get(node)?.lanes ?? null;
  }

  get hello(): PeerHello {
    return { ...this.options.identity, node: this.self, advertise: this.address };
  }

  #dialIn(node: NodeId, ms: number): void {
    const known = this.#acquaintance(node);
    if (known.dialling || known.link !== null || this.#closed) return;
    known.dialling = true;
    this.process.later(ms, 'dial', () => {
      known.dialling = false;
      if (!this.#closed && this.#listed.has(node) && known.link === null) this.#dial(node, known);
    });
  }

  /** Over and back, unless something is in the way. */
  #dial(node: NodeId, known: Acquaintance): void {
    const { network, process } = this;
    const other = network.find(node);
    if (other === undefined || !other.process.alive || !network.passes(this.self, node)) {
      this.#again(node, known);
      return;
    }
    known.dialling = true;
    const back = (then: () => void): void => {
      process.later(network.latency(node, this.self), 'welcome', () => {
        known.dialling = false;
        then();
      });
    };
    other.process.later(network.latency(this.self, node), 'hello', () => {
      const refused = other.options.checkPeer(this.hello);
      if (refused !== null) back(() => this.#refused(node, known, refused));
      else back(() => this.#welcomed(node, known, other));
    });
    // A process that is stopped, or dies meanwhile, never answers.
    process.later(this.options.limits.handshakeTimeoutMs, 'handshake timeout', () => {
      if (!known.dialling) return;
      known.dialling = false;
      this.#again(node, known);
    });
  }

  #again(node: NodeId, known: Acquaintance): void {
    const { backoffMinMs, backoffMaxMs } = this.options.limits;
    const most = Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(known.failures++, 8));
    this.#dialIn(node, backoffMinMs + this.network.chance.below(most));
  }

  #refused(node: NodeId, known: Acquaintance, reason: string): void {
    this.network.coverage.hit('network: a hello is refused');
    this.options.handler.onRefused?.(node, reason);
    const { refusedBackoffMs } = this.options.limits;
    known.failures++;
    this.#dialIn(node, refusedBackoffMs / 2 + this.network.chance.below(refusedBackoffMs));
  }

  #welcomed(node: NodeId, known: Acquaintance, other: SimTransport): void {
    const { network } = this;
    if (known.link !== null || this.#closed) return;
    if (network.find(node) !== other || !other.process.alive) {
      this.#again(node, known);
      return;
    }
    const refused = this.options.checkPeer(other.hello);
    if (refused !== null) {
      this.#refused(node, known, refused);
      return;
    }
    // The other side may still believe in a connection that ended here.
    other.lose(this.self, 'a later link has taken over');
    known.failures = 0;
    const link = new Link(this, other);
    network.coverage.hit('network: a connection stands');
    this.connect(link);
    other.connect(link);
  }

  connect(link: Link): void {
    const other = link.otherThan(this);
    const known = this.#acquaintance(other.self);
    known.link = link;
    known.lanes.connect(this.#wayOut(link));
    this.process.later(0, 'peer up', () => {
      if (known.link === link) {
        this.options.handler.onPeerUp(other.self, other.options.identity.bootId);
      }
    });
  }

  #wayOut(link: Link): WayOut {
    return {
      open: () => true,
      control: (frame) => link.control(this, frame),
      appends: (frame) => link.appends(this, frame),
      calls: (frame) => link.calls(this, frame),
    };
  }

  lose(node: NodeId, why: string): void {
    const known = this.#peers.get(node);
    if (known === undefined || known.link === null) return;
    const { link } = known;
    known.link = null;
    link.end(why);
    known.lanes.disconnect(why);
    this.options.handler.onPeerDown(node);
    this.#dialIn(node, this.network.chance.below(this.options.limits.backoffMinMs));
    // What one end gives up the other hears of, if the wire lets it.
    const other = link.otherThan(this);
    if (other.linkTo(this.self) !== link) return;
    this.network.carry(this.self, node, 'control', () => {
      if (other.linkTo(this.self) === link && other.process.alive) {
        other.process.later(0, 'reset', () => {
          if (other.linkTo(this.self) === link) other.lose(this.self, 'reset by its peer');
        });
      }
    });
  }

  #acquaintance(node: NodeId): Acquaintance {
    const known = this.#peers.get(node);
    if (known !== undefined) return known;
    const lanes = new PeerLanes(node, this.options, {
      wantsFlush: () => this.#wantsFlush(),
      wantsSweep: () => this.#wantsSweep(),
      // Snapshots need no offer here: they are streamed to the receiver's handler.
      onOffer: () => undefined,
      onViolation: (why) => {
        throw new Error(`node ${node} broke the protocol of peers: ${why}`);
      },
    });
    const made = { lanes, link: null, dialling: false, failures: 0 };
    this.#peers.set(node, made);
    return made;
  }

  #wantsFlush(): void {
    if (this.#flushWanted) return;
    this.#flushWanted = true;
    this.process.endOfTurn(() => {
      this.#flushWanted = false;
      this.flush();
    });
  }

  #wantsSweep(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.process.after(this.options.limits.callSweepMs, () => {
      this.#sweeping = false;
      let waiting = 0;
      for (const { lanes } of this.#peers.values()) {
        lanes.sweep();
        waiting += lanes.callsWaiting;
      }
      if (waiting > 0 && !this.#closed) this.#wantsSweep();
    });
  }
}
