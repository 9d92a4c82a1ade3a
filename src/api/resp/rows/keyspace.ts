/**
 * Commands on all keys of a database: SCAN, KEYS, RANDOMKEY, DBSIZE. SCAN and KEYS walk the shards
 * one after the other in the order of buckets, so no page needs more than one shard; what the
 * cursor means is in `kv/catalog/walk` and docs/redis.md.
 */
import { toByteKey } from '../../../base/bytes.js';
import { codeOf } from '../../../kv/catalog/catalog.js';
import { formatInteger } from '../../../kv/catalog/integer.js';
import {
  cursorOf,
  decodeCursor,
  decodePosition,
  encodePosition,
  type WalkPosition,
} from '../../../kv/catalog/walk.js';
import { RkvError } from '../../../kv/errors.js';
import type { Reply } from '../../../kv/reply.js';
import type { Command } from '../../../kv/request.js';
import { errorText } from '../errors.js';
import { glob } from '../glob.js';
import { answerInteger, answerValue, ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import { optionWord, SYNTAX_ERROR } from './parse.js';
import type { DoorRow } from './row.js';
import { rememberCursor, rememberedKey } from './scan-cursors.js';
import { parseScan } from './scan-words.js';
import { drawSeed } from './seed.js';

const WALK = codeOf('walk');
const DBSIZE = codeOf('dbsize');
const RANDOMKEY = codeOf('randomkey');
const FLUSH = codeOf('flush');

const LIMIT = Buffer.from('LIMIT');
const TYPE = Buffer.from('TYPE');
const HASH = Buffer.from('HASH');
const ALL = Buffer.from('ALL');

const PAGE = 1000;

const DATA = { kind: 'data', group: 'server', since: '1.0.0', complexity: 'O(1)' } as const;
const LOCAL = { kind: 'local', group: 'generic', since: '1.0.0', waits: true } as const;
const READ_ACL = ['@keyspace', '@read', '@slow'];

type Page = Extract<Reply, { kind: 'page' }>;

/** Where a cursor goes on: behind the key it names if this node remembers it, else by its hash. */
function walkFrom(cursor: bigint): { position: WalkPosition; hash: number } | null {
  const place = decodeCursor(cursor);
  if (place === null) return null;
  const after = rememberedKey(cursor);
  const position = { bucket: place.bucket, after };
  return { position, hash: after === null ? place.hash : 0 };
}

async function pageOf(
  call: LocalCall,
  from: { position: WalkPosition; hash: number },
  count: number,
  type: Uint8Array | null,
): Promise<Page | string> {
  const args: Uint8Array[] = [encodePosition(from.position), LIMIT, formatInteger(count)];
  if (type !== null) args.push(TYPE, type);
  if (from.hash !== 0) args.push(HASH, formatInteger(from.hash));
  const command: Command = { code: WALK, database: call.client.database, args };
  const answer = await call.execute(command);
  if (answer instanceof RkvError) return errorText(answer);
  return answer.kind === 'page' ? answer : `ERR a page was expected, not ${answer.kind}`;
}

/** An unsigned number of 64 bits; null for anything else. */
function cursorArg(arg: Uint8Array): bigint | null {
  const text = arg.length > 20 ? '' : toByteKey(arg);
  return /^\d+$/.test(text) && BigInt(text) < 2n ** 64n ? BigInt(text) : null;
}

async function scan(call: LocalCall): Promise<void> {
  const { args, out } = call;
  const cursor = cursorArg(args[0] as Uint8Array);
  if (cursor === null) return out.error('ERR invalid cursor');
  const words = parseScan(args.slice(1), 'TYPE');
  if (typeof words === 'string') return out.error(words);
  const from = walkFrom(cursor);
  // Not one of ours: there is nothing behind it.
  const page: Page | string =
    from === null
      ? { kind: 'page', items: [], next: null }
      : await pageOf(call, from, words.count, words.type);
  if (typeof page === 'string') return out.error(page);
  const next = page.next === null ? null : decodePosition(page.next);
  const { matches } = words;
  const keys = page.items.filter(({ key }) => matches === null || matches(toByteKey(key)));
  out.array(2);
  out.text(String(next === null ? 0 : rememberCursor(cursorOf(next), next)));
  out.array(keys.length);
  for (const { key } of keys) out.bulk(key);
}

async function keys(call: LocalCall): Promise<void> {
  const matches = glob(call.args[0] as Uint8Array);
  const found: Uint8Array[] = [];
  let from: WalkPosition | null = { bucket: 0, after: null };
  while (from !== null) {
    const page: Page | string = await pageOf(call, { position: from, hash: 0 }, PAGE, null);
    if (typeof page === 'string') return call.out.error(page);
    for (const { key } of page.items) if (matches(toByteKey(key))) found.push(key);
    from = page.next === null ? null : decodePosition(page.next);
  }
  call.out.array(found.length);
  for (const key of found) call.out.bulk(key);
}

/** FLUSHDB, FLUSHALL [ASYNC | SYNC]: at once either way, cleaned up behind. */
function flushRow(name: string, all: boolean, summary: string): DoorRow {
  return {
    ...DATA,
    name,
    arity: -1,
    flags: ['write'],
    acl: ['@keyspace', '@write', '@slow', '@dangerous'],
    complexity: 'O(1), and the keys in memory; the others are cleaned up behind',
    summary,
    differs: 'One entry per shard: each is flushed at an instant of its own.',
    translate: (args, database) => {
      const word = args.length === 0 ? 'SYNC' : optionWord(args[0]);
      if (args.length > 1 || (word !== 'SYNC' && word !== 'ASYNC')) return SYNTAX_ERROR;
      return { code: FLUSH, database, args: all ? [ALL] : [] };
    },
    answer: (_reply, out) => ok(out),
  };
}

export const KEYSPACE_DOOR_ROWS: readonly DoorRow[] = [
  {
    ...LOCAL,
    name: 'scan',
    arity: -2,
    flags: ['readonly'],
    acl: READ_ACL,
    since: '2.8.0',
    complexity: 'O(1) for each call',
    summary: 'Goes through the keys of a database, some at each call.',
    differs:
      'Cursors outlive nodes, splits and leaders, in any order of calls; see "SCAN". A page has at ' +
      'most 1000 keys.',
    handle: scan,
  },
  {
    ...LOCAL,
    name: 'keys',
    arity: 2,
    flags: ['readonly'],
    acl: ['@keyspace', '@read', '@slow', '@dangerous'],
    complexity: 'O(N) with N keys',
    summary: 'Lists the keys that match a pattern.',
    differs: 'Read page by page: no snapshot.',
    handle: keys,
  },
  {
    ...DATA,
    group: 'generic',
    name: 'randomkey',
    arity: 1,
    flags: ['readonly'],
    acl: READ_ACL,
    complexity: 'O(N) with N keys of a bucket, at most 4096',
    summary: 'Returns a key at random.',
    differs: 'Of a bucket with over 4096 keys (a million in all) one of the first 4096.',
    translate: (_args, database) => ({
      code: RANDOMKEY,
      database,
      args: [drawSeed()],
    }),
    answer: answerValue,
  },
  flushRow('flushdb', false, 'Deletes all keys of the database.'),
  flushRow('flushall', true, 'Deletes all keys of all databases.'),
  {
    ...DATA,
    name: 'dbsize',
    arity: 1,
    flags: ['readonly', 'fast'],
    acl: ['@keyspace', '@read', '@fast'],
    summary: 'Counts the keys of a database.',
    differs: 'Each shard is counted at an instant of its own.',
    translate: (_args, database) => ({ code: DBSIZE, database, args: [] }),
    answer: answerInteger,
  },
];
