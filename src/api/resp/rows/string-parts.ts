/** Commands on parts of strings, and on what two of them have in common. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { parseInteger } from '../../../kv/catalog/integer.js';
import type { Reply } from '../../../kv/reply.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger, answerValue, unexpected } from './answers.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type { Args, DataRow, KeyPositions, ProperReply, ReplyOut } from './row.js';

const STRLEN = codeOf('strlen');
const GETRANGE = codeOf('getrange');
const SETRANGE = codeOf('setrange');
const LCS = codeOf('lcs');

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const UPDATE: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RW', 'UPDATE'] };
const DATA = { kind: 'data', group: 'string', complexity: 'O(1)' } as const;
const SLOW_READ_ACL = ['@read', '@string', '@slow'];

const LEN = Buffer.from('LEN');
const IDX = Buffer.from('IDX');
const MINMATCHLEN = Buffer.from('MINMATCHLEN');

function getRange(args: Args, database: number): Command | string {
  const isWrong = args.slice(1).some((arg) => parseInteger(arg) === null);
  return isWrong ? NOT_AN_INTEGER : { code: GETRANGE, database, args };
}

function setRange(args: Args, database: number): Command | string {
  const offset = parseInteger(args[1] as Uint8Array);
  if (offset === null) return NOT_AN_INTEGER;
  return offset < 0n ? 'ERR offset is out of range' : { code: SETRANGE, database, args };
}

/** LCS key key [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]. */
function translateLcs(args: Args, database: number): Command | string {
  let shape: Uint8Array | null = null;
  let least: Uint8Array | null = null;
  for (let i = 2; i < args.length; i++) {
    const word = optionWord(args[i]);
    if (word === 'MINMATCHLEN' && i + 1 < args.length) {
      const length = safeInteger(args[++i] as Uint8Array);
      if (length === null) return NOT_AN_INTEGER;
      least = Buffer.from(String(Math.max(length, 0)));
    } else if (word === 'LEN' || word === 'IDX') {
      const wanted = word === 'LEN' ? LEN : IDX;
      if (shape !== null && shape !== wanted) {
        return 'ERR If you want both the length and indexes, please just use IDX.';
      }
      shape = wanted;
    } else if (word !== 'WITHMATCHLEN') return SYNTAX_ERROR;
  }
  const out = args.slice(0, 2);
  if (shape !== null) out.push(shape);
  if (least !== null) out.push(MINMATCHLEN, least);
  return { code: LCS, database, args: out };
}

const itemsOf = (reply: Reply | undefined): readonly Reply[] =>
  reply?.kind === 'list' ? reply.items : [];

function writeRange(range: Reply | undefined, out: ReplyOut): void {
  const items = itemsOf(range);
  out.array(items.length);
  for (const item of items) out.integer(item.kind === 'integer' ? item.value : 0);
}

/** A map of the runs that both have, each with its length when that was asked for, and the sum. */
function answerLcs(reply: ProperReply, out: ReplyOut, args: Args): void {
  if (reply.kind !== 'list') {
    if (reply.kind === 'integer') out.integer(reply.value);
    else answerValue(reply, out);
    return;
  }
  const [matches, length] = reply.items;
  if (length?.kind !== 'integer') unexpected(reply);
  const withLengths = args.some((arg, i) => i > 1 && optionWord(arg) === 'WITHMATCHLEN');
  out.map(2);
  out.text('matches');
  out.array(itemsOf(matches).length);
  for (const match of itemsOf(matches)) {
    const [a, b, run] = itemsOf(match);
    out.array(withLengths ? 3 : 2);
    writeRange(a, out);
    writeRange(b, out);
    if (withLengths) out.integer(run?.kind === 'integer' ? run.value : 0);
  }
  out.text('len');
  out.integer(length.value);
}

export const STRING_PART_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'strlen',
    arity: 2,
    flags: ['readonly', 'fast'],
    keys: { ...READ, flags: ['RO'] },
    acl: ['@read', '@string', '@fast'],
    since: '2.2.0',
    summary: 'Returns the length of a string value in bytes.',
    translate: (args, database) => ({ code: STRLEN, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'getrange',
    arity: 4,
    flags: ['readonly'],
    keys: READ,
    acl: SLOW_READ_ACL,
    since: '2.4.0',
    complexity: 'O(N) with N bytes returned',
    summary: 'Returns a part of a string value.',
    translate: getRange,
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'substr',
    arity: 4,
    flags: ['readonly'],
    keys: READ,
    acl: SLOW_READ_ACL,
    since: '1.0.0',
    complexity: 'O(N) with N bytes returned',
    summary: 'Returns a part of a string value; the old name of GETRANGE.',
    translate: getRange,
    answer: answerValue,
  },
  {
    ...DATA,
    name: 'setrange',
    arity: 4,
    flags: ['write', 'denyoom'],
    keys: UPDATE,
    acl: ['@write', '@string', '@slow'],
    since: '2.2.0',
    complexity: 'O(N) with N bytes of the value',
    summary: 'Overwrites a part of a string value from an offset on.',
    differs: 'A value has at most 8 MiB.',
    translate: setRange,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'lcs',
    arity: -3,
    flags: ['readonly'],
    keys: { ...READ, last: 2 },
    acl: SLOW_READ_ACL,
    since: '7.0.0',
    complexity: 'O(N*M) with N and M bytes of the values',
    summary: 'Finds the longest common subsequence of two string values.',
    differs: 'Both keys in one shard; at most 16 million pairs of bytes, so two values of 4 KiB.',
    translate: translateLcs,
    answer: (reply, out, { args }) => answerLcs(reply, out, args),
    failures: { WRONG_TYPE: 'ERR The specified keys must contain string values' },
  },
];
