/** Commands that read a string and change or delete its key, and those that compare it first. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import type { Command } from '../../../kv/request.js';
import { wrongArity } from '../errors.js';
import { answerInteger, answerValue } from './answers.js';
import { optionWord, SYNTAX_ERROR } from './parse.js';
import type { Args, DataRow, KeyPositions } from './row.js';
import { comparisonWords, expiryWords, parseGetexOptions } from './set-options.js';

const GET = codeOf('get');
const GETDEL = codeOf('getdel');
const GETEX = codeOf('getex');
const INCRFLOAT = codeOf('incrfloat');
const MSETNX = codeOf('msetnx');
const DELEX = codeOf('delex');
const DIGEST = codeOf('digest');

const IFEQ = Buffer.from('IFEQ');

const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'ACCESS', 'UPDATE'] };
const TAKE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'ACCESS', 'DELETE'] };
const DATA = { kind: 'data', group: 'string', complexity: 'O(1)' } as const;
const FAST_ACL = ['@write', '@string', '@fast'];

/** GETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST]; alone it is GET. */
function translateGetex(args: Args, database: number): Command | string {
  if (args.length === 1) return { code: GET, database, args };
  const expiry = parseGetexOptions(args.slice(1));
  if (expiry === undefined) return SYNTAX_ERROR;
  const words = expiryWords(expiry, 'getex');
  if (typeof words === 'string') return words;
  return { code: GETEX, database, args: [args[0] as Uint8Array, ...words] };
}

/** DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]. */
function translateDelex(args: Args, database: number): Command | string {
  if (args.length === 1) return { code: DELEX, database, args };
  if (args.length !== 3) return wrongArity('delex');
  const [key, word, value] = args as readonly [Uint8Array, Uint8Array, Uint8Array];
  const words = comparisonWords(optionWord(word), value);
  return typeof words === 'string' ? words : { code: DELEX, database, args: [key, ...words] };
}

export const STRING_MOVE_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'getdel',
    arity: 2,
    flags: ['write', 'fast'],
    keys: TAKE,
    acl: FAST_ACL,
    since: '6.2.0',
    summary: 'Returns the string value of a key and deletes the key.',
    translate: (args, database) => ({ code: GETDEL, database, args }),
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'getex',
    arity: -2,
    flags: ['write', 'fast'],
    keys: UPDATE,
    acl: FAST_ACL,
    since: '6.2.0',
    summary: 'Returns the string value of a key and sets or takes its expiry.',
    differs: 'A wrong time is an error also when the key is not there.',
    translate: translateGetex,
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'incrbyfloat',
    arity: 3,
    flags: ['write', 'denyoom', 'fast'],
    keys: UPDATE,
    acl: FAST_ACL,
    since: '2.6.0',
    summary: 'Adds a floating point number to the value of a key, as x86 does with 80 bits.',
    translate: (args, database) => ({ code: INCRFLOAT, database, args }),
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'msetnx',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: { first: 1, last: -1, step: 2, flags: ['OW', 'INSERT'] },
    acl: ['@write', '@string', '@slow'],
    since: '1.0.1',
    complexity: 'O(N) with N keys',
    summary: 'Sets the string values of several keys if none of them is there.',
    differs: 'All keys in one shard.',
    translate: (args, database) =>
      args.length % 2 === 0
        ? { code: MSETNX, database, args }
        : "ERR wrong number of arguments for 'msetnx' command",
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'delex',
    arity: -2,
    flags: ['write', 'fast'],
    keys: { ...TAKE, flags: ['RM', 'DELETE'] },
    acl: FAST_ACL,
    since: '8.4.0',
    summary: 'Deletes a key if its string value, or the digest of it, is or is not a given one.',
    differs: 'A wrong condition is an error also when the key is not there.',
    translate: translateDelex,
    answer: answerInteger,
    failures: { WRONG_TYPE: 'ERR Key should be of string type if conditions are specified' },
  },
  {
    ...DATA,
    name: 'digest',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: { ...UPDATE, flags: ['RO', 'ACCESS'] },
    acl: ['@read', '@string', '@fast'],
    since: '8.4.0',
    complexity: 'O(N) with N bytes of the value',
    summary: 'Returns the digest of a string value (XXH3, 64 bits) in hexadecimal digits.',
    translate: (args, database) => ({ code: DIGEST, database, args }),
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'delifeq',
    arity: 3,
    flags: ['write', 'fast'],
    keys: { ...TAKE, flags: ['RM', 'DELETE'] },
    acl: FAST_ACL,
    since: '9.0.0',
    summary: 'Deletes a key if its string value is a given one (Valkey).',
    translate: ([key, value], database) => ({
      code: DELEX,
      database,
      args: [key as Uint8Array, IFEQ, value as Uint8Array],
    }),
    answer: answerInteger,
  },
];
