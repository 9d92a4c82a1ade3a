import { describe, expect, it } from 'vitest';
import { createPrng } from '../../src/base/prng.js';
import { keyChooser, keyName } from '../../src/bench/keys.js';

function counts(distribution: 'uniform' | 'zipf', keys: number, draws: number): number[] {
  const chooser = keyChooser(distribution, keys, createPrng(7));
  const seen = new Array<number>(keys).fill(0);
  for (let i = 0; i < draws; i += 1) {
    const key = chooser.next();
    if (!Number.isInteger(key) || key < 0 || key >= keys) throw new Error(`no such key: ${key}`);
    seen[key] = (seen[key] as number) + 1;
  }
  return seen.sort((a, b) => b - a);
}

describe('keyChooser', () => {
  it('spreads uniform keys evenly', () => {
    const seen = counts('uniform', 100, 100_000);
    expect(seen[0]).toBeLessThan(1_200);
    expect(seen[99]).toBeGreaterThan(800);
  });

  it('prefers a few keys by Zipf’s law', () => {
    const seen = counts('zipf', 1_000, 100_000);
    const total = (from: number, to: number): number =>
      seen.slice(from, to).reduce((sum, one) => sum + one, 0);
    expect(seen[0]).toBeGreaterThan(10_000);
    expect(total(0, 100)).toBeGreaterThan(60_000);
  });

  it('takes any number of keys', () => {
    for (const keys of [1, 2, 3]) expect(counts('zipf', keys, 100)).toHaveLength(keys);
  });

  it('names keys with one length', () => {
    expect(keyName(0)).toHaveLength(keyName(99_999).length);
  });
});
