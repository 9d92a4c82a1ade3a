import { describe, expect, it } from 'vitest';
import { logIndex, term } from '../../src/base/ids.js';
import { Compaction } from '../../src/replica/compaction.js';

describe('how much of the log is let go', () => {
  it('keeps a tail of so many bytes below what is durable in the store', () => {
    const compaction = new Compaction(100);
    const flush = (index: number, bytes: number) => {
      compaction.onApplied(bytes);
      return compaction.onFlushed(logIndex(index), term(1));
    };
    expect(flush(10, 60)).toBeNull();
    expect(flush(20, 60)).toBeNull();
    expect(flush(30, 60)?.index).toBe(10);
    expect(flush(40, 1000)?.index).toBe(30);
  });

  it('an idle group lets nothing go', () => {
    const compaction = new Compaction(100);
    for (let i = 1; i < 5; i++) expect(compaction.onFlushed(logIndex(10), term(1))).toBeNull();
  });
});
