/**
 * Operations on hashes. Fields of `h` are set, added to and deleted one by one: each field is a key
 * to the checker. A hash `w` is always written as a whole, every field with the same value, and a
 * string in between: the hash is one key to the checker, and whoever sees two values in it, or some
 * of its fields, has seen what never was. Odd hashes live in database 1, which is flushed now and
 * then.
 */
import type { Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { HistoryOut } from '../../../src/verify/history.js';
import type { Draft, Load } from './load.js';
import type { Mix } from './mixes.js';
import {
  commandOf,
  contentOf,
  countOf,
  deletedOf,
  execOf,
  fieldsOf,
  inside,
  type Line,
  latin1,
  numberOf,
  type Operation,
  partOf,
  read,
  write,
  writtenOf,
} from './operation.js';
import { everyTimedHash, timedDeletes } from './timed-hashes.js';

const HASHES = 4;
/** Fields of a hash `h`: values, and numbers. */
const VALUES = ['f0', 'f1', 'f2', 'f3', 'f4'];
const NUMBERS = ['n0', 'n1'];
const FIELDS = [...VALUES, ...NUMBERS];
/** Fields of a hash `w`. */
const WHOLE = Array.from({ length: 9 }, (_, at) => `w${at}`);

/** Of a hash by its name, whose last letter is its number. */
export const databaseOf = (key: string): number => Number(key.slice(-1)) % 2;
export const FLUSHED = 1;

const hashCommand = (name: string, key: string, ...args: readonly string[]): Command =>
  commandOf(name, [key, ...args], databaseOf(key));

const hash = (load: Load, family: string): string => family + load.below(HASHES);

const some = (load: Load, fields: readonly string[]): string[] => [
  ...new Set(Array.from({ length: 1 + load.below(3) }, () => load.pick(fields))),
];

// Field by field.

/** Of fields that were set or deleted together: known when it is the same for all of them. */
function forAll(reply: Reply, count: number): 'none' | 'all' | null {
  const found = countOf(reply);
  return found === 0 ? 'none' : found === count ? 'all' : null;
}

/** A field that is new was not there before, any other one was. */
const presence =
  (count: number) =>
  (reply: Reply): string[] => {
    const fresh = forAll(reply, count);
    return fresh === null ? [] : [fresh === 'all' ? 'NX' : 'XX'];
  };

const ofReply =
  (seen: (reply: Reply) => string | null | undefined) =>
  (reply: Reply): HistoryOut => {
    const value = seen(reply);
    return value === undefined ? {} : { value };
  };

const readLine = (
  key: string,
  field: string,
  seen: (reply: Reply) => string | null | undefined,
): Line => ({ op: 'get', key: `${key}/${field}`, args: [], out: ofReply(seen) });

const hset: Draft = (load) => {
  const key = hash(load, 'h');
  const pairs = some(load, VALUES).map((field) => [field, load.fresh()] as const);
  const words = presence(pairs.length);
  const lines = pairs.map(([field, value]) => ({
    op: 'set',
    key: `${key}/${field}`,
    args: [value],
    words,
    out: (): HistoryOut => ({ applied: true }),
  }));
  return write('hset', hashCommand('hset', key, ...pairs.flat()), { lines });
};

const hsetnx: Draft = (load) => {
  const [key, field, value] = [hash(load, 'h'), load.pick(VALUES), load.fresh()];
  const line = { op: 'set', key: `${key}/${field}`, args: [value, 'NX'], out: deletedOf };
  return write('hsetnx', hashCommand('hsetnx', key, field, value), { lines: [line] });
};

const hincrby: Draft = (load) => {
  const [key, field, by] = [hash(load, 'h'), load.pick(NUMBERS), String(1 + load.below(9))];
  const line = { op: 'incr', key: `${key}/${field}`, args: [by], out: numberOf };
  return write('hincrby', hashCommand('hincrby', key, field, by), { lines: [line] });
};

const hget: Draft = (load) => {
  const [key, field] = [hash(load, 'h'), load.pick(FIELDS)];
  const lines = [readLine(key, field, contentOf)];
  return read('hget', hashCommand('hget', key, field), { lines });
};

const hmget: Draft = (load) => {
  const key = hash(load, 'h');
  const fields = some(load, FIELDS);
  const lines = fields.map((field, at) =>
    readLine(key, field, (reply) => contentOf(partOf(reply, at))),
  );
  return read('hmget', hashCommand('hmget', key, ...fields), { lines });
};

const allFields = (key: string): Operation => {
  const lines = FIELDS.map((field) =>
    readLine(key, field, (reply) => {
      const found = fieldsOf(reply);
      return found === null ? undefined : (found.get(field) ?? null);
    }),
  );
  return read('hgetall', hashCommand('hgetall', key), { lines });
};

const deleteLines = (key: string, fields: readonly string[]): Line[] =>
  fields.map((field) => ({
    op: 'del',
    key: `${key}/${field}`,
    args: [],
    out: (reply) => {
      const found = forAll(reply, fields.length);
      return found === null ? {} : { applied: found === 'all' };
    },
  }));

const hdel: Draft = (load) => {
  const key = hash(load, 'h');
  const fields = some(load, FIELDS);
  const lines = deleteLines(key, fields);
  return write('hdel', hashCommand('hdel', key, ...fields), { lines });
};

/** That a hash was there says nothing of any one field; that none was says it of all. */
const delFields: Draft = (load) => {
  const key = hash(load, 'h');
  const lines = deleteLines(key, FIELDS).map((line) => ({
    ...line,
    out: (reply: Reply): HistoryOut => (countOf(reply) === 0 ? { applied: false } : {}),
  }));
  return write('del of a hash', hashCommand('del', key), { lines });
};

// As a whole.

const everyField = (value: string): string[] => WHOLE.flatMap((field) => [field, value]);

/** What a whole hash holds; undefined: the reply is of something else, or torn. */
function wholeOf(reply: Reply | undefined): string | null | undefined {
  const found = fieldsOf(reply);
  if (found === null) return undefined;
  if (found.size === 0) return null;
  const values = new Set(found.values());
  return found.size === WHOLE.length && values.size === 1 ? [...values][0] : undefined;
}

function tornHash(reply: Reply | undefined): string | null {
  if (fieldsOf(reply) === null || wholeOf(reply) !== undefined) return null;
  const fields = [...(fieldsOf(reply) ?? [])].map(([name, value]) => `${name}=${value}`);
  return `${fields.length} of ${WHOLE.length} fields: ${fields.join(' ')}`;
}

/** All of its fields or none. */
function tornCount(reply: Reply | undefined): string | null {
  const count = countOf(reply);
  if (count === null || count === 0 || count === WHOLE.length) return null;
  return `${count} of ${WHOLE.length} fields`;
}

const applied = (): HistoryOut => ({ applied: true });
const wholeLine = (key: string, op: string, args: readonly string[], out: Line['out']): Line => ({
  op,
  key,
  args,
  out,
});

const setWhole: Draft = (load) => {
  const [key, value] = [hash(load, 'w'), load.name()];
  const words = presence(WHOLE.length);
  const lines = [{ ...wholeLine(key, 'set', [value], applied), words }];
  const command = hashCommand('hset', key, ...everyField(value));
  return write('hset of all fields', command, { lines, torn: tornCount });
};

const replaceWhole: Draft = (load) => {
  const [key, value] = [hash(load, 'w'), load.name()];
  const commands = [hashCommand('del', key), hashCommand('hset', key, ...everyField(value))];
  const words = (reply: Reply): string[] => [countOf(partOf(reply, 0)) === 0 ? 'NX' : 'XX'];
  const lines = [{ ...wholeLine(key, 'set', [value], inside(1, applied)), words }];
  const torn = (reply: Reply): string | null => {
    const added = countOf(partOf(reply, 1));
    return added === null || added === WHOLE.length ? null : `${added} fields are new after DEL`;
  };
  return write('exec of del and hset', execOf(commands), { lines, torn });
};

const setOver: Draft = (load) => {
  const [key, value] = [hash(load, 'w'), load.name()];
  const lines = [wholeLine(key, 'set', [value], writtenOf)];
  return write('set over a hash', hashCommand('set', key, value), { lines });
};

const delWhole: Draft = (load) => {
  const key = hash(load, 'w');
  const lines = [wholeLine(key, 'del', [], deletedOf)];
  return write('del of a hash', hashCommand('del', key), { lines });
};

const hdelWhole: Draft = (load) => {
  const key = hash(load, 'w');
  const out = (reply: Reply): HistoryOut => ({ applied: countOf(reply) !== 0 });
  const lines = [wholeLine(key, 'del', [], out)];
  return write('hdel of all fields', hashCommand('hdel', key, ...WHOLE), {
    lines,
    torn: tornCount,
  });
};

const readWhole = (key: string): Operation => {
  const lines = [wholeLine(key, 'get', [], ofReply(wholeOf))];
  return read('hgetall', hashCommand('hgetall', key), { lines, torn: tornHash });
};

const hlen: Draft = (load) => {
  const key = hash(load, 'w');
  const out = (reply: Reply): HistoryOut => ({ found: countOf(reply) !== 0 });
  const lines = [wholeLine(key, 'exists', [], out)];
  return read('hlen', hashCommand('hlen', key), { lines, torn: tornCount });
};

/** WATCH, HGETALL, then MULTI DEL HSET EXEC: it replaces what was read, or nothing. */
const watchWhole: Draft = (load) => {
  const key = hash(load, 'w');
  let revision = 0;
  let seen: string | null | undefined;
  const exec = (): Operation => {
    const value = load.name();
    const commands = [hashCommand('del', key), hashCommand('hset', key, ...everyField(value))];
    const watched = [{ database: databaseOf(key), key: latin1(key), revision }];
    const line =
      typeof seen === 'string'
        ? wholeLine(key, 'cas', [seen, value], inside(1, applied))
        : wholeLine(key, 'set', [value, 'NX'], inside(1, applied));
    const learn = ({ kind }: Reply): string =>
      kind === 'null' ? 'exec: a watched key has changed' : 'exec: done, its condition was true';
    return write('exec under a condition', execOf(commands, watched), { lines: [line], learn });
  };
  const look = (): Operation => ({
    ...readWhole(key),
    learn: (reply) => {
      seen = wholeOf(reply);
      if (seen !== undefined) load.plan(exec);
      return null;
    },
  });
  return read('rev', hashCommand('rev', key), {
    learn: (reply) => {
      revision = countOf(partOf(reply, 0)) ?? 0;
      load.plan(look);
      return null;
    },
  });
};

// The whole database.

const ODD = Array.from({ length: HASHES }, (_, at) => at).filter((at) => at % 2 === FLUSHED);

const flush: Draft = () => {
  const none = (): HistoryOut => ({});
  const lines = ODD.flatMap((at) => [
    wholeLine(`w${at}`, 'del', [], none),
    ...FIELDS.map((field) => wholeLine(`h${at}/${field}`, 'del', [], none)),
  ]);
  const dues = timedDeletes(ODD);
  return write('flush', commandOf('flush', [], FLUSHED), { lines, dues });
};

const MIX_OF_HASHES: Mix = [
  [12, hset],
  [15, hsetnx],
  [24, hincrby],
  [30, hget],
  [33, hmget],
  [38, (load) => allFields(hash(load, 'h'))],
  [46, hdel],
  [50, delFields],
  [61, setWhole],
  [69, replaceWhole],
  [73, setOver],
  [79, delWhole],
  [82, hdelWhole],
  [89, (load) => readWhole(hash(load, 'w'))],
  [92, hlen],
  [97, watchWhole],
  [100, flush],
];

export const hashes: Draft = (load) => load.from(MIX_OF_HASHES);

export const everyHash = (): Operation[] => [
  ...Array.from({ length: HASHES }, (_, at) => allFields(`h${at}`)),
  ...Array.from({ length: HASHES }, (_, at) => readWhole(`w${at}`)),
  ...everyTimedHash(),
];
