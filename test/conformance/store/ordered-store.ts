/**
 * What every adapter of the OrderedStore port must do. An adapter's test file calls this with a way
 * to open an empty store.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrderedStore, StoreIterator } from '../../../src/machine/ports.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const EVERYTHING = { gte: bytes(''), lt: bytes('\xff\xff\xff\xff') };

async function drain(iterator: StoreIterator, page = 3): Promise<[string, string][]> {
  const all: [string, string][] = [];
  for (;;) {
    const pairs = await iterator.next(page);
    if (pairs.length === 0) break;
    for (const [key, value] of pairs) {
      all.push([Buffer.from(key).toString('latin1'), Buffer.from(value).toString('latin1')]);
    }
  }
  await iterator.close();
  return all;
}

async function fill(store: OrderedStore, rows: Record<string, string>): Promise<void> {
  const batch = store.batch();
  for (const [key, value] of Object.entries(rows)) batch.put(bytes(key), bytes(value));
  await batch.write();
}

export function orderedStoreConformance(name: string, open: () => Promise<OrderedStore>): void {
  describe(`ordered store: ${name}`, () => {
    let store: OrderedStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    it('reads what a batch wrote, synchronously and many at once', async () => {
      await fill(store, { a: '1', b: '2' });
      expect(store.getSync(bytes('a'))).toEqual(bytes('1'));
      expect(store.getSync(bytes('c'))).toBeUndefined();
      expect(await store.getMany([bytes('b'), bytes('c'), bytes('a')])).toEqual([
        bytes('2'),
        undefined,
        bytes('1'),
      ]);
    });

    it('shows a batch only when it is written, and never when it is abandoned', async () => {
      const batch = store.batch();
      batch.put(bytes('k'), bytes('v'));
      expect(batch.length).toBe(1);
      expect(store.getSync(bytes('k'))).toBeUndefined();
      await batch.abandon();
      expect(store.getSync(bytes('k'))).toBeUndefined();
    });

    it('applies puts and deletes of one batch in their order', async () => {
      await fill(store, { a: '1' });
      const batch = store.batch();
      batch.del(bytes('a'));
      batch.put(bytes('a'), bytes('2'));
      batch.put(bytes('b'), bytes('x'));
      batch.del(bytes('b'));
      batch.del(bytes('never there'));
      await batch.write();
      expect(await drain(store.iterate(EVERYTHING))).toEqual([['a', '2']]);
    });

    it('keeps an empty value and all byte values in keys', async () => {
      await fill(store, { '\x00': '', '\x00\xff': 'x', '\x01': 'y' });
      expect(store.getSync(bytes('\x00'))).toEqual(Buffer.alloc(0));
      expect((await drain(store.iterate(EVERYTHING))).map(([key]) => key)).toEqual([
        '\x00',
        '\x00\xff',
        '\x01',
      ]);
    });

    it('iterates in unsigned byte order inside its bounds, both ways', async () => {
      await fill(store, { a: '', 'a\x80': '', ab: '', b: '', '\xf0': '' });
      const range = { gte: bytes('a'), lt: bytes('b') };
      const keys = async (it: StoreIterator) => (await drain(it, 2)).map(([key]) => key);
      expect(await keys(store.iterate(range))).toEqual(['a', 'ab', 'a\x80']);
      expect(await keys(store.iterate({ ...range, reverse: true }))).toEqual(['a\x80', 'ab', 'a']);
    });

    it('seeks to the first key not below, backwards to the last not above, again and again', async () => {
      await fill(store, { a: '1', c: '2', e: '3' });
      const first = async (it: StoreIterator) =>
        (await it.next(1)).map(([key]) => Buffer.from(key).toString('latin1'));
      const up = store.iterate(EVERYTHING);
      up.seek(bytes('b'));
      expect(await first(up)).toEqual(['c']);
      up.seek(bytes('f'));
      expect(await first(up)).toEqual([]);
      up.seek(bytes('a'));
      expect(await first(up)).toEqual(['a']);
      await up.close();
      const down = store.iterate({ ...EVERYTHING, reverse: true });
      down.seek(bytes('d'));
      expect(await first(down)).toEqual(['c']);
      down.seek(bytes('c'));
      expect(await first(down)).toEqual(['c']);
      down.seek(bytes('0'));
      expect(await first(down)).toEqual([]);
      await down.close();
    });

    it('a snapshot shows the moment it was taken', async () => {
      await fill(store, { a: '1' });
      const snapshot = store.snapshot();
      await fill(store, { a: '2', b: '3' });
      expect(await snapshot.getMany([bytes('a'), bytes('b')])).toEqual([bytes('1'), undefined]);
      expect(await drain(snapshot.iterate(EVERYTHING))).toEqual([['a', '1']]);
      await snapshot.close();
      expect(store.getSync(bytes('a'))).toEqual(bytes('2'));
    });

    it('measures a range without failing on an empty one', async () => {
      await fill(store, { a: '1' });
      expect(await store.approximateSize(EVERYTHING)).toBeGreaterThanOrEqual(0);
      expect(await store.approximateSize({ gte: bytes('x'), lt: bytes('y') })).toBe(0);
    });

    it('equals a sorted map after any batches', async () => {
      const key = fc.uint8Array({ minLength: 1, maxLength: 3 });
      const op = fc.record({ put: fc.boolean(), key, value: fc.uint8Array({ maxLength: 4 }) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(op, { maxLength: 8 }), { maxLength: 6 }),
          async (all) => {
            const model = new Map<string, string>();
            for (const [known] of await drain(store.iterate(EVERYTHING), 100)) {
              const batch = store.batch();
              batch.del(bytes(known));
              await batch.write();
            }
            for (const ops of all) {
              const batch = store.batch();
              for (const { put, key: raw, value } of ops) {
                const name = Buffer.from(raw).toString('latin1');
                if (name.startsWith('\xff')) continue;
                if (put) {
                  batch.put(Buffer.from(raw), Buffer.from(value));
                  model.set(name, Buffer.from(value).toString('latin1'));
                } else {
                  batch.del(Buffer.from(raw));
                  model.delete(name);
                }
              }
              if (batch.length > 0) await batch.write();
              else await batch.abandon();
            }
            const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
            expect(await drain(store.iterate(EVERYTHING), 2)).toEqual(expected);
          },
        ),
        { numRuns: 30 },
      );
    });
  });
}
