/**
 * The commands of one connection between parser and socket: each is started when the order allows
 * it, and answered in the order in which it came.
 *
 * Commands for the shards run side by side; one that touches a key waits for earlier ones that
 * touch it when either writes (key-order.ts). A barrier (a command on all keys, or one that this
 * node answers with more than one step) waits for everything before it, and what comes after it
 * waits for the barrier. No promise per request: a command of the catalogue costs one `Pending` and
 * one closure.
 */
import { toByteKey } from '../../base/bytes.js';
import type { MonoMs } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { Command } from '../../kv/request.js';
import type { RoutedAnswer } from '../../router/types.js';
import { answerBytes, problemOf, writeReply } from './answer.js';
import type { Client } from './client.js';
import type { Command as Parsed } from './codec/command.js';
import { ReplyWriter } from './codec/reply-writer.js';
import type { DoorContext } from './context.js';
import { errorText } from './errors.js';
import { KeyOrder } from './key-order.js';
import { tellMonitors } from './monitor.js';
import { enqueue } from './multi.js';
import { Pending } from './pending.js';
import { keyIndexes } from './registry.js';
import { resolve } from './resolve.js';
import type { DataRow, LocalRow } from './rows/row.js';
import { RUNS_IN_MULTI } from './transaction.js';

const LINEARIZABLE = { kind: 'linearizable' } as const;
/** Commands under way before the size of their answers is known; so many of the largest fit. */
export const FIRST_WINDOW = 16;
/** How much an answer counts in the size that is expected of the next. */
const LAST_SHARE = 1 / 8;

export interface PipelineHost {
  /** Something was answered: there may be bytes to send, and room for more commands. */
  onProgress(): void;
}

export class Pipeline {
  readonly #door: DoorContext;
  readonly #client: Client;
  readonly #out: ReplyWriter;
  readonly #host: PipelineHost;
  readonly #order = new KeyOrder();
  #head: Pending | null = null;
  #tail: Pending | null = null;
  /** Commands under way at the shards, and the only one of them whose keys are not in the order. */
  #running = 0;
  #alone: Pending | null = null;
  #barrier: Pending | null = null;
  #barrierRuns = false;
  /** The barrier waits for the end of CLIENT PAUSE too. */
  #held = false;
  #closed = false;
  /** Requests without an answer. */
  inFlight = 0;
  inFlightBytes = 0;
  /** Bytes of answers that wait behind an earlier command. */
  held = 0;
  /** Grows with every answer, up to the limit. */
  #window = FIRST_WINDOW;
  /** Bytes, from the answers before. */
  #expectedAnswer = 0;

  constructor(door: DoorContext, client: Client, out: ReplyWriter, host: PipelineHost) {
    this.#door = door;
    this.#client = client;
    this.#out = out;
    this.#host = host;
  }

