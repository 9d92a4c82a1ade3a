/** Commands on the expiry of keys (Redis documentation, group "generic"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, unexpected } from './answers.js';
import { isRelative, optionWord, parseTime, type TimeUnit } from './parse.js';
import type { Args, DataRow, KeyPositions, ProperReply, ReplyOut } from './row.js';

const EXPIRE = codeOf('expire');
const PERSIST = codeOf('persist');
const TTL = codeOf('ttl');
const EXPIRETIME = codeOf('expiretime');

const PX = Buffer.from('PX');
const PXAT = Buffer.from('PXAT');
const ZERO = Buffer.from('0');

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'UPDATE'] };
const DATA = { kind: 'data', group: 'generic', since: '1.0.0', complexity: 'O(1)' } as const;
const WRITE_ACL = ['@keyspace', '@write', '@fast'];
const READ_ACL = ['@keyspace', '@read', '@fast'];

const FLAGS: ReadonlySet<string> = new Set(['NX', 'XX', 'GT', 'LT']);

/** The conditions once each, or the text of the error. */
function conditions(args: Args): readonly Uint8Array[] | string {
  const found = new Set<string>();
  for (const arg of args) {
    const word = optionWord(arg);
    if (!FLAGS.has(word)) return `ERR Unsupported option ${Buffer.from(arg).toString('latin1')}`;
    found.add(word);
  }
  if (found.has('NX') && found.size > 1) {
    return 'ERR NX and XX, GT or LT options at the same time are not compatible';
  }
  if (found.has('GT') && found.has('LT')) {
    return 'ERR GT and LT options at the same time are not compatible';
  }
  return [...found].map((word) => Buffer.from(word));
}

/** EXPIRE key time [NX | XX] [GT | LT]; a time that has passed makes the key absent at once. */
function expire(name: string, unit: TimeUnit) {
  return ([key, time, ...options]: Args, database: number): Command | string => {
    const words = conditions(options);
    if (typeof words === 'string') return words;
    const milliseconds = parseTime(time as Uint8Array, unit, name);
    if (typeof milliseconds === 'string') return milliseconds;
    const gone = milliseconds <= 0n;
    const word = isRelative(unit) && !gone ? PX : PXAT;
    const value = gone ? ZERO : formatInteger(milliseconds);
    return { code: EXPIRE, database, args: [key as Uint8Array, word, value, ...words] };
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

/** Milliseconds rounded to seconds as Redis rounds a time to live; −1 and −2 stay. */
function answerSeconds(rounding: bigint) {
  return (reply: ProperReply, out: ReplyOut): void => {
    if (reply.kind !== 'integer') unexpected(reply);
    const milliseconds = reply.value;
    out.integer(milliseconds < 0n ? milliseconds : (milliseconds + rounding) / 1000n);
  };
}

const readRow = (
  name: string,
  since: string,
  code: number,
  summary: string,
  answer: DataRow['answer'],
): DataRow => ({
  ...DATA,
  name,
  arity: 2,
  flags: ['readonly', 'fast'],
  keys: READ,
  acl: READ_ACL,
  since,
  summary,
  translate: (args, database) => ({ code, database, args }),
  answer,
});

export const EXPIRY_DOOR_ROWS: readonly DataRow[] = [
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
  readRow(
    'pttl',
    '2.6.0',
    TTL,
    'Returns the time to live of a key in milliseconds.',
    answerInteger,
  ),
  readRow(
    'ttl',
    '1.0.0',
    TTL,
    'Returns the time to live of a key in seconds.',
    answerSeconds(500n),
  ),
  readRow(
    'pexpiretime',
    '7.0.0',
    EXPIRETIME,
    'Returns the deadline of a key, a Unix time in milliseconds.',
    answerInteger,
  ),
  readRow(
    'expiretime',
    '7.0.0',
    EXPIRETIME,
    'Returns the deadline of a key, a Unix time in seconds.',
    answerSeconds(500n),
  ),
];
