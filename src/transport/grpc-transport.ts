/**
 * The transport between nodes, over gRPC. The receiver dials: every node opens three streams to
 * every peer (control, appends, calls) and gets that peer's traffic on them, so that all bulk flows
 * from server to client; grpc-js lets only clients widen the flow-control window. Two nodes are
 * connected when each has dialled the other; there is no tie to break and nobody has to know the
 * other first: who is dialled by a peer dials it back at the address in its hello.
 *
 * `send` queues, `flush` makes one envelope per peer and stream; calls and answers made outside a
 * flush go at the end of the turn by themselves.
 */
import type { ServerWritableStream } from '@grpc/grpc-js';
import { assert } from '../base/assert.js';
import type { NodeId } from '../base/ids.js';
import type { NodeBeat, PeerMessage, SnapshotHeader, Transport } from '../replica/ports.js';
import { decodeHello, encodeWelcome, type HelloFrame } from '../wire/peer-codec.js';
import type { SnapshotTotals } from '../wire/snapshot-codec.js';
import { WireError } from '../wire/wire-error.js';
import type { CallDone } from './call-lane.js';
import { addPeerService, bindPeerServer, createPeerServer, type StreamName } from './channel.js';
import { CallError, SnapshotError } from './errors.js';
import { type Boot, judgeHello } from './handshake.js';
import { checkTransportLimits } from './limits.js';
import { Peer, type PeerHost } from './peer.js';
import { SnapshotFetch } from './snapshot-fetch.js';
import { SnapshotOffers } from './snapshot-offers.js';
import type { SnapshotCall } from './snapshot-pump.js';
import type { GrpcTransportOptions, RefusalReason } from './types.js';

export interface GrpcTransport extends Transport {
  /** `host:port` that is really bound. */
  readonly address: string;
}

type InCall = ServerWritableStream<Buffer, Buffer>;
const MAX_LOGGED_REFUSALS = 256;

class GrpcNode implements PeerHost {
  readonly options: GrpcTransportOptions;
  readonly server;
  private readonly peers = new Map<NodeId, Peer>();
  private readonly offers: SnapshotOffers;
  private readonly fetches = new Set<SnapshotFetch>();
  /** Refusals that have been logged. */
  private readonly refused = new Set<string>();
  private advertise = '';
  private link = 0;
  private flushWanted = false;
  private sweeping = false;
  private closed = false;

  constructor(options: GrpcTransportOptions) {
    checkTransportLimits(options.limits);
    this.options = options;
    this.server = createPeerServer(options.limits);
    this.offers = new SnapshotOffers({
      options,
      refusal: (hello) => this.refusalOf(hello),
      welcome: (to) => this.hello(to, 0),
    });
    addPeerService(this.server, {
      control: (call: InCall) => this.serve('control', call),
      append: (call: InCall) => this.serve('append', call),
      call: (call: InCall) => this.serve('call', call),
      snapshot: (call: SnapshotCall) => this.offers.serve(call),
    });
  }

  async listen(): Promise<string> {
    const { listen, advertise } = this.options;
    const port = await bindPeerServer(this.server, listen);
    const address = `${listen.slice(0, listen.lastIndexOf(':'))}:${port}`;
    this.advertise = advertise ?? address;
    return address;
  }

  // What peers ask for (PeerHost).

  hello(to: NodeId, link: 0 | null): HelloFrame {
    if (link === null) this.link += 1;
    const { self: node, identity } = this.options;
    return { ...identity, node, to, advertise: this.advertise, link: link ?? this.link };
  }

  judge(hello: HelloFrame, met: Boot | null): RefusalReason | null {
    const { self, identity, checkPeer } = this.options;
    return judgeHello({ self, identity, checkPeer }, hello, met);
  }

  wantsFlush(): void {
    if (this.flushWanted) return;
    this.flushWanted = true;
    this.options.clock.endOfTurn(() => {
      this.flushWanted = false;
      this.flush();
    });
  }

  wantsSweep(): void {
    if (this.sweeping) return;
    this.sweeping = true;
    const { clock, limits } = this.options;
    clock.after(limits.callSweepMs, () => {
      this.sweeping = false;
      let waiting = 0;
      for (const peer of this.peers.values()) {
        peer.lanes.sweep();
        waiting += peer.lanes.callsWaiting;
      }
      if (waiting > 0 && !this.closed) this.wantsSweep();
    });
  }

  onOffer(peer: Peer, offer: number): void {
    const { address, met } = peer;
    let running = 0;
    for (const { from } of this.fetches) if (from === peer.node) running += 1;
    if (address === null || running >= this.options.limits.maxSnapshotFetches) return;
    const fetch = new SnapshotFetch(this.options, {
      from: peer.node,
      address,
      offer,
      hello: this.hello(peer.node, 0),
      refusal: (hello) =>
        hello.node === peer.node && hello.bootId === met?.bootId ? null : 'wrong-node',
      done: (ended) => this.fetches.delete(ended),
    });
    this.fetches.add(fetch);
  }

