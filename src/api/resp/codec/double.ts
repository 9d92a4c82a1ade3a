/**
 * Doubles as Redis 7.2 and later write them (d2string of util.c, fpconv_dtoa): the shortest digits
 * that read back as the same number; whole numbers up to 2^62 plain; an exponent, without leading
 * zeros, where the plain form would be long.
 */

/** Whole numbers up to here are written as integers. */
const PLAIN_INTEGERS = 2 ** 62;
/** So many zeros may follow the digits, or stand between point and digits, before `e` is used. */
const TRAILING_ZEROS = 7;
const SMALLEST_SCALE = -7;
const SMALLEST_POINT = 4;

/** `nan`, `inf`, `-inf`, `-0`, `3`, `0.1`, `1e+25`. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isInteger(value) && Math.abs(value) <= PLAIN_INTEGERS) return BigInt(value).toString();
  const sign = value < 0 ? '-' : '';
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  return sign + layOut(mantissa.replace('.', ''), Number(exponent));
}

/** `digits` with the point behind the first, times ten to the power of `exponent`. */
function layOut(digits: string, exponent: number): string {
  const scale = exponent - digits.length + 1;
  if (scale >= 0 && Math.abs(exponent) < digits.length + TRAILING_ZEROS) {
    return digits + '0'.repeat(scale);
  }
  if (scale < 0 && (scale > SMALLEST_SCALE || Math.abs(exponent) < SMALLEST_POINT)) {
    const whole = digits.length + scale;
    if (whole <= 0) return `0.${'0'.repeat(-whole)}${digits}`;
    return `${digits.slice(0, whole)}.${digits.slice(whole)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
