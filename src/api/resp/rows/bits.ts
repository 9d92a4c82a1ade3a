/** Commands on the bits of strings (Redis documentation, group "bitmap"). */
import { type BitfieldProblem, bitOffset, parseBitfield } from '../../../kv/catalog/bitfield.js';
import { BIT_OPERATIONS } from '../../../kv/catalog/bits.js';
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger, parseInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, unexpected } from './answers.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type { Args, DataRow, KeyPositions, ProperReply, ReplyOut } from './row.js';

const SETBIT = codeOf('setbit');
const GETBIT = codeOf('getbit');
const BITCOUNT = codeOf('bitcount');
const BITPOS = codeOf('bitpos');
const BITOP = codeOf('bitop');
const BITFIELD = codeOf('bitfield');
const BITFIELDRO = codeOf('bitfieldro');

const START = Buffer.from('START');
const END = Buffer.from('END');
const BIT = Buffer.from('BIT');

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'ACCESS', 'UPDATE'] };
const DATA = { kind: 'data', group: 'bitmap', since: '2.2.0', complexity: 'O(1)' } as const;
const WRITE_ACL = ['@write', '@bitmap', '@slow'];
const READ_ACL = ['@read', '@bitmap', '@fast'];
const SLOW_READ_ACL = ['@read', '@bitmap', '@slow'];
const EACH_BYTE = 'O(N) with N bytes of the value';
const LIMIT = 'A value has at most 8 MiB.';

const BAD_OFFSET = 'ERR bit offset is not an integer or out of range';

function bitOf(arg: Uint8Array | undefined): 0 | 1 | null {
  const value = arg === undefined ? null : parseInteger(arg);
  return value === 0n ? 0 : value === 1n ? 1 : null;
}

function setBit(args: Args, database: number): Command | string {
  if (bitOffset(args[1] as Uint8Array) === null) return BAD_OFFSET;
  if (bitOf(args[2]) === null) return 'ERR bit is not an integer or out of range';
  return { code: SETBIT, database, args };
}

function getBit(args: Args, database: number): Command | string {
  return bitOffset(args[1] as Uint8Array) === null ? BAD_OFFSET : { code: GETBIT, database, args };
}

/** [start [end [BYTE | BIT]]] as canonical words, or the text of the error. */
function rangeWords(args: Args): readonly Uint8Array[] | string {
  const words: Uint8Array[] = [];
  for (const [i, arg] of args.entries()) {
    if (i === 2) {
      const unit = optionWord(arg);
      if (unit !== 'BIT' && unit !== 'BYTE') return SYNTAX_ERROR;
      if (unit === 'BIT') words.push(BIT);
      continue;
    }
    const value = safeInteger(arg);
    if (value === null) return NOT_AN_INTEGER;
    words.push(i === 0 ? START : END, formatInteger(value));
  }
  return words;
}

function bitCount(args: Args, database: number): Command | string {
  if (args.length === 2 || args.length > 4) return SYNTAX_ERROR;
  const words = rangeWords(args.slice(1));
  if (typeof words === 'string') return words;
  return { code: BITCOUNT, database, args: [args[0] as Uint8Array, ...words] };
}

function bitPos(args: Args, database: number): Command | string {
  if (parseInteger(args[1] as Uint8Array) === null) return NOT_AN_INTEGER;
  if (bitOf(args[1]) === null) return 'ERR The bit argument must be 1 or 0.';
  if (args.length > 5) return SYNTAX_ERROR;
  const words = rangeWords(args.slice(2));
  if (typeof words === 'string') return words;
  return { code: BITPOS, database, args: [...args.slice(0, 2), ...words] };
}

const OPERATIONS: readonly string[] = BIT_OPERATIONS;
const NEEDS_TWO: ReadonlySet<string> = new Set(['DIFF', 'DIFF1', 'ANDOR']);

/** BITOP operation destination key [key …]; the catalogue has the destination first. */
function bitOp(args: Args, database: number): Command | string {
  const [word, target] = args as readonly [Uint8Array, Uint8Array];
  const sources = args.slice(2);
  const operation = optionWord(word);
  if (!OPERATIONS.includes(operation)) return SYNTAX_ERROR;
  if (operation === 'NOT' && sources.length !== 1) {
    return 'ERR BITOP NOT must be called with a single source key.';
  }
  if (NEEDS_TWO.has(operation) && sources.length < 2) {
    return `ERR BITOP ${operation} must be called with at least two source keys.`;
  }
  return { code: BITOP, database, args: [target, word, ...sources] };
}

