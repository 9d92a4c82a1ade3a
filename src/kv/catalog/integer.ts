/** Decimal text and numbers. One spelling per number, as in Redis: no sign +, no leading zero. */
import { toByteKey } from '../../base/bytes.js';

export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const MAX_DIGITS = 19;
/** So many digits are always exact in a number. */
const SAFE_DIGITS = 15;

/** The signed 64-bit integer that `text` spells, or null. */
export function parseInteger(text: Uint8Array): bigint | null {
  const negative = text[0] === MINUS;
  const start = negative ? 1 : 0;
  const digits = text.length - start;
  if (digits < 1 || digits > MAX_DIGITS) return null;
  if (text[start] === ZERO && (digits > 1 || negative)) return null;
  let small = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text[i] as number;
    if (digit < ZERO || digit > NINE) return null;
    small = small * 10 + (digit - ZERO);
  }
  if (digits <= SAFE_DIGITS) return BigInt(negative ? -small : small);
  const value = BigInt(toByteKey(text));
  return value < INT64_MIN || value > INT64_MAX ? null : value;
}

/** The whole number from `min` to 2^53 − 1 that `text` spells, or null. */
export function parseSafeInteger(text: Uint8Array, min: number): number | null {
  const value = parseInteger(text);
  if (value === null) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= min ? number : null;
}

export const formatInteger = (value: bigint | number): Buffer =>
  Buffer.from(value.toString(), 'latin1');
