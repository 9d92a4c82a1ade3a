/**
 * The node's one ticker. It counts elapsed monotonic time, not timer calls; after a stall it lets
 * one poll phase deliver what has arrived before it ticks, and ticks at most one election timeout
 * at once, so that a pause alone starts no election (DESIGN section 4, "Timing").
 */
import type { Clock, Timer } from '../base/clock.js';
import type { MonoMs } from '../base/ids.js';

/** Ticks in one while every group rests: duties such as expiry go on. */
const REST_TICKS = 5;

export class Ticker {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #maxTicks: number;
  readonly #onTicks: (count: number) => void;
  readonly #resting: () => boolean;
  #timer: Timer | null = null;
  /** What the timer under way waits for. */
  #waitMs: number;
  #last: MonoMs;
  #stopped = false;

  /** `resting`: asked at every tick whether every group rests. */
  constructor(
    clock: Clock,
    tickMs: number,
    maxTicks: number,
    onTicks: (count: number) => void,
    resting: () => boolean = () => false,
  ) {
    this.#clock = clock;
    this.#resting = resting;
    this.#waitMs = tickMs;
    this.#tickMs = tickMs;
    this.#maxTicks = maxTicks;
    this.#onTicks = onTicks;
    this.#last = clock.monotonic();
  }

  start(): void {
    this.#last = this.#clock.monotonic();
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** A group woke: from now on its ticks count. */
  hurry(): void {
    if (this.#waitMs === this.#tickMs || this.#stopped) return;
    this.#timer?.cancel();
    this.#last = this.#clock.monotonic();
    this.#wait(this.#tickMs);
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#wait(this.#resting() ? REST_TICKS * this.#tickMs : this.#tickMs);
  }

  #wait(ms: number): void {
    this.#waitMs = ms;
    this.#timer = this.#clock.after(ms, () => this.#onTimer());
  }

  #onTimer(): void {
    const late = this.#clock.monotonic() - this.#last > this.#waitMs + this.#tickMs;
    if (late) this.#clock.endOfTurn(() => this.#tick());
    else this.#tick();
  }

  #tick(): void {
    if (this.#stopped) return;
    const elapsed = this.#clock.monotonic() - this.#last;
    const due = Math.floor(elapsed / this.#tickMs);
    if (due > 0) {
      const count = Math.min(due, this.#maxTicks);
      this.#last = (this.#last + due * this.#tickMs) as MonoMs;
      this.#onTicks(count);
    }
    this.#arm();
  }
}
