/** Random members of a collection, decided by a seed, so that every replica draws the same. */
import { createPrng, type Prng } from '../../base/prng.js';

/** A generator from a 64-bit seed. */
export const prngOf = (seed: bigint): Prng =>
  createPrng(Number(BigInt.asUintN(32, seed ^ (seed >> 32n))));

/** `count` of the items in random order, each once; all of them if there are no more. */
export function withoutRepetition<T>(items: readonly T[], count: number, prng: Prng): T[] {
  const pool = [...items];
  const taken = Math.min(count, pool.length);
  for (let at = 0; at < taken; at++) {
    const other = at + prng.below(pool.length - at);
    const swapped = pool[at] as T;
    pool[at] = pool[other] as T;
    pool[other] = swapped;
  }
  return pool.slice(0, taken);
}

export function withRepetition<T>(items: readonly T[], count: number, prng: Prng): T[] {
  if (items.length === 0) return [];
  return Array.from({ length: count }, () => items[prng.below(items.length)] as T);
}

/** Keeps `count` of a stream, each with the same odds (algorithm R of J. Vitter, 1985). */
export class Reservoir<T> {
  readonly items: T[] = [];
  readonly #count: number;
  readonly #prng: Prng;
  #seen = 0;

  constructor(count: number, prng: Prng) {
    this.#count = count;
    this.#prng = prng;
  }

  add(item: T): void {
    this.#seen++;
    if (this.items.length < this.#count) {
      this.items.push(item);
      return;
    }
    const at = this.#prng.below(this.#seen);
    if (at < this.#count) this.items[at] = item;
  }
}
