/**
 * The node's one ticker. It counts elapsed monotonic time, not timer calls; after a stall it lets
 * one poll phase deliver what has arrived before it ticks, and ticks at most one election timeout
 * at once, so that a pause alone starts no election (DESIGN section 4, "Timing").
 */
import type { Clock, Timer } from '../base/clock.js';
import type { MonoMs } from '../base/ids.js';

export class Ticker {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #maxTicks: number;
  readonly #onTicks: (count: number) => void;
  #timer: Timer | null = null;
  #last: MonoMs;
  #stopped = false;

  constructor(clock: Clock, tickMs: number, maxTicks: number, onTicks: (count: number) => void) {
    this.#clock = clock;
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

  #arm(): void {
    if (!this.#stopped) this.#timer = this.#clock.after(this.#tickMs, () => this.#onTimer());
  }

  #onTimer(): void {
    const late = this.#clock.monotonic() - this.#last > 2 * this.#tickMs;
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
