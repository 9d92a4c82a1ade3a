/** One node of a memory network: the transport port over the lanes every transport has. */
import type { Clock } from '../base/clock.js';
import type { NodeId } from '../base/ids.js';
import type { NodeBeat, PeerMessage, SnapshotHeader } from '../replica/ports.js';
import { type CallFrame, decodeCalls, encodeCalls } from '../wire/call-codec.js';
import {
  type AppendFrame,
  type ControlFrame,
  decodeAppends,
  decodeControl,
  encodeAppends,
  encodeControl,
  type Received,
} from '../wire/peer-codec.js';
import type { SnapshotTotals } from '../wire/snapshot-codec.js';
import { type CallDone, NO_BODY } from './call-lane.js';
import { CallError, SnapshotError } from './errors.js';
import { checkTransportLimits } from './limits.js';
import type { MemoryNetwork, MemoryNodeOptions, MemoryTransport } from './memory-network.js';
import { PeerLanes } from './peer-lanes.js';

/** One connection of two nodes; each connection is another object. */
export interface MemoryLink {
  readonly ends: readonly [MemoryNode, MemoryNode];
}

interface Acquaintance {
  readonly lanes: PeerLanes;
  link: MemoryLink | null;
}

export class MemoryNode implements MemoryTransport {
  readonly self: NodeId;
  readonly bootId: string;
  readonly clock: Clock;
  private readonly network: MemoryNetwork;
  private readonly options: MemoryNodeOptions;
  private readonly acquaintances = new Map<NodeId, Acquaintance>();
  private listed: ReadonlySet<NodeId> = new Set();
  private flushWanted = false;
  private sweeping = false;
  private closed = false;

  constructor(network: MemoryNetwork, options: MemoryNodeOptions) {
    checkTransportLimits(options.limits);
    this.network = network;
    this.options = options;
    this.self = options.self;
    this.bootId = options.bootId;
    this.clock = options.clock;
    network.announce(this);
  }

  // The doors of the transport.

  send(to: NodeId, message: PeerMessage): void {
    this.acquaintances.get(to)?.lanes.send(message);
  }

  beat(to: NodeId, beat: NodeBeat): void {
    this.acquaintances.get(to)?.lanes.beat(beat);
  }

  flush(): void {
    for (const { lanes } of this.acquaintances.values()) lanes.flush();
  }

