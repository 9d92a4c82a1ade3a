/** Runs against a plain list, whatever the size of pages and the order they are asked for in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { StoreIterator } from '../../../src/machine/ports.js';
import { RunReader } from '../../../src/machine/store/run-reader.js';

const bytes = (...values: number[]): Buffer => Buffer.from(values);

async function filled(keys: readonly Buffer[]) {
  const store = await openMemoryStore();
  const batch = store.batch();
  for (const key of keys) batch.put(key, key);
  await batch.write();
  return store;
}

/** An iterator that counts how often it is read. */
function counting(iterator: StoreIterator): StoreIterator & { reads: number } {
  return {
    reads: 0,
    next(count) {
      this.reads++;
      return iterator.next(count);
    },
    seek: (key) => iterator.seek(key),
    close: () => iterator.close(),
  };
}

const ALL = { gte: bytes(0), lt: bytes(255) };

describe('a reader of runs', () => {
  it('gives every row of a run, in ascending runs or any other', async () => {
    const row = fc.tuple(fc.nat(5), fc.nat(3));
    const runs = fc.array(fc.nat(6), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { maxLength: 20, selector: String }),
        runs,
        fc.integer({ min: 1, max: 5 }),
        async (rows, asked, count) => {
          const store = await filled(rows.map(([run, at]) => bytes(run, at)));
          const iterator = store.iterate(ALL);
          const reader = new RunReader(iterator, count);
          for (const run of asked) {
            const expected = rows
              .filter(([of]) => of === run)
              .map(([, at]) => at)
              .sort((a, b) => a - b);
            if (run % 2 === 0) {
              const first = await reader.first(bytes(run));
              expect(first?.[0][1] ?? null).toBe(expected[0] ?? null);
            }
            const found: number[] = [];
            await reader.read(bytes(run), (key) => void found.push(key[1] as number));
            expect(found).toEqual(expected);
          }
          await iterator.close();
          await store.close();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a page once, however many empty runs are asked for', async () => {
    const store = await filled([bytes(3, 1), bytes(90, 1), bytes(90, 2), bytes(200, 7)]);
    const iterator = counting(store.iterate(ALL));
    const reader = new RunReader(iterator, 100);
    const found: string[] = [];
    for (let run = 0; run < 255; run++) {
      await reader.read(bytes(run), (key) => void found.push(key.toString('hex')));
    }
    expect(found).toEqual(['0301', '5a01', '5a02', 'c807']);
    expect(iterator.reads).toBe(2);
    await iterator.close();
    await store.close();
  });
});
