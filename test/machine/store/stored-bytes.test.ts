/** What MEMORY USAGE says is what the rows of the key really come to. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedBytes } from '../../../src/machine/store/stored-bytes.js';
import type { Header } from '../../../src/machine/types.js';
import { change } from './collection-helpers.js';
import { openShard, placeOf, put } from './helpers.js';

const text = fc.string({ unit: 'binary-ascii', maxLength: 20 });
const deadline = fc.option(fc.nat({ max: 2 ** 40 }), { nil: undefined });

async function check(make: (shard: Shard) => Promise<void>, key: string): Promise<void> {
  const { state, shard, store } = await openShard();
  await make(shard);
  await state.flush();
  let bytes = 0;
  const rows = store.iterate({ gte: Buffer.of(0, 0, 0, 1), lt: Buffer.of(0xff) });
  for (const [name, value] of await rows.next(1000)) bytes += name.length + value.length;
  await rows.close();
  const place = placeOf(key);
  await shard.load([{ ...place, need: 'header' }]);
  expect(storedBytes(place, shard.header(place) as Header)).toBe(bytes);
  await state.close();
}

type Shard = Awaited<ReturnType<typeof openShard>>['shard'];

it('counts a string with its deadline', async () => {
  await fc.assert(
    fc.asyncProperty(text, text, deadline, (key, value, at) =>
      check((shard) => put(shard, key, value, at), key),
    ),
    { numRuns: 50 },
  );
});

it('counts a collection with all elements', async () => {
  const elements = fc.dictionary(text, text, { minKeys: 1, maxKeys: 8, noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(text, elements, deadline, (key, changes, wake) =>
      check((shard) => change(shard, key, changes, wake ?? null), key),
    ),
    { numRuns: 50 },
  );
});
