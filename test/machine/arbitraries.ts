/** Random entries over few keys, sessions and times, so that they meet each other. */
import fc from 'fast-check';
import type { Epoch, EpochMs, Revision, Term } from '../../src/base/ids.js';
import { encodeExec } from '../../src/kv/catalog/exec.js';
import type { Command, SessionStamp, ShardWrite } from '../../src/kv/request.js';
import { dumpHash } from '../../src/machine/values/dump.js';
import type { Due, DueFields, Effect, EntryPayload } from '../../src/wire/entry/types.js';
import { anyCommand } from './any-row.js';
import { type Arg, bytes, command, session } from './driver.js';

export const KEYS = ['a', 'b', 'c', '{a}1', '{a}2', '__proto__', '\x00\xff'];
const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom('', '1', '41', 'x', 'y', '9223372036854775807');
/** Times in a few places around each other, some of them beyond the session window. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }),
  fc.integer({ min: 590_000, max: 1_300_000 }),
);
const make = (name: string, ...parts: fc.Arbitrary<Arg | readonly Arg[]>[]) =>
  fc.tuple(...parts).map((args) => command(name, ...(args.flat() as Arg[])));

const some: fc.Arbitrary<Command> = fc.oneof(
  make('set', key, value),
  make('set', key, value, fc.constantFrom(['NX'], ['XX', 'GET'], ['IFREV', 3], ['GET'])),
  make('set', key, value, fc.constant('PXAT'), time),
  make('del', key),
  make('incr', key, fc.constantFrom(1, -1, '9223372036854775807')),
  make('append', key, value),
  make(
    'mset',
    fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 4 }).map((l) => l.flat()),
  ),
  make('mdel', fc.array(key, { minLength: 1, maxLength: 4 })),
  make('expire', key, fc.constant('PXAT'), time),
  make('persist', key),
  make('cas', key, value, value),
  make('cad', key, value),
  fc.constant(command('set', 'only a key')),
);

const field = fc.constantFrom('f', 'g', 'h', '', '__proto__', '\x00\xff');
const fields = fc.array(field, { minLength: 1, maxLength: 3 });
const pairs = fc
  .array(fc.tuple(field, value), { minLength: 1, maxLength: 3 })
  .map((list) => list.flat());
/** Hashes over the same keys: strings and hashes overwrite each other. */
const onHashes: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: make('hset', key, pairs) },
  { weight: 2, arbitrary: make('hdel', key, fields) },
  make('hsetnx', key, field, value),
  make('hincrby', key, field, fc.constantFrom(1, '9223372036854775807')),
  make('hincrbyfloat', key, field, fc.constantFrom('1.5', '-0.5')),
  make('hgetdel', key, fields),
  make('hgetex', key, fc.constant('PXAT'), time, fields),
  make('hsetex', key, fc.constantFrom('ANY', 'FNX', 'FXX'), fc.constant('PXAT'), time, pairs),
  make('hexpire', key, fc.constantFrom('ANY', 'NX', 'GT', 'LT'), fc.constant('PXAT'), time, fields),
  make('hpersist', key, fields),
  make('rename', key, key),
  make('copy', key, key, fc.constantFrom([], ['REPLACE'])),
  make(
    'restore',
    key,
    dumpedHash(),
    fc.constantFrom([], ['REPLACE'], ['REPLACE', 'PXAT', 900_000]),
  ),
  make('hsetex', key, fc.constant('ANY'), fc.constant('KEEPTTL'), fc.constant(0), pairs),
  transaction(
    fc.oneof(
      make('hset', key, pairs),
      make('hgetall', key),
      make('hrandfield', key, fc.constant(3), fc.constant('COUNT'), fc.constantFrom(2, -3)),
      make('hscan', key, fc.constant('COUNT'), fc.constant(2)),
      make('hpttl', key, fields),
      make('dump', key),
      make('del', key),
    ),
  ),
);

