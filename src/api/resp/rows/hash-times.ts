/** Commands on deadlines of single fields (Redis 7.4), and those that read, set and end them. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger, parseInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, answerValues, unexpected } from './answers.js';
import { optionWord, parseExpiry, parseTime, SYNTAX_ERROR, type TimeUnit } from './parse.js';
import type { Args, CommandFlag, DataRow, KeyPositions, ProperReply, ReplyOut } from './row.js';

const NO_FIELDS = 'ERR Mandatory argument FIELDS is missing or not at the right position';
const TOO_FEW = 'ERR Number of fields must be a positive integer';
const OTHER_COUNT = 'ERR The `numfields` parameter must match the number of arguments';

const PX = Buffer.from('PX');
const PXAT = Buffer.from('PXAT');
const ZERO = Buffer.from('0');
const ANY = Buffer.from('ANY');

const DATA = { kind: 'data', group: 'hash', complexity: 'O(N) with N fields named' } as const;
const ONE_KEY = { first: 1, last: 1, step: 1 } as const;
const READ: KeyPositions = { ...ONE_KEY, flags: ['RO', 'ACCESS'] };
const UPDATE: KeyPositions = { ...ONE_KEY, flags: ['RW', 'UPDATE'] };
const FAST_WRITE: readonly CommandFlag[] = ['write', 'denyoom', 'fast'];
const SHRINK: readonly CommandFlag[] = ['write', 'fast'];
const FAST_READ: readonly CommandFlag[] = ['readonly', 'fast'];
const WRITE_ACL = ['@write', '@hash', '@fast'];
const READ_ACL = ['@read', '@hash', '@fast'];

/** What stands behind `FIELDS numfields` at a position, `group` words for each; or the error. */
function fieldsAt(args: Args, at: number, group = 1): readonly Uint8Array[] | string {
  if (optionWord(args[at]) !== 'FIELDS' || args[at + 1] === undefined) return NO_FIELDS;
  const count = parseInteger(args[at + 1] as Uint8Array);
  if (count === null || count < 1n) return TOO_FEW;
  const fields = args.slice(at + 2);
  return BigInt(fields.length) === count * BigInt(group) ? fields : OTHER_COUNT;
}

function onFields(name: string) {
  return (args: Args, database: number): Command | string => {
    const fields = fieldsAt(args, 1);
    if (typeof fields === 'string') return fields;
    return { code: codeOf(name), database, args: [args[0] as Uint8Array, ...fields] };
  };
}

const CONDITIONS: ReadonlySet<string> = new Set(['NX', 'XX', 'GT', 'LT']);
const unitOf = (unit: TimeUnit): Uint8Array => (unit === 'EX' || unit === 'PX' ? PX : PXAT);

/** HEXPIRE key time [NX | XX | GT | LT] FIELDS numfields field … */
function expireWith(name: string, unit: TimeUnit) {
  return (args: Args, database: number): Command | string => {
    const time = parseTime(args[1] as Uint8Array, unit, name);
    if (typeof time === 'string') return time;
    if (time < 0n) return 'ERR invalid expire time, must be >= 0';
    const conditional = CONDITIONS.has(optionWord(args[2]));
    const fields = fieldsAt(args, conditional ? 3 : 2);
    if (typeof fields === 'string') return fields;
    const condition = conditional ? (args[2] as Uint8Array) : ANY;
    const plan = [args[0] as Uint8Array, condition, unitOf(unit), formatInteger(time)];
    return { code: codeOf('hexpire'), database, args: [...plan, ...fields] };
  };
}

const TIMES: ReadonlySet<string> = new Set(['EX', 'PX', 'EXAT', 'PXAT']);

interface Words {
  expiry: readonly [Uint8Array, Uint8Array] | null;
  condition: Uint8Array | null;
}

/** Words before FIELDS: at most one expiry and one condition, in any order; or the error. */
function wordsBefore(
  args: Args,
  name: string,
  plain: ReadonlySet<string>,
  conditions: ReadonlySet<string>,
): { words: Words; at: number } | string {
  const words: Words = { expiry: null, condition: null };
  let at = 1;
  for (; at < args.length; at++) {
    const word = optionWord(args[at]);
    if (word === 'FIELDS') return { words, at };
    if (conditions.has(word) && words.condition === null) {
      words.condition = args[at] as Uint8Array;
    } else if (plain.has(word) && words.expiry === null) {
      words.expiry = [args[at] as Uint8Array, ZERO];
    } else if (TIMES.has(word) && words.expiry === null && at + 1 < args.length) {
      const time = parseExpiry(args[++at] as Uint8Array, word as TimeUnit, name);
      if (typeof time === 'string') return time;
      words.expiry = [unitOf(word as TimeUnit), time];
    } else return SYNTAX_ERROR;
  }
  return NO_FIELDS;
}

