/** Commands on hashes. */
import fc from 'fast-check';
import { type Family, float, integer, key, many, maybe, tail, value, word } from '../words.js';

const name = fc.constantFrom('f', 'g', 'h', '', '__proto__', '\x00\xff\r\n', '10');
const pairs = fc
  .array(fc.tuple(name, value), { minLength: 1, maxLength: 4 })
  .map((found) => found.flat());
const one = key.map((found) => [found]);

export const HASHES: Family = {
  hset: fc.oneof({ weight: 4, arbitrary: tail(key, pairs) }, tail(key, many(name, 1, 4))),
  hmset: fc.oneof({ weight: 4, arbitrary: tail(key, pairs) }, tail(key, many(name, 1, 4))),
  hsetnx: tail(key, name, value),
  hget: tail(key, name),
  hmget: tail(key, many(name, 1, 4)),
  hgetall: one,
  hkeys: one,
  hvals: one,
  hlen: one,
  hdel: tail(key, many(name, 1, 3)),
  hexists: tail(key, name),
  hstrlen: tail(key, name),
  hincrby: tail(key, name, integer),
  hincrbyfloat: tail(key, name, float),
  hscan: fc.oneof(
    tail(key, fc.constant('0'), maybe(word('COUNT'), fc.constant('1000'))),
    tail(key, fc.constant('0'), word('MATCH'), fc.constantFrom('*', 'f*', '?', '[gh]')),
    tail(key, fc.constantFrom('x', '-1', ''), maybe(word('COUNT'), fc.constantFrom('0', 'x'))),
    tail(key, fc.constant('0'), word('COUNT', 'FOO'), many(fc.constantFrom('0', 'x'), 0, 1)),
  ),
  hrandfield: fc.oneof(
    one,
    // so many that all come, or none
    tail(key, fc.constantFrom('100', '0', 'x', '9223372036854775807'), maybe(word('WITHVALUES'))),
    tail(key, fc.constantFrom('100', '0'), word('FOO')),
  ),
};
