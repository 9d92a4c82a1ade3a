/** Numbers as x86's long doubles; INCRBYFLOAT of a real Redis is in the differential test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addLongDoubles,
  formatLongDouble,
  parseLongDouble,
} from '../../../src/kv/catalog/long-double.js';

const parse = (text: string) => parseLongDouble(Buffer.from(text, 'latin1'));
function show(text: string): string {
  const value = parse(text);
  if (value === null) return 'no number';
  return value.kind === 'infinite' ? `infinite ${value.negative}` : formatLongDouble(value);
}
function add(a: string, b: string): string {
  const [x, y] = [parse(a), parse(b)];
  const sum = x === null || y === null ? null : addLongDoubles(x, y);
  return sum === null ? 'no number' : formatLongDouble(sum);
}

describe('long doubles', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['+5', '5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['-1E-2', '-0.01'],
    ['0x1p-3', '0.125'],
    ['0x.8', '0.5'],
    ['0.1', '0.1'],
    ['3.14159265358979323846', '3.14159265358979324'],
    ['1e-18', '0'],
    ['-1e-18', '0'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551617', '18446744073709551616'],
    ['18446744073709551619', '18446744073709551620'],
    ['inf', 'infinite false'],
    ['-Infinity', 'infinite true'],
    ['1e4932', 'long'],
    ['1e4933', 'no number'],
    ['1.9e-4951', '0'],
    ['1.8e-4951', 'no number'],
    ['nan', 'no number'],
    ['', 'no number'],
    [' 1', 'no number'],
    ['1 ', 'no number'],
    ['0x', 'no number'],
    ['1e', 'no number'],
    ['.', 'no number'],
    ['1\0', 'no number'],
    ['1'.repeat(5120), 'no number'],
  ])('%j reads as %s', (text, expected) => {
    const shown = show(text);
    expect(shown.length > 100 ? 'long' : shown).toBe(expected);
  });

  it('add with 64 bits of mantissa', () => {
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(add('1e19', '0.5')).toBe('10000000000000000000');
    expect(add('9223372036854775808', '0.25')).toBe('9223372036854775808');
    expect(add('4611686018427387904', '0.25')).toBe('4611686018427387904');
    expect(add('4611686018427387904', '0.5')).toBe('4611686018427387904.5');
    expect(add('inf', '-inf')).toBe('no number');
    expect(add('1e4932', '1e4932')).toBe('no number');
    expect(add('1.5', '-1.5')).toBe('0');
  });

  it('print integers of 64 bits exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), (value) => {
        expect(show(String(value))).toBe(String(value));
      }),
    );
  });
});
