/** HyperLogLogs; test/api/resp/rows/differential.test.ts holds their bytes against a real Redis. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HYPERLOGLOG_ROWS } from '../../../src/kv/catalog/hyperloglog.js';
import { emptySparse, raise } from '../../../src/machine/values/hll-sparse.js';
import {
  emptyHyperLogLog,
  estimate,
  raiseRegister,
  registersOf,
} from '../../../src/machine/values/hyperloglog.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe('hyperloglog', () => {
  it('pfadd, pfcount, pfmerge', async () => {
    const one = await open();
    expect(await one.read('pfcount', '{k}a')).toBe('0');
    expect(await one.write('pfadd', '{k}a')).toBe('1');
    expect(await one.write('pfadd', '{k}a')).toBe('0');
    expect(await one.write('pfadd', '{k}a', 'x', 'y', 'z')).toBe('1');
    expect(await one.write('pfadd', '{k}a', 'x', 'y', 'z')).toBe('0');
    expect(await one.write('pfadd', '{k}b', 'z', 'w')).toBe('1');
    expect(await one.read('pfcount', '{k}a', '{k}b', '{k}none')).toBe('4');
    expect(await one.write('pfmerge', '{k}d', '{k}a', '{k}b')).toBe('1');
    expect(await one.read('pfcount', '{k}d')).toBe('4');
    await one.write('set', '{k}s', 'a string');
    expect(await one.read('pfcount', '{k}a', '{k}s')).toBe('NOT_HLL');
    expect(await one.write('pfadd', '{k}s', 'x')).toBe('NOT_HLL');
    expect(await one.write('pfmerge', '{k}s', '{k}a')).toBe('NOT_HLL');
    await one.write('set', '{k}s', emptyHyperLogLog().subarray(0, 17));
    expect(await one.write('pfadd', '{k}s', 'x')).toBe('CORRUPT_HLL');
    expect(await one.read('pfcount', '{k}s')).toBe('CORRUPT_HLL');
  });

  it('keeps the same registers sparse and dense, whatever is raised', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 16383 }), fc.integer({ min: 1, max: 51 }));
    const near = fc.tuple(fc.integer({ min: 100, max: 120 }), fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(fc.array(fc.oneof(near, change), { maxLength: 200 }), (changes) => {
        const expected = new Uint8Array(16_384);
        let value = emptyHyperLogLog();
        for (const [register, count] of changes) {
          const raised = raiseRegister(value, register, count);
          expect(raised === value).toBe((expected[register] as number) >= count);
          value = raised as Buffer;
          expected[register] = Math.max(expected[register] as number, count);
        }
        expect(registersOf(value)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves the sparse form when it grows too long or a register too high', () => {
    expect(raise(emptySparse(), 5, 33, 3000)).toBe('dense');
    expect(raise(emptySparse(), 5, 32, 3)).toBe('dense');
    expect(raise(Buffer.from([0]), 5, 1, 3000)).toBeNull();
  });

  it('is off by about one percent', async () => {
    let value = emptyHyperLogLog();
    const one = await open();
    for (let i = 0; i < 20; i++) {
      await one.write('pfadd', 'k', ...Array.from({ length: 1000 }, (_, j) => i * 1000 + j));
    }
    const count = Number(await one.read('pfcount', 'k'));
    expect(Math.abs(count - 20_000)).toBeLessThan(500);
    value = raiseRegister(value, 3, 51) as Buffer;
    expect(estimate(registersOf(value) as Uint8Array)).toBe(1);
  });
});

coverage(HYPERLOGLOG_ROWS);