  request(to: NodeId, method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void {
    const lanes = this.acquaintances.get(to)?.lanes;
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

  async sendSnapshot(
    to: NodeId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
    summary: () => SnapshotTotals,
  ): Promise<void> {
    const link = this.acquaintances.get(to)?.link ?? null;
    if (link === null) throw new SnapshotError('not-sent', `node ${to} is not connected`);
    const mustStand = (): void => {
      if (this.acquaintances.get(to)?.link !== link) {
        throw new SnapshotError('lost', `the connection to node ${to} is gone`);
      }
    };
    const refusing = <T>(task: () => T | Promise<T>): Promise<T> =>
      Promise.resolve()
        .then(task)
        .catch((error: unknown) => {
          throw new SnapshotError('refused', error instanceof Error ? error.message : 'refused');
        });
    const receiver = this.other(link);
    const sink = await refusing(() => receiver.options.handler.onSnapshot(this.self, header));
    try {
      for await (const chunk of chunks) {
        mustStand();
        await refusing(() => sink.chunk(Buffer.from(chunk)));
        mustStand();
      }
      await refusing(() => sink.finish(summary()));
    } catch (error) {
      const refused = error instanceof SnapshotError && error.outcome === 'refused';
      if (!refused) sink.abort(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  setPeers(peers: ReadonlyMap<NodeId, string>): void {
    const before = this.listed;
    this.listed = new Set([...peers.keys()].filter((node) => node !== this.self));
    for (const node of before) {
      if (this.listed.has(node)) continue;
      const other = this.network.find(node);
      this.lose(node, 'removed');
      other?.lose(this.self, 'removed');
      this.acquaintances.delete(node);
    }
    for (const node of this.listed) this.network.meet(this, node);
  }

  connected(peer: NodeId): boolean {
    return this.acquaintances.get(peer)?.link != null;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.network.remove(this);
    for (const node of this.acquaintances.keys()) this.lose(node, 'closed');
  }

  // What the network and other nodes say.

  knows(node: NodeId): boolean {
    return this.listed.has(node);
  }

  connect(link: MemoryLink): void {
    const other = this.other(link);
    const known = this.acquaintance(other.self);
    known.link = link;
    known.lanes.connect({
      open: () => true,
      control: (frame) =>
        this.carry(link, encodeControl(frame), decodeControl, (lanes, got) => lanes.onControl(got)),
      appends: (frame) =>
        this.carry(link, encodeAppends(frame), decodeAppends, (lanes, got) => lanes.onAppend(got)),
      calls: (frame) =>
        this.carry(link, encodeCalls(frame), decodeCalls, (lanes, got) => lanes.onCall(got)),
    });
    this.options.handler.onPeerUp(other.self, other.bootId);
  }

  lose(node: NodeId, why: string): void {
    const known = this.acquaintances.get(node);
    if (known === undefined || known.link === null) return;
    known.link = null;
    known.lanes.disconnect(why);
    this.options.handler.onPeerDown(node);
  }

  private other({ ends: [a, b] }: MemoryLink): MemoryNode {
    return a === this ? b : a;
  }

  private acquaintance(node: NodeId): Acquaintance {
    const known = this.acquaintances.get(node);
    if (known !== undefined) return known;
    const lanes = new PeerLanes(node, this.options, {
      wantsFlush: () => this.wantsFlush(),
      wantsSweep: () => this.wantsSweep(),
      // Snapshots need no offer here: the receiver's handler is asked directly.
      onOffer: () => undefined,
      onViolation: (why) => this.lose(node, why),
    });
    const made = { lanes, link: null };
    this.acquaintances.set(node, made);
    return made;
  }

  /** Through the codec, so that bytes and gates are those of the real thing. */
  private carry<Frame extends ControlFrame | AppendFrame | CallFrame>(
    link: MemoryLink,
    bytes: Buffer,
    decode: (bytes: Uint8Array) => Received<Frame>,
    deliver: (lanes: PeerLanes, frame: Frame) => void,
  ): void {
    const other = this.other(link);
    this.network.carry(this.clock, () => {
      const there = other.acquaintances.get(this.self);
      // A connection that ended in between took its envelopes with it.
      if (there?.link !== link || this.acquaintances.get(other.self)?.link !== link) return;
      const got = decode(bytes);
      if (got.kind === 'frame') deliver(there.lanes, this.thinned(other.self, got.frame));
    });
  }

  /** Without the messages that the network's rule loses. */
  private thinned<Frame extends ControlFrame | AppendFrame | CallFrame>(
    to: NodeId,
    frame: Frame,
  ): Frame {
    const { loses } = this.network;
    if (loses === null || !('messages' in frame)) return frame;
    return { ...frame, messages: frame.messages.filter((m) => !loses(this.self, to, m)) };
  }

  private wantsFlush(): void {
    if (this.flushWanted) return;
    this.flushWanted = true;
    this.clock.endOfTurn(() => {
      this.flushWanted = false;
      this.flush();
    });
  }

  private wantsSweep(): void {
    if (this.sweeping) return;
    this.sweeping = true;
    this.clock.after(this.options.limits.callSweepMs, () => {
      this.sweeping = false;
      let waiting = 0;
      for (const { lanes } of this.acquaintances.values()) {
        lanes.sweep();
        waiting += lanes.callsWaiting;
      }
      if (waiting > 0 && !this.closed) this.wantsSweep();
    });
  }
}
