/** CLIENT PAUSE: commands of this node's Redis clients held back for a time. */
import type { Clock, Timer } from '../../base/clock.js';
import type { Entry } from './registry.js';

export class Pause {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #until = 0;
  #all = false;
  #held: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A longer or stricter pause replaces what is there, a shorter one does not. */
  begin(ms: number, all: boolean): void {
    const until = this.#clock.monotonic() + ms;
    if (this.#timer !== null) {
      this.#timer.cancel();
      this.#until = Math.max(this.#until, until);
      this.#all ||= all;
    } else {
      this.#until = until;
      this.#all = all;
    }
    this.#timer = this.#clock.after(this.#until - this.#clock.monotonic(), () => this.end());
  }

  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#all = false;
    const held = this.#held;
    this.#held = [];
    for (const run of held) run();
  }

  get active(): boolean {
    return this.#timer !== null;
  }

  /** CLIENT itself always passes, or nobody could end the pause; EXEC counts as a write. */
  holds({ writes, fullName }: Entry): boolean {
    if (this.#timer === null || fullName.startsWith('client|')) return false;
    return this.#all || writes || fullName === 'exec';
  }

  whenOver(run: () => void): void {
    this.#held.push(run);
  }
}
