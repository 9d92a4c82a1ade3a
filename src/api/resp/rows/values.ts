/** DUMP, RESTORE, OBJECT, SORT (Redis documentation, group "generic"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger } from '../../../kv/catalog/integer.js';
import type { Command } from '../../../kv/request.js';
import { answerValue, ok, unexpected } from './answers.js';
import { withHelp } from './help.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type {
  Args,
  ContainerRow,
  DataRow,
  DoorRow,
  KeyPositions,
  ProperReply,
  ReplyOut,
} from './row.js';

const DUMP = codeOf('dump');
const RESTORE = codeOf('restore');
const OBJECT = codeOf('object');
const SORT = codeOf('sort');
const SORTSTORE = codeOf('sortstore');

const PX = Buffer.from('PX');
const PXAT = Buffer.from('PXAT');
const REPLACE = Buffer.from('REPLACE');
const LARGEST_FREQUENCY = 255;

const READ: KeyPositions = { first: 1, last: 1, step: 1, flags: ['RO', 'ACCESS'] };
const DATA = { kind: 'data', group: 'generic', complexity: 'O(1)' } as const;
const READ_ACL = ['@keyspace', '@read', '@slow'];
const EACH_BYTE = 'O(N) with N bytes of the value';

interface RestoreWords {
  replace: boolean;
  absolute: boolean;
}

/** REPLACE, ABSTTL, IDLETIME seconds, FREQ n (the last two are read and forgotten). */
function restoreWords(args: Args): RestoreWords | string {
  const found: RestoreWords = { replace: false, absolute: false };
  for (let i = 0; i < args.length; i++) {
    const word = optionWord(args[i]);
    const value = args[i + 1];
    if (word === 'REPLACE') found.replace = true;
    else if (word === 'ABSTTL') found.absolute = true;
    else if ((word === 'IDLETIME' || word === 'FREQ') && value !== undefined) {
      const number = safeInteger(value);
      i++;
      if (number === null) return NOT_AN_INTEGER;
      if (word === 'IDLETIME' && number < 0) return 'ERR Invalid IDLETIME value, must be >= 0';
      if (word === 'FREQ' && (number < 0 || number > LARGEST_FREQUENCY)) {
        return 'ERR Invalid FREQ value, must be >= 0 and <= 255';
      }
    } else return SYNTAX_ERROR;
  }
  return found;
}

/** RESTORE key ttl payload [REPLACE] [ABSTTL] [IDLETIME s] [FREQ n]; a ttl of 0 is none. */
function restore(args: Args, database: number): Command | string {
  const [key, ttl, payload] = args as readonly [Uint8Array, Uint8Array, Uint8Array];
  const words = restoreWords(args.slice(3));
  if (typeof words === 'string') return words;
  const milliseconds = safeInteger(ttl);
  if (milliseconds === null) return NOT_AN_INTEGER;
  if (milliseconds < 0) return 'ERR Invalid TTL value, must be >= 0';
  const out = [key, payload];
  if (milliseconds > 0) out.push(words.absolute ? PXAT : PX, formatInteger(milliseconds));
  if (words.replace) out.push(REPLACE);
  return { code: RESTORE, database, args: out };
}

/** Where STORE names the target among the words of a SORT; −1: nowhere. Null: a syntax error. */
function sortTarget(args: Args, mayStore: boolean): number | string {
  let target = -1;
  for (let i = 1; i < args.length; i++) {
    const word = optionWord(args[i]);
    const left = args.length - i - 1;
    if (word === 'ASC' || word === 'DESC' || word === 'ALPHA') continue;
    if (word === 'LIMIT' && left >= 2) {
      const isWrong = [args[i + 1], args[i + 2]].some(
        (one) => safeInteger(one as Uint8Array) === null,
      );
      if (isWrong) return NOT_AN_INTEGER;
      i += 2;
    } else if ((word === 'BY' || word === 'GET') && left >= 1) i++;
    else if (word === 'STORE' && mayStore && left >= 1) target = ++i;
    else return SYNTAX_ERROR;
  }
  return target;
}

const sort =
  (mayStore: boolean) =>
  (args: Args, database: number): Command | string => {
    const target = sortTarget(args, mayStore);
    if (typeof target === 'string') return target;
    const key = args[0] as Uint8Array;
    if (target < 0) return { code: SORT, database, args: [key] };
    return { code: SORTSTORE, database, args: [key, args[target] as Uint8Array] };
  };

function answerSort(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind === 'integer') out.integer(reply.value);
  else if (reply.kind === 'list') out.array(0);
  else unexpected(reply);
}

const NO_FREQUENCY =
  'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that ' +
  'when switching between policies at runtime LRU and LFU data will take some time to adjust.';

