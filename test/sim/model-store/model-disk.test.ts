/** What the model of LevelDB promises of crashes, power cuts and damage. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/base/prng.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { createModelDisk, type ModelDisk, type ModelDiskOptions } from './model-disk.js';
import type { ModelBatch } from './model-store.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const ALL = { gte: bytes(''), lt: bytes('\xff') };

/** A disk whose answers come when the test says so. */
class Bench {
  readonly disk: ModelDisk;
  readonly #waiting: (() => void)[] = [];
  readonly order: string[] = [];
  store: OrderedStore;

  constructor(seed = 1, options: ModelDiskOptions = {}) {
    this.disk = createModelDisk(createPrng(seed), (run) => this.#waiting.push(run), options);
    this.store = this.disk.open();
  }

  /** Runs what waits now, the last first: completion order is the disk's own business. */
  async settle(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const run of this.#waiting.splice(0).reverse()) run();
      await Promise.resolve();
      await Promise.resolve();
    }
  }

  put(key: string, value = key, sync = true): void {
    const batch = this.store.batch() as ModelBatch;
    batch.put(bytes(key), bytes(value));
    batch.write({ sync }).then(
      () => this.order.push(key),
      (error: { code: string }) => this.order.push(`${key}:${error.code}`),
    );
  }

  reopen(): void {
    this.store = this.disk.open();
  }

  get(key: string): string | undefined {
    const value = this.store.getSync(bytes(key));
    return value === undefined ? undefined : Buffer.from(value).toString('latin1');
  }

  has(keys: string): string {
    return [...keys].filter((key) => this.get(key) !== undefined).join('');
  }
}

describe('batches', () => {
  it('show nothing until they complete, and complete in their order', async () => {
    const bench = new Bench();
    for (const key of 'abc') bench.put(key);
    expect(bench.has('abc')).toBe('');
    await bench.settle();
    expect(bench.order).toEqual(['a', 'b', 'c']);
    expect(bench.has('abc')).toBe('abc');
  });

  it('fail when told to, and change nothing then', async () => {
    const bench = new Bench();
    bench.disk.failWrites('ENOSPC');
    bench.put('a');
    await bench.settle();
    bench.disk.failWrites(null);
    bench.put('b');
    await bench.settle();
    expect(bench.order).toEqual(['a:ENOSPC', 'b']);
    expect(bench.has('ab')).toBe('b');
  });

  it('wait while the disk hangs; reads go on', async () => {
    const bench = new Bench();
    bench.put('a');
    await bench.settle();
    bench.disk.hang(true);
    bench.put('b');
    bench.put('c');
    await bench.settle();
    expect(bench.order).toEqual(['a']);
    const read = bench.store.getMany([bytes('a')]);
    await bench.settle();
    expect((await read)[0]).toEqual(bytes('a'));
    bench.disk.hang(false);
    await bench.settle();
    expect(bench.order).toEqual(['a', 'b', 'c']);
  });

  it('end before the store closes; then it answers with its code, and opens again', async () => {
    const bench = new Bench();
    bench.put('a');
    const closing = bench.store.close();
    await bench.settle();
    await closing;
    expect(bench.order).toEqual(['a']);
    expect(() => bench.get('a')).toThrow('not open');
    bench.reopen();
    expect(bench.get('a')).toBe('a');
  });

  it('keep their own bytes, and give copies', async () => {
    const bench = new Bench();
    const mine = bytes('mine');
    const batch = bench.store.batch();
    batch.put(bytes('k'), mine);
    mine.fill(0);
    batch.write().catch(() => undefined);
    await bench.settle();
    (bench.store.getSync(bytes('k')) as Buffer).fill(0);
    expect(bench.get('k')).toBe('mine');
  });
});

it('is locked while it is open', () => {
  const bench = new Bench();
  expect(() => bench.disk.open()).toThrow(expect.objectContaining({ code: 'LEVEL_LOCKED' }));
});

