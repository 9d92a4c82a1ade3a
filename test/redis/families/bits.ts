/** Commands on the bits of strings, and HyperLogLogs. */
import fc from 'fast-check';
import { type Family, integer, key, many, near, small, tail, word } from '../words.js';

const bit = fc.constantFrom('0', '1', '2', 'x');
const position = fc.oneof(
  fc.integer({ min: -2, max: 90 }).map(String),
  fc.constantFrom('4294967296', '9223372036854775807', 'x', '', '1.5'),
);
const place = fc.oneof(
  fc.integer({ min: 0, max: 40 }).map(String),
  fc.integer({ min: 0, max: 4 }).map((index) => `#${index}`),
  fc.constantFrom('-1', 'x', '#-1', '#x', '4294967295'),
);
const width = fc.constantFrom('u8', 'i5', 'u63', 'i64', 'u1', 'u64', 'i65', 'u0', 'x', 'U8');
const field = fc.oneof(
  tail(word('GET'), width, place),
  tail(word('SET'), fc.constantFrom('u8', 'i5', 'i64', 'u4'), place.filter(isLow), integer),
  tail(word('INCRBY'), fc.constantFrom('u8', 'i5', 'i64', 'u63'), place.filter(isLow), integer),
  tail(word('OVERFLOW'), word('WRAP', 'SAT', 'FAIL', 'FOO')),
  tail(word('FOO')),
);

/** A bit far out would make a value that is longer than rkv keeps. */
function isLow(found: string): boolean {
  return !(Number(found.replace('#', '')) > 1e6);
}

export const BITS: Family = {
  setbit: tail(key, position, bit).filter((found) => isLow(found[1] as string)),
  getbit: tail(key, position),
  bitcount: fc.oneof(
    tail(key),
    tail(key, small),
    tail(key, small, small, many(word('BIT', 'BYTE', 'FOO'), 0, 2)),
    tail(key, integer, integer),
  ),
  bitpos: fc.oneof(
    tail(key, bit, many(small, 0, 2)),
    tail(key, bit, small, small, word('BIT', 'BYTE', 'FOO')),
    tail(key, integer, integer),
  ),
  bitop: tail(word('AND', 'OR', 'XOR', 'NOT', 'FOO'), near, many(near, 1, 3)),
  bitfield: tail(
    key,
    fc.array(field, { maxLength: 4 }).map((found) => found.flat()),
  ),
  bitfield_ro: tail(
    key,
    fc
      .array(fc.oneof(tail(word('GET'), width, place), field), { maxLength: 3 })
      .map((found) => found.flat()),
  ),
};

const element = fc.integer({ min: 0, max: 5000 }).map(String);

export const HYPERLOGLOGS: Family = {
  pfadd: tail(key, many(element, 0, 60)),
  pfcount: many(near, 1, 3),
  pfmerge: tail(near, many(near, 0, 3)),
};