/** What RESTORE takes, some of its fields due before it comes. */
function dumpedHash(): fc.Arbitrary<Buffer> {
  const one = fc.tuple(field, value, fc.option(time));
  return fc
    .uniqueArray(one, { minLength: 1, maxLength: 3, selector: ([name]) => name })
    .map((list) =>
      dumpHash(
        list.map(([name, text, deadline]) => ({
          field: bytes(name),
          value: bytes(text),
          deadline: deadline as EpochMs | null,
        })),
      ),
    );
}

/** Inside a transaction whole hashes are read. */
function transaction(one: fc.Arbitrary<Command>): fc.Arbitrary<Command> {
  return fc
    .array(one, { minLength: 1, maxLength: 4 })
    .map((commands) => encodeExec({ watched: [], commands }, 0));
}

const anyWrite = anyCommand({ key, value, time }, 'write');
/** Of several shards, or of ranges: a transaction with one of these is refused, always alike. */
const anyRead = anyCommand({ key, value, time }, 'read');

const stamp: fc.Arbitrary<SessionStamp> = fc.record({
  session: fc.constantFrom('one', 'two', 'three').map(session),
  sequence: fc.integer({ min: 0, max: 12 }),
  mark: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constant(Number.MAX_SAFE_INTEGER - 1)),
  firstAttempt: time as unknown as fc.Arbitrary<EpochMs>,
});

const write: fc.Arbitrary<ShardWrite> = fc.record({
  command: fc.oneof(some, onHashes, anyWrite, transaction(fc.oneof(some, anyWrite, anyRead))),
  stamp,
  rangeEpoch: fc.constant(1 as Epoch),
});

const due: fc.Arbitrary<Due> = fc.record({
  database: fc.constant(0),
  key: key.map(bytes),
  deadline: time as unknown as fc.Arbitrary<EpochMs>,
});

const dueHash: fc.Arbitrary<DueFields> = fc.record({
  database: fc.constant(0),
  key: key.map(bytes),
  generation: fc.integer({ min: 1, max: 20 }),
  seen: fc.integer({ min: 1, max: 20 }) as unknown as fc.Arbitrary<Revision>,
  next: fc.option(time as unknown as fc.Arbitrary<EpochMs>, { nil: null }),
  fields: fc.array(
    fc.record({
      field: field.map(bytes),
      deadline: time as unknown as fc.Arbitrary<EpochMs>,
    }),
    { maxLength: 3 },
  ),
});

const effect: fc.Arbitrary<Effect> = fc.record({
  database: fc.constant(0),
  key: key.map(bytes),
  value: fc.option(value.map(bytes), { nil: null }),
  deadline: fc.option(time as unknown as fc.Arbitrary<EpochMs>, { nil: null }),
});

export const payload: fc.Arbitrary<EntryPayload> = time.chain((ms) => {
  const at = fc.constant(ms as EpochMs);
  return fc.oneof(
    { weight: 6, arbitrary: commands(at) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('time', 'digest'), stamp: at }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('expire'),
        stamp: at,
        due: fc.array(due, { maxLength: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('expireFields'),
        stamp: at,
        hashes: fc.array(dueHash, { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: effects(at) },
  ) as fc.Arbitrary<EntryPayload>;
});

function commands(at: fc.Arbitrary<EpochMs>) {
  return fc.record({
    kind: fc.constant('commands'),
    stamp: at,
    commands: fc.array(write, { maxLength: 5 }),
  });
}

function effects(at: fc.Arbitrary<EpochMs>) {
  return fc.record({
    kind: fc.constant('effects'),
    stamp: at,
    proposer: fc.constantFrom(1, 2) as unknown as fc.Arbitrary<Term>,
    session: stamp,
    reads: fc.array(
      fc.record({
        database: fc.constant(0),
        key: key.map(bytes),
        revision: fc.integer({ min: 0, max: 3 }) as unknown as fc.Arbitrary<Revision>,
      }),
      { maxLength: 2 },
    ),
    effects: fc.array(effect, { maxLength: 3 }),
    reply: fc.constant({ kind: 'bytes' as const, bytes: bytes('evaluated') }),
  });
}
