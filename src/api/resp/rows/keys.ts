/** Commands on keys of any type (Redis documentation, group "generic"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, unexpected } from './answers.js';
import { isRelative, parseTime, SYNTAX_ERROR, type TimeUnit } from './parse.js';
import type { Args, DataRow, KeyPositions } from './row.js';

const DEL = codeOf('del');
const MDEL = codeOf('mdel');
const EXISTS = codeOf('exists');
const EXPIRE = codeOf('expire');
const PERSIST = codeOf('persist');
const TTL = codeOf('ttl');

const PX = Buffer.from('PX');
const PXAT = Buffer.from('PXAT');
const ZERO = Buffer.from('0');

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const READ_ALL: KeyPositions = { first: 1, last: -1, step: 1, flags: ['RO'] };
const DELETE_ALL: KeyPositions = { first: 1, last: -1, step: 1, flags: ['RM', 'DELETE'] };
const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'UPDATE'] };

const DATA = { kind: 'data', group: 'generic', since: '1.0.0', complexity: 'O(1)' } as const;
const WRITE_ACL = ['@keyspace', '@write', '@fast'];
const READ_ACL = ['@keyspace', '@read', '@fast'];
const EACH = 'O(N) with N keys';
const NOT_ATOMIC = 'Keys of several shards: not atomic until the transaction layer.';

const remove = (args: Args, database: number): Command => ({
  code: args.length === 1 ? DEL : MDEL,
  database,
  args,
});

/** The plain form; a time that has passed makes the key absent at once. */
function expire(name: string, unit: TimeUnit) {
  return ([key, time, ...options]: Args, database: number): Command | string => {
    if (options.length > 0) return SYNTAX_ERROR;
    const milliseconds = parseTime(time as Uint8Array, unit, name);
    if (typeof milliseconds === 'string') return milliseconds;
    const gone = milliseconds <= 0n;
    const word = isRelative(unit) && !gone ? PX : PXAT;
    const value = gone ? ZERO : formatInteger(milliseconds);
    return { code: EXPIRE, database, args: [key as Uint8Array, word, value] };
  };
}

const expireRow = (name: string, unit: TimeUnit, since: string, summary: string): DataRow => ({
  ...DATA,
  name,
  arity: -3,
  flags: ['write', 'fast'],
  keys: UPDATE,
  acl: WRITE_ACL,
  since,
  summary,
  translate: expire(name, unit),
  answer: answerInteger,
});

export const KEY_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'del',
    arity: -2,
    flags: ['write'],
    keys: DELETE_ALL,
    acl: ['@keyspace', '@write', '@slow'],
    complexity: EACH,
    summary: 'Deletes keys; collections are cleaned up behind.',
    differs: NOT_ATOMIC,
    translate: remove,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'unlink',
    arity: -2,
    flags: ['write', 'fast'],
    keys: DELETE_ALL,
    acl: WRITE_ACL,
    since: '4.0.0',
    complexity: EACH,
    summary: 'Deletes keys; collections are cleaned up behind.',
    differs: NOT_ATOMIC,
    translate: remove,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'exists',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: READ_ALL,
    acl: READ_ACL,
    complexity: EACH,
    summary: 'Counts the keys that are there, each as often as it is named.',
    translate: (args, database) => ({ code: EXISTS, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'touch',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: READ_ALL,
    acl: READ_ACL,
    since: '3.2.1',
    complexity: EACH,
    summary: 'Counts the keys that are there; access times are not kept.',
    translate: (args, database) => ({ code: EXISTS, database, args }),
    answer: answerInteger,
  },
  expireRow('expire', 'EX', '1.0.0', 'Gives a key a time to live in seconds.'),
  expireRow('pexpire', 'PX', '2.6.0', 'Gives a key a time to live in milliseconds.'),
  expireRow('expireat', 'EXAT', '1.2.0', 'Gives a key a deadline, a Unix time in seconds.'),
  expireRow('pexpireat', 'PXAT', '2.6.0', 'Gives a key a deadline, a Unix time in milliseconds.'),
  {
    ...DATA,
    name: 'persist',
    arity: 2,
    flags: ['write', 'fast'],
    keys: UPDATE,
    acl: WRITE_ACL,
    since: '2.2.0',
    summary: 'Takes the expiry from a key.',
    translate: (args, database) => ({ code: PERSIST, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'pttl',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: READ,
    acl: READ_ACL,
    since: '2.6.0',
    summary: 'Returns the time to live of a key in milliseconds.',
    translate: (args, database) => ({ code: TTL, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'ttl',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: READ,
    acl: READ_ACL,
    summary: 'Returns the time to live of a key in seconds.',
    translate: (args, database) => ({ code: TTL, database, args }),
    answer: (reply, out) => {
      if (reply.kind !== 'integer') unexpected(reply);
      const milliseconds = reply.value;
      out.integer(milliseconds < 0n ? milliseconds : (milliseconds + 500n) / 1000n);
    },
  },
];
