/** Shares a byte rate among all who send: each takes its turn, nobody saves up while idle. */
import type { Clock } from '../base/clock.js';

export interface RateLimiter {
  /** Resolves when `bytes` may go. */
  take(bytes: number): Promise<void>;
}

export function createRateLimiter(bytesPerSecond: number, clock: Clock): RateLimiter {
  /** When the rate has room again, on the monotonic clock. */
  let freeAt = 0;
  return {
    take(bytes) {
      const now = clock.monotonic();
      const at = Math.max(now, freeAt);
      freeAt = at + (bytes / bytesPerSecond) * 1000;
      if (at <= now) return Promise.resolve();
      return new Promise((resolve) => void clock.after(at - now, resolve));
    },
  };
}
