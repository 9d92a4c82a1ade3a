/** Commands on hashes (Redis documentation, group "hash"); those on field deadlines stand apart. */
import { toByteKey } from '../../../base/bytes.js';
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger, INT64_MIN, parseInteger } from '../../../kv/catalog/integer.js';
import { parseLongDouble } from '../../../kv/catalog/long-double.js';
import type { Reply } from '../../../kv/reply.js';
import type { Command } from '../../../kv/request.js';
import { wrongArity } from '../errors.js';
import { answerInteger, answerValue, answerValues, ok, unexpected } from './answers.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type {
  Args,
  Asked,
  CommandFlag,
  DataRow,
  KeyPositions,
  ProperReply,
  ReplyOut,
} from './row.js';
import { parseScan } from './scan-words.js';
import { drawSeed } from './seed.js';

const HSET = codeOf('hset');
const HINCRBY = codeOf('hincrby');
const HINCRBYFLOAT = codeOf('hincrbyfloat');
const HSCAN = codeOf('hscan');
const HRANDFIELD = codeOf('hrandfield');

const CURSOR = Buffer.from('CURSOR');
const COUNT = Buffer.from('COUNT');
const NOVALUES = Buffer.from('NOVALUES');
const WITHVALUES = Buffer.from('WITHVALUES');
const LAST_CURSOR = 0xffff_ffff;
const LONG_MAX = 2n ** 63n - 1n;

const OUT_OF_RANGE = `ERR value is out of range, value must between ${-LONG_MAX} and ${LONG_MAX}`;
const NOT_A_FLOAT = 'ERR value is not a valid float';

const DATA = { kind: 'data', group: 'hash', since: '2.0.0', complexity: 'O(1)' } as const;
const EACH_FIELD = 'O(N) with N fields named';
const EVERY_FIELD = 'O(N) with N fields in the hash';
const ONE_KEY = { first: 1, last: 1, step: 1 } as const;
const READ: KeyPositions = { ...ONE_KEY, flags: ['RO', 'ACCESS'] };
const LOOK: KeyPositions = { ...ONE_KEY, flags: ['RO'] };
const UPDATE: KeyPositions = { ...ONE_KEY, flags: ['RW', 'UPDATE'] };
const COUNTER: KeyPositions = { ...ONE_KEY, flags: ['RW', 'ACCESS', 'UPDATE'] };

const FAST_WRITE: readonly CommandFlag[] = ['write', 'denyoom', 'fast'];
const FAST_READ: readonly CommandFlag[] = ['readonly', 'fast'];
const WRITE = { flags: FAST_WRITE, acl: ['@write', '@hash', '@fast'] };
const FAST = { flags: FAST_READ, acl: ['@read', '@hash', '@fast'] };
const SLOW = { flags: ['readonly'] as readonly CommandFlag[], acl: ['@read', '@hash', '@slow'] };

const as =
  (name: string) =>
  (args: Args, database: number): Command => ({ code: codeOf(name), database, args });

function translateSet(name: string) {
  return (args: Args, database: number): Command | string =>
    args.length % 2 === 0 ? wrongArity(name) : { code: HSET, database, args };
}

const incrBy = (args: Args, database: number): Command | string =>
  parseInteger(args[2] as Uint8Array) === null ? NOT_AN_INTEGER : { code: HINCRBY, database, args };

function incrByFloat(args: Args, database: number): Command | string {
  const by = parseLongDouble(args[2] as Uint8Array);
  if (by === null) return NOT_A_FLOAT;
  if (by.kind === 'infinite') return 'ERR value is NaN or Infinity';
  return { code: HINCRBYFLOAT, database, args };
}

/** As C's strtoul reads it: nothing is 0, a sign is taken, a zero byte ends it. Null: an error. */
function cursorOf(arg: Uint8Array): number | null {
  const end = arg.indexOf(0);
  const digits = end < 0 ? arg : arg.subarray(0, end);
  const text = digits.length > 21 ? 'x' : toByteKey(digits);
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) return null;
  const cursor = BigInt(text);
  if (cursor >= 2n ** 64n || cursor <= -(2n ** 64n)) return null;
  // None of ours: there is nothing behind it.
  return cursor < 0n || cursor > BigInt(LAST_CURSOR) ? LAST_CURSOR : Number(cursor);
}

