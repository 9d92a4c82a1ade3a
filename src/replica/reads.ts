/**
 * Linearizable reads of one shard: all that wait at a turn share one read index, then wait until it
 * is applied here, then read the machine (thesis 6.4). Contexts are never used twice, so a retry
 * after a pause cannot ride on an old confirmation.
 */
import type { EpochMs, LogIndex, MonoMs } from '../base/ids.js';
import { RkvError } from '../kv/errors.js';
import type { Machine, ReadResult } from '../machine/types.js';
import type { ReadState } from '../raft/types.js';
import type { PendingRead, ReplicaLimits } from './types.js';

interface Confirmed {
  readonly index: LogIndex;
  readonly reads: readonly PendingRead[];
}

interface Round {
  reads: readonly PendingRead[];
  /** What the node counts it under. */
  readonly batch: number;
}

/** What the reads need of their replica. */
export interface ReadHost {
  machine(): Machine | null;
  applied(): LogIndex;
  clusterNow(): EpochMs;
  /** A read met a deadline that has passed: have time advanced through the log. */
  needTime(read: PendingRead): void;
  leaseHolds(): boolean;
  fail(error: unknown): void;
  /** Whether a round may begin now; if not, the replica is woken when it may. */
  mayAsk(): boolean;
  /** A round of so many reads begins; the number it gets is told when it ends. */
  roundBegins(reads: number): number;
  roundEnds(batch: number): void;
}

export class ReadQueue {
  readonly #limits: ReplicaLimits;
  readonly #host: ReadHost;
  #waiting: PendingRead[] = [];
  #rounds = new Map<number, Round>();
  #confirmed: Confirmed[] = [];
  #nextContext = 1;

  constructor(limits: ReplicaLimits, host: ReadHost) {
    this.#limits = limits;
    this.#host = host;
  }

  get hasWork(): boolean {
    if (this.#waiting.length === 0 || this.#rounds.size >= this.#limits.maxReadRounds) return false;
    return this.#host.mayAsk();
  }

  get pending(): number {
    return this.#waiting.length + this.#rounds.size + this.#confirmed.length;
  }

  /** False: too much waits already. */
  add(read: PendingRead): boolean {
    if (this.#waiting.length >= this.#limits.maxWaitingRequests) return false;
    this.#waiting.push(read);
    return true;
  }

  /** Begins a round for everything that waits; `ask` hands its context to the core. */
  begin(ask: (context: number, mode: 'confirmed' | 'lease') => void): void {
    if (!this.hasWork) return;
    const all = this.#waiting;
    this.#waiting = [];
    const lease = all.filter((read) => read.mode === 'lease');
    const confirmed = lease.length === 0 ? all : all.filter((read) => read.mode === 'confirmed');
    for (const [reads, mode] of [
      [confirmed, 'confirmed'],
      [lease, 'lease'],
    ] as const) {
      if (reads.length === 0) continue;
      const context = this.#nextContext++;
      this.#rounds.set(context, { reads, batch: this.#host.roundBegins(reads.length) });
      ask(context, mode);
    }
  }

  onState(state: ReadState): void {
    const round = this.#rounds.get(state.context);
    if (round === undefined) return;
    this.#rounds.delete(state.context);
    this.#host.roundEnds(round.batch);
    const { reads } = round;
    if (state.outcome === 'lost') {
      for (const read of reads) read.done({ kind: 'not-leader' });
      return;
    }
    if (state.index <= this.#host.applied()) this.#run(reads);
    else this.#confirmed.push({ index: state.index, reads });
  }

  /** Applied moved on: reads whose index is reached run. */
  onApplied(applied: LogIndex): void {
    if (this.#confirmed.length === 0) return;
    const reached = this.#confirmed.filter((confirmed) => confirmed.index <= applied);
    if (reached.length === 0) return;
    this.#confirmed = this.#confirmed.filter((confirmed) => confirmed.index > applied);
    for (const confirmed of reached) this.#run(confirmed.reads);
  }

  #run(reads: readonly PendingRead[]): void {
    for (const read of reads) this.run(read, false);
  }

  /** Reads the machine as it is now; `settled` after time was advanced for it. */
  run(read: PendingRead, settled: boolean): void {
    const machine = this.#host.machine();
    if (machine === null) {
      read.done({ kind: 'not-leader' });
      return;
    }
    let result: ReadResult | Promise<ReadResult>;
    try {
      result = machine.read(read.command, this.#host.clusterNow(), settled, read.deadline);
    } catch (error) {
      this.#fail(read, error);
      return;
    }
    if (!(result instanceof Promise)) {
      this.#finish(read, result);
      return;
    }
    result.then(
      (value) => this.#finish(read, value),
      (error: unknown) => this.#fail(read, error),
    );
  }

  #finish(read: PendingRead, result: ReadResult): void {
    if (result.kind === 'needs-time') {
      this.#host.needTime(read);
      return;
    }
    // Scenario 22: a pause between lease check and read; a lost lease sends the read round again.
    if (read.mode === 'lease' && !this.#host.leaseHolds()) {
      if (!this.add({ ...read, mode: 'confirmed' }))
        read.done({ kind: 'refused', code: 'OVERLOADED' });
      return;
    }
    read.done(result);
  }

  /** What the machine refuses is no failure: it was replaced meanwhile, or too much waits. */
  #fail(read: PendingRead, error: unknown): void {
    if (error instanceof RkvError && error.kind === 'refused') {
      const { code } = error;
      read.done(code === 'NOT_READY' ? { kind: 'not-leader' } : { kind: 'refused', code });
      return;
    }
    read.done({ kind: 'refused', code: 'FENCED' });
    this.#host.fail(error);
  }

  /** The replica stops or is rebuilt: everybody has to ask elsewhere. */
  drop(): void {
    const reads = [
      ...this.#waiting,
      ...[...this.#rounds.values()].flatMap((round) => round.reads),
      ...this.#confirmed.flatMap((confirmed) => confirmed.reads),
    ];
    this.#waiting = [];
    for (const { batch } of this.#rounds.values()) this.#host.roundEnds(batch);
    this.#rounds.clear();
    this.#confirmed = [];
    for (const read of reads) read.done({ kind: 'not-leader' });
  }

  sweep(now: MonoMs): void {
    this.#waiting = this.#late(this.#waiting, now);
    for (const round of this.#rounds.values()) round.reads = this.#late(round.reads, now);
    this.#confirmed = this.#confirmed.map((confirmed) => ({
      index: confirmed.index,
      reads: this.#late(confirmed.reads, now),
    }));
  }

  #late<T extends readonly PendingRead[]>(reads: T, now: MonoMs): PendingRead[] {
    const late = reads.filter((read) => read.deadline <= now);
    if (late.length === 0) return reads as unknown as PendingRead[];
    for (const read of late) read.done({ kind: 'refused', code: 'TIMEOUT' });
    return reads.filter((read) => read.deadline > now);
  }
}
