/**
 * One bidirectional stream to one node. Requests of a turn leave in one message; when the node
 * reads more slowly than we write, they wait here. A link is used once: when it breaks it says so,
 * hands its requests back, and another is made.
 */
import {
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  Client as GrpcClient,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Clock, Timer } from '../base/clock.js';
import type { EpochMs } from '../base/ids.js';
import type { Topology } from '../kv/status.js';
import { KV_SESSION_PATH } from '../wire/client-codec/admin.js';
import { encodeClientFrame } from '../wire/client-codec/request.js';
import {
  type Answer,
  readServerFrame,
  type ServerFrameReader,
} from '../wire/client-codec/response.js';
import { WireError } from '../wire/wire-error.js';
import type { Pending } from './pending.js';

/** What a link tells its owner. */
export interface LinkOwner {
  readonly session: string;
  readonly clock: Clock;
  mark(): number;
  /** The cluster's time now, for sequences that are tried for the first time. */
  clusterTime(): EpochMs;
  onHello(link: Link): void;
  onTopology(link: Link, topology: Topology): void;
  onNow(nowMs: number): void;
  onAnswer(pending: Pending, answer: Answer): void;
  /** Last call: `sent` may have reached the node, `unsent` surely have not. */
  onBroken(link: Link, reason: string, sent: Pending[], unsent: Pending[]): void;
}

const MIB = 1024 * 1024;
const FRAME_BYTES = MIB;
const CONNECT_MS = 2000;
/** A node that stops answering pings is given up after both. */
const KEEPALIVE_MS = 1500;
const KEEPALIVE_ANSWER_MS = 2000;
/** So much earlier than we give up does the node: its reason is better than our "no answer". */
const MARGIN_MS = 50;

export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.max_receive_message_length': 64 * MIB,
  'grpc.max_send_message_length': 64 * MIB,
  'grpc.keepalive_time_ms': KEEPALIVE_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  'grpc-node.flow_control_window': 4 * MIB,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
};

/** What people say for what sockets say. Shown to them, decided on by nobody. */
export function plainReason(details: string): string {
  if (details.includes('ECONNREFUSED')) return 'connection refused';
  if (/ENOTFOUND|EAI_AGAIN|Name resolution failed/.test(details)) return 'no such host';
  if (/EHOSTUNREACH|ENETUNREACH/.test(details)) return 'no route';
  return details;
}

const asIs = (bytes: Buffer): Buffer => bytes;

export class Link implements ServerFrameReader {
  readonly address: string;
  ready = false;
  broken = false;
  readonly #owner: LinkOwner;
  readonly #channel: GrpcClient;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;
  readonly #connectTimer: Timer;
  #queue: Pending[] = [];
  readonly #inFlight = new Map<number, Pending>();
  #nextId = 1;
  #flushing = false;
  #blocked = false;
  readonly #flush = (): void => this.#onEndOfTurn();

  constructor(address: string, owner: LinkOwner) {
    this.address = address;
    this.#owner = owner;
    this.#channel = new GrpcClient(address, credentials.createInsecure(), CHANNEL_OPTIONS);
    this.#call = this.#channel.makeBidiStreamRequest(
      KV_SESSION_PATH,
      asIs,
      asIs,
      new Metadata(),
      {},
    );
    this.#call.on('data', (frame: Buffer) => this.#onFrame(frame));
    this.#call.on('drain', () => this.#onDrain());
    this.#call.on('error', (error: ServiceError) => this.#break(plainReason(error.details)));
    this.#call.on('end', () => this.#break('the node ended the stream'));
    this.#connectTimer = owner.clock.after(CONNECT_MS, () => {
      if (!this.ready) this.#break('no answer to the connection');
    });
  }

  /** Takes the request; it comes back by `onAnswer` or `onBroken`, unless it is forgotten. */
  send(pending: Pending): void {
    pending.link = this;
    this.#queue.push(pending);
    if (this.ready && !this.#blocked) this.#schedule();
  }

  /** Nobody waits for it any more. */
  forget(pending: Pending): void {
    if (pending.sent) this.#inFlight.delete(pending.id);
    pending.link = null;
  }

  #schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#owner.clock.endOfTurn(this.#flush);
  }

  #onEndOfTurn(): void {
    this.#flushing = false;
    if (this.broken || this.#blocked || this.#queue.length === 0) return;
    const queue = this.#queue;
    let frame: Pending[] = [];
    let bytes = 0;
    let at = 0;
    for (; at < queue.length && !this.#blocked; at++) {
      const pending = queue[at] as Pending;
      if (pending.settled || pending.link !== this) continue;
      if (frame.length > 0 && bytes + pending.bytes > FRAME_BYTES) {
        this.#write(frame);
        frame = [];
        bytes = 0;
      }
      frame.push(pending);
      bytes += pending.bytes;
    }
    if (frame.length > 0) this.#write(frame);
    this.#queue = at < queue.length ? queue.slice(at) : [];
  }

  #write(frame: readonly Pending[]): void {
    const owner = this.#owner;
    const now = owner.clock.monotonic();
    const mark = owner.mark();
    for (const pending of frame) {
      const left = pending.deadline - now;
      pending.id = this.#nextId++;
      pending.mark = mark;
      pending.timeoutMs = Math.max(1, Math.ceil(left > 4 * MARGIN_MS ? left - MARGIN_MS : left));
      if (pending.firstAttempt === 0) pending.firstAttempt = owner.clusterTime();
      pending.sent = true;
      pending.attempts++;
      this.#inFlight.set(pending.id, pending);
    }
    if (!this.#call.write(encodeClientFrame(owner.session, frame))) this.#blocked = true;
  }

  #onDrain(): void {
    this.#blocked = false;
    if (this.#queue.length > 0) this.#schedule();
  }

  #onFrame(frame: Buffer): void {
    try {
      readServerFrame(frame, this);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#break(`the node sent what is no frame: ${error.message}`);
    }
  }

  onAnswer(id: number, answer: Answer): void {
    const pending = this.#inFlight.get(id);
    if (pending === undefined) return;
    this.#inFlight.delete(id);
    pending.sent = false;
    this.#owner.onAnswer(pending, answer);
  }

  onTopology(topology: Topology): void {
    this.#owner.onTopology(this, topology);
    if (this.ready || this.broken) return;
    this.ready = true;
    this.#connectTimer.cancel();
    this.#owner.onHello(this);
    if (this.#queue.length > 0) this.#schedule();
  }

  onNow(nowMs: number): void {
    this.#owner.onNow(nowMs);
  }

  /** Breaks it from this side. */
  close(reason: string): void {
    this.#break(reason);
  }

  #break(reason: string): void {
    if (this.broken) return;
    this.broken = true;
    this.ready = false;
    this.#connectTimer.cancel();
    this.#call.cancel();
    this.#channel.close();
    const sent = [...this.#inFlight.values()];
    const unsent = this.#queue.filter((one) => !one.settled && one.link === this);
    this.#inFlight.clear();
    this.#queue = [];
    this.#owner.onBroken(this, reason, sent, unsent);
  }
}
