/** Words of Redis commands: numbers and option words, and the errors Redis gives for wrong ones. */
import { toByteKey } from '../../../base/bytes.js';
import { formatInteger, INT64_MAX, parseInteger } from '../../../kv/catalog/integer.js';

export const SYNTAX_ERROR = 'ERR syntax error';
export const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';

/** Of what C keeps in an int. */
export const OUT_OF_INT_RANGE = `ERR value is out of range, value must between ${-(2 ** 31)} and ${2 ** 31 - 1}`;

const LONGEST_WORD = 32;

/** An option word in capitals; the empty string for what is too long to be one. */
export const optionWord = (arg: Uint8Array | undefined): string =>
  arg === undefined || arg.length > LONGEST_WORD ? '' : toByteKey(arg).toUpperCase();

export const invalidExpire = (name: string): string =>
  `ERR invalid expire time in '${name}' command`;

export type TimeUnit = 'EX' | 'PX' | 'EXAT' | 'PXAT';

export const isRelative = (unit: TimeUnit): boolean => unit === 'EX' || unit === 'PX';

/** Redis refuses a relative time that overflows 64 bits when added to its clock. */
const NOW_AT_LEAST_MS = BigInt(Date.UTC(2020, 0, 1));
const LATEST_MS = BigInt(Number.MAX_SAFE_INTEGER);

/** A time as Redis takes it, in milliseconds (at most 2^53 − 1), or the text of its error. */
export function parseTime(arg: Uint8Array, unit: TimeUnit, name: string): bigint | string {
  const value = parseInteger(arg);
  if (value === null) return NOT_AN_INTEGER;
  const milliseconds = unit === 'EX' || unit === 'EXAT' ? value * 1000n : value;
  const base = isRelative(unit) ? NOW_AT_LEAST_MS : 0n;
  if (milliseconds + base > INT64_MAX || milliseconds < -INT64_MAX) return invalidExpire(name);
  return milliseconds > LATEST_MS ? LATEST_MS : milliseconds;
}

/** The same where a key must live on: SET, SETEX, GETEX. */
export function parseExpiry(arg: Uint8Array, unit: TimeUnit, name: string): Uint8Array | string {
  const milliseconds = parseTime(arg, unit, name);
  if (typeof milliseconds === 'string') return milliseconds;
  return milliseconds <= 0n ? invalidExpire(name) : formatInteger(milliseconds);
}

/** An integer of 64 bits as a number, at most ±(2^53 − 1); null: it is none. */
export function safeInteger(arg: Uint8Array): number | null {
  const value = parseInteger(arg);
  if (value === null) return null;
  const number = Number(value);
  return Math.max(Math.min(number, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
}
