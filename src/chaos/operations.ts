/**
 * Which operation comes next, and on which key: registers, counters and lists of words, values that
 * are used once, and a few keys that everybody wants.
 */
import type { Prng } from '../base/prng.js';

export type NextOperation =
  | {
      readonly op: 'get';
      readonly key: string;
      readonly args: readonly [];
      readonly follower: boolean;
    }
  | { readonly op: 'del'; readonly key: string; readonly args: readonly [] }
  | {
      readonly op: 'set' | 'append' | 'incr';
      readonly key: string;
      readonly args: readonly [string];
    }
  | { readonly op: 'cas'; readonly key: string; readonly args: readonly [string, string] };

type Family = 'register' | 'counter' | 'list';

/** Of every four keys two are registers. */
const FAMILIES: readonly Family[] = ['register', 'counter', 'register', 'list'];
/** So many keys get half of the operations. */
const HOT_KEYS = 8;

export class OperationSource {
  readonly #prng: Prng;
  readonly #prefix: string;
  readonly #keys: number;
  /** What was last seen under a key, for a cas that may succeed. */
  readonly #seen = new Map<string, string>();
  #values = 0;

  constructor(prng: Prng, prefix: string, keys: number) {
    this.#prng = prng;
    this.#prefix = prefix;
    this.#keys = keys;
  }

  /** Every key that may be used. */
  get keys(): string[] {
    return Array.from({ length: this.#keys }, (_, index) => this.#name(index));
  }

  /** Somebody has read or written this. */
  saw(key: string, value: string): void {
    this.#seen.set(key, value);
  }

  next(): NextOperation {
    const prng = this.#prng;
    const hot = prng.below(2) === 0;
    const index = prng.below(hot ? Math.min(HOT_KEYS, this.#keys) : this.#keys);
    const key = this.#name(index);
    const dice = prng.below(100);
    switch (FAMILIES[index % FAMILIES.length] as Family) {
      case 'register':
        if (dice < 45) return this.#get(key);
        if (dice < 70) return { op: 'set', key, args: [this.#value()] };
        if (dice < 92) return { op: 'cas', key, args: [this.#seen.get(key) ?? '', this.#value()] };
        if (dice < 95) return { op: 'append', key, args: [`+${this.#value()}`] };
        return { op: 'del', key, args: [] };
      case 'counter':
        if (dice < 45) return this.#get(key);
        if (dice < 97) return { op: 'incr', key, args: [String(1 + prng.below(1000))] };
        return { op: 'del', key, args: [] };
      case 'list':
        if (dice < 45) return this.#get(key);
        if (dice < 97) return { op: 'append', key, args: [`${this.#value()},`] };
        return { op: 'del', key, args: [] };
    }
  }

  #get(key: string): NextOperation {
    return { op: 'get', key, args: [], follower: this.#prng.below(3) === 0 };
  }

  #name(index: number): string {
    return `${this.#prefix}${FAMILIES[index % FAMILIES.length]}:${index}`;
  }

  #value(): string {
    this.#values += 1;
    return `v${this.#values}`;
  }
}
