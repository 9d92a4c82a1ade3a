/**
 * What the clients of a simulation ask for, and what the answers mean for the history. Every value
 * is unique in its run, so that a reader's answer names the one write it comes from.
 */
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import type { PageItem, Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { HistoryOut } from '../../../src/verify/history.js';
import type { Focus } from '../plan.js';
import type { Chance } from '../world/chance.js';

/** One line of the history that an operation becomes. */
export interface Line {
  readonly op: string;
  readonly key: string;
  readonly args: readonly string[];
  /** What its reply says of this key; null: nothing. */
  readonly out: (reply: Reply) => HistoryOut | null;
}

export interface Operation {
  readonly name: string;
  readonly command: Command;
  readonly write: boolean;
  readonly lines: readonly Line[];
  /** Its keys expire; another judge looks at it. */
  readonly ttl: { readonly key: string; readonly value: string; readonly ttlMs: number } | null;
}

const KEYS = 12;
/** Values are this long at most, so that logs and stores have something to let go of. */
const PADDING = 1200;

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const textOf = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

function commandOf(name: string, args: readonly string[]): Command {
  return { code: codeOf(name), database: 0, args: args.map(latin1) };
}

const itemOf = (reply: Reply): HistoryOut =>
  reply.kind === 'item'
    ? { value: textOf(reply.value) }
    : reply.kind === 'null'
      ? { value: null }
      : {};

const writtenOf = (reply: Reply): HistoryOut =>
  reply.kind === 'written' ? { applied: reply.applied } : {};

const previousOf = (reply: Reply): HistoryOut =>
  reply.kind === 'written'
    ? {
        applied: reply.applied,
        previous: reply.previous === null ? null : textOf(reply.previous),
      }
    : {};

const numberOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { value: reply.value.toString() } : {};

const lengthOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { length: Number(reply.value) } : {};

const deletedOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { applied: reply.value === 1n } : {};

type Draft = (client: Load) => Operation;

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

  constructor(client: number, chance: Chance, focus: Focus | null) {
    this.#client = client;
    this.#chance = chance;
    this.reads = focus === 'reads' && chance.below(100) < READERS;
    if (focus === 'reads') this.#mix = this.reads ? MIX_OF_READS : MIX_OF_WRITES;
    else this.#mix = focus === 'clocks' ? MIX_OF_DEADLINES : MIX;
    this.#hot = focus === 'reads' ? (this.reads ? HOT.reader : HOT.other) : 0;
  }

  next(now: number): Operation {
    this.#now = now;
    const draw = this.#chance.below(100);
    for (const [until, draft] of this.#mix) if (draw < until) return draft(this);
    return get(this);
  }

  everyRead(): Operation[] {
    const families = ['r', 'n', 'a'];
    return families.flatMap((family) =>
      Array.from({ length: KEYS }, (_, at) => single('get', family + at, [], itemOf)),
    );
  }

  key(family: string): string {
    const hot = this.#hot > 0 && this.#chance.below(100) < this.#hot;
    return family + (hot ? 0 : this.#chance.below(KEYS));
  }

  expires(key: string, ttlMs: number): void {
    this.#dues.push({ key, at: this.#now + ttlMs });
    if (this.#dues.length > DUES) this.#dues.shift();
  }

  /** The key of this client's own whose deadline is nearest, before or behind. */
  nearlyDue(): string | null {
    const distance = ({ at }: Due): number => Math.abs(at - this.#now);
    const nearest = this.#dues.reduce<Due | null>(
      (best, due) => (best === null || distance(due) < distance(best) ? due : best),
      null,
    );
    return nearest?.key ?? null;
  }

  fresh(): string {
    const name = `v${this.#client}.${this.#made++}`;
    const padding = this.#chance.below(4) === 0 ? this.#chance.below(PADDING) : 0;
    return padding === 0 ? name : name + '.'.repeat(padding);
  }

  below(bound: number): number {
    return this.#chance.below(bound);
  }

  expected(key: string): string {
    return this.#seen.get(key) ?? 'nothing';
  }

  remember(key: string, out: HistoryOut | null): void {
    if (typeof out?.value === 'string') this.#seen.set(key, out.value);
  }
}

function single(
  name: string,
  key: string,
  args: readonly string[],
  out: (reply: Reply) => HistoryOut,
): Operation {
  const write = name !== 'get';
  const lines = [{ op: name, key, args, out }];
  return { name, command: commandOf(name, [key, ...args]), write, lines, ttl: null };
}

const get: Draft = (load) => single('get', load.key(load.below(5) === 0 ? 'n' : 'r'), [], itemOf);

const set: Draft = (load) => {
  const how = load.below(10);
  const words = how === 0 ? ['NX'] : how === 1 ? ['XX'] : how === 2 ? ['GET'] : [];
  const out = how === 2 ? previousOf : writtenOf;
  return single('set', load.key('r'), [load.fresh(), ...words], out);
};

const cas: Draft = (load) => {
  const key = load.key('r');
  return single('cas', key, [load.expected(key), load.fresh()], writtenOf);
};

const incr: Draft = (load) => single('incr', load.key('n'), [String(1 + load.below(9))], numberOf);

const append: Draft = (load) => single('append', load.key('a'), [`${load.fresh()};`], lengthOf);

const readList: Draft = (load) => single('get', load.key('a'), [], itemOf);

const del: Draft = (load) => {
  const family = load.below(4) === 0 ? 'a' : load.below(4) === 0 ? 'n' : 'r';
  return single('del', load.key(family), [], deletedOf);
};

function several(load: Load): string[] {
  return [...new Set(Array.from({ length: 2 + load.below(3) }, () => load.key('r')))];
}

const mget: Draft = (load) => {
  const keys = several(load);
  const lines = keys.map((key, at) => ({
    op: 'get',
    key,
    args: [],
    out: (reply: Reply) => {
      const item = reply.kind === 'list' ? reply.items[at] : undefined;
      return item === undefined ? {} : itemOf(item);
    },
  }));
  return { name: 'mget', command: commandOf('mget', keys), write: false, lines, ttl: null };
};

const mset: Draft = (load) => {
  const pairs = several(load).map((key) => [key, load.fresh()] as const);
  const lines = pairs.map(([key, value]) => ({
    op: 'mset',
    key,
    args: [value],
    out: (): HistoryOut => ({}),
  }));
  return { name: 'mset', command: commandOf('mset', pairs.flat()), write: true, lines, ttl: null };
};

const scan: Draft = () => {
  const found = (reply: Reply, key: string): HistoryOut | null => {
    if (reply.kind !== 'page' || reply.next !== null) return null;
    const item = reply.items.find((one: PageItem) => textOf(one.key) === key);
    return { value: item === undefined ? null : textOf(item.value) };
  };
  const lines = Array.from({ length: KEYS }, (_, at) => `r${at}`).map((key) => ({
    op: 'get',
    key,
    args: [],
    out: (reply: Reply) => found(reply, key),
  }));
  return { name: 'scan', command: commandOf('scan', ['r', 's']), write: false, lines, ttl: null };
};

const setWithTtl: Draft = (load) => {
  const ttlMs = 300 + load.below(9000);
  const [key, value] = [load.key('t'), load.fresh()];
  load.expires(key, ttlMs);
  return {
    name: 'set PX',
    command: commandOf('set', [key, value, 'PX', String(ttlMs)]),
    write: true,
    lines: [],
    ttl: { key, value, ttlMs },
  };
};

const getWithTtl: Draft = (load) => {
  const key = (load.below(2) === 0 ? load.nearlyDue() : null) ?? load.key('t');
  return {
    name: 'get of a key that expires',
    command: commandOf('get', [key]),
    write: false,
    lines: [],
    ttl: { key, value: '', ttlMs: 0 },
  };
};

/** Of a hundred operations up to so many. */
type Mix = readonly (readonly [number, Draft])[];

const readRegister: Draft = (load) => single('get', load.key('r'), [], itemOf);

const MIX_OF_READS: Mix = [
  [96, readRegister],
  [98, mget],
  [100, readList],
];

const MIX_OF_WRITES: Mix = [
  [60, set],
  [70, cas],
  [76, incr],
  [82, append],
  [84, del],
  [90, mset],
  [100, get],
];

const MIX_OF_DEADLINES: Mix = [
  [12, get],
  [30, set],
  [38, incr],
  [46, append],
  [50, del],
  [70, setWithTtl],
  [100, getWithTtl],
];

const MIX: Mix = [
  [28, get],
  [48, set],
  [58, cas],
  [68, incr],
  [76, append],
  [80, readList],
  [84, del],
  [87, mget],
  [90, mset],
  [92, scan],
  [96, setWithTtl],
  [100, getWithTtl],
];
