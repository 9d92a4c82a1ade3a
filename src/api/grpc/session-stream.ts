/**
 * One client's stream at the gRPC door: frames in, each request through the gate to the router;
 * answers gather until the turn ends and leave in one frame. No promise per request. A client that
 * does not read its answers is not read from. Arguments are views of the frame: the router may hold
 * them until it has answered, what it keeps longer it copies.
 */
import type { MonoMs } from '../../base/ids.js';
import { rowByCode } from '../../kv/catalog/catalog.js';
import { RkvError } from '../../kv/errors.js';
import type { SessionStamp } from '../../kv/request.js';
import type { Topology } from '../../kv/status.js';
import { decodeClientFrame, type WireRequest } from '../../wire/client-codec/request.js';
import {
  type Answer,
  encodeResponses,
  encodeTopologyFrame,
  sizeOfAnswer,
  type WireResponse,
} from '../../wire/client-codec/response.js';
import { WireError } from '../../wire/wire-error.js';
import { requestBytes } from '../gate/gate.js';
import type { GrpcDoorLimits, GrpcDoorOptions } from './types.js';

/** A cluster clock below this has not been set yet: its cluster is being born. */
const EARLIEST_TIME_MS = Date.UTC(2020, 0, 1);

/** The side of gRPC that a stream needs. */
export interface FrameCall {
  /** Calls back when the bytes have left this process, or the stream is gone. */
  write(frame: Buffer, sent: (error?: Error | null) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  end(): unknown;
}

export class SessionStream {
  readonly #call: FrameCall;
  readonly #door: GrpcDoorOptions;
  readonly #limits: GrpcDoorLimits;
  #outbox: WireResponse[] = [];
  #outboxBytes = 0;
  #flushing = false;
  #inFlight = 0;
  #inFlightBytes = 0;
  #unsentBytes = 0;
  #paused = false;
  #closed = false;
  #ending = false;
  #halfClosed = false;
  /** The newest topology that has not been sent. */
  #topology: Topology | null = null;
  readonly #flush = (): void => this.#onEndOfTurn();

  constructor(call: FrameCall, door: GrpcDoorOptions, limits: GrpcDoorLimits) {
    this.#call = call;
    this.#door = door;
    this.#limits = limits;
  }

  get idle(): boolean {
    return this.#inFlight === 0 && this.#outbox.length === 0;
  }

  /** Throws WireError: the bytes are no frame, and nothing of it was run. */
  onFrame(bytes: Buffer): void {
    const { session, requests } = decodeClientFrame(bytes);
    for (const request of requests) {
      if (request.sequence !== 0 && (session === '' || request.mark > request.sequence)) {
        throw new WireError('a sequence wants a session and a mark not above it');
      }
    }
    const arrived = this.#door.clock.monotonic();
    for (const request of requests) this.#onRequest(session, request, arrived);
    this.#maybePause();
  }

