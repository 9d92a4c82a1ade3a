/**
 * The numbers of INCRBYFLOAT as Redis has them on x86-64: C's long double of 80 bits, a mantissa of
 * 64 bits, read by `strtold`, added with rounding to the nearest (ties to even), and printed by
 * `%.17Lf` without trailing zeros. Calculated in big integers, so that every replica, whatever its
 * processor, comes to the same bytes.
 *
 * A finite number is mantissa × 2^exponent; the mantissa carries the sign.
 */
import { toByteKey } from '../../base/bytes.js';

export interface FiniteLongDouble {
  readonly kind: 'finite';
  readonly mantissa: bigint;
  readonly exponent: number;
}

export type LongDouble =
  | FiniteLongDouble
  | { readonly kind: 'infinite'; readonly negative: boolean };

const PRECISION = 64;
/** Exponents of the last bit: of the smallest subnormal, and of the largest finite numbers. */
const LEAST_EXPONENT = -16_445;
const GREATEST_EXPONENT = 16_384 - PRECISION;
const FRACTION_DIGITS = 17;
/** Redis reads no longer text. */
const MAX_TEXT_BYTES = 5 * 1024;
/** Beyond this a decimal exponent has decided everything: 0 or out of range. */
const MAX_DECIMAL_EXPONENT = 20_000;

export const LONG_DOUBLE_ZERO: FiniteLongDouble = { kind: 'finite', mantissa: 0n, exponent: 0 };

function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] as string, 16)));
}

/** numerator ÷ denominator, both positive, to the nearest integer, ties to even. */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) {
    return quotient + 1n;
  }
  return quotient;
}

/** The nearest long double to numerator ÷ denominator × 2^scale, both positive. */
function nearest(numerator: bigint, denominator: bigint, scale: number): LongDouble {
  const excess = bitLength(numerator) - bitLength(denominator) - PRECISION;
  // The quotient has 64 bits, or one more; then it is rounded once, one place further up.
  let shift = Math.max(excess, LEAST_EXPONENT - scale);
  let mantissa = shifted(numerator, denominator, shift);
  if (bitLength(mantissa || 1n) > PRECISION) {
    shift++;
    mantissa = shifted(numerator, denominator, shift);
  }
  if (bitLength(mantissa || 1n) > PRECISION) {
    mantissa >>= 1n;
    shift++;
  }
  const exponent = shift + scale;
  if (mantissa === 0n) return LONG_DOUBLE_ZERO;
  if (bitLength(mantissa) + exponent > PRECISION + GREATEST_EXPONENT) {
    return { kind: 'infinite', negative: false };
  }
  return { kind: 'finite', mantissa, exponent };
}

/** numerator ÷ (denominator × 2^shift), rounded. */
function shifted(numerator: bigint, denominator: bigint, shift: number): bigint {
  return shift >= 0
    ? divideRounded(numerator, denominator << BigInt(shift))
    : divideRounded(numerator << BigInt(-shift), denominator);
}

function withSign(value: LongDouble, negative: boolean): LongDouble {
  if (!negative) return value;
  if (value.kind === 'infinite') return { kind: 'infinite', negative: true };
  return { ...value, mantissa: -value.mantissa };
}

const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const HEX =
  /^([+-]?)0[xX](?:([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?|\.([0-9a-fA-F]+))(?:[pP]([+-]?\d+))?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** A decimal exponent's text as a number that decides the same. */
const clamped = (text: string | undefined): number =>
  Math.max(-1e6, Math.min(1e6, Number(text ?? 0)));

function fromDecimal(match: RegExpExecArray): LongDouble | null {
  const fraction = match[3] ?? match[4] ?? '';
  const digits = BigInt((match[2] ?? '') + fraction);
  if (digits === 0n) return LONG_DOUBLE_ZERO;
  const power = clamped(match[5]) - fraction.length;
  // The text has at most 5 KiB of digits, so these cannot be in range.
  if (power > MAX_DECIMAL_EXPONENT || power < -MAX_DECIMAL_EXPONENT) return null;
  const value =
    power >= 0
      ? nearest(digits * 10n ** BigInt(power), 1n, 0)
      : nearest(digits, 10n ** BigInt(-power), 0);
  // strtold says ERANGE: too large, or so small that it became 0.
  return value.kind === 'infinite' || value.mantissa === 0n ? null : value;
}

function fromHex(match: RegExpExecArray): LongDouble | null {
  const fraction = match[3] ?? match[4] ?? '';
  const digits = BigInt(`0x${(match[2] ?? '') + fraction}`);
  if (digits === 0n) return LONG_DOUBLE_ZERO;
  const scale = clamped(match[5]) - 4 * fraction.length;
  if (Math.abs(scale) > 5 * MAX_DECIMAL_EXPONENT) return null;
  const value = nearest(digits, 1n, scale);
  return value.kind === 'infinite' || value.mantissa === 0n ? null : value;
}

/** Null where Redis answers "value is not a valid float": NaN too. */
export function parseLongDouble(bytes: Uint8Array): LongDouble | null {
  if (bytes.length === 0 || bytes.length >= MAX_TEXT_BYTES) return null;
  const text = toByteKey(bytes);
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return { kind: 'infinite', negative: infinite[1] === '-' };
  const decimal = DECIMAL.exec(text);
  const match = decimal ?? HEX.exec(text);
  if (match === null) return null;
  const value = decimal === null ? fromHex(match) : fromDecimal(match);
  return value === null ? null : withSign(value, match[1] === '-');
}

/** Null: no number, or an infinite one. */
export function addLongDoubles(a: LongDouble, b: LongDouble): FiniteLongDouble | null {
  if (a.kind === 'infinite' || b.kind === 'infinite') return null;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum =
    (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  if (sum === 0n) return LONG_DOUBLE_ZERO;
  const rounded = nearest(sum < 0n ? -sum : sum, 1n, exponent);
  if (rounded.kind === 'infinite') return null;
  return sum < 0n ? { ...rounded, mantissa: -rounded.mantissa } : rounded;
}

/** As Redis prints it for people; of a finite number. */
export function formatLongDouble({ mantissa, exponent }: FiniteLongDouble): string {
  const negative = mantissa < 0n;
  const scaled = (negative ? -mantissa : mantissa) * 10n ** BigInt(FRACTION_DIGITS);
  const rounded =
    exponent >= 0 ? scaled << BigInt(exponent) : divideRounded(scaled, 1n << BigInt(-exponent));
  const digits = rounded.toString().padStart(FRACTION_DIGITS + 1, '0');
  const whole = digits.slice(0, -FRACTION_DIGITS);
  const fraction = digits.slice(-FRACTION_DIGITS).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative && text !== '0' ? `-${text}` : text;
}