/** Words that are wrong count only if the hash is there: `answerScan` tells. */
function translateScan(args: Args, database: number): Command | string {
  const [key, cursor] = args as [Uint8Array, Uint8Array];
  const from = cursorOf(cursor);
  if (from === null) return 'ERR invalid cursor';
  const words = parseScan(args.slice(2), 'NOVALUES');
  const out: Uint8Array[] = [key, CURSOR, formatInteger(from)];
  if (typeof words === 'string') return { code: HSCAN, database, args: out };
  out.push(COUNT, formatInteger(words.count));
  if (words.noValues) out.push(NOVALUES);
  return { code: HSCAN, database, args: out };
}

const bytesOf = (reply: Reply | undefined): Uint8Array =>
  reply?.kind === 'bytes' ? reply.bytes : new Uint8Array(0);

function answerScan(reply: ProperReply, out: ReplyOut, { args }: Asked): void {
  if (reply.kind !== 'list') unexpected(reply);
  const [next, ...items] = reply.items;
  if (next?.kind !== 'integer') unexpected(reply);
  const words = parseScan(args.slice(2), 'NOVALUES');
  if (typeof words === 'string' && (next.value !== 0n || items.length > 0)) {
    out.error(words);
    return;
  }
  const { matches, noValues } =
    typeof words === 'string' ? { matches: null, noValues: true } : words;
  const step = noValues ? 1 : 2;
  const found: Uint8Array[] = [];
  for (let i = 0; i < items.length; i += step) {
    const field = bytesOf(items[i]);
    if (matches !== null && !matches(toByteKey(field))) continue;
    found.push(field);
    if (!noValues) found.push(bytesOf(items[i + 1]));
  }
  out.array(2);
  out.text(String(next.value));
  out.array(found.length);
  for (const one of found) out.bulk(one);
}

/** The seed comes from here, so that a transaction draws the same on every replica. */
function translateRandom(args: Args, database: number): Command | string {
  const [key, count, words] = args as [Uint8Array, Uint8Array?, Uint8Array?];
  const seed = drawSeed();
  if (count === undefined) return { code: HRANDFIELD, database, args: [key, seed] };
  const wanted = parseInteger(count);
  if (wanted === null) return NOT_AN_INTEGER;
  if (wanted === INT64_MIN) return OUT_OF_RANGE;
  if (args.length > 3 || (words !== undefined && optionWord(words) !== 'WITHVALUES')) {
    return SYNTAX_ERROR;
  }
  const half = LONG_MAX / 2n;
  if (words !== undefined && (wanted > half || wanted < -half)) return 'ERR value is out of range';
  const out = [key, seed, COUNT, formatInteger(safeInteger(count) as number)];
  return { code: HRANDFIELD, database, args: words === undefined ? out : [...out, WITHVALUES] };
}

function answerRandom(reply: ProperReply, out: ReplyOut, asked: Asked): void {
  if (reply.kind !== 'list') {
    answerValue(reply, out);
    return;
  }
  if (asked.args.length < 3 || out.protocol === 2) {
    answerValues(reply, out);
    return;
  }
  out.array(reply.items.length / 2);
  for (let i = 0; i < reply.items.length; i += 2) {
    out.array(2);
    out.bulk(bytesOf(reply.items[i]));
    out.bulk(bytesOf(reply.items[i + 1]));
  }
}

function answerMap(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind !== 'list') unexpected(reply);
  out.map(reply.items.length / 2);
  for (const item of reply.items) out.bulk(bytesOf(item));
}

