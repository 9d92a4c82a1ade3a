/** Commands on strings (Redis documentation, group "string"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger, INT64_MIN, parseInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import {
  answerInteger,
  answerPrevious,
  answerValue,
  answerValues,
  answerWritten,
  ok,
  unexpected,
} from './answers.js';
import { NOT_AN_INTEGER, optionWord, parseExpiry, SYNTAX_ERROR, type TimeUnit } from './parse.js';
import type { Args, CommandFlag, DataRow, KeyPositions } from './row.js';
import { expiryWords, parseSetOptions, problemOf } from './set-options.js';
import { STRING_MOVE_DOOR_ROWS } from './string-moves.js';
import { STRING_PART_DOOR_ROWS } from './string-parts.js';

const GET = codeOf('get');
const SET = codeOf('set');
const INCR = codeOf('incr');
const APPEND = codeOf('append');
const MGET = codeOf('mget');
const MSET = codeOf('mset');

const NX = Buffer.from('NX');
const WITH_GET = Buffer.from('GET');
const PX = Buffer.from('PX');
const PLUS_ONE = Buffer.from('1');
const MINUS_ONE = Buffer.from('-1');

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'UPDATE'] };
const OVERWRITE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['OW', 'UPDATE'] };
const COUNTER: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'ACCESS', 'UPDATE'] };

const DATA = { kind: 'data', group: 'string', since: '1.0.0', complexity: 'O(1)' } as const;
const WRITE: readonly CommandFlag[] = ['write', 'denyoom'];
const FAST_WRITE: readonly CommandFlag[] = ['write', 'denyoom', 'fast'];
const FAST_READ: readonly CommandFlag[] = ['readonly', 'fast'];
const SLOW_ACL = ['@write', '@string', '@slow'];
const FAST_ACL = ['@write', '@string', '@fast'];
const READ_ACL = ['@read', '@string', '@fast'];

const set = (database: number, args: readonly Uint8Array[]): Command => ({
  code: SET,
  database,
  args,
});

/**
 * SET key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE digest] [GET]
 * [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL].
 */
function translateSet(args: Args, database: number): Command | string {
  const [key, value] = args as readonly [Uint8Array, Uint8Array];
  if (args.length === 2) return set(database, args);
  const options = parseSetOptions(args.slice(2));
  if (options === null) return SYNTAX_ERROR;
  const problem = problemOf(options);
  if (problem !== null) return problem;
  const expiry = expiryWords(options.expiry, 'set');
  if (typeof expiry === 'string') return expiry;
  const get = options.get ? [WITH_GET] : [];
  return set(database, [key, value, ...get, ...options.condition, ...expiry]);
}

function setFor(name: string, unit: TimeUnit) {
  return ([key, time, value]: Args, database: number): Command | string => {
    const expiry = parseExpiry(time as Uint8Array, unit, name);
    if (typeof expiry === 'string') return expiry;
    return set(database, [key as Uint8Array, value as Uint8Array, PX, expiry]);
  };
}

const step =
  (by: Uint8Array) =>
  ([key]: Args, database: number): Command => ({
    code: INCR,
    database,
    args: [key as Uint8Array, by],
  });

function incrBy(args: Args, database: number): Command | string {
  if (parseInteger(args[1] as Uint8Array) === null) return NOT_AN_INTEGER;
  return { code: INCR, database, args };
}

function decrBy([key, by]: Args, database: number): Command | string {
  const value = parseInteger(by as Uint8Array);
  if (value === null) return NOT_AN_INTEGER;
  if (value === INT64_MIN) return 'ERR decrement would overflow';
  return { code: INCR, database, args: [key as Uint8Array, formatInteger(-value)] };
}

