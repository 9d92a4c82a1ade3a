/**
 * From a request to its one answer: a deadline, a node to ask, and another attempt where that is
 * safe. A refusal means "surely not applied" and may always be tried again; a write whose attempt
 * got lost is asked again under the same sequence, so it is applied once however often it is sent.
 */
import { randomInt } from 'node:crypto';
import { unreachable } from '../base/assert.js';
import { type Clock, systemClock, type Timer } from '../base/clock.js';
import type { EpochMs } from '../base/ids.js';
import { createPrng, type Prng } from '../base/prng.js';
import { rowByCode } from '../kv/catalog/catalog.js';
import { checkCommand } from '../kv/catalog/grammar.js';
import { keysOf } from '../kv/catalog/route.js';
import type { CommandRow } from '../kv/catalog/row.js';
import { decodePosition } from '../kv/catalog/walk.js';
import { RkvError } from '../kv/errors.js';
import { SESSION_WINDOW_MS } from '../kv/limits.js';
import type { Command, ReadMode } from '../kv/request.js';
import type { Topology } from '../kv/status.js';
import { bucketOf } from '../shard/slot.js';
import type { Answer } from '../wire/client-codec/response.js';
import { Deadlines } from './deadlines.js';
import type { Link, LinkOwner } from './link.js';
import { Pending } from './pending.js';
import { LinkPool } from './pool.js';
import { RetryQueue } from './retry-queue.js';
import { Sequences } from './sequences.js';
import { Steering } from './steering.js';
import type { ConnectOptions } from './types.js';

const DEFAULT_TIMEOUT_MS = 5000;
const DEFAULT_MAX_PENDING = 100_000;
const DEFAULT_MAX_PENDING_BYTES = 256 * 1024 * 1024;
const FIRST_RETRY_MS = 10;
const MAX_RETRY_MS = 250;
/** Less than this before the deadline a retry has no chance. */
const LAST_RETRY_MS = 5;
/** Between the first attempts at the endpoints of a new client. */
const STAGGER_MS = 300;
const LINEARIZABLE: ReadMode = { kind: 'linearizable' };

export interface SubmitOptions {
  readonly timeoutMs?: number;
  readonly read?: ReadMode;
}

export class Dispatcher implements LinkOwner {
  readonly clock: Clock;
  readonly steering = new Steering();
  readonly #sequences = new Sequences();
  readonly #pool: LinkPool;
  readonly #random: Prng;
  readonly #timeoutMs: number;
  readonly #read: ReadMode;
  readonly #maxPending: number;
  readonly #maxPendingBytes: number;
  readonly #endpoints: readonly string[];
  readonly #active = new Set<Pending>();
  #activeBytes = 0;
  /** Requests no link could be found for. */
  #homeless: Pending[] = [];
  #homelessTimer: Timer | null = null;
  readonly #retries: RetryQueue;
  readonly #deadlines: Deadlines;
  /** Cluster time minus monotonic time. */
  #clockOffset: number;
  #closed = false;
  #onFirst: ((error: RkvError | null) => void) | null = null;

