/**
 * One connection of two simulated nodes. Envelopes go through the real codecs; the messages inside
 * them may be lost, doubled or delayed on their own, as the wire is told to.
 */
import type { PeerMessage } from '../../../src/replica/ports.js';
import { type CallFrame, decodeCalls, encodeCalls } from '../../../src/wire/call-codec.js';
import {
  type AppendFrame,
  type ControlFrame,
  decodeAppends,
  decodeControl,
  encodeAppends,
  encodeControl,
  type Received,
} from '../../../src/wire/peer-codec.js';
import type { StreamKind, Wire } from './network.js';
import type { SimTransport } from './transport.js';

type Frame = ControlFrame | AppendFrame | CallFrame;
type Lanes = NonNullable<ReturnType<SimTransport['lanesOf']>>;

/** How much later a reordered message comes, at most. */
const STRAGGLE_MS = 400;

export class Link {
  readonly ends: readonly [SimTransport, SimTransport];
  readonly #onEnd: ((why: string) => void)[] = [];
  #ended = false;

  constructor(a: SimTransport, b: SimTransport) {
    this.ends = [a, b];
  }

  get ended(): boolean {
    return this.#ended;
  }

  otherThan(end: SimTransport): SimTransport {
    const [a, b] = this.ends;
    return a === end ? b : a;
  }

  onEnd(run: (why: string) => void): void {
    this.#onEnd.push(run);
  }

  end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const run of this.#onEnd) run(why);
  }

  control(from: SimTransport, frame: ControlFrame): void {
    const deliver = (lanes: Lanes, got: ControlFrame): void => lanes.onControl(got);
    this.#carry(from, 'control', encodeControl(frame), decodeControl, (to, lanes, got) =>
      deliver(lanes, this.#harmed(from, to, got)),
    );
  }

  appends(from: SimTransport, frame: AppendFrame): void {
    this.#carry(from, 'append', encodeAppends(frame), decodeAppends, (to, lanes, got) =>
      lanes.onAppend(this.#harmed(from, to, got)),
    );
  }

  calls(from: SimTransport, frame: CallFrame): void {
    this.#carry(from, 'call', encodeCalls(frame), decodeCalls, (to, lanes, got) => {
      const wire = from.network.wire(from.self, to.self);
      const keep = (): boolean => !this.#lost(from, wire, 'call');
      lanes.onCall({ requests: got.requests.filter(keep), answers: got.answers.filter(keep) });
    });
  }

  #carry<F extends Frame>(
    from: SimTransport,
    stream: StreamKind,
    bytes: Buffer,
    decode: (bytes: Uint8Array) => Received<F>,
    deliver: (to: SimTransport, lanes: Lanes, frame: F) => void,
  ): void {
    if (!from.process.alive) return;
    const to = this.otherThan(from);
    from.network.timeline.trace.bytes(bytes);
    from.network.carry(from.self, to.self, stream, () => {
      to.process.receive(stream, () => {
        const lanes = to.lanesOf(from.self);
        // A connection that ended in between took its envelopes with it.
        if (lanes === null || to.linkTo(from.self) !== this) return;
        const got = decode(bytes);
        if (got.kind === 'frame') deliver(to, lanes, got.frame);
        else throw new Error(`an envelope of ${stream} cannot be read`);
      });
    });
  }

  /** The envelope as the wire leaves it: some messages lost, some come again or later. */
  #harmed<F extends ControlFrame | AppendFrame>(from: SimTransport, to: SimTransport, frame: F): F {
    const { network } = from;
    const wire = network.wire(from.self, to.self);
    for (const { message } of frame.messages) network.coverage.hitKind('message', message.kind);
    if (wire.loss === 0 && wire.doubling === 0 && wire.reordering === 0) return frame;
    const messages = frame.messages.filter((message) => {
      if (this.#lost(from, wire, 'message')) return false;
      if (network.chance.permille(wire.doubling)) {
        network.coverage.hit('network: a message comes twice');
        this.#straggle(from, to, message);
      }
      if (!network.chance.permille(wire.reordering)) return true;
      network.coverage.hit('network: a message is overtaken');
      this.#straggle(from, to, message);
      return false;
    });
    if (!('beat' in frame)) return { ...frame, messages };
    const beat = frame.beat !== null && this.#lost(from, wire, 'beat') ? null : frame.beat;
    return { ...frame, messages, beat };
  }

  #lost(from: SimTransport, wire: Wire, what: string): boolean {
    if (!from.network.chance.permille(wire.loss)) return false;
    from.network.coverage.hit(`network: a ${what} is lost`);
    return true;
  }

  #straggle(from: SimTransport, to: SimTransport, message: PeerMessage): void {
    const late = from.network.chance.between(0, STRAGGLE_MS);
    to.process.later(late, 'straggler', () => {
      if (to.linkTo(from.self) === this) to.options.handler.onMessages(from.self, [message]);
    });
  }
}
