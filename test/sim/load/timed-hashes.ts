/**
 * Hashes with deadlines: fields of `x` have their own, of `y` the key as a whole, whose fields are
 * always written together. Names end in their number; odd ones live in the database that is
 * flushed.
 */
import type { Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { Draft, Load } from './load.js';
import type { Mix } from './mixes.js';
import {
  commandOf,
  contentOf,
  type DueLine,
  execOf,
  fieldsOf,
  type Operation,
  read,
  write,
} from './operation.js';

const HASHES = 4;
const FIELDS = ['d0', 'd1', 'd2'];
const TOGETHER = ['a', 'b', 'c'];

const timedCommand = (name: string, key: string, ...args: readonly string[]): Command =>
  commandOf(name, [key, ...args], Number(key.slice(-1)) % 2);

const hash = (load: Load, family: string): string => family + load.below(HASHES);

const setLine = (key: string, value: string | null, ttlMs: number): DueLine => ({
  kind: 'write',
  key,
  value,
  ttlMs,
});

// Fields with deadlines.

const hsetex: Draft = (load) => {
  const [key, field, value, ttlMs] = drawn(load);
  const command = timedCommand('hsetex', key, 'ANY', 'PX', String(ttlMs), field, value);
  return write('hsetex', command, { dues: [setLine(`${key}/${field}`, value, ttlMs)] });
};

const hexpire: Draft = (load) => {
  const [key, field, value, ttlMs] = drawn(load);
  const commands = [
    timedCommand('hset', key, field, value),
    timedCommand('hexpire', key, 'ANY', 'PX', String(ttlMs), field),
  ];
  const dues = [setLine(`${key}/${field}`, value, ttlMs)];
  return write('exec of hset and hexpire', execOf(commands), { dues });
};

function drawn(load: Load): readonly [key: string, field: string, value: string, ttlMs: number] {
  const [key, field, ttlMs] = [hash(load, 'x'), load.pick(FIELDS), load.ttl()];
  load.expires(`${key}/${field}`, ttlMs);
  return [key, field, load.name(), ttlMs];
}

/** Takes the deadline away. */
const hset: Draft = (load) => {
  const [key, field, value] = [hash(load, 'x'), load.pick(FIELDS), load.name()];
  const dues = [setLine(`${key}/${field}`, value, Number.POSITIVE_INFINITY)];
  return write('hset over a deadline', timedCommand('hset', key, field, value), { dues });
};

const hdel: Draft = (load) => {
  const [key, field] = [hash(load, 'x'), load.pick(FIELDS)];
  const dues = [setLine(`${key}/${field}`, null, 0)];
  return write('hdel of a deadline', timedCommand('hdel', key, field), { dues });
};

const hget: Draft = (load) => {
  const near = load.below(3) > 0 ? load.nearlyDue('x') : null;
  const [key, field] = (near ?? `${hash(load, 'x')}/${load.pick(FIELDS)}`).split('/') as [
    string,
    string,
  ];
  const dues = [{ kind: 'read', key: `${key}/${field}`, seen: contentOf } as const];
  return read('hget of a field that expires', timedCommand('hget', key, field), { dues });
};

const allFields = (key: string): Operation => {
  const dues = FIELDS.map((field) => ({
    kind: 'read' as const,
    key: `${key}/${field}`,
    seen: (reply: Reply) => {
      const found = fieldsOf(reply);
      return found === null ? undefined : (found.get(field) ?? null);
    },
  }));
  return read('hgetall of fields that expire', timedCommand('hgetall', key), { dues });
};

// A deadline for all of it.

const expire: Draft = (load) => {
  const [key, value, ttlMs] = [hash(load, 'y'), load.name(), load.ttl()];
  load.expires(key, ttlMs);
  const fields = TOGETHER.flatMap((field) => [field, value]);
  const commands = [
    ...(load.below(3) === 0 ? [timedCommand('del', key)] : []),
    timedCommand('hset', key, ...fields),
    timedCommand('expire', key, 'PX', String(ttlMs)),
  ];
  return write('exec of hset and expire', execOf(commands), { dues: [setLine(key, value, ttlMs)] });
};

/** The one value of all its fields; undefined: there is none. */
function togetherOf(reply: Reply): string | null | undefined {
  const found = fieldsOf(reply);
  if (found === null) return undefined;
  const values = new Set(found.values());
  if (found.size === 0) return null;
  return found.size === TOGETHER.length && values.size === 1 ? [...values][0] : undefined;
}

function torn(reply: Reply): string | null {
  const found = fieldsOf(reply);
  if (found === null || togetherOf(reply) !== undefined) return null;
  return `fields that expire together: ${[...found].map((pair) => pair.join('=')).join(' ')}`;
}

const whole = (key: string): Operation => {
  const dues = [{ kind: 'read', key, seen: togetherOf } as const];
  return read('hgetall of a hash that expires', timedCommand('hgetall', key), { dues, torn });
};

const readWhole: Draft = (load) =>
  whole((load.below(3) > 0 ? load.nearlyDue('y') : null) ?? hash(load, 'y'));

const MIX_OF_TIMED: Mix = [
  [20, hsetex],
  [32, hexpire],
  [36, hset],
  [39, hdel],
  [60, hget],
  [68, (load) => allFields(hash(load, 'x'))],
  [82, expire],
  [100, readWhole],
];

export const timedHashes: Draft = (load) => load.from(MIX_OF_TIMED);

/** What a flush does to those of these numbers. */
export const timedDeletes = (numbers: readonly number[]): DueLine[] =>
  numbers.flatMap((at) => [
    setLine(`y${at}`, null, 0),
    ...FIELDS.map((field) => setLine(`x${at}/${field}`, null, 0)),
  ]);

export const everyTimedHash = (): Operation[] =>
  Array.from({ length: HASHES }, (_, at) => [allFields(`x${at}`), whole(`y${at}`)]).flat();
