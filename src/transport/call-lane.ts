/**
 * Requests to one peer and answers to its requests. Requests are numbered; an answer finds its
 * request by number. What a lost connection means for a request depends on whether it had left:
 * still queued is `not-sent`, everything else `unknown`. Pure bookkeeping; time is an argument.
 */
import type { MonoMs } from '../base/ids.js';
import type { CallFrame } from '../wire/call-codec.js';
import { CallError } from './errors.js';
import { OVERHEAD_BYTES, type TransportLimits } from './limits.js';

export type CallDone = (error: CallError | null, body: Uint8Array) => void;

export const NO_BODY: Uint8Array = Buffer.alloc(0);
const REQUEST_BYTES = 16;

interface Pending {
  readonly deadline: MonoMs;
  readonly done: CallDone;
  sent: boolean;
}

interface Answer {
  readonly id: number;
  readonly body: Uint8Array;
}
interface Request extends Answer {
  readonly method: number;
}

const sizeOf = (body: Uint8Array): number => body.length + REQUEST_BYTES;

/** Takes from the front what fits into `budget`, at least one. */
function takeUpTo<T extends Answer>(queue: T[], budget: number): { taken: T[]; bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const { body } of queue) {
    if (count > 0 && bytes + sizeOf(body) > budget) break;
    bytes += sizeOf(body);
    count += 1;
  }
  return { taken: queue.splice(0, count), bytes };
}

export class CallLane {
  private readonly limits: TransportLimits;
  private readonly pending = new Map<number, Pending>();
  private requests: Request[] = [];
  private answers: Answer[] = [];
  private requestBytes = 0;
  private answerBytes = 0;
  /** Never reset, so that an answer over a new connection cannot meet an old number. */
  private lastId = 0;

  constructor(limits: TransportLimits) {
    this.limits = limits;
  }

  /** Requests without an answer. */
  get waiting(): number {
    return this.pending.size;
  }

  /** Queues a request; `done` is called once, at once when there is no room. */
  request(method: number, body: Uint8Array, deadline: MonoMs, done: CallDone): void {
    const { maxEnvelopeBytes, maxCalls, callQueueBytes } = this.limits;
    const bytes = sizeOf(body);
    if (bytes + OVERHEAD_BYTES > maxEnvelopeBytes) {
      done(new CallError('not-sent', 'the request is larger than an envelope'), NO_BODY);
      return;
    }
    if (this.pending.size >= maxCalls || this.requestBytes + bytes > callQueueBytes) {
      done(new CallError('not-sent', 'too many requests wait for this node'), NO_BODY);
      return;
    }
    this.lastId += 1;
    this.pending.set(this.lastId, { deadline, done, sent: false });
    this.requests.push({ id: this.lastId, method, body });
    this.requestBytes += bytes;
  }

  /** Queues an answer; dropped when there is no room: its asker runs into its deadline. */
  answer(id: number, body: Uint8Array): void {
    const { maxEnvelopeBytes, callQueueBytes } = this.limits;
    const bytes = sizeOf(body);
    if (bytes + OVERHEAD_BYTES > maxEnvelopeBytes) return;
    if (this.answerBytes + bytes > callQueueBytes) return;
    this.answers.push({ id, body });
    this.answerBytes += bytes;
  }

  /** As much as fits into a piece, at least one; or null. */
  next(): CallFrame | null {
    if (this.requests.length === 0 && this.answers.length === 0) return null;
    const answers = takeUpTo(this.answers, this.limits.pieceBytes);
    this.answerBytes -= answers.bytes;
    const room = this.limits.pieceBytes - answers.bytes;
    const requests = takeUpTo(room > 0 ? this.requests : [], room);
    this.requestBytes -= requests.bytes;
    return { requests: requests.taken.filter(({ id }) => this.leaves(id)), answers: answers.taken };
  }

  /** An answer came; one to a request that was given up is ignored. */
  settle(id: number, body: Uint8Array): void {
    const entry = this.pending.get(id);
    if (entry === undefined) return;
    this.pending.delete(id);
    entry.done(null, body);
  }

  /** Gives up what is past its deadline. */
  sweep(now: MonoMs): void {
    for (const [id, entry] of this.pending) {
      if (entry.deadline <= now) this.giveUp(id, entry, 'no answer in time');
    }
  }

  /** The connection is gone: every request ends, nothing stays queued. */
  fail(why: string): void {
    this.requests = [];
    this.answers = [];
    this.requestBytes = 0;
    this.answerBytes = 0;
    for (const [id, entry] of [...this.pending]) this.giveUp(id, entry, why);
  }

  /** A request that was given up while it waited is not sent after all. */
  private leaves(id: number): boolean {
    const entry = this.pending.get(id);
    if (entry !== undefined) entry.sent = true;
    return entry !== undefined;
  }

  private giveUp(id: number, { sent, done }: Pending, why: string): void {
    this.pending.delete(id);
    done(new CallError(sent ? 'unknown' : 'not-sent', why), NO_BODY);
  }
}
