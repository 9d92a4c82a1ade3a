import { describe, expect, it } from 'vitest';
import { logIndex, term } from '../../src/base/ids.js';
import { EntryCache } from '../../src/replica/entry-cache.js';

const entry = (index: number, inTerm: number, size: number) => ({
  index: logIndex(index),
  term: term(inTerm),
  kind: 'normal' as const,
  bytes: new Uint8Array(size).fill(index),
});

describe('entries in memory', () => {
  it('an entry is found by index and term; a conflict replaces it', () => {
    const cache = new EntryCache();
    cache.put(entry(5, 1, 10));
    expect(cache.get(logIndex(5), term(2))).toBeUndefined();
    cache.put(entry(5, 2, 30));
    expect(cache.get(logIndex(5), term(1))).toBeUndefined();
    expect(cache.get(logIndex(5), null)?.term).toBe(2);
    expect(cache.size).toBe(1);
  });

  it('what was applied is let go of, what was not stays', () => {
    const cache = new EntryCache();
    for (let i = 1; i <= 5; i++) cache.put(entry(i, 1, 10));
    cache.trim(logIndex(2));
    expect(cache.get(logIndex(2), null)).toBeUndefined();
    expect(cache.get(logIndex(3), null)).toBeDefined();
    expect(cache.size).toBe(3);
    cache.trim(logIndex(9));
    expect(cache.size).toBe(0);
    cache.put(entry(20, 2, 10));
    cache.trim(logIndex(19));
    expect(cache.size).toBe(1);
  });

  it('payloads of an append count only for the entries the core takes', () => {
    const cache = new EntryCache();
    cache.put(entry(7, 3, 4));
    const meta = (index: number, inTerm: number, size: number) => ({
      index: logIndex(index),
      term: term(inTerm),
      kind: 'normal' as const,
      size,
    });
    // A stale leader's append brings another entry 7: it must not replace what is here.
    cache.arrive([meta(7, 2, 2), meta(8, 3, 1)], [new Uint8Array([9, 9]), new Uint8Array([8])]);
    expect(cache.get(logIndex(7), term(3))?.bytes).toHaveLength(4);
    expect(cache.take(meta(8, 3, 1)).bytes).toEqual(new Uint8Array([8]));
    cache.dropArrived();
    expect(() => cache.take(meta(9, 3, 5))).toThrow(/entry bytes/);
    expect(cache.take(meta(10, 3, 0)).bytes).toHaveLength(0);
  });
});
