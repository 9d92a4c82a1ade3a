import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/bench/histogram.js';

const of = (values: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

describe('Histogram', () => {
  it('is empty at first', () => {
    expect(new Histogram().summary()).toEqual({
      count: 0,
      meanUs: 0,
      p50Us: 0,
      p90Us: 0,
      p99Us: 0,
      p999Us: 0,
      maxUs: 0,
    });
  });

  it('knows small values exactly', () => {
    const summary = of(Array.from({ length: 200 }, (_, i) => i + 1)).summary();
    expect(summary).toMatchObject({ count: 200, p50Us: 100, p90Us: 180, p99Us: 198, maxUs: 200 });
  });

  it('is within one percent of the exact quantile, never below it', () => {
    const values = fc.array(fc.integer({ min: 0, max: 2 ** 36 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] as number;
        const answer = of(list).quantile(q);
        expect(answer).toBeGreaterThanOrEqual(exact);
        expect(answer).toBeLessThanOrEqual(exact * 1.01 + 1);
      }),
    );
  });

  it('adds two runs as if they had been one', () => {
    const both = of([1, 500, 90_000]);
    both.add(of([7, 1_000_000]));
    expect(both.summary()).toEqual(of([1, 500, 90_000, 7, 1_000_000]).summary());
  });
});
