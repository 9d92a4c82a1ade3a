import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble } from '../../../../src/api/resp/codec/double.js';

describe('doubles', () => {
  it('are written as Redis 7.2 writes them', () => {
    const rows: [number, string][] = [
      [0, '0'],
      [-0, '-0'],
      [3, '3'],
      [-17, '-17'],
      [0.1, '0.1'],
      [-1.5, '-1.5'],
      [3.0000000000000004, '3.0000000000000004'],
      [123456.789, '123456.789'],
      [1e17, '100000000000000000'],
      [2 ** 62, '4611686018427387904'],
      [1e19, '1e+19'],
      [-1e19, '-1e+19'],
      [1.5e25, '1.5e+25'],
      [123456789012345680000, '123456789012345680000'],
      [0.001, '0.001'],
      [0.0001, '0.0001'],
      [1e-6, '0.000001'],
      [1e-7, '1e-7'],
      [1.5e-7, '1.5e-7'],
      [0.00012345, '1.2345e-4'],
      [0.0012345678901, '0.0012345678901'],
      [5e-324, '5e-324'],
      [Number.MAX_VALUE, '1.7976931348623157e+308'],
      [Number.POSITIVE_INFINITY, 'inf'],
      [Number.NEGATIVE_INFINITY, '-inf'],
      [Number.NaN, 'nan'],
    ];
    for (const [value, text] of rows) expect([value, formatDouble(value)]).toEqual([value, text]);
  });

  it('read back as the same number', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, (value) => Object.is(Number(formatDouble(value)), value)),
      { numRuns: 2000 },
    );
  });
});