  /** False: the next command must wait. */
  get open(): boolean {
    const { inFlight, inFlightBytes, unsentBytes } = this.#door.limits;
    if (this.inFlight === 0) return true;
    return (
      this.#barrier === null &&
      this.inFlight < Math.min(this.#window, inFlight) &&
      this.inFlightBytes < inFlightBytes &&
      this.inFlight * this.#expectedAnswer < unsentBytes
    );
  }

  get idle(): boolean {
    return this.#head === null;
  }

  /** Late answers fall to the ground. */
  close(): void {
    this.#closed = true;
    this.#head = null;
    this.#tail = null;
  }

  onCommand(parsed: Parsed, arrived: number): void {
    const client = this.#client;
    const { stats, registry } = this.#door;
    stats.commands++;
    client.commands++;
    client.lastUsed = arrived;
    let silent = client.reply === 'off';
    if (client.reply === 'skip') {
      client.reply = 'on';
      silent = true;
    }
    const entry = resolve(registry, parsed);
    if (typeof entry === 'string') {
      if (client.transaction !== null) client.transaction.aborted = true;
      this.refuse(entry, silent);
      return;
    }
    client.lastCommand = entry.fullName;
    if (this.#door.monitors.size > 0) tellMonitors(this.#door, client, entry, parsed);
    if (client.transaction !== null && !RUNS_IN_MULTI.has(entry.fullName)) {
      const problem = enqueue(this.#door, client, entry, parsed);
      if (problem === null) this.#say((out) => out.queued(), silent);
      else this.refuse(problem, silent);
      return;
    }
    const size = parsed.end(parsed.argc - 1) - parsed.start(0);
    const pending = new Pending(entry, parsed.args(entry.words), size, arrived);
    pending.silent = silent && entry.fullName !== 'client|reply';
    if (this.#door.pause.active && this.#door.pause.holds(entry)) this.#hold();
    const { row } = entry;
    if (row.kind === 'data') this.#startData(pending, row);
    else if (row.kind === 'local') this.#startLocal(pending, row);
  }

  #hold(): void {
    this.#held = true;
    this.#door.pause.whenOver(() => {
      this.#held = false;
      this.#maybeRunBarrier();
    });
  }

  /** Answers with an error, in its place. */
  refuse(text: string, silent = false): void {
    this.#door.stats.onError(text);
    this.#say((out) => out.error(text), silent);
  }

  #say(write: (out: ReplyWriter) => void, silent: boolean): void {
    if (silent) return;
    if (this.#head === null) write(this.#out);
    else {
      const writer = new ReplyWriter(this.#out.protocol);
      write(writer);
      this.#append(Pending.said(writer.take()));
    }
    this.#host.onProgress();
  }

  #append(pending: Pending): void {
    if (this.#tail === null) this.#head = pending;
    else this.#tail.next = pending;
    this.#tail = pending;
    this.inFlight++;
    this.inFlightBytes += pending.size;
  }

  #startData(pending: Pending, row: DataRow): void {
    const { entry } = pending;
    const command = this.#translated(row, pending);
    if (typeof command === 'string') {
      entry.stats.rejected++;
      this.refuse(command, pending.silent);
      return;
    }
    pending.command = command;
    this.#append(pending);
    if (entry.touchesAll || this.#held) {
      this.#barrier = pending;
      this.#maybeRunBarrier();
      return;
    }
    if (this.#running === 0) this.#alone = pending;
    else {
      if (this.#alone !== null) this.#enter(this.#alone);
      this.#alone = null;
      this.#enter(pending);
    }
    this.#running++;
    if (pending.blockers === 0) this.#execute(pending);
  }

  #translated(row: DataRow, { args, entry }: Pending): Command | string {
    const command = row.translate(args, this.#client.database);
    if (typeof command === 'string') return command;
    const refused = this.#door.gate.check(command);
    if (refused !== null) return errorText(refused);
    return this.#door.misdirected(this.#client, entry, args) ?? command;
  }

  #enter(pending: Pending): void {
    const { entry, args } = pending;
    const only = entry.onlyKey;
    const keys =
      only >= 0
        ? [toByteKey(args[only] as Uint8Array)]
        : (keyIndexes(entry, args) ?? []).map((i) => toByteKey(args[i] as Uint8Array));
    this.#order.enter(pending, keys, entry.writes);
  }

  #execute(pending: Pending): void {
    const { router, clock, limits } = this.#door;
    // counted from now: what waited for an earlier command of its client has its whole time
    const deadline = (clock.monotonic() + limits.timeoutMs) as MonoMs;
    router.execute(
      { command: pending.command, stamp: null, read: LINEARIZABLE, deadline },
      (answer) => this.#onAnswer(pending, answer),
    );
  }

  #onAnswer(pending: Pending, answer: RoutedAnswer): void {
    if (this.#closed) return;
    pending.answer = answer;
    pending.held = answerBytes(answer);
    this.#expect(pending.held);
    if (pending !== this.#barrier) {
      this.#running--;
      if (this.#alone === pending) this.#alone = null;
      else this.#leave(pending);
    }
    this.#finish(pending);
  }

  /**
   * Large answers narrow the window, so that what was asked for and not yet taken stays bounded.
   */
  #expect(bytes: number): void {
    if (this.#window < this.#door.limits.inFlight) this.#window++;
    const mean = this.#expectedAnswer + (bytes - this.#expectedAnswer) * LAST_SHARE;
    this.#expectedAnswer = Math.max(bytes, mean);
  }

  #leave(pending: Pending): void {
    this.#order.leave(pending);
    const { dependents } = pending;
    if (dependents === null) return;
    pending.dependents = null;
    for (const later of dependents) if (--later.blockers === 0) this.#execute(later);
  }

  #startLocal(pending: Pending, row: LocalRow): void {
    if (this.#held || (row.waits === true && this.#head !== null)) {
      this.#append(pending);
      this.#barrier = pending;
      this.#barrierRuns = false;
      return;
    }
    this.#runLocal(pending, row, false);
  }

