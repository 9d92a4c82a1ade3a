/**
 * Commands on hashes against a real Redis, and what that Redis does not know yet in the words of
 * the documentation. Answers without an order are sorted; HSCAN is asked for all at once.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplyWriter } from '../../../../src/api/resp/codec/reply-writer.js';
import { HASH_TIME_DOOR_ROWS } from '../../../../src/api/resp/rows/hash-times.js';
import { HASH_DOOR_ROWS } from '../../../../src/api/resp/rows/hashes.js';
import { KEY_DOOR_ROWS } from '../../../../src/api/resp/rows/keys.js';
import { STRING_DOOR_ROWS } from '../../../../src/api/resp/rows/strings.js';
import { DoorMachine } from './door-machine.js';
import { hasRedis, Redis } from './redis.js';

const ROWS = [...HASH_DOOR_ROWS, ...HASH_TIME_DOOR_ROWS, ...STRING_DOOR_ROWS, ...KEY_DOOR_ROWS];

type Word = string | number | Uint8Array;
const bytes = (word: Word): Uint8Array =>
  word instanceof Uint8Array ? word : Buffer.from(String(word), 'latin1');

const key = fc.constantFrom('a', 'b', '', '\x00\xff');
const field = fc.constantFrom('f', 'g', 'h', '', '__proto__', '\x00\xff\r\n', '10');
const value = fc.constantFrom<Word>(
  '',
  '1',
  '10',
  '-7',
  '9223372036854775807',
  '10.5',
  'x',
  '\r\n',
);
const integer = fc.constantFrom<Word>(
  1,
  -3,
  '9223372036854775807',
  '9223372036854775808',
  '01',
  'x',
);
const float = fc.constantFrom<Word>('0.1', '-1.5', '3e2', 'inf', '-inf', 'nan', 'x', '', '1e5000');
const words = (...parts: fc.Arbitrary<Word | readonly Word[]>[]): fc.Arbitrary<Word[]> =>
  fc.tuple(...parts).map((list) => list.flat() as Word[]);
const name = (...texts: string[]) => fc.constantFrom(...texts);
const many = (one: fc.Arbitrary<Word>, minLength = 0, maxLength = 4) =>
  fc.array(one, { minLength, maxLength });
const pairs = fc
  .array(fc.tuple(field, value), { minLength: 1, maxLength: 4 })
  .map((list) => list.flat());
const all = fc.constantFrom<Word>(
  '100',
  '0',
  '-0',
  'x',
  '9223372036854775807',
  '-9223372036854775808',
);

const command = fc.oneof(
  { weight: 4, arbitrary: words(name('hset', 'hmset'), key, pairs) },
  words(name('hset', 'hmset'), key, many(field, 2, 5)),
  words(name('hsetnx'), key, field, value),
  words(name('hget', 'hexists', 'hstrlen'), key, field),
  words(name('hmget', 'hdel'), key, many(field, 1, 3)),
  words(name('hgetall', 'hkeys', 'hvals', 'hlen', 'hrandfield'), key),
  words(name('hincrby'), key, field, integer),
  words(name('hincrbyfloat'), key, field, float),
  words(
    name('hscan'),
    key,
    name('0', 'x', '-', '1.5', '', '+0'),
    fc.constantFrom([], ['COUNT', '1000']),
  ),
  words(
    name('hscan'),
    key,
    name('0'),
    name('MATCH'),
    name('*', 'f*', '?', '[gh]', '\\*'),
    name('COUNT'),
    name('1000'),
  ),
  words(
    name('hscan'),
    key,
    name('0'),
    name('COUNT', 'FOO', 'MATCH'),
    many(name('0', 'x', '5000'), 0, 2),
  ),
  words(name('hrandfield'), key, all, many(name('WITHVALUES', 'FOO'), 0, 2)),
  words(name('set'), key, value),
  words(name('get', 'type', 'del', 'exists'), key),
  words(name('rename', 'copy'), key, key),
  words(name(...HASH_DOOR_ROWS.map((row) => row.name)), many(key, 0, 2)),
);

const UNORDERED = new Set(['hgetall', 'hkeys', 'hvals', 'hscan']);

/** Random draws are compared where all come, by what they are made of. */
function comparable([first, , count]: readonly Word[], reply: string): string {
  const of = String(first);
  if (of === 'hrandfield' && count === undefined)
    return reply.startsWith('$-1') ? reply : (reply[0] ?? '');
  if (UNORDERED.has(of) || of === 'hrandfield') return reply.split('\r\n').sort().join('\r\n');
  return reply;
}

describe.skipIf(!hasRedis)('hashes against a real Redis', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await Redis.start();
  });
  afterAll(async () => {
    await redis?.stop();
  });

  it('answers the same to any sequence', async () => {
    const exercised = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (story) => {
        await redis.ask([bytes('flushall')]);
        const ours = await DoorMachine.open(ROWS);
        for (const list of story) {
          ours.time = Date.now();
          const raw = list.map(bytes);
          exercised.add(String(list[0]));
          const theirs = comparable(list, await redis.ask(raw));
          expect([list, comparable(list, await ours.ask(raw))]).toEqual([list, theirs]);
        }
      }),
      { numRuns: 500 },
    );
    expect(HASH_DOOR_ROWS.filter((row) => !exercised.has(row.name))).toEqual([]);
  });
});