describe('a crash of the process', () => {
  it('keeps every completed batch, synced or not, and the dead handle never answers', async () => {
    const bench = new Bench();
    bench.put('a');
    bench.put('b', 'b', false);
    await bench.settle();
    let answered = false;
    const tell = (): void => {
      answered = true;
    };
    bench.store.getMany([bytes('a')]).then(tell, tell);
    bench.put('c');
    bench.disk.crashProcess();
    await bench.settle();
    expect(answered).toBe(false);
    expect(bench.order).toEqual(['a', 'b']);
    bench.reopen();
    expect(bench.has('ab')).toBe('ab');
  });

  it('keeps what the system had taken of those on their way: always the first ones', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const bench = new Bench(seed);
      for (const key of 'abc') bench.put(key);
      bench.disk.crashProcess();
      bench.reopen();
      found.add(bench.has('abc'));
    }
    expect([...found].sort()).toEqual(['', 'a', 'ab', 'abc']);
  });
});

describe('a power cut', () => {
  it('never takes a synced batch', async () => {
    for (let seed = 0; seed < 40; seed += 1) {
      const bench = new Bench(seed);
      for (const key of 'abcdef') bench.put(key);
      await bench.settle();
      bench.disk.cutPower();
      bench.reopen();
      expect(bench.has('abcdef')).toBe('abcdef');
    }
  });

  it('takes any of the batches on their way, also one before another that stays', () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const bench = new Bench(seed);
      for (const key of 'abc') bench.put(key);
      bench.disk.cutPower();
      bench.reopen();
      found.add(bench.has('abc'));
    }
    expect([...found].sort()).toEqual(['', 'a', 'ab', 'abc', 'ac', 'b', 'bc', 'c']);
  });

  it('takes an un-synced batch of a closed log, before a synced one of the next', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 40; seed += 1) {
      const bench = new Bench(seed, { batchesPerLog: 2 });
      bench.put('a');
      bench.put('b', 'b', false);
      bench.put('c');
      await bench.settle();
      bench.disk.cutPower();
      expect(bench.disk.counts.lost).toBe(bench.disk.counts.lostBeforeKept);
      bench.reopen();
      found.add(bench.has('abc'));
    }
    expect([...found].sort()).toEqual(['abc', 'ac']);
  });

  it('leaves what a sync of the same log covered, and what is in tables', async () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const bench = new Bench(seed, { batchesPerLog: 2 });
      bench.put('a', 'a', false);
      bench.put('b');
      for (const key of 'cdefgh') bench.put(key, key, false);
      await bench.settle();
      bench.disk.cutPower();
      bench.reopen();
      expect(bench.has('abcd')).toBe('abcd');
    }
  });

  it('after a crash takes what the disk had not; an open makes all of it safe', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 60; seed += 1) {
      const bench = new Bench(seed);
      bench.put('a', 'a', false);
      await bench.settle();
      bench.disk.crashProcess();
      const safe = seed % 2 === 0;
      if (safe) bench.reopen();
      bench.disk.cutPower();
      bench.reopen();
      if (safe) expect(bench.get('a')).toBe('a');
      else found.add(bench.has('a'));
    }
    expect([...found].sort()).toEqual(['', 'a']);
  });

  it('stops a range half-way when it is deleted in slices', async () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 80; seed += 1) {
      const bench = new Bench(seed, { batchesPerLog: 64 });
      for (const key of 'abcdef') bench.put(key);
      await bench.settle();
      for (const slice of ['ab', 'cd', 'ef']) {
        const batch = bench.store.batch();
        for (const key of slice) batch.del(bytes(key));
        batch.write().catch(() => undefined);
      }
      bench.disk.cutPower();
      bench.reopen();
      found.add(bench.has('abcdef'));
    }
    expect(found).toContain('abef');
    expect(found).toContain('ef');
    expect([...found].every((left) => left.length % 2 === 0)).toBe(true);
  });
});