  constructor(options: ConnectOptions) {
    this.clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#read = options.read ?? LINEARIZABLE;
    this.#maxPending = options.maxPending ?? DEFAULT_MAX_PENDING;
    this.#maxPendingBytes = options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES;
    this.#endpoints = options.endpoints;
    this.#random = createPrng(randomInt(2 ** 32));
    this.#clockOffset = this.clock.wall() - this.clock.monotonic();
    this.#retries = new RetryQueue(this.clock, (pending) => this.#route(pending));
    this.#deadlines = new Deadlines(this.clock, (now) => this.#onDeadline(now));
    this.#pool = new LinkPool(options.endpoints, this.steering, this, this.#random);
    mustTimeout(this.#timeoutMs);
  }

  get session(): string {
    return this.#sequences.session;
  }

  /** Every address that is known, those that answer first. */
  get addresses(): readonly string[] {
    return this.#pool.addresses;
  }

  mark(): number {
    return this.#sequences.mark;
  }

  clusterTime(): EpochMs {
    return Math.floor(this.#clockOffset + this.clock.monotonic()) as EpochMs;
  }

  /** Resolves with the first node that answers; rejects UNREACHABLE when all have been tried. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      let tried = 0;
      let stagger: Timer | null = null;
      const giveUp = this.clock.after(this.#timeoutMs, () => this.#onFirst?.(this.#unreachable()));
      const next = (): void => {
        stagger?.cancel();
        const address = this.#endpoints[tried++];
        if (address === undefined) return;
        this.#pool.open(address);
        stagger = this.clock.after(STAGGER_MS, next);
      };
      let failed = 0;
      this.#onFirst = (error) => {
        if (error !== null && error.code === 'UNREACHABLE' && ++failed < this.#endpoints.length) {
          next();
          return;
        }
        this.#onFirst = null;
        stagger?.cancel();
        giveUp.cancel();
        if (error === null) resolve();
        else reject(error);
      };
      next();
    });
  }

  #unreachable(): RkvError {
    const reasons = this.#pool.reasons;
    const tried = this.addresses.join(', ');
    return new RkvError(
      'UNREACHABLE',
      `no node could be reached at ${tried}${reasons === '' ? '' : ` (${reasons})`}`,
    );
  }

  /**
   * `done` is called exactly once, never before this returns. Its bytes are views: copy what stays.
   */
  submit(
    command: Command,
    done: (answer: Answer) => void,
    options: SubmitOptions = {},
  ): Pending | null {
    const refused = checkCommand(command) ?? this.#checkRoom();
    if (refused !== null) {
      this.clock.endOfTurn(() => done(refused));
      return null;
    }
    const row = rowByCode(command.code) as CommandRow;
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    mustTimeout(timeoutMs);
    const pending = new Pending({
      command,
      read: options.read ?? this.#read,
      bucket: bucketFor(row, command),
      bytes: bytesOf(command),
      sequence: row.access === 'write' ? this.#sequences.take() : 0,
      deadline: this.clock.monotonic() + timeoutMs,
      done,
    });
    this.#active.add(pending);
    this.#activeBytes += pending.bytes;
    this.#deadlines.watch(pending.deadline);
    this.#route(pending);
    return pending;
  }

  #checkRoom(): RkvError | null {
    if (this.#closed) return new RkvError('CANCELLED', 'this client is closed');
    if (this.#active.size < this.#maxPending && this.#activeBytes < this.#maxPendingBytes) {
      return null;
    }
    return new RkvError('OVERLOADED', `${this.#active.size} requests wait in this client already`);
  }

  /** The caller no longer wants it: what was sent may still be applied. */
  cancel(pending: Pending, cause: unknown): void {
    if (pending.settled) return;
    this.#settle(
      pending,
      pending.giveUp(new RkvError('CANCELLED', 'the caller gave up', { cause })),
    );
  }

  #route(pending: Pending): void {
    const link = this.#pool.choose(pending);
    if (link !== null) link.send(pending);
    else {
      pending.link = null;
      this.#homeless.push(pending);
      this.#armHomeless();
    }
  }

