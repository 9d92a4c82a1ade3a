/**
 * When the groups of a node ask for read indexes. Each round costs a message to every peer and one
 * back, whoever rides on it; groups that ask each at its own time fill the loop with messages that
 * carry a read or two. So while a well-filled batch of rounds is under way, reads of all groups
 * gather for the next, which begins when the last of that batch is answered. Under light load, and
 * when answers take long (a peer is away, a link is slow), nobody waits: batching follows load.
 */
import type { Clock } from '../base/clock.js';
import type { GroupId } from '../base/ids.js';

/** Fewer reads under way hold nobody back. */
const FILLED_READS = 8;
/** A batch that takes longer holds nobody back. */
const HOLD_MS = 2;

export class ReadGate {
  readonly #clock: Clock;
  readonly #wake: (group: GroupId) => void;
  readonly #held = new Set<GroupId>();
  /** Number of the newest batch, its reads, and its rounds without an answer. */
  #batch = 0;
  #reads = 0;
  #rounds = 0;
  #since = 0;
  /** The batch began in the turn under way: who asks now belongs to it. */
  #begun = false;
  #armed = false;

  /** `wake`: the group was held back and may ask now. */
  constructor(clock: Clock, wake: (group: GroupId) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** What asks from now on, until the next turn, is one batch. */
  beginTurn(): void {
    this.#begun = false;
  }

  /** Whether the group may begin a round now; if not, it is woken when it may. */
  mayAsk(group: GroupId): boolean {
    if (this.#begun || this.#rounds === 0 || this.#reads < FILLED_READS) return true;
    const left = HOLD_MS - (this.#clock.monotonic() - this.#since);
    if (left <= 0) return true;
    this.#held.add(group);
    this.#arm(left);
    return false;
  }

  /** A round of so many reads begins; returns the number to end it with. */
  begin(reads: number): number {
    if (!this.#begun) {
      this.#begun = true;
      this.#batch++;
      this.#reads = 0;
      this.#rounds = 0;
      this.#since = this.#clock.monotonic();
    }
    this.#reads += reads;
    this.#rounds++;
    return this.#batch;
  }

  /** The round was answered, or lost. */
  end(batch: number): void {
    if (batch === this.#batch && --this.#rounds === 0) this.#release();
  }

  #release(): void {
    if (this.#held.size === 0) return;
    const held = [...this.#held];
    this.#held.clear();
    for (const group of held) this.#wake(group);
  }

  #arm(ms: number): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#clock.after(Math.ceil(ms), () => {
      this.#armed = false;
      this.#release();
    });
  }
}
