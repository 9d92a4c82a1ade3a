/** Requests that were refused and wait for their next attempt, behind one timer. */
import type { Clock, Timer } from '../base/clock.js';
import type { Pending } from './pending.js';

interface Delayed {
  /** On the monotonic clock. */
  readonly at: number;
  readonly pending: Pending;
}

export class RetryQueue {
  readonly #clock: Clock;
  readonly #onDue: (pending: Pending) => void;
  #delayed: Delayed[] = [];
  #timer: Timer | null = null;

  constructor(clock: Clock, onDue: (pending: Pending) => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  push(pending: Pending, at: number): void {
    this.#delayed.push({ at, pending });
    this.#arm();
  }

  /** Those for whom waiting has become pointless go now. */
  release(which: (pending: Pending) => boolean): void {
    if (this.#delayed.length > 0) this.#let(({ pending }) => which(pending));
  }

  close(): void {
    this.#timer?.cancel();
    this.#delayed = [];
  }

  #let(go: (one: Delayed) => boolean): void {
    const delayed = this.#delayed.filter((one) => !one.pending.settled);
    const due = delayed.filter(go);
    if (due.length > 0) this.#delayed = delayed.filter((one) => !go(one));
    else this.#delayed = delayed;
    for (const { pending } of due) if (!pending.settled) this.#onDue(pending);
  }

  #arm(): void {
    if (this.#timer !== null || this.#delayed.length === 0) return;
    const now = this.#clock.monotonic();
    let at = Number.POSITIVE_INFINITY;
    for (const one of this.#delayed) at = Math.min(at, one.at);
    this.#timer = this.#clock.after(Math.max(1, at - now), () => {
      this.#timer = null;
      const time = this.#clock.monotonic();
      this.#let((one) => one.at <= time);
      this.#arm();
    });
  }
}
