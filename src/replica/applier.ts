/**
 * Committed entries, in order, into the machine. What an entry needs is brought into memory first
 * (asynchronously if it must), then it is applied at once; a run ends at an entry's end after so
 * many commands or so much time, so that no shard keeps the event loop from the others.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, MonoMs } from '../base/ids.js';
import type { AppliedEntry, CommittedEntry, Machine } from '../machine/types.js';

export interface ApplierHost {
  machine(): Machine | null;
  /** The entry from memory; undefined starts a read of the log and `resume` follows. */
  entry(index: LogIndex): CommittedEntry | undefined;
  fetch(from: LogIndex, to: LogIndex): void;
  /** The overlay is full while a flush runs. */
  saturated(): boolean;
  monotonic(): MonoMs;
  onEntry(entry: CommittedEntry, applied: AppliedEntry): void;
  onRun(applied: LogIndex): void;
  /** More is left than one run takes. */
  again(): void;
  fail(error: unknown): void;
}

export interface RunLimits {
  readonly runCommands: number;
  readonly runMs: number;
}

export class Applier {
  readonly #host: ApplierHost;
  readonly #limits: RunLimits;
  #applied: LogIndex;
  #committed: LogIndex;
  #waiting = false;
  #paused = false;
  /** Raised when the machine is replaced, so that a prefetch of the old one counts for nothing. */
  #generation = 0;

  constructor(host: ApplierHost, limits: RunLimits, applied: LogIndex) {
    this.#host = host;
    this.#limits = limits;
    this.#applied = applied;
    this.#committed = applied;
  }

  get applied(): LogIndex {
    return this.#applied;
  }

  get hasWork(): boolean {
    return !this.#paused && !this.#waiting && this.#applied < this.#committed;
  }

  onCommitted(to: LogIndex): void {
    assert(to >= this.#committed, 'commit goes back');
    this.#committed = to;
  }

  /** Stops before the next entry (snapshot installation, fencing). */
  pause(): void {
    this.#paused = true;
    this.#generation++;
    this.#waiting = false;
  }

  /** The machine now stands at `applied`. */
  restart(applied: LogIndex): void {
    assert(applied >= this.#applied, 'applied goes back');
    this.#applied = applied;
    if (this.#committed < applied) this.#committed = applied;
    this.#paused = false;
  }

  /** What was fetched from the log has come. */
  resume(): void {
    this.#waiting = false;
    this.run();
  }

  run(): void {
    const machine = this.#host.machine();
    if (machine === null || !this.hasWork) return;
    const from = this.#applied;
    const end = this.#host.monotonic() + this.#limits.runMs;
    let commands = 0;
    while (this.hasWork && !this.#host.saturated()) {
      if (commands >= this.#limits.runCommands || this.#host.monotonic() > end) {
        this.#host.again();
        break;
      }
      const index = (this.#applied + 1) as LogIndex;
      const entry = this.#host.entry(index);
      if (entry === undefined) {
        this.#waiting = true;
        this.#host.fetch(index, this.#committed);
        break;
      }
      const loading = machine.prefetch(entry);
      if (loading !== undefined) {
        this.#await(loading, entry, machine);
        break;
      }
      commands += this.#apply(machine, entry);
    }
    if (this.#applied > from) this.#host.onRun(this.#applied);
  }

  #await(loading: Promise<void>, entry: CommittedEntry, machine: Machine): void {
    this.#waiting = true;
    const generation = this.#generation;
    loading.then(
      () => {
        if (generation !== this.#generation) return;
        this.#waiting = false;
        try {
          this.#apply(machine, entry);
          this.#host.onRun(this.#applied);
          this.run();
        } catch (error) {
          this.#host.fail(error);
        }
      },
      (error: unknown) => {
        if (generation === this.#generation) this.#host.fail(error);
      },
    );
  }

  #apply(machine: Machine, entry: CommittedEntry): number {
    assert(entry.index === this.#applied + 1, 'entries are applied one after the other');
    const applied = machine.apply(entry);
    this.#applied = entry.index;
    this.#host.onEntry(entry, applied);
    return applied.outcomes.length + 1;
  }
}
