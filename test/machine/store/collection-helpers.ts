/** Collections in the tests of the store: a type of no meaning, its value empty. */
import { fromByteKey } from '../../../src/base/bytes.js';
import type { EpochMs, Revision } from '../../../src/base/ids.js';
import { logIndex, revision, term } from '../../../src/base/ids.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { spaceOfKey, tableOfKey } from '../../../src/machine/store/keys.js';
import type { ShardState } from '../../../src/machine/types.js';
import { placeOf } from './helpers.js';

export const COLLECTION = 2;

/** Null deletes; the last one gone takes the key with it. */
export async function change(
  shard: ShardState,
  key: string,
  changes: Readonly<Record<string, string | null>>,
  wake?: number | null,
): Promise<void> {
  const place = placeOf(key);
  const names = Object.keys(changes);
  await shard.load([{ ...place, need: 'header', elements: names }]);
  const next = (shard.descriptor.revision + 1) as Revision;
  const old = shard.header(place) ?? null;
  const same = old !== null && old.generation !== 0;
  const generation = same ? old.generation : next;
  for (const name of names) {
    const value = changes[name] ?? null;
    if (value !== null) {
      shard.putElement(place, generation, name, Buffer.from(value, 'latin1'));
    } else if (same) shard.deleteElement(place, generation, name);
  }
  const header = shard.putHead(place, {
    type: COLLECTION,
    flags: 0,
    revision: next,
    created: same ? old.created : next,
    deadline: same ? old.deadline : null,
    generation,
    value: Buffer.alloc(0),
    ...(wake === undefined ? {} : { wake: wake as EpochMs | null }),
  });
  if (header.facts?.rows === 0) shard.deleteHead(place, next);
  applied(shard, next);
}

export function applied(shard: ShardState, next: number): void {
  shard.update({
    revision: revision(next),
    applied: { index: logIndex(shard.descriptor.applied.index + 1), term: term(5) },
  });
}

/** Null: no such collection. Read one by one, if names are given, else as a page. */
export async function read(
  shard: ShardState,
  key: string,
  names?: readonly string[],
): Promise<Record<string, string> | null> {
  const place = placeOf(key);
  await shard.load([{ ...place, need: 'header', elements: names ?? [] }]);
  const header = shard.header(place) ?? null;
  if (header === null || header.generation === 0) return null;
  const found: Record<string, string> = Object.create(null);
  if (names !== undefined) {
    for (const name of names) {
      const value = shard.element(place, header.generation, name);
      if (value) found[name] = Buffer.from(value).toString('latin1');
    }
    return found;
  }
  let from = '';
  for (;;) {
    const range = { from, to: null, count: 3, bytes: 1 << 20 };
    const page = await shard.elements(place, header.generation, range);
    if (page === null) throw new Error('the head has gone');
    for (const { name, value } of page.items) {
      if (name in found) throw new Error(`${name} came twice`);
      found[name] = Buffer.from(value).toString('latin1');
    }
    if (page.done) return found;
    from = `${page.items.at(-1)?.name}\0`;
  }
}

/** How many rows of a table the store has. */
export async function rowsOf(store: OrderedStore, table: number): Promise<number> {
  const iterator = store.iterate({ gte: Buffer.from([0, 0, 0, 1]), lt: Buffer.alloc(8, 0xff) });
  let rows = 0;
  for (;;) {
    const pairs = await iterator.next(1000);
    if (pairs.length === 0) break;
    for (const [key] of pairs) if (spaceOfKey(key) > 0 && tableOfKey(key) === table) rows++;
  }
  await iterator.close();
  return rows;
}

export const bytesOfText = (text: string): Buffer => fromByteKey(text);

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