describe('damage', () => {
  it('gives rotten bytes until the row is written again, also after a restart', async () => {
    const bench = new Bench();
    bench.put('k', 'value');
    bench.put('other', 'value');
    await bench.settle();
    expect(bench.disk.rot(bytes('k'))).toBe(true);
    const rotten = bench.get('k');
    expect(rotten).not.toBe('value');
    expect(rotten).toHaveLength(5);
    expect(bench.get('other')).toBe('value');
    const page = bench.store.iterate(ALL).next(1);
    await bench.settle();
    expect((await page)[0]?.[1]).toEqual(bytes(rotten as string));
    bench.disk.crashProcess();
    bench.reopen();
    expect(bench.get('k')).toBe(rotten);
    bench.put('k', 'value');
    await bench.settle();
    expect(bench.get('k')).toBe('value');
    expect(bench.disk.counts.rottenRows).toBe(1);
  });

  it('finds a row by itself, and says when there is none', async () => {
    const bench = new Bench();
    expect(bench.disk.rotAny()).toBeNull();
    expect(bench.disk.rot(bytes('k'))).toBe(false);
    bench.put('a', '');
    bench.put('b', 'b');
    await bench.settle();
    expect(bench.disk.rotAny()).toBe('b');
    bench.disk.crashProcess();
    expect(bench.disk.rotAny((key) => key === 'b')).toBe('b');
    expect(bench.disk.counts.rottenRows).toBe(2);
  });

  it('of a record in the log drops one synced batch in silence', async () => {
    const bench = new Bench(3);
    expect(bench.disk.loseRecord()).toBe(false);
    for (const key of 'abcd') bench.put(key);
    await bench.settle();
    bench.disk.crashProcess();
    expect(bench.disk.loseRecord()).toBe(true);
    bench.reopen();
    expect(bench.has('abcd')).toHaveLength(3);
  });
});

it('is the same disk for the same seed', async () => {
  const run = async (seed: number): Promise<string> => {
    const bench = new Bench(seed, { batchesPerLog: 3 });
    let told = '';
    for (let round = 0; round < 12; round += 1) {
      for (const key of 'abc') bench.put(`${key}${round}`, `${round}`, round % 2 === 0);
      if (round % 3 === 0) await bench.settle();
      if (round % 4 === 3) bench.disk.cutPower();
      else if (round % 4 === 1) bench.disk.crashProcess();
      else continue;
      told += bench.disk.rotAny() ?? '';
      bench.reopen();
      told += bench.has('abc');
    }
    return `${told} ${JSON.stringify(bench.disk.counts)}`;
  };
  expect(await run(5)).toBe(await run(5));
  expect(await run(5)).not.toBe(await run(6));
});

it('readers of a moment see it whatever is written, and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(5), fc.boolean(), fc.boolean())), async (steps) => {
      const bench = new Bench(1);
      const model = new Map<string, string>();
      const readers: { got: Promise<readonly unknown[]>; expected: string[] }[] = [];
      for (const [at, put, look] of steps) {
        const key = `k${at}`;
        const batch = bench.store.batch();
        if (put) batch.put(bytes(key), bytes(`v${model.size}`));
        else batch.del(bytes(key));
        batch.write().catch(() => undefined);
        await bench.settle();
        if (put) model.set(key, `v${model.size}`);
        else model.delete(key);
        if (!look) continue;
        const snapshot = bench.store.snapshot();
        const expected = [...model.keys()].sort();
        readers.push({ got: snapshot.iterate(ALL).next(10), expected });
      }
      await bench.settle();
      for (const { got, expected } of readers) {
        const pairs = (await got) as [Buffer, Buffer][];
        expect(pairs.map(([key]) => key.toString('latin1'))).toEqual(expected);
      }
    }),
    { numRuns: 50 },
  );
});