export const HASH_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    ...WRITE,
    name: 'hset',
    arity: -4,
    keys: UPDATE,
    complexity: EACH_FIELD,
    summary: 'Sets fields of a hash.',
    translate: translateSet('hset'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...WRITE,
    name: 'hmset',
    arity: -4,
    keys: UPDATE,
    complexity: EACH_FIELD,
    summary: 'Sets fields of a hash; HSET says how many were new.',
    translate: translateSet('hmset'),
    answer: (_reply, out) => ok(out),
    whenApplied: ok,
  },
  {
    ...DATA,
    ...WRITE,
    name: 'hsetnx',
    arity: 4,
    keys: { ...ONE_KEY, flags: ['RW', 'INSERT'] },
    summary: 'Sets a field only if it is not there.',
    translate: as('hsetnx'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...FAST,
    name: 'hget',
    arity: 3,
    keys: READ,
    summary: 'Returns the value of a field.',
    translate: as('hget'),
    answer: answerValue,
  },
  {
    ...DATA,
    ...FAST,
    name: 'hmget',
    arity: -3,
    keys: READ,
    complexity: EACH_FIELD,
    summary: 'Returns the values of fields.',
    translate: as('hmget'),
    answer: answerValues,
  },
  {
    ...DATA,
    ...SLOW,
    name: 'hgetall',
    arity: 2,
    keys: READ,
    complexity: EVERY_FIELD,
    summary: 'Returns all fields with their values.',
    differs: 'A hash whose answer is over 16 MiB or 250,000 fields is refused: use HSCAN.',
    translate: as('hgetall'),
    answer: answerMap,
  },
  {
    ...DATA,
    ...SLOW,
    name: 'hkeys',
    arity: 2,
    keys: READ,
    complexity: EVERY_FIELD,
    summary: 'Returns all fields.',
    differs: 'As HGETALL.',
    translate: as('hkeys'),
    answer: answerValues,
  },
  {
    ...DATA,
    ...SLOW,
    name: 'hvals',
    arity: 2,
    keys: READ,
    complexity: EVERY_FIELD,
    summary: 'Returns all values.',
    differs: 'As HGETALL.',
    translate: as('hvals'),
    answer: answerValues,
  },
  {
    ...DATA,
    name: 'hdel',
    flags: ['write', 'fast'],
    acl: WRITE.acl,
    arity: -3,
    keys: { ...ONE_KEY, flags: ['RW', 'DELETE'] },
    complexity: EACH_FIELD,
    summary: 'Deletes fields; the key goes with the last one.',
    translate: as('hdel'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...FAST,
    name: 'hlen',
    arity: 2,
    keys: LOOK,
    summary: 'Returns the number of fields.',
    differs:
      'Fields that are due count until their deletion has gone through the log, in Redis 7.4 until ' +
      'it meets them.',
    translate: as('hlen'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...FAST,
    name: 'hexists',
    arity: 3,
    keys: LOOK,
    summary: 'Tells whether a field is there.',
    translate: as('hexists'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...FAST,
    name: 'hstrlen',
    since: '3.2.0',
    arity: 3,
    keys: LOOK,
    summary: 'Returns the length of the value of a field.',
    translate: as('hstrlen'),
    answer: answerInteger,
  },
  {
    ...DATA,
    ...WRITE,
    name: 'hincrby',
    arity: 4,
    keys: COUNTER,
    summary: 'Adds to the integer in a field.',
    translate: incrBy,
    answer: answerInteger,
    failures: { NOT_INTEGER: 'ERR hash value is not an integer' },
  },
  {
    ...DATA,
    ...WRITE,
    name: 'hincrbyfloat',
    since: '2.6.0',
    arity: 4,
    keys: COUNTER,
    summary: 'Adds to the number in a field.',
    translate: incrByFloat,
    answer: answerValue,
    failures: { NOT_FLOAT: 'ERR hash value is not a float' },
  },
  {
    ...DATA,
    ...SLOW,
    name: 'hscan',
    since: '2.8.0',
    arity: -3,
    keys: READ,
    complexity: 'O(1) for each call',
    summary: 'Goes through the fields of a hash.',
    differs: 'Small hashes come in pages of COUNT too. Cursors have 32 bits and hold on any node.',
    translate: translateScan,
    answer: answerScan,
  },
  {
    ...DATA,
    ...SLOW,
    name: 'hrandfield',
    since: '6.2.0',
    arity: -2,
    keys: READ,
    complexity: 'O(N) with N fields returned',
    summary: 'Returns random fields.',
    differs: 'At most 250,000 fields. Few fields of a large hash are drawn one after the other.',
    translate: translateRandom,
    answer: answerRandom,
  },
];
