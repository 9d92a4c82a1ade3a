/**
 * The clock port: the only way to time outside pure code, so that tests and the simulator can turn
 * the hands. `systemClock` is the real one.
 */
import type { EpochMs, MonoMs } from './ids.js';

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds, fractional; never goes back, says nothing about the date. */
  monotonic(): MonoMs;
  /** The machine's idea of the date; may jump either way. */
  wall(): EpochMs;
  /** Calls `run` once after `ms` milliseconds. Never on the way of a request. */
  after(ms: number, run: () => void): Timer;
  /**
   * Calls `run` at the end of this turn of the event loop, after all readable sockets were read.
   */
  endOfTurn(run: () => void): void;
}

export const systemClock: Clock = {
  monotonic: () => performance.now() as MonoMs,
  wall: () => Date.now() as EpochMs,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  endOfTurn: (run) => void setImmediate(run),
};
