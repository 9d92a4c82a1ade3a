/** Everything that is drawn in a simulation comes from here: one seed, forked by purpose. */
import { createPrng, type Prng } from '../../../src/base/prng.js';

export class Chance implements Prng {
  readonly #prng: Prng;

  constructor(seed: number) {
    this.#prng = createPrng(seed);
  }

  below(bound: number): number {
    return this.#prng.below(bound);
  }

  /** A fraction from `low` to below `high`. */
  between(low: number, high: number): number {
    return low + ((high - low) * this.#prng.below(1_000_000)) / 1_000_000;
  }

  /** True so many times in a thousand. */
  permille(rate: number): boolean {
    return rate > 0 && this.#prng.below(1000) < rate;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.#prng.below(list.length)] as T;
  }

  /** A stream of its own, so that draws here move nothing elsewhere. */
  fork(): Chance {
    return new Chance(this.#prng.below(2 ** 32));
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let at = 0; at < count; at++) bytes[at] = this.#prng.below(256);
    return bytes;
  }
}