describe('newer commands on hashes', () => {
  const now = 1_700_000_000_000;
  const conversation: [string, string][] = [
    ['hset h a 1 b 2 c 3', ':3'],
    ['hexpire h 10 FIELDS 2 a x', '*2 :1 :-2'],
    ['hexpire h 10 NX FIELDS 2 a b', '*2 :0 :1'],
    ['hexpire h 5 GT FIELDS 1 a', '*1 :0'],
    ['hpexpire h 4999 LT FIELDS 1 a', '*1 :1'],
    ['httl h FIELDS 3 a c x', '*3 :5 :-1 :-2'],
    ['hpttl h FIELDS 1 a', '*1 :4999'],
    ['hexpireat h 1700000020 FIELDS 1 c', '*1 :1'],
    ['hpexpireat h 1700000020001 XX FIELDS 1 c', '*1 :1'],
    ['hexpiretime h FIELDS 2 c x', '*2 :1700000021 :-2'],
    ['hpexpiretime h FIELDS 1 c', '*1 :1700000020001'],
    ['hpersist h FIELDS 3 c c x', '*3 :1 :-1 :-2'],
    ['hgetex h FIELDS 2 a x', '*2 $1 1 $-1'],
    ['hgetex h EX 100 FIELDS 1 a', '*1 $1 1'],
    ['hgetex h PERSIST FIELDS 1 a', '*1 $1 1'],
    ['httl h FIELDS 1 a', '*1 :-1'],
    ['hsetex h FNX FIELDS 1 a 9', ':0'],
    ['hsetex h FXX PX 50 FIELDS 2 a 9 b 8', ':1'],
    ['hpttl h FIELDS 2 a b', '*2 :50 :50'],
    ['hsetex h KEEPTTL FIELDS 1 a 7', ':1'],
    ['hpttl h FIELDS 1 a', '*1 :50'],
    ['hgetdel h FIELDS 2 a x', '*2 $1 7 $-1'],
    ['hexpire h 0 FIELDS 1 b', '*1 :2'],
    ['hgetall h', '*2 $1 c $1 3'],
    ['hexpire none 10 FIELDS 1 a', '*1 :-2'],
    ['hexpire h -1 FIELDS 1 c', '-ERR invalid expire time, must be >= 0'],
    ['hexpire h x FIELDS 1 c', '-ERR value is not an integer or out of range'],
    ['hexpire h 9223372036854775807 FIELDS 1 c', "-ERR invalid expire time in 'hexpire' command"],
    [
      'hexpire h 10 FOO 1 c d',
      '-ERR Mandatory argument FIELDS is missing or not at the right position',
    ],
    ['hexpire h 10 FIELDS 0 c', '-ERR Number of fields must be a positive integer'],
    ['httl h FIELDS 2 c', '-ERR The `numfields` parameter must match the number of arguments'],
    ['hsetex h EX 10 PX 10 FIELDS 1 a 1', '-ERR syntax error'],
    ['hsetex h EX 0 FIELDS 1 a 1', "-ERR invalid expire time in 'hsetex' command"],
    ['hset string', "-ERR wrong number of arguments for 'hset' command"],
    ['set string x', '+OK'],
    [
      'httl string FIELDS 1 a',
      '-WRONGTYPE Operation against a key holding the wrong kind of value',
    ],
  ];

  it('answer as documented', async () => {
    const ours = await DoorMachine.open(ROWS);
    ours.time = now;
    for (const [line, reply] of conversation) {
      const text = await ours.ask(line.split(' ').map(bytes));
      const isLine = /^[-+]/.test(text);
      expect([line, isLine ? text.trimEnd() : text.trimEnd().replaceAll('\r\n', ' ')]).toEqual([
        line,
        reply,
      ]);
    }
    const left = HASH_TIME_DOOR_ROWS.filter((row) => !ours.exercised.has(row.name));
    expect(left).toEqual([]);
  });

  it('answer a map and pairs in RESP3', async () => {
    const rowNamed = (text: string) =>
      ROWS.find((row) => row.name === text) as (typeof ROWS)[number];
    const items = ['f', 'v'].map((text) => ({ kind: 'bytes' as const, bytes: bytes(text) }));
    const written = (text: string, args: string[]): string => {
      const out = new ReplyWriter(3);
      const raw = args.map(bytes);
      const translated = rowNamed(text).translate(raw, 0);
      if (typeof translated === 'string') throw new Error(translated);
      rowNamed(text).answer({ kind: 'list', items }, out, { args: raw, command: translated });
      return Buffer.concat(out.take()).toString('latin1');
    };
    expect(written('hgetall', ['h'])).toBe('%1\r\n$1\r\nf\r\n$1\r\nv\r\n');
    const nested = '*1\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n';
    expect(written('hrandfield', ['h', '1', 'WITHVALUES'])).toBe(nested);
    expect(written('hrandfield', ['h', '2'])).toBe('*2\r\n$1\r\nf\r\n$1\r\nv\r\n');
  });
});
