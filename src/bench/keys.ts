/** Which key comes next: evenly spread, or a few keys most of the time. */
import type { Prng } from '../base/prng.js';

export const DISTRIBUTIONS = ['uniform', 'zipf'] as const;
export type Distribution = (typeof DISTRIBUTIONS)[number];

/** The skew that YCSB uses. */
const THETA = 0.99;
const PRNG_RANGE = 2 ** 30;

export interface KeyChooser {
  /** A number from 0 to `keys` − 1. */
  next(): number;
}

function zeta(count: number): number {
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) sum += 1 / rank ** THETA;
  return sum;
}

/** Scatters ranks over the key space, so that hot keys do not share a shard. */
const scatter = (rank: number, keys: number): number => (rank * 2_654_435_761) % keys;

/**
 * Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994), section 3.
 */
function zipf(keys: number, prng: Prng): KeyChooser {
  const zetaN = zeta(keys);
  const alpha = 1 / (1 - THETA);
  const half = 1 + 0.5 ** THETA;
  const eta = (1 - (2 / keys) ** (1 - THETA)) / (1 - half / zetaN);
  return {
    next() {
      const u = prng.below(PRNG_RANGE) / PRNG_RANGE;
      const scaled = u * zetaN;
      if (scaled < 1) return 0;
      if (scaled < half) return scatter(1, keys);
      const rank = Math.floor(keys * (eta * u - eta + 1) ** alpha);
      return scatter(Math.min(rank, keys - 1), keys);
    },
  };
}

export function keyChooser(distribution: Distribution, keys: number, prng: Prng): KeyChooser {
  if (distribution === 'zipf' && keys > 2) return zipf(keys, prng);
  return { next: () => prng.below(keys) };
}

/** All keys of a run have one length, like those of redis-benchmark. */
export const keyName = (number: number): string => `bench:${String(number).padStart(12, '0')}`;