const PROBLEMS: Readonly<Record<BitfieldProblem, string>> = {
  SYNTAX: SYNTAX_ERROR,
  TYPE:
    'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but ' +
    'i64 is.',
  OFFSET: BAD_OFFSET,
  OVERFLOW: 'ERR Invalid OVERFLOW type specified',
  VALUE: NOT_AN_INTEGER,
};

const CHANGES: ReadonlySet<string> = new Set(['SET', 'INCRBY']);

const onlyGets = (args: Args): boolean => !args.some((word) => CHANGES.has(optionWord(word)));

function bitField(args: Args, database: number): Command | string {
  const ops = parseBitfield(args.slice(1));
  if (typeof ops === 'string') return PROBLEMS[ops];
  const reads = ops.every((op) => op.kind === 'get');
  return { code: reads ? BITFIELDRO : BITFIELD, database, args };
}

function bitFieldRo(args: Args, database: number): Command | string {
  const ops = parseBitfield(args.slice(1));
  if (typeof ops === 'string') return PROBLEMS[ops];
  if (ops.some((op) => op.kind !== 'get'))
    return 'ERR BITFIELD_RO only supports the GET subcommand';
  return { code: BITFIELDRO, database, args };
}

function answerFields(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind !== 'list') unexpected(reply);
  out.array(reply.items.length);
  for (const item of reply.items) {
    if (item.kind === 'integer') out.integer(item.value);
    else out.null();
  }
}

export const BIT_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'setbit',
    arity: 4,
    flags: ['write', 'denyoom'],
    keys: UPDATE,
    acl: WRITE_ACL,
    complexity: EACH_BYTE,
    summary: 'Sets a bit of a string value and returns the bit before.',
    differs: LIMIT,
    translate: setBit,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'getbit',
    arity: 3,
    flags: ['readonly', 'fast'],
    keys: READ,
    acl: READ_ACL,
    summary: 'Returns a bit of a string value.',
    translate: getBit,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'bitcount',
    arity: -2,
    flags: ['readonly'],
    keys: READ,
    acl: SLOW_READ_ACL,
    since: '2.6.0',
    complexity: EACH_BYTE,
    summary: 'Counts the bits that are 1 in a string value or a part of it.',
    differs: 'Wrong words are an error also when the key is not there, as from Redis 7.2 on.',
    translate: bitCount,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'bitpos',
    arity: -3,
    flags: ['readonly'],
    keys: READ,
    acl: SLOW_READ_ACL,
    since: '2.8.7',
    complexity: EACH_BYTE,
    summary: 'Finds the first bit that is 0 or 1 in a string value or a part of it.',
    differs: 'Wrong words are an error also when the key is not there, as from Redis 7.2 on.',
    translate: bitPos,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'bitop',
    arity: -4,
    flags: ['write', 'denyoom'],
    keys: {
      first: 2,
      last: -1,
      step: 1,
      flags: ['OW', 'UPDATE'],
      others: ['RO', 'ACCESS'],
    },
    acl: WRITE_ACL,
    since: '2.6.0',
    complexity: EACH_BYTE,
    summary: 'Puts the bits of string values together and stores what comes of it.',
    differs: 'All keys in one shard.',
    translate: bitOp,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'bitfield',
    arity: -2,
    flags: ['write', 'denyoom'],
    keys: UPDATE,
    keyFlags: (args) => (onlyGets(args) ? READ.flags : UPDATE.flags),
    acl: WRITE_ACL,
    since: '3.2.0',
    complexity: 'O(N) with N operations, and the bytes of the value',
    summary: 'Reads and writes integers of any width in a string value.',
    differs: LIMIT,
    translate: bitField,
    answer: answerFields,
  },
  {
    ...DATA,
    name: 'bitfield_ro',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: READ,
    acl: READ_ACL,
    since: '6.0.0',
    complexity: 'O(N) with N operations',
    summary: 'Reads integers of any width in a string value.',
    translate: bitFieldRo,
    answer: answerFields,
  },
];