export const STRING_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'get',
    arity: 2,
    flags: FAST_READ,
    keys: READ,
    acl: READ_ACL,
    summary: 'Returns the string value of a key.',
    translate: (args, database) => ({ code: GET, database, args }),
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'set',
    arity: -3,
    flags: WRITE,
    keys: COUNTER,
    keyFlags: (args) =>
      (args.slice(2).some((word) => optionWord(word) === 'GET') ? COUNTER : OVERWRITE).flags,
    acl: SLOW_ACL,
    summary: 'Sets the string value of a key, whatever it held before.',
    translate: translateSet,
    // GET stands first among the words that `translateSet` wrote.
    answer: (reply, out, { command }) => {
      if (command.args[2] === WITH_GET) answerPrevious(reply, out);
      else answerWritten(reply, out);
    },
  },
  {
    ...DATA,
    name: 'setnx',
    arity: 3,
    flags: FAST_WRITE,
    keys: { ...OVERWRITE, flags: ['OW', 'INSERT'] },
    acl: FAST_ACL,
    summary: 'Sets the string value of a key only if the key is not there.',
    translate: ([key, value], database) =>
      set(database, [key as Uint8Array, value as Uint8Array, NX]),
    answer: (reply, out) => {
      if (reply.kind === 'written') out.integer(reply.applied ? 1 : 0);
      else unexpected(reply);
    },
  },
  {
    ...DATA,
    name: 'setex',
    arity: 4,
    flags: WRITE,
    keys: OVERWRITE,
    acl: SLOW_ACL,
    since: '2.0.0',
    summary: 'Sets the string value and the time to live of a key, in seconds.',
    translate: setFor('setex', 'EX'),
    answer: answerWritten,
  },
  {
    ...DATA,
    name: 'psetex',
    arity: 4,
    flags: WRITE,
    keys: OVERWRITE,
    acl: SLOW_ACL,
    since: '2.6.0',
    summary: 'Sets the string value and the time to live of a key, in milliseconds.',
    translate: setFor('psetex', 'PX'),
    answer: answerWritten,
  },
  {
    ...DATA,
    name: 'getset',
    arity: 3,
    flags: FAST_WRITE,
    keys: COUNTER,
    acl: FAST_ACL,
    summary: 'Sets the string value of a key and returns the one before.',
    translate: ([key, value], database) =>
      set(database, [key as Uint8Array, value as Uint8Array, WITH_GET]),
    answer: answerPrevious,
  },
  {
    ...DATA,
    name: 'incr',
    arity: 2,
    flags: FAST_WRITE,
    keys: COUNTER,
    acl: FAST_ACL,
    summary: 'Adds one to the integer value of a key; 0 is what a missing key counts as.',
    translate: step(PLUS_ONE),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'decr',
    arity: 2,
    flags: FAST_WRITE,
    keys: COUNTER,
    acl: FAST_ACL,
    summary: 'Takes one from the integer value of a key; 0 is what a missing key counts as.',
    translate: step(MINUS_ONE),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'incrby',
    arity: 3,
    flags: FAST_WRITE,
    keys: COUNTER,
    acl: FAST_ACL,
    summary: 'Adds a number to the integer value of a key.',
    translate: incrBy,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'decrby',
    arity: 3,
    flags: FAST_WRITE,
    keys: COUNTER,
    acl: FAST_ACL,
    summary: 'Takes a number from the integer value of a key.',
    translate: decrBy,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'append',
    arity: 3,
    flags: FAST_WRITE,
    keys: { ...UPDATE, flags: ['RW', 'INSERT'] },
    acl: FAST_ACL,
    since: '2.0.0',
    summary: 'Adds a string to the end of a value, or sets it.',
    translate: (args, database) => ({ code: APPEND, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'mget',
    arity: -2,
    flags: FAST_READ,
    keys: { ...READ, last: -1 },
    acl: READ_ACL,
    complexity: 'O(N) with N keys',
    summary: 'Returns the string values of several keys.',
    differs: 'Keys of several shards: each value is linearizable, the whole is no snapshot.',
    translate: (args, database) => ({ code: MGET, database, args }),
    answer: answerValues,
  },
  {
    ...DATA,
    name: 'mset',
    arity: -3,
    flags: WRITE,
    keys: { ...OVERWRITE, last: -1, step: 2 },
    acl: SLOW_ACL,
    since: '1.0.1',
    complexity: 'O(N) with N keys',
    summary: 'Sets the string values of several keys.',
    differs: 'Keys of several shards: not atomic until the transaction layer.',
    translate: (args, database) =>
      args.length % 2 === 0
        ? { code: MSET, database, args }
        : "ERR wrong number of arguments for 'mset' command",
    answer: (_reply, out) => ok(out),
  },
  ...STRING_PART_DOOR_ROWS,
  ...STRING_MOVE_DOOR_ROWS,
];
