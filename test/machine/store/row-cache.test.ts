import { describe, expect, it } from 'vitest';
import { RowCache } from '../../../src/machine/store/row-cache.js';
import { HeadRow, type RowOwner } from '../../../src/machine/store/rows.js';

function owner(pinned: (row: HeadRow) => boolean) {
  const log = { asked: 0, forgotten: [] as string[] };
  const rows: RowOwner = {
    forget: (row) => void log.forgotten.push(row.key),
    isPinned(row) {
      log.asked++;
      return pinned(row);
    },
  };
  return { log, row: (key: string) => new HeadRow(rows, { bucket: 0, database: 0, key }) };
}

describe('the cache of clean rows', () => {
  it('lets go of what was not used since it was last looked at', () => {
    const { log, row } = owner(() => false);
    const cache = new RowCache(4_000);
    const hot = row('hot');
    cache.add(hot);
    for (let i = 0; i < 100; i++) {
      hot.referenced = true;
      cache.add(row(`k${i}`));
    }
    expect(log.forgotten).not.toContain('hot');
    expect(cache.bytes).toBeLessThan(8_000);
  });

  it('with everything pinned a row that comes in costs a few looks, not a round', () => {
    const { log, row } = owner(() => true);
    const cache = new RowCache(4_000);
    for (let i = 0; i < 5_000; i++) cache.add(row(`k${i}`));
    expect(log.forgotten).toEqual([]);
    expect(log.asked).toBeLessThan(5_000 * 5);
  });
});
