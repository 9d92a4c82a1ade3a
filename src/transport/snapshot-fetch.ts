/**
 * Fetches one offered snapshot from a peer, over a channel of its own, into the sink the node gives
 * for it. A chunk is handed on when its checksum holds, the next is asked for when the sink has it
 * durable. Whatever ends the stream early aborts the sink, once.
 */
import type { Client, ClientDuplexStream } from '@grpc/grpc-js';
import { unreachable } from '../base/assert.js';
import { crc32 } from '../base/checksum.js';
import type { NodeId } from '../base/ids.js';
import type { SnapshotSink } from '../replica/ports.js';
import type { HelloFrame } from '../wire/peer-codec.js';
import {
  decodeSnapshotDown,
  encodeSnapshotUp,
  type SnapshotDown,
  type SnapshotTotals,
} from '../wire/snapshot-codec.js';
import { WireError } from '../wire/wire-error.js';
import { createPeerClient, openSnapshotStream } from './channel.js';
import { type Assembler, createAssembler } from './pieces.js';
import type { GrpcTransportOptions } from './types.js';

export interface FetchOrder {
  readonly from: NodeId;
  readonly address: string;
  readonly offer: number;
  readonly hello: HelloFrame;
  /** Why the welcoming process is not the one that offered, or null. */
  readonly refusal: (hello: HelloFrame) => string | null;
  /** Called once, at the end. */
  readonly done: (fetch: SnapshotFetch) => void;
}

type FetchOptions = Pick<GrpcTransportOptions, 'limits' | 'clock' | 'handler' | 'logger'>;
type Part<K extends SnapshotDown['kind']> = Extract<SnapshotDown, { kind: K }>;

export class SnapshotFetch {
  readonly from: NodeId;
  private readonly options: FetchOptions;
  private readonly order: FetchOrder;
  private readonly client: Client;
  private readonly stream: ClientDuplexStream<Buffer, Buffer>;
  private readonly assembler: Assembler;
  private welcomed = false;
  private sink: SnapshotSink | null = null;
  /** The sink works on a chunk or on the end; nothing but an abort may come meanwhile. */
  private busy = false;
  private chunks = 0;
  private ended = false;

  constructor(options: FetchOptions, order: FetchOrder) {
    this.from = order.from;
    this.options = options;
    this.order = order;
    this.assembler = createAssembler(options.limits.maxEnvelopeBytes);
    this.client = createPeerClient(order.address, options.limits);
    this.stream = openSnapshotStream(this.client);
    this.stream.on('data', (bytes: Buffer) => this.onData(bytes));
    this.stream.on('error', (error) => this.abort(error.message));
    this.stream.on('end', () => this.abort('the sender ended the stream'));
    const { hello, offer } = order;
    this.stream.write(encodeSnapshotUp({ kind: 'hello', hello, offer }));
  }

  /** Ends the fetch; the sink forgets what it has. */
  abort(reason: string): void {
    if (this.ended) return;
    this.options.logger.warn({ peer: this.from, reason }, 'snapshot not received');
    this.sink?.abort(reason);
    this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stream.cancel();
    this.client.close();
    this.order.done(this);
  }

  private onData(bytes: Buffer): void {
    if (this.ended) return;
    let message: SnapshotDown;
    try {
      message = decodeSnapshotDown(bytes);
      this.mustFit(message);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.abort(error.message);
      return;
    }
    switch (message.kind) {
      case 'welcome':
        this.onWelcome(message);
        break;
      case 'header':
        this.onHeader(message);
        break;
      case 'chunk':
        this.onChunk(message);
        break;
      case 'finish':
        this.onFinish(message.totals);
        break;
      case 'abort':
        this.abort(message.reason);
        break;
      default:
        unreachable(message);
    }
  }

  /** Messages come in one order only: welcome, header, chunks, end; an abort at any time. */
  private mustFit({ kind }: SnapshotDown): void {
    if (kind === 'abort') return;
    if (this.welcomed !== (kind !== 'welcome')) throw new WireError(`${kind} out of order`);
    if (kind === 'welcome') return;
    if ((this.sink === null) !== (kind === 'header')) throw new WireError(`${kind} out of order`);
    if (kind === 'finish' && this.assembler.busy) {
      throw new WireError('the end in the middle of a chunk');
    }
    if (this.busy) throw new WireError(`${kind} before the last chunk was acknowledged`);
  }

  private onWelcome({ welcome }: Part<'welcome'>): void {
    this.welcomed = true;
    const no = welcome.kind === 'refused' ? welcome.reason : this.order.refusal(welcome.hello);
    if (no !== null) this.abort(no);
  }

  private onHeader({ header }: Part<'header'>): void {
    try {
      this.sink = this.options.handler.onSnapshot(this.from, header);
    } catch (error) {
      this.refuse(error);
    }
  }

  private onChunk({ piece, last, crc }: Part<'chunk'>): void {
    let whole: Buffer | null;
    try {
      whole = this.assembler.add(piece, last);
      if (whole !== null && crc32(whole) !== crc) throw new WireError('a chunk was damaged');
    } catch (error) {
      this.abort(error instanceof Error ? error.message : String(error));
      return;
    }
    if (whole === null) return;
    this.chunks += 1;
    const { chunks } = this;
    this.work(this.sink?.chunk(whole), () => {
      this.stream.write(encodeSnapshotUp({ kind: 'acked', chunks }));
    });
  }

  private onFinish(totals: SnapshotTotals): void {
    if (totals.chunks !== this.chunks) {
      this.abort(`${totals.chunks} chunks were sent, ${this.chunks} have come`);
      return;
    }
    this.work(this.sink?.finish(totals), () => {
      // What ends the stream from here on is no concern of the sink.
      this.sink = null;
      this.busy = true;
      this.stream.write(encodeSnapshotUp({ kind: 'installed' }));
      this.stream.end();
      this.options.clock.after(this.options.limits.handshakeTimeoutMs, () => this.end());
    });
  }

  private work(task: Promise<void> | undefined, then: () => void): void {
    this.busy = true;
    task?.then(
      () => {
        this.busy = false;
        if (!this.ended) then();
      },
      (error: unknown) => this.refuse(error),
    );
  }

  /** The sink said no: it has cleaned up, the sender is told why. */
  private refuse(error: unknown): void {
    if (this.ended) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.options.logger.warn({ peer: this.from, reason }, 'snapshot refused');
    this.sink = null;
    this.busy = true;
    this.stream.write(encodeSnapshotUp({ kind: 'refused', reason }));
    this.stream.end();
    this.options.clock.after(this.options.limits.handshakeTimeoutMs, () => this.end());
  }
}
