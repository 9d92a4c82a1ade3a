/**
 * One timer for all deadlines: it stands at the earliest of those that were there when it was last
 * set, so that a request costs no timer of its own and a busy client sets one every few seconds.
 */
import type { Clock, Timer } from '../base/clock.js';

export class Deadlines {
  readonly #clock: Clock;
  /** Ends what is due at this time and returns the earliest deadline that is left, or infinity. */
  readonly #expire: (now: number) => number;
  #next = Number.POSITIVE_INFINITY;
  #timer: Timer | null = null;

  constructor(clock: Clock, expire: (now: number) => number) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** `deadline` on the monotonic clock. */
  watch(deadline: number): void {
    if (deadline >= this.#next) return;
    this.#next = deadline;
    this.#timer?.cancel();
    const wait = Math.max(1, Math.ceil(deadline - this.#clock.monotonic()));
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = null;
      this.#next = Number.POSITIVE_INFINITY;
      this.watch(this.#expire(this.#clock.monotonic()));
    });
  }

  close(): void {
    this.#timer?.cancel();
  }
}
