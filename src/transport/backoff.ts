/**
 * Waiting times between attempts to dial: doubling, with jitter so that nodes do not march in step.
 */
import type { Prng } from '../base/prng.js';

export interface Backoff {
  /** Milliseconds until the next attempt: half fixed, half drawn, of a step that doubles. */
  next(): number;
  reset(): void;
}

export function createBackoff(minMs: number, maxMs: number, random: Prng): Backoff {
  let step = minMs;
  return {
    next() {
      const half = Math.ceil(step / 2);
      step = Math.min(step * 2, maxMs);
      return half + random.below(half + 1);
    },
    reset() {
      step = minMs;
    },
  };
}
