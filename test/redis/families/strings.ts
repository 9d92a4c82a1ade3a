/** Commands on strings. */
import fc from 'fast-check';
import {
  bytes,
  epochMilliseconds,
  epochSeconds,
  type Family,
  float,
  integer,
  key,
  many,
  maybe,
  milliseconds,
  near,
  seconds,
  small,
  tail,
  value,
  word,
} from '../words.js';

const condition = word('NX', 'XX', 'GET', 'KEEPTTL');
const deadline = fc.oneof(
  tail(word('EX'), seconds),
  tail(word('PX'), milliseconds),
  tail(word('EXAT'), epochSeconds),
  tail(word('PXAT'), epochMilliseconds),
  tail(word('EX', 'PX', 'PERSIST', 'FOO')),
);
/** Far enough that Redis still takes it, near enough that filling up costs nothing. */
const offset = fc.oneof(
  fc.integer({ min: -2, max: 300 }).map(String),
  fc.constantFrom('9223372036854775807', '536870912', 'x', '', '-1'),
);

export const STRINGS: Family = {
  get: key.map((one) => [one]),
  getdel: key.map((one) => [one]),
  strlen: key.map((one) => [one]),
  incr: key.map((one) => [one]),
  decr: key.map((one) => [one]),
  getex: tail(key, fc.oneof(fc.constant([] as string[]), deadline, tail(deadline, deadline))),
  set: fc.oneof(
    { weight: 3, arbitrary: tail(key, value) },
    { weight: 2, arbitrary: tail(key, value, many(condition, 0, 3)) },
    { weight: 2, arbitrary: tail(key, value, deadline, many(condition, 0, 2)) },
    { weight: 1, arbitrary: tail(key, value, many(condition, 0, 1), deadline, deadline) },
    { weight: 1, arbitrary: tail(key, value, bytes) },
  ),
  setnx: tail(key, value),
  getset: tail(key, value),
  append: tail(key, value),
  setex: tail(key, seconds, value),
  psetex: tail(key, milliseconds, value),
  incrby: tail(key, integer),
  decrby: tail(key, integer),
  incrbyfloat: tail(key, float),
  getrange: tail(key, integer, integer),
  substr: tail(key, small, small),
  setrange: tail(key, offset, value),
  mget: many(key, 1, 5),
  mset: fc.oneof(
    fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 4 }).map((pairs) => pairs.flat()),
    many(key, 1, 5),
  ),
  msetnx: fc.oneof(
    fc.array(fc.tuple(near, value), { minLength: 1, maxLength: 3 }).map((pairs) => pairs.flat()),
    many(near, 1, 5),
  ),
  lcs: tail(
    near,
    near,
    many(word('LEN', 'IDX', 'WITHMATCHLEN', 'FOO'), 0, 3),
    maybe(word('MINMATCHLEN'), integer),
  ),
};