  #armHomeless(): void {
    if (this.#homelessTimer !== null || this.#closed) return;
    const wait = Math.max(1, this.#pool.nextRetryAt() - this.clock.monotonic());
    this.#homelessTimer = this.clock.after(Math.min(wait, MAX_RETRY_MS), () => {
      this.#homelessTimer = null;
      this.#rehouse();
    });
  }

  #rehouse(): void {
    const homeless = this.#homeless;
    this.#homeless = [];
    for (const pending of homeless) if (!pending.settled) this.#route(pending);
  }

  onAnswer(pending: Pending, answer: Answer): void {
    if (!(answer instanceof RkvError)) {
      this.#settle(pending, answer);
      return;
    }
    if (answer.code === 'OUTCOME_UNKNOWN') pending.onAttemptLost();
    if (mayRetry(pending, answer)) {
      pending.lastRefusal = answer;
      this.#retryLater(pending);
    } else this.#settle(pending, pending.giveUp(answer));
  }

  /**
   * Full jitter over a doubling cap (Brooker 2015), the first one soon: most refusals are
   * elections.
   */
  #retryLater(pending: Pending): void {
    const cap = Math.min(FIRST_RETRY_MS * 2 ** Math.min(pending.attempts, 6), MAX_RETRY_MS);
    const now = this.clock.monotonic();
    const at = now + 1 + this.#random.below(cap);
    if (at > pending.deadline - LAST_RETRY_MS) {
      this.#expire(pending);
      return;
    }
    pending.link = null;
    this.#retries.push(pending, at);
  }

  #onDeadline(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const pending of this.#active) {
      if (pending.deadline <= now) this.#expire(pending);
      else if (pending.deadline < next) next = pending.deadline;
    }
    return next;
  }

  #expire(pending: Pending): void {
    this.#settle(pending, pending.giveUp(this.#reasonOf(pending)));
  }

  #reasonOf(pending: Pending): RkvError {
    if (pending.lastRefusal !== null && !pending.sent) return pending.lastRefusal;
    if (pending.attempts > 0) return new RkvError('TIMEOUT', 'no answer inside the deadline');
    if (!this.#pool.anyReady) return this.#unreachable();
    return new RkvError('OVERLOADED', 'the node took no more requests inside the deadline');
  }

  #settle(pending: Pending, answer: Answer): void {
    if (pending.settled) return;
    pending.settled = true;
    pending.link?.forget(pending);
    this.#active.delete(pending);
    this.#activeBytes -= pending.bytes;
    if (pending.isWrite) this.#sequences.settle(pending.sequence);
    pending.done(answer);
  }

  onHello(link: Link): void {
    this.#pool.onReady(link);
    this.#onFirst?.(null);
    this.#rehouse();
  }

  onTopology(link: Link, topology: Topology): void {
    const present = this.steering.topology;
    if (present !== null && present.clusterId !== topology.clusterId) {
      link.close(`it belongs to another cluster (${topology.clusterId})`);
      return;
    }
    // Who waits for a leader need not wait any longer once there is one.
    if (this.steering.adopt(topology, link.address)) {
      this.#retries.release((pending) => this.#mayHaveLeader(pending));
    }
  }

  #mayHaveLeader(pending: Pending): boolean {
    if (pending.lastRefusal?.code === 'OVERLOADED') return false;
    return pending.bucket < 0 || this.steering.leaderOf(pending.bucket) !== null;
  }

  onNow(nowMs: number): void {
    this.#clockOffset = nowMs - this.clock.monotonic();
  }

  onBroken(link: Link, reason: string, sent: Pending[], unsent: Pending[]): void {
    this.#pool.onBroken(link, reason);
    this.steering.onGone(link.address);
    if (this.#closed) return;
    for (const pending of sent) {
      pending.onAttemptLost();
      if (pending.attempts <= 2) this.#route(pending);
      else this.#retryLater(pending);
    }
    for (const pending of unsent) this.#route(pending);
    this.#onFirst?.(this.#unreachable());
  }

  /** Everything that still waits is answered now: not sent, or unknown. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onFirst?.(new RkvError('CANCELLED', 'this client is closed'));
    this.#homelessTimer?.cancel();
    this.#retries.close();
    this.#deadlines.close();
    for (const pending of this.#active) {
      const reason = new RkvError('CANCELLED', 'this client is closed');
      this.#settle(pending, pending.giveUp(reason));
    }
    this.#pool.closeAll('this client is closed');
  }
}

function mustTimeout(timeoutMs: number): void {
  if (timeoutMs >= 1 && timeoutMs < SESSION_WINDOW_MS) return;
  throw new RkvError('USAGE', `timeoutMs must be from 1 to ${SESSION_WINDOW_MS - 1}`);
}

/** A bucket of the shard that has all the command's keys; -1: any node will do. */
function bucketFor(row: CommandRow, command: Command): number {
  switch (row.routing) {
    case 'one':
      return bucketOf(command.args[0] as Uint8Array);
    case 'keys':
      if (command.args.length > row.positionals.length) return -1;
      return bucketOf(command.args[0] as Uint8Array);
    case 'together': {
      const [key] = keysOf(row, command.args);
      return key === undefined ? -1 : bucketOf(key);
    }
    case 'bucket':
      return decodePosition(command.args[0] as Uint8Array)?.bucket ?? -1;
    case 'shards':
      return -1;
    default:
      return unreachable(row.routing);
  }
}

function bytesOf(command: Command): number {
  let bytes = 64;
  for (const arg of command.args) bytes += arg.length + 8;
  return bytes;
}

/**
 * A full disk is told at once: waiting does not free it. What is unknown is asked again; a write
 * keeps its sequence, and a read changes nothing.
 */
function mayRetry(pending: Pending, error: RkvError): boolean {
  if (error.code === 'OUTCOME_UNKNOWN') return pending.isWrite;
  return error.retryable && error.code !== 'FULL';
}
