/**
 * How long this thread may block in synchronous look-ups of the store: about 1 ms a turn for the
 * whole node. A look-up that hits LevelDB's cache costs 1 to 4 µs, a promise five times that.
 */
import type { Clock } from '../../base/clock.js';

export class ReadBudget {
  private readonly clock: Clock;
  private readonly perTurnMs: number;
  private spentMs = 0;
  private counting = false;

  constructor(clock: Clock, perTurnMs: number) {
    this.clock = clock;
    this.perTurnMs = perTurnMs;
  }

  get left(): boolean {
    return this.spentMs < this.perTurnMs;
  }

  spend<T>(read: () => T): T {
    if (!this.counting) {
      this.counting = true;
      this.clock.endOfTurn(() => {
        this.counting = false;
        this.spentMs = 0;
      });
    }
    const from = this.clock.monotonic();
    try {
      return read();
    } finally {
      this.spentMs += this.clock.monotonic() - from;
    }
  }
}
