/** Commands that say what a key holds, or give its value another key. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, ok, unexpected } from './answers.js';
import {
  NOT_AN_INTEGER,
  OUT_OF_INT_RANGE,
  optionWord,
  SYNTAX_ERROR,
  safeInteger,
} from './parse.js';
import type { Args, DataRow } from './row.js';

const TYPE = codeOf('type');
const RENAME = codeOf('rename');
const COPY = codeOf('copy');
const MOVE = codeOf('move');

const NX = Buffer.from('NX');
const DB = Buffer.from('DB');
const REPLACE = Buffer.from('REPLACE');
const LAST_DATABASE = 15;

const DATA = { kind: 'data', group: 'generic', since: '1.0.0', complexity: 'O(1)' } as const;
const ONE_SHARD = 'Both keys in one shard.';

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const SAME_OBJECTS = 'ERR source and destination objects are the same';

/** The number of a database that a client can choose, or the text of Redis's error. */
function databaseOf(arg: Uint8Array): number | string {
  const wanted = safeInteger(arg);
  if (wanted === null) return NOT_AN_INTEGER;
  if (wanted !== (wanted | 0)) return OUT_OF_INT_RANGE;
  return wanted < 0 || wanted > LAST_DATABASE ? 'ERR DB index is out of range' : wanted;
}

/** MOVE key db. */
function translateMove(args: Args, database: number): Command | string {
  const [key, word] = args as readonly [Uint8Array, Uint8Array];
  const target = databaseOf(word);
  if (typeof target === 'string') return target;
  if (target === database) return SAME_OBJECTS;
  return { code: MOVE, database, args: [key, key, DB, Buffer.from(String(target))] };
}

/** COPY source destination [DB n] [REPLACE]. */
function translateCopy(args: Args, database: number): Command | string {
  const [from, to] = args as readonly [Uint8Array, Uint8Array];
  let target = database;
  let replace = false;
  for (let i = 2; i < args.length; i++) {
    const word = optionWord(args[i]);
    if (word === 'REPLACE') replace = true;
    else if (word === 'DB' && i + 1 < args.length) {
      const wanted = databaseOf(args[++i] as Uint8Array);
      if (typeof wanted === 'string') return wanted;
      target = wanted;
    } else return SYNTAX_ERROR;
  }
  if (target === database && sameBytes(from, to)) return SAME_OBJECTS;
  const out: Uint8Array[] = [from, to];
  if (target !== database) out.push(DB, Buffer.from(String(target)));
  if (replace) out.push(REPLACE);
  return { code: COPY, database, args: out };
}

const BOTH = { first: 1, last: 2, step: 1 } as const;

export const KEY_MOVE_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'type',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: { first: 1, last: 1, step: 1, flags: ['RO'] },
    acl: ['@keyspace', '@read', '@fast'],
    summary: 'Says what kind of value a key holds.',
    translate: (args, database) => ({ code: TYPE, database, args }),
    answer: (reply, out) => {
      if (reply.kind === 'bytes') out.simple(Buffer.from(reply.bytes).toString('latin1'));
      else unexpected(reply);
    },
  },
  {
    ...DATA,
    name: 'rename',
    arity: 3,
    flags: ['write'],
    keys: { ...BOTH, flags: ['RW', 'ACCESS', 'DELETE'], others: ['OW', 'UPDATE'] },
    acl: ['@keyspace', '@write', '@slow'],
    summary: 'Gives the value of a key another key, whatever that held before.',
    differs: ONE_SHARD,
    translate: (args, database) => ({ code: RENAME, database, args }),
    answer: (_reply, out) => ok(out),
  },
  {
    ...DATA,
    name: 'renamenx',
    arity: 3,
    flags: ['write', 'fast'],
    keys: { ...BOTH, flags: ['RW', 'ACCESS', 'DELETE'], others: ['OW', 'INSERT'] },
    acl: ['@keyspace', '@write', '@fast'],
    summary: 'Gives the value of a key another key if that is not there.',
    differs: ONE_SHARD,
    translate: (args, database) => ({ code: RENAME, database, args: [...args, NX] }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'copy',
    arity: -3,
    flags: ['write', 'denyoom'],
    keys: { ...BOTH, flags: ['RO', 'ACCESS'], others: ['OW', 'UPDATE'] },
    acl: ['@keyspace', '@write', '@slow'],
    since: '6.2.0',
    complexity: 'O(N) with N bytes of the value',
    summary: 'Copies the value and the expiry of a key to another key.',
    differs: ONE_SHARD,
    translate: translateCopy,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'move',
    arity: 3,
    flags: ['write', 'fast'],
    keys: { first: 1, last: 1, step: 1, flags: ['RW', 'ACCESS', 'UPDATE'] },
    acl: ['@keyspace', '@write', '@fast'],
    complexity: 'O(N) with N fields of a hash',
    summary: 'Takes a key to another database, if it is not there.',
    differs: 'A hash of over 8 MiB (64 bytes a field added) is refused.',
    translate: translateMove,
    answer: answerInteger,
  },
];