const objectRow = (
  name: string,
  summary: string,
  write: (encoding: Uint8Array, out: ReplyOut) => void,
  differs?: string,
): DataRow => ({
  ...DATA,
  name,
  usage: '<key>',
  arity: 3,
  flags: ['readonly'],
  keys: { ...READ, first: 2, last: 2, flags: ['RO'] },
  acl: READ_ACL,
  since: name === 'freq' ? '4.0.0' : '2.2.3',
  summary,
  ...(differs === undefined ? {} : { differs }),
  translate: (args, database) => ({ code: OBJECT, database, args }),
  answer: (reply, out) => {
    if (reply.kind === 'null') out.null();
    else if (reply.kind === 'list' && reply.items[1]?.kind === 'bytes') {
      write(reply.items[1].bytes, out);
    } else unexpected(reply);
  },
});

const OBJECTS: ContainerRow = {
  ...DATA,
  kind: 'container',
  name: 'object',
  arity: -2,
  flags: [],
  acl: ['@slow'],
  since: '2.2.3',
  summary: 'Says how a value is kept.',
  subcommands: [
    objectRow(
      'encoding',
      'Returns the encoding Redis would choose for such a value.',
      (encoding, out) => out.bulk(encoding),
      'By the value alone, not by how it came to be.',
    ),
    objectRow('refcount', 'Returns 1.', (_encoding, out) => out.integer(1)),
    objectRow(
      'idletime',
      'Returns 0.',
      (_encoding, out) => out.integer(0),
      'Access times are not kept.',
    ),
    objectRow('freq', 'Fails: frequencies are not kept.', (_encoding, out) =>
      out.error(NO_FREQUENCY),
    ),
  ],
};

const TOO_LARGE_TO_DUMP =
  'ERR the hash is over the limit of a dump: 8 MiB, 64 bytes a field added; use HSCAN';

const SORT_DIFFERS =
  'Lists, sets and sorted sets come with later issues: only a missing key sorts.';

export const VALUE_DOOR_ROWS: readonly DoorRow[] = [
  {
    ...DATA,
    name: 'dump',
    arity: 2,
    flags: ['readonly'],
    keys: READ,
    acl: READ_ACL,
    since: '2.6.0',
    complexity: EACH_BYTE,
    summary: 'Returns a value in a form that RESTORE reads, of Redis too.',
    differs: 'Not compressed. A hash of over 8 MiB (64 bytes a field added) is refused.',
    translate: (args, database) => ({ code: DUMP, database, args }),
    answer: answerValue,
    failures: { REPLY_TOO_LARGE: TOO_LARGE_TO_DUMP },
  },
  {
    ...DATA,
    name: 'restore',
    arity: -4,
    flags: ['write', 'denyoom'],
    keys: { first: 1, last: 1, step: 1, flags: ['OW', 'UPDATE'] },
    acl: ['@keyspace', '@write', '@slow', '@dangerous'],
    since: '2.6.0',
    complexity: EACH_BYTE,
    summary: 'Gives a key the value that DUMP gave, of Redis too.',
    differs:
      'Strings of any Redis, hashes of Redis 7.0 and later; up to 8 MiB, for hashes 64 bytes a ' +
      'field added. IDLETIME and FREQ are forgotten.',
    translate: restore,
    answer: (_reply, out) => ok(out),
    failures: { TOO_LARGE: TOO_LARGE_TO_DUMP },
  },
  withHelp(OBJECTS, '6.2.0', ['@keyspace', '@slow']),
  {
    ...DATA,
    name: 'sort',
    arity: -2,
    flags: ['write', 'denyoom', 'movablekeys'],
    keys: { ...READ, others: ['OW', 'UPDATE'] },
    movableKeys: (args) => {
      const target = sortTarget(args, true);
      return typeof target === 'string' ? null : target < 0 ? [0] : [0, target];
    },
    acl: ['@write', '@set', '@sortedset', '@list', '@slow', '@dangerous'],
    since: '1.0.0',
    complexity: 'O(N+M*log(M)) with N elements, M of them returned',
    summary: 'Sorts the elements of a collection.',
    differs: SORT_DIFFERS,
    translate: sort(true),
    answer: answerSort,
  },
  {
    ...DATA,
    name: 'sort_ro',
    arity: -2,
    flags: ['readonly', 'movablekeys'],
    keys: READ,
    acl: ['@read', '@set', '@sortedset', '@list', '@slow', '@dangerous'],
    since: '7.0.0',
    complexity: 'O(N+M*log(M)) with N elements, M of them returned',
    summary: 'Sorts the elements of a collection; writes nothing.',
    differs: SORT_DIFFERS,
    translate: sort(false),
    answer: answerSort,
  },
];