/** HGETEX key [EX s | PX ms | EXAT s | PXAT ms | PERSIST] FIELDS numfields field … */
function getEx(args: Args, database: number): Command | string {
  const found = wordsBefore(args, 'hgetex', new Set(['PERSIST']), new Set());
  if (typeof found === 'string') return found;
  const fields = fieldsAt(args, found.at);
  if (typeof fields === 'string') return fields;
  const key = args[0] as Uint8Array;
  const { expiry } = found.words;
  if (expiry === null) return { code: codeOf('hmget'), database, args: [key, ...fields] };
  return { code: codeOf('hgetex'), database, args: [key, ...expiry, ...fields] };
}

const NO_EXPIRY = [Buffer.from('NONE'), ZERO] as const;

/** HSETEX key [FNX | FXX] [EX s | … | KEEPTTL] FIELDS numfields field value … */
function setEx(args: Args, database: number): Command | string {
  const found = wordsBefore(args, 'hsetex', new Set(['KEEPTTL']), new Set(['FNX', 'FXX']));
  if (typeof found === 'string') return found;
  const pairs = fieldsAt(args, found.at, 2);
  if (typeof pairs === 'string') return pairs;
  const { condition, expiry } = found.words;
  const plan = [args[0] as Uint8Array, condition ?? ANY, ...(expiry ?? NO_EXPIRY)];
  return { code: codeOf('hsetex'), database, args: [...plan, ...pairs] };
}

function answerIntegers(unit: bigint) {
  return (reply: ProperReply, out: ReplyOut): void => {
    if (reply.kind !== 'list') unexpected(reply);
    out.array(reply.items.length);
    for (const item of reply.items) {
      if (item.kind !== 'integer') unexpected(reply);
      out.integer(item.value < 0n ? item.value : (item.value + unit - 1n) / unit);
    }
  };
}

const expireRow = (name: string, unit: TimeUnit, summary: string): DataRow => ({
  ...DATA,
  name,
  since: '7.4.0',
  arity: -6,
  flags: FAST_WRITE,
  keys: UPDATE,
  acl: WRITE_ACL,
  summary,
  translate: expireWith(name, unit),
  answer: answerIntegers(1n),
});

const tellRow = (name: string, code: string, unit: bigint, summary: string): DataRow => ({
  ...DATA,
  name,
  since: '7.4.0',
  arity: -5,
  flags: FAST_READ,
  keys: READ,
  acl: READ_ACL,
  summary,
  translate: onFields(code),
  answer: answerIntegers(unit),
});

export const HASH_TIME_DOOR_ROWS: readonly DataRow[] = [
  expireRow('hexpire', 'EX', 'Sets the time in seconds until fields expire.'),
  expireRow('hpexpire', 'PX', 'Sets the time in milliseconds until fields expire.'),
  expireRow('hexpireat', 'EXAT', 'Sets when fields expire, in seconds since 1970.'),
  expireRow('hpexpireat', 'PXAT', 'Sets when fields expire, in milliseconds since 1970.'),
  tellRow('httl', 'hpttl', 1000n, 'Returns the seconds until fields expire.'),
  tellRow('hpttl', 'hpttl', 1n, 'Returns the milliseconds until fields expire.'),
  tellRow('hexpiretime', 'hpexpiretime', 1000n, 'Returns when fields expire, in seconds.'),
  tellRow('hpexpiretime', 'hpexpiretime', 1n, 'Returns when fields expire, in milliseconds.'),
  {
    ...DATA,
    name: 'hpersist',
    since: '7.4.0',
    arity: -5,
    flags: SHRINK,
    keys: UPDATE,
    acl: WRITE_ACL,
    summary: 'Takes the expiry from fields.',
    translate: onFields('hpersist'),
    answer: answerIntegers(1n),
  },
  {
    ...DATA,
    name: 'hgetdel',
    since: '8.0.0',
    arity: -5,
    flags: SHRINK,
    keys: { ...ONE_KEY, flags: ['RW', 'ACCESS', 'DELETE'] },
    acl: WRITE_ACL,
    summary: 'Returns the values of fields and deletes them.',
    translate: onFields('hgetdel'),
    answer: answerValues,
  },
  {
    ...DATA,
    name: 'hgetex',
    since: '8.0.0',
    arity: -5,
    flags: SHRINK,
    keys: { ...ONE_KEY, flags: ['RW', 'ACCESS', 'UPDATE'] },
    acl: WRITE_ACL,
    summary: 'Returns the values of fields and changes when they expire.',
    translate: getEx,
    answer: answerValues,
  },
  {
    ...DATA,
    name: 'hsetex',
    since: '8.0.0',
    arity: -6,
    flags: FAST_WRITE,
    keys: UPDATE,
    acl: WRITE_ACL,
    summary: 'Sets fields and when they expire.',
    translate: setEx,
    answer: answerInteger,
  },
];
