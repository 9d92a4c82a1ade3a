/**
 * How long this thread may block in synchronous look-ups of the store: about 3 ms a turn for the
 * whole node (docs/adr/0008-read-budget.md). A look-up that hits LevelDB's cache costs 1 to 4 µs, a
 * promise five times that. The clock is read once in sixteen look-ups; decoding what they bring
 * counts too.
 */
import type { Clock } from '../../base/clock.js';

const LOOKUPS_PER_LOOK = 16;

export class ReadBudget {
  private readonly clock: Clock;
  private readonly perTurnMs: number;
  private spentMs = 0;
  private counting = false;
  private since = 0;
  private lookups = 0;

  constructor(clock: Clock, perTurnMs: number) {
    this.clock = clock;
    this.perTurnMs = perTurnMs;
  }

  /** A load starts to look up; `end` must follow in this turn. */
  begin(): void {
    if (!this.counting) {
      this.counting = true;
      this.clock.endOfTurn(() => {
        this.counting = false;
        this.spentMs = 0;
      });
    }
    this.since = this.clock.monotonic();
    this.lookups = 0;
  }

  /** Whether one more look-up may be made now. */
  spend(): boolean {
    if (this.lookups === LOOKUPS_PER_LOOK) this.charge();
    this.lookups++;
    return this.spentMs < this.perTurnMs;
  }

  end(): void {
    this.charge();
  }

  private charge(): void {
    const now = this.clock.monotonic();
    this.spentMs += now - this.since;
    this.since = now;
    this.lookups = 0;
  }
}
