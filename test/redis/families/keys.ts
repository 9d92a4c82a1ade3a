/** Commands on keys of any type. */
import fc from 'fast-check';
import { dumpHash } from '../../../src/machine/values/dump.js';
import {
  epochMilliseconds,
  epochSeconds,
  type Family,
  key,
  many,
  maybe,
  milliseconds,
  near,
  seconds,
  tail,
  word,
} from '../words.js';

const flags = many(word('NX', 'XX', 'GT', 'LT', 'FOO'), 0, 2);
const one = key.map((found) => [found]);
const pattern = fc.constantFrom(
  ...['*', '{k}*', '{k}[ab]', '{k}[^a]', '?', '*a', '__*', '\\{k}a', '[', '[a', '{k}[a-b]', ''],
);

/** What DUMP gives of a hash without deadlines: Redis 7.0 has the same form for large ones. */
const HASH_DUMP = dumpHash(
  ['f', 'g', '10'].map((name) => ({
    field: Buffer.from(name),
    value: Buffer.from(`${name}-7`),
    deadline: null,
  })),
).toString('latin1');
const DAMAGED = `${HASH_DUMP.slice(0, 3)}x${HASH_DUMP.slice(4)}`;

export const KEYS_FAMILY: Family = {
  del: many(key, 1, 3),
  unlink: many(key, 1, 3),
  exists: many(key, 1, 3),
  touch: many(key, 1, 3),
  type: one,
  persist: one,
  ttl: one,
  pttl: one,
  expiretime: one,
  pexpiretime: one,
  expire: tail(key, seconds, flags),
  pexpire: tail(key, milliseconds, flags),
  expireat: tail(key, epochSeconds, flags),
  pexpireat: tail(key, epochMilliseconds, flags),
  rename: tail(near, near),
  renamenx: tail(near, near),
  copy: fc.oneof(
    tail(near, near),
    tail(near, near, word('REPLACE')),
    tail(near, near, word('DB'), fc.constantFrom('0', '1', '15', '16', '-1', 'x', '99999999999')),
    tail(near, near, many(word('REPLACE', 'DB', '1', 'FOO'), 0, 4)),
  ),
  move: tail(key, fc.constantFrom('0', '1', '15', '16', '-1', 'x', '99999999999')),
  keys: tail(pattern),
  dbsize: fc.constant([]),
  randomkey: fc.constant([]),
  // one page that holds everything; whole iterations are a test of their own
  scan: fc.oneof(
    tail(fc.constant('0'), fc.constantFrom('COUNT'), fc.constant('1000')),
    tail(fc.constant('0'), word('MATCH'), pattern, word('COUNT'), fc.constant('1000')),
    tail(fc.constant('0'), word('TYPE'), word('string', 'hash'), word('count'), fc.constant('900')),
    tail(
      fc.constantFrom('x', '-1', '', '1x'),
      maybe(word('COUNT'), fc.constantFrom('0', 'x', '-1')),
    ),
    tail(
      fc.constant('0'),
      word('COUNT', 'FOO', 'MATCH'),
      many(fc.constantFrom('0', 'x', '-1'), 0, 2),
    ),
  ),
  flushdb: many(word('SYNC', 'ASYNC', 'FOO'), 0, 1),
  flushall: many(word('SYNC', 'ASYNC', 'FOO'), 0, 1),
  'object|encoding': one,
  'object|refcount': one,
  'object|idletime': one,
  'object|freq': one,
  'object|help': fc.constant([]),
  'memory|usage': fc.oneof(
    tail(key, maybe(word('SAMPLES'), fc.constantFrom('0', '5', 'x', '-1'))),
    tail(key, many(word('SAMPLES', 'FOO', '1'), 0, 4)),
  ),
  dump: one,
  restore: tail(
    key,
    fc.constantFrom('0', '100000', '-1', 'x'),
    fc.constantFrom('', 'no payload', '\x00\x01a\x0a\x00', HASH_DUMP, DAMAGED),
    many(word('REPLACE', 'ABSTTL', 'FOO'), 0, 2),
  ),
  sort: tail(key, many(word('ASC', 'DESC', 'ALPHA', 'FOO'), 0, 2)),
  sort_ro: tail(key, many(word('ASC', 'DESC', 'ALPHA', 'STORE'), 0, 2)),
};
