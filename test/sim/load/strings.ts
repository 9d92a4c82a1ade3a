/**
 * Operations on strings: registers `r`, numbers `n`, lists of appended values `a`, and `t` with
 * deadlines.
 */
import type { PageItem, Reply } from '../../../src/kv/reply.js';
import type { HistoryOut } from '../../../src/verify/history.js';
import type { Draft, Load } from './load.js';
import {
  commandOf,
  contentOf,
  deletedOf,
  itemOf,
  lengthOf,
  numberOf,
  type Operation,
  previousOf,
  read,
  single,
  textOf,
  write,
  writtenOf,
} from './operation.js';

export const KEYS = 12;

export const get: Draft = (load) =>
  single('get', load.key(load.below(5) === 0 ? 'n' : 'r'), [], itemOf);

export const set: Draft = (load) => {
  const how = load.below(10);
  const words = how === 0 ? ['NX'] : how === 1 ? ['XX'] : how === 2 ? ['GET'] : [];
  const out = how === 2 ? previousOf : writtenOf;
  return single('set', load.key('r'), [load.fresh(), ...words], out);
};

export const cas: Draft = (load) => {
  const key = load.key('r');
  return single('cas', key, [load.expected(key), load.fresh()], writtenOf);
};

export const incr: Draft = (load) =>
  single('incr', load.key('n'), [String(1 + load.below(9))], numberOf);

export const append: Draft = (load) =>
  single('append', load.key('a'), [`${load.fresh()};`], lengthOf);

export const readList: Draft = (load) => single('get', load.key('a'), [], itemOf);

export const readRegister: Draft = (load) => single('get', load.key('r'), [], itemOf);

export const del: Draft = (load) => {
  const family = load.below(4) === 0 ? 'a' : load.below(4) === 0 ? 'n' : 'r';
  return single('del', load.key(family), [], deletedOf);
};

function several(load: Load): string[] {
  return [...new Set(Array.from({ length: 2 + load.below(3) }, () => load.key('r')))];
}

export const mget: Draft = (load) => {
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
  return read('mget', commandOf('mget', keys), { lines });
};

export const mset: Draft = (load) => {
  const pairs = several(load).map((key) => [key, load.fresh()] as const);
  const lines = pairs.map(([key, value]) => ({
    op: 'mset',
    key,
    args: [value],
    out: (): HistoryOut => ({}),
  }));
  return write('mset', commandOf('mset', pairs.flat()), { lines });
};

export const scan: Draft = () => {
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
  return read('scan', commandOf('scan', ['r', 's']), { lines });
};

export const setWithTtl: Draft = (load) => {
  const ttlMs = load.ttl();
  const [key, value] = [load.key('t'), load.fresh()];
  load.expires(key, ttlMs);
  const command = commandOf('set', [key, value, 'PX', String(ttlMs)]);
  return write('set PX', command, { dues: [{ kind: 'write', key, value, ttlMs }] });
};

export const getWithTtl: Draft = (load) => {
  const key = (load.below(2) === 0 ? load.nearlyDue('t') : null) ?? load.key('t');
  const dues = [{ kind: 'read', key, seen: contentOf } as const];
  return read('get of a key that expires', commandOf('get', [key]), { dues });
};

export const everyString = (): Operation[] =>
  ['r', 'n', 'a'].flatMap((family) =>
    Array.from({ length: KEYS }, (_, at) => single('get', family + at, [], itemOf)),
  );
