/**
 * One attempt to dial a peer: a connection with the three streams this node receives on. Each is
 * opened with a hello and must answer with a welcome of the same process; then it is held (not
 * read) until the connection is up in both directions, so that no message comes before `onPeerUp`.
 */
import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import type { Clock, Timer } from '../base/clock.js';
import { type CallFrame, decodeCalls } from '../wire/call-codec.js';
import {
  type AppendFrame,
  type ControlFrame,
  decodeAppends,
  decodeControl,
  encodeHello,
  type HelloFrame,
  type Received,
  type WelcomeFrame,
} from '../wire/peer-codec.js';
import { WireError } from '../wire/wire-error.js';
import { createPeerClient, openStream, STREAM_NAMES, type StreamName } from './channel.js';
import type { TransportLimits } from './limits.js';
import { type Assembler, createAssembler } from './pieces.js';

export interface DialEvents {
  /** A welcome came; the answer says why its sender is not talked to, null: go on. */
  welcomed(hello: HelloFrame): string | null;
  /** The other side refuses this node, and says why; `broken` follows. */
  turnedAway(reason: string): void;
  /** All three streams are welcomed, by one process. */
  ready(): void;
  /** Called once; nothing else is called after it. `refused` when either side said no. */
  broken(why: string, refused: boolean): void;
  control(frame: ControlFrame): void;
  append(frame: AppendFrame): void;
  call(frame: CallFrame): void;
}

export interface DialOptions {
  readonly address: string;
  readonly hello: HelloFrame;
  readonly limits: TransportLimits;
  readonly clock: Clock;
}

/** Reads the messages of one stream up to whole envelopes. */
class StreamReader<Frame> {
  private readonly decode: (bytes: Uint8Array) => Received<Frame>;
  private readonly assembler: Assembler;
  welcomed = false;

  constructor(decode: (bytes: Uint8Array) => Received<Frame>, maxEnvelopeBytes: number) {
    this.decode = decode;
    this.assembler = createAssembler(maxEnvelopeBytes);
  }

  /** A welcome, an envelope, or null in the middle of one. Throws a WireError. */
  read(bytes: Uint8Array): WelcomeFrame | { readonly kind: 'frame'; readonly frame: Frame } | null {
    const got = this.decode(bytes);
    if (got.kind === 'welcome') {
      if (this.welcomed) throw new WireError('a second welcome');
      this.welcomed = true;
      return got.welcome;
    }
    if (!this.welcomed) throw new WireError('a message before the welcome');
    if (got.kind === 'frame') {
      if (this.assembler.busy) throw new WireError('an envelope in the middle of another');
      return got;
    }
    const whole = this.assembler.add(got.piece.piece, got.piece.last);
    if (whole === null) return null;
    const inner = this.decode(whole);
    if (inner.kind !== 'frame') throw new WireError('pieces of something else than an envelope');
    return inner;
  }
}

export class Dial {
  readonly address: string;
  private readonly limits: TransportLimits;
  private readonly on: DialEvents;
  private readonly client: Client;
  private readonly streams: ClientReadableStream<Buffer>[] = [];
  private readonly timer: Timer;
  private welcomes = 0;
  private process: string | null = null;
  private started = false;
  private closed = false;

  constructor({ address, hello, limits, clock }: DialOptions, on: DialEvents) {
    this.address = address;
    this.limits = limits;
    this.on = on;
    this.client = createPeerClient(address, limits);
    this.timer = clock.after(limits.handshakeTimeoutMs, () => this.break('no welcome in time'));
    const bytes = encodeHello(hello);
    this.open('control', bytes, decodeControl, (frame) => on.control(frame));
    this.open('append', bytes, decodeAppends, (frame) => on.append(frame));
    this.open('call', bytes, decodeCalls, (frame) => on.call(frame));
  }

  /** The process that was reached; null until all streams are welcomed. */
  get bootId(): string | null {
    return this.welcomes === STREAM_NAMES.length ? this.process : null;
  }

  /** Something has answered. */
  get isWelcome(): boolean {
    return this.welcomes > 0;
  }

  /** Lets messages through. */
  start(): void {
    if (this.started) return;
    this.started = true;
    for (const stream of this.streams) stream.resume();
  }

  /** Hangs up in silence. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.timer.cancel();
    for (const stream of this.streams) stream.cancel();
    this.client.close();
  }

  private break(why: string, refused = false): void {
    if (this.closed) return;
    this.close();
    this.on.broken(why, refused);
  }

  private open<Frame>(
    name: StreamName,
    hello: Buffer,
    decode: (bytes: Uint8Array) => Received<Frame>,
    deliver: (frame: Frame) => void,
  ): void {
    const stream = openStream(this.client, name, hello);
    const reader = new StreamReader(decode, this.limits.maxEnvelopeBytes);
    stream.on('data', (bytes: Buffer) => {
      if (this.closed) return;
      let got: ReturnType<typeof reader.read>;
      try {
        got = reader.read(bytes);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        return this.break(`${name} stream: ${error.message}`);
      }
      if (got === null) return;
      if (got.kind === 'frame') deliver(got.frame);
      else this.welcome(stream, got);
    });
    stream.on('error', (error) => this.break(error.message));
    stream.on('end', () => this.break('the peer ended the stream'));
    // A held stream does not reach its end.
    stream.on('status', () => {
      if (reader.welcomed && !this.started) this.break('the peer ended the stream');
    });
    this.streams.push(stream);
  }

  private welcome(stream: ClientReadableStream<Buffer>, welcome: WelcomeFrame): void {
    if (welcome.kind === 'refused') {
      if (!this.closed) this.on.turnedAway(welcome.reason);
      this.break(welcome.reason, true);
      return;
    }
    const { hello } = welcome;
    const other = this.process !== null && this.process !== hello.bootId;
    const no = other ? null : this.on.welcomed(hello);
    if (other) this.break('it has restarted');
    else if (no !== null) this.break(no, true);
    if (this.closed) return;
    this.process = hello.bootId;
    this.welcomes += 1;
    if (!this.started) stream.pause();
    if (this.bootId === null) return;
    this.timer.cancel();
    this.on.ready();
  }
}