  onDown(peer: Peer): void {
    this.offers.drop(peer.node);
    for (const fetch of [...this.fetches]) {
      if (fetch.from === peer.node) fetch.abort('the connection to the sender is gone');
    }
  }

  // The doors of the transport.

  send(to: NodeId, message: PeerMessage): void {
    this.peers.get(to)?.lanes.send(message);
  }

  beat(to: NodeId, beat: NodeBeat): void {
    this.peers.get(to)?.lanes.beat(beat);
  }

  flush(): void {
    for (const peer of this.peers.values()) peer.lanes.flush();
  }

  request(to: NodeId, method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void {
    const peer = this.peers.get(to);
    if (peer !== undefined) peer.lanes.request(method, body, timeoutMs, done);
    else done(new CallError('not-sent', `node ${to} is no peer of this node`), Buffer.alloc(0));
  }

  sendSnapshot(
    to: NodeId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
    summary: () => SnapshotTotals,
  ): Promise<void> {
    const peer = this.peers.get(to);
    if (!peer?.up) {
      return Promise.reject(new SnapshotError('not-sent', `node ${to} is not connected`));
    }
    return this.offers.send(to, { header, chunks, summary }, (offer) => peer.lanes.offer(offer));
  }

  setPeers(peers: ReadonlyMap<NodeId, string>): void {
    if (this.closed) return;
    for (const [node, address] of peers) {
      if (node === this.options.self) continue;
      this.peerOf(node).configure(address);
    }
    for (const peer of [...this.peers.values()]) {
      // One that came by itself and was never listed stays: it may be about to join.
      if (peers.has(peer.node) || !peer.isConfigured) continue;
      this.peers.delete(peer.node);
      peer.close();
    }
  }

  connected(node: NodeId): boolean {
    return this.peers.get(node)?.up ?? false;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const peer of this.peers.values()) peer.close();
    for (const fetch of [...this.fetches]) fetch.abort('the transport closes');
    this.server.forceShutdown();
  }

  // Streams that peers dial.

  private peerOf(node: NodeId): Peer {
    const known = this.peers.get(node);
    if (known !== undefined) return known;
    const peer = new Peer(this, node);
    this.peers.set(node, peer);
    return peer;
  }

  private refusalOf(hello: HelloFrame): RefusalReason | null {
    return this.judge(hello, this.peers.get(hello.node)?.met ?? null);
  }

  private serve(name: StreamName, call: InCall): void {
    // Without a listener an error of a stream that is refused would end the process.
    call.on('error', () => call.end());
    let hello: HelloFrame;
    try {
      hello = decodeHello(call.request);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.refuse(call, null, error.message);
      return;
    }
    const reason = this.refusalOf(hello);
    if (reason !== null || this.closed) this.refuse(call, hello, reason ?? 'closing');
    else this.peerOf(hello.node).attach(name, hello, call);
  }

  private refuse(call: InCall, hello: HelloFrame | null, reason: string): void {
    const from = call.getPeer();
    const key = `${hello?.node ?? from} ${hello?.bootId} ${reason}`;
    if (!this.refused.has(key)) {
      if (this.refused.size >= MAX_LOGGED_REFUSALS) this.refused.clear();
      this.refused.add(key);
      const fields = { peer: hello?.node ?? null, from, reason };
      this.options.logger.warn(fields, 'connection refused');
    }
    call.write(encodeWelcome({ kind: 'refused', reason }));
    call.end();
  }
}

/** Binds `listen` and answers peers from then on. Rejects with PORT_TAKEN or USAGE if it cannot. */
export async function openGrpcTransport(options: GrpcTransportOptions): Promise<GrpcTransport> {
  const node = new GrpcNode(options);
  const address = await node.listen();
  return {
    address,
    send(to, message) {
      assert(to !== options.self, 'a node does not send to itself');
      node.send(to, message);
    },
    beat: (to, beat) => node.beat(to, beat),
    flush: () => node.flush(),
    request: (to, method, body, timeoutMs, done) => node.request(to, method, body, timeoutMs, done),
    call: (to, method, body, timeoutMs) =>
      new Promise((resolve, reject) => {
        node.request(to, method, body, timeoutMs, (error, answer) =>
          error === null ? resolve(answer) : reject(error),
        );
      }),
    sendSnapshot: (to, header, chunks, summary) => node.sendSnapshot(to, header, chunks, summary),
    setPeers: (peers) => node.setPeers(peers),
    connected: (peer) => node.connected(peer),
    close: () => node.close(),
  };
}
