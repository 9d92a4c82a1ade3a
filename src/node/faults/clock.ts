/** The clock port with a wall clock that can be put wrong; monotonic time goes on as it is. */
import type { Clock } from '../../base/clock.js';
import type { EpochMs } from '../../base/ids.js';
import type { FaultBoard } from './board.js';

export function shiftedClock(clock: Clock, board: FaultBoard): Clock {
  return {
    monotonic: () => clock.monotonic(),
    wall: () => (clock.wall() + board.clockOffset()) as EpochMs,
    after: (ms, run) => clock.after(ms, run),
    endOfTurn: (run) => clock.endOfTurn(run),
  };
}