  /** `queued`: it has its place in the order already, and is at its head. */
  #runLocal(pending: Pending, row: LocalRow, queued: boolean): void {
    const direct = (queued || this.#head === null) && !pending.silent;
    const out = direct ? this.#out : new ReplyWriter(this.#out.protocol);
    const done = (): void => {
      if (this.#closed) return;
      pending.bytes = direct || pending.silent ? [] : out.take();
      this.#finish(pending);
    };
    const failed = (thrown: unknown): void => {
      this.#onBroken(out, pending, thrown);
      done();
    };
    let ends: void | Promise<void>;
    try {
      ends = row.handle({
        args: pending.args,
        client: this.#client,
        door: this.#door,
        out,
        execute: (command) => this.#door.execute(command),
      });
    } catch (thrown) {
      this.#onBroken(out, pending, thrown);
      ends = undefined;
    }
    if (!(ends instanceof Promise)) {
      if (!queued && this.#head === null) {
        this.#count(pending);
        this.#host.onProgress();
        return;
      }
      if (!queued) this.#append(pending);
      done();
      return;
    }
    if (!queued) this.#append(pending);
    this.#barrier = pending;
    this.#barrierRuns = true;
    ends.then(done, failed);
  }

  /** A handler that throws is a bug, or tells bad news of the shards. */
  #onBroken(out: ReplyWriter, pending: Pending, thrown: unknown): void {
    const { logger, stats } = this.#door;
    const error = thrown instanceof RkvError ? thrown : null;
    const text = error === null ? 'ERR internal error, see the log of this node' : errorText(error);
    if (error === null || error.code === 'INTERNAL') {
      stats.unexpected++;
      logger.error(
        { command: pending.entry.fullName, error: String(thrown) },
        'redis command failed',
      );
    }
    stats.onError(text);
    pending.entry.stats.failed++;
    out.error(text);
  }

  #maybeRunBarrier(): void {
    const barrier = this.#barrier;
    if (barrier === null || this.#barrierRuns || this.#held || this.#head !== barrier) return;
    this.#barrierRuns = true;
    const { row } = barrier.entry;
    if (row.kind === 'local') this.#runLocal(barrier, row, true);
    else this.#execute(barrier);
  }

  #finish(pending: Pending): void {
    pending.answered = true;
    if (pending === this.#barrier) {
      this.#barrier = null;
      this.#barrierRuns = false;
    }
    this.#count(pending);
    if (pending === this.#head) this.#drain();
    else this.held += pending.held;
    this.#maybeRunBarrier();
    this.#host.onProgress();
  }

  /** Writes what is answered, in order, up to the first that is not. */
  #drain(): void {
    const first = this.#head;
    let head = first;
    while (head?.answered) {
      this.inFlight--;
      this.inFlightBytes -= head.size;
      // the head itself never counted as held: it went out when its answer came
      if (head !== first) this.held -= head.held;
      const { next } = head;
      this.#write(head);
      this.#head = next;
      head = next;
    }
    if (head === null) this.#tail = null;
  }

  #write(pending: Pending): void {
    const { answer, bytes, silent, entry } = pending;
    if (bytes !== null) {
      for (const part of bytes) this.#out.raw(part);
      return;
    }
    const { row } = entry;
    if (answer === null || row.kind !== 'data') return;
    const problem = problemOf(row, answer);
    if (problem !== null) {
      entry.stats.failed++;
      this.#door.stats.onError(problem);
    }
    if (silent) return;
    if (problem !== null) this.#out.error(problem);
    else if (!(answer instanceof RkvError)) {
      try {
        writeReply(row, answer, this.#out, pending);
      } catch (thrown) {
        this.#onBroken(this.#out, pending, thrown);
      }
    }
  }

  #count({ entry, args, arrived }: Pending): void {
    const { clock, slowlog } = this.#door;
    const micros = (clock.monotonic() - arrived) * 1000;
    entry.stats.calls++;
    entry.stats.microseconds += micros;
    if (micros >= slowlog.fromMicroseconds) slowlog.onSlow(this.#client, entry, args, micros);
  }
}