  #onRequest(session: string, request: WireRequest, arrived: number): void {
    const { id, command } = request;
    const refused = this.#ending
      ? new RkvError('NOT_READY', 'this node is stopping')
      : this.#door.gate.check(command);
    if (refused !== null) {
      this.#reply(id, refused);
      return;
    }
    const bytes = requestBytes(command);
    this.#inFlight++;
    this.#inFlightBytes += bytes;
    const { defaultTimeoutMs, maxTimeoutMs } = this.#limits;
    const timeoutMs = Math.min(request.timeoutMs || defaultTimeoutMs, maxTimeoutMs);
    this.#door.router.execute(
      {
        command,
        stamp: request.sequence === 0 ? null : stampOf(session, request),
        read: request.read,
        deadline: (arrived + timeoutMs) as MonoMs,
      },
      (answer) => {
        this.#inFlight--;
        this.#inFlightBytes -= bytes;
        this.#onAnswer(id, command.code, answer);
        this.#maybeResume();
      },
    );
  }

  /** The time that new sequences are stamped with, milliseconds since 1970. */
  #now(): number {
    const now = this.#door.now?.() ?? 0;
    return Math.floor(now < EARLIEST_TIME_MS ? this.#door.clock.wall() : now);
  }

  #onAnswer(id: number, code: number, answer: Answer): void {
    if (this.#closed) return;
    // The client's idea of our time is behind (the cluster clock was stepped): tell it anew, first.
    if (answer instanceof RkvError && answer.code === 'EXPIRED') {
      this.#topology ??= this.#door.admin.topology();
    }
    if (answer instanceof RkvError || rowByCode(code)?.access === 'write') {
      this.#reply(id, answer);
      return;
    }
    const size = sizeOfAnswer(answer);
    if (size > this.#limits.replyBytes) {
      this.#reply(id, new RkvError('LIMIT', `the reply has ${size} bytes: ask for fewer keys`));
    } else if (this.#unsentBytes > this.#limits.unsentBytes) {
      this.#reply(id, new RkvError('OVERLOADED', 'this client does not take its answers'));
    } else this.#push({ id, answer, size });
  }

  #reply(id: number, answer: Answer): void {
    this.#push({ id, answer, size: sizeOfAnswer(answer) });
  }

  #push(response: WireResponse): void {
    if (this.#closed) return;
    if (this.#outboxBytes + response.size > this.#limits.frameBytes) this.#writeOutbox();
    this.#outbox.push(response);
    this.#outboxBytes += response.size;
    this.#schedule();
  }

  /** The first one opens the stream; later ones replace each other until there is room. */
  onTopology(topology: Topology): void {
    if (this.#closed) return;
    this.#topology = topology;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#flushing || this.#closed) return;
    this.#flushing = true;
    this.#door.clock.endOfTurn(this.#flush);
  }

  #onEndOfTurn(): void {
    this.#flushing = false;
    if (this.#closed) return;
    if (this.#topology !== null && this.#unsentBytes <= this.#limits.unsentBytes) {
      this.#write(encodeTopologyFrame(this.#topology, this.#now()));
      this.#topology = null;
    }
    this.#writeOutbox();
    if (this.#halfClosed && this.#inFlight === 0) this.finish();
    this.#maybePause();
    this.#maybeResume();
  }

  #writeOutbox(): void {
    if (this.#outbox.length === 0) return;
    const frame = encodeResponses(this.#outbox);
    this.#outbox = [];
    this.#outboxBytes = 0;
    this.#write(frame);
  }

  #write(frame: Buffer): void {
    const bytes = frame.length;
    this.#unsentBytes += bytes;
    this.#call.write(frame, () => {
      this.#unsentBytes -= bytes;
      this.#maybeResume();
      if (this.#topology !== null) this.#schedule();
    });
  }

  #maybePause(): void {
    if (this.#paused) return;
    const { inFlight, inFlightBytes, unsentBytes } = this.#limits;
    if (
      this.#inFlight >= inFlight ||
      this.#inFlightBytes >= inFlightBytes ||
      this.#unsentBytes >= unsentBytes
    ) {
      this.#paused = true;
      this.#call.pause();
    }
  }

  /** At half of each limit, so that reading does not stop and start at every answer. */
  #maybeResume(): void {
    if (!this.#paused || this.#closed) return;
    const { inFlight, inFlightBytes, unsentBytes } = this.#limits;
    if (
      this.#inFlight <= inFlight / 2 &&
      this.#inFlightBytes <= inFlightBytes / 2 &&
      this.#unsentBytes <= unsentBytes / 2
    ) {
      this.#paused = false;
      this.#call.resume();
    }
  }

  /** From now on requests are refused as not run; what is in flight is still answered. */
  startEnding(): void {
    this.#ending = true;
  }

  /** The client has said all it will say: the stream ends behind the last answer. */
  onHalfClosed(): void {
    this.#halfClosed = true;
    this.#schedule();
  }

  /** Sends what is there and ends the stream in order. */
  finish(): void {
    if (this.#closed) return;
    this.#writeOutbox();
    this.#closed = true;
    this.#call.end();
  }

  /** The stream is gone: late answers fall to the ground. */
  onGone(): void {
    this.#closed = true;
    this.#outbox = [];
    this.#topology = null;
  }
}

const stampOf = (session: string, request: WireRequest): SessionStamp => ({
  session,
  sequence: request.sequence,
  mark: request.mark,
  firstAttempt: request.firstAttempt,
});
