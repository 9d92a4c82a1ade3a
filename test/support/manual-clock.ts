/** A clock whose hands the test turns: timers run in order of their time, turns end when asked. */
import type { Clock, Timer } from '../../src/base/clock.js';
import type { EpochMs, MonoMs } from '../../src/base/ids.js';

export interface ManualClock extends Clock {
  /** Moves monotonic and wall time on and runs what came due. */
  advance(ms: number): void;
  /** Sets the wall clock alone, as an operator or a bad battery would. */
  setWall(ms: number): void;
  /** Runs everything that waits for the end of the turn, and what that makes wait again. */
  endTurns(): void;
}

export function manualClock(wallStart = 1_000_000): ManualClock {
  let now = 0;
  let wall = wallStart;
  let turns: (() => void)[] = [];
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    monotonic: () => now as MonoMs,
    wall: () => wall as EpochMs,
    after(ms, run): Timer {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    endOfTurn: (run) => void turns.push(run),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        wall += due.at - now;
        now = due.at;
        due.run();
      }
      wall += end - now;
      now = end;
    },
    setWall(ms) {
      wall = ms;
    },
    endTurns() {
      while (turns.length > 0) {
        const run = turns;
        turns = [];
        for (const turn of run) turn();
      }
    },
  };
}
