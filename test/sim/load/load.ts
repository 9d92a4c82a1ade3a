/** One client's share of the load: what it asks next, and what it remembers of the answers. */
import type { HistoryOut } from '../../../src/verify/history.js';
import type { Focus } from '../plan.js';
import type { Chance } from '../world/chance.js';
import { everyHash } from './hashes.js';
import { MIX_OF_READERS, type Mix, mixOf } from './mixes.js';
import type { Operation } from './operation.js';
import { everyString, get, KEYS } from './strings.js';
import { everyTagged } from './transactions.js';

export type Draft = (client: Load) => Operation;

/** A key that expires, and when that will be as far as its writer knows. */
interface Due {
  readonly key: string;
  readonly at: number;
}

/** So many of the last keys with a deadline a client keeps in mind. */
const DUES = 8;
/** Of the clients of a seed about reads so many percent only read. */
const READERS = 40;
/** Of the keys so many percent are the first of their family: of those who only read, of others. */
const HOT = { reader: 90, other: 80 };
/** Values are this long at most, so that logs and stores have something to let go of. */
const PADDING = 1200;
/** Of all clients one in so many reads the hashes and lists at the end; the keys each does. */
const LAST_READERS = 4;

export class Load {
  /** It only reads, and goes to whom it believes to lead. */
  readonly reads: boolean;
  readonly #chance: Chance;
  readonly #mix: Mix;
  readonly #hot: number;
  readonly #dues: Due[] = [];
  #now = 0;
  readonly #client: number;
  #made = 0;
  /** The last value this client saw of a register; makes compare-and-set succeed now and then. */
  readonly #seen = new Map<string, string>();
  /** What follows from the answer to the operation before. */
  #planned: Draft | null = null;

  constructor(client: number, chance: Chance, focus: Focus | null) {
    this.#client = client;
    this.#chance = chance;
    this.reads = focus === 'reads' && chance.below(100) < READERS;
    this.#mix = this.reads ? MIX_OF_READERS : mixOf(focus);
    this.#hot = focus === 'reads' ? (this.reads ? HOT.reader : HOT.other) : 0;
  }

  next(now: number): Operation {
    this.#now = now;
    const planned = this.#planned;
    this.#planned = null;
    return planned === null ? this.from(this.#mix) : planned(this);
  }

  /** One of a mix, by its shares. */
  from(mix: Mix): Operation {
    const draw = this.#chance.below(100);
    for (const [until, draft] of mix) if (draw < until) return draft(this);
    return get(this);
  }

  /** The operation after this one. */
  plan(draft: Draft): void {
    this.#planned = draft;
  }

  everyRead(): Operation[] {
    const strings = everyString();
    if (this.#client % LAST_READERS !== 0) return strings;
    return [...strings, ...everyHash(), ...everyTagged()];
  }

  key(family: string): string {
    const hot = this.#hot > 0 && this.#chance.below(100) < this.#hot;
    return family + (hot ? 0 : this.#chance.below(KEYS));
  }

  /** Milliseconds of a time to live. */
  ttl(): number {
    return 300 + this.below(9000);
  }

  expires(key: string, ttlMs: number): void {
    this.#dues.push({ key, at: this.#now + ttlMs });
    if (this.#dues.length > DUES) this.#dues.shift();
  }

  /** The key or field of this client's own whose deadline is nearest, before or behind. */
  nearlyDue(family: string): string | null {
    const distance = ({ at }: Due): number => Math.abs(at - this.#now);
    const nearest = this.#dues
      .filter(({ key }) => key.startsWith(family))
      .reduce<Due | null>(
        (best, due) => (best === null || distance(due) < distance(best) ? due : best),
        null,
      );
    return nearest?.key ?? null;
  }

  /** A value that nobody else writes. */
  name(): string {
    return `v${this.#client}.${this.#made++}`;
  }

  /** The same, long now and then. */
  fresh(): string {
    const name = this.name();
    const padding = this.#chance.below(4) === 0 ? this.#chance.below(PADDING) : 0;
    return padding === 0 ? name : name + '.'.repeat(padding);
  }

  below(bound: number): number {
    return this.#chance.below(bound);
  }

  pick<T>(list: readonly T[]): T {
    return this.#chance.pick(list);
  }

  expected(key: string): string {
    return this.#seen.get(key) ?? 'nothing';
  }

  remember(key: string, out: HistoryOut | null): void {
    if (typeof out?.value === 'string') this.#seen.set(key, out.value);
  }
}
