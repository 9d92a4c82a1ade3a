/**
 * What every adapter of the `Log` port promises; run by the file and the memory adapter. An adapter
 * brings a harness that opens a log, opens what is left of it after a clean stop, and after a crash
 * in which only what was acknowledged is sure to be there.
 */
import { afterEach, expect, test } from 'vitest';
import type { CompleteLog } from '../../../src/log/options.js';
import {
  append,
  contents,
  entry,
  floorRecord,
  G,
  hardState,
  I,
  installed,
  snapshot,
  T,
  tombstone,
  written,
} from '../../log/support/harness.js';

export interface LogHarness {
  /** A log over nothing yet. */
  open(): Promise<CompleteLog>;
  /** Closes the log and opens it again. */
  reopen(): Promise<CompleteLog>;
  /** The process dies and starts again. */
  crash(): Promise<CompleteLog>;
  cleanUp(): Promise<void>;
}

interface Holds {
  readonly groups: Record<string, Record<string, unknown>>;
  readonly tombstones: readonly (readonly [number, number])[];
}

export function logConformance(name: string, makeHarness: () => LogHarness): void {
  let harness: LogHarness | null = null;
  const begin = (): LogHarness => {
    harness = makeHarness();
    return harness;
  };
  const held = async (log: CompleteLog): Promise<Holds> => (await contents(log)) as Holds;
  afterEach(async () => {
    await harness?.cleanUp();
    harness = null;
  });

  test(`${name}: a new log holds nothing`, async () => {
    const log = await begin().open();
    expect(await held(log)).toEqual({ groups: {}, tombstones: [] });
    expect(log.restored.tornTail).toBeNull();
    expect(log.busy).toBe(false);
    expect(log.frameAgeMs()).toBe(0);
    expect(log.floor(G(1))).toBeNull();
    expect(log.liveBytes(G(1))).toBe(0);
    expect(await log.entries(G(1), I(1), I(5), 100)).toBeNull();
    expect(log.recent(G(1), I(1), I(5), 100)).toBeNull();
  });

  test(`${name}: completions come in order, never inside the call`, async () => {
    const log = await begin().open();
    const done: number[] = [];
    const all = new Promise<void>((resolve) => {
      for (let i = 1; i <= 20; i++) {
        log.write([append(1, [entry(i, 1, `${i}`)])], i % 2 === 0, () => {
          if (done.push(i) === 20) resolve();
        });
      }
    });
    expect(done).toEqual([]);
    expect(log.busy).toBe(true);
    await all;
    expect(done).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test(`${name}: a write of no records completes after those before it`, async () => {
    const log = await begin().open();
    const done: string[] = [];
    await new Promise<void>((resolve) => {
      log.write([append(1, [entry(1, 1, 'a')])], true, () => done.push('first'));
      log.write([], true, () => {
        done.push('empty');
        resolve();
      });
    });
    expect(done).toEqual(['first', 'empty']);
    await written(log, []);
  });

  test(`${name}: what was acknowledged is there after a stop and after a crash`, async () => {
    const it = begin();
    let log = await it.open();
    await written(log, [
      append(1, [entry(1, 1, ''), entry(2, 1, 'two'), entry(3, 1, 'three')]),
      hardState(1, 1, 2),
      append(7, [entry(1, 4, 'elsewhere')], 12),
    ]);
    const expected = {
      groups: {
        1: {
          replica: 1,
          hard: { term: 1, vote: 1, commit: 2 },
          floor: { index: 0, term: 0 },
          snapshot: null,
          entries: ['1/1/noop/', '2/1/normal/two', '3/1/normal/three'],
        },
        7: {
          replica: 12,
          hard: { term: 0, vote: null, commit: 0 },
          floor: { index: 0, term: 0 },
          snapshot: null,
          entries: ['1/4/normal/elsewhere'],
        },
      },
      tombstones: [],
    };
    log = await it.crash();
    expect(await held(log)).toEqual(expected);
    log = await it.reopen();
    expect(await held(log)).toEqual(expected);
    log = await it.reopen();
    expect(await held(log)).toEqual(expected);
  });

  test(`${name}: an append drops what was there from its first entry on`, async () => {
    const it = begin();
    let log = await it.open();
    await written(log, [
      append(
        1,
        [1, 2, 3, 4, 5].map((i) => entry(i, 1, `old ${i}`)),
      ),
    ]);
    await written(log, [append(1, [entry(3, 2, 'new 3')])]);
    expect(await log.entries(G(1), I(4), I(5), 1e6)).toEqual([]);
    expect(log.liveBytes(G(1))).toBe(15);
    log = await it.crash();
    const holds = await held(log);
    expect(holds.groups[1]?.entries).toEqual([
      '1/1/normal/old 1',
      '2/1/normal/old 2',
      '3/2/normal/new 3',
    ]);
  });

  test(`${name}: entries are cut at their bytes, at least one is given`, async () => {
    const log = await begin().open();
    await written(log, [
      append(
        1,
        [1, 2, 3, 4].map((i) => entry(i, 1, 'ten bytes!')),
      ),
    ]);
    for (const read of [
      (from: number, max: number) => log.entries(G(1), I(from), I(4), max),
      async (from: number, max: number) => log.recent(G(1), I(from), I(4), max),
    ]) {
      expect((await read(1, 1e6))?.map((one) => one.index)).toEqual([1, 2, 3, 4]);
      expect((await read(2, 20))?.map((one) => one.index)).toEqual([2, 3]);
      expect((await read(3, 0))?.map((one) => one.index)).toEqual([3]);
      expect(await read(5, 100)).toEqual([]);
    }
  });

  test(`${name}: bytes given to write may be changed once it is durable`, async () => {
    const log = await begin().open();
    const bytes = Buffer.from('before');
    await written(log, [append(1, [{ ...entry(1, 1, ''), kind: 'normal', bytes }])]);
    bytes.fill(0);
    const read = await log.entries(G(1), I(1), I(1), 100);
    expect(Buffer.from(read?.[0]?.bytes ?? []).toString()).toBe('before');
  });

  test(`${name}: a group may be born above a floor`, async () => {
    const it = begin();
    let log = await it.open();
    await written(log, [floorRecord(4, 10, 5), hardState(4, 5, 10)]);
    await written(log, [append(4, [entry(11, 6, 'first')])]);
    expect(log.floor(G(4))).toEqual({ index: 10, term: 5 });
    log = await it.reopen();
    expect((await held(log)).groups[4]).toMatchObject({
      floor: { index: 10, term: 5 },
      entries: ['11/6/normal/first'],
    });
    expect(await log.entries(G(4), I(10), I(11), 100)).toBeNull();
  });

  test(`${name}: a snapshot record sets the floor and says what stays above`, async () => {
    const it = begin();
    let log = await it.open();
    const five = [1, 2, 3, 4, 5].map((i) => entry(i, 1, `${i}`));
    await written(log, [append(1, five), append(2, five)]);
    await written(log, [snapshot(1, 3, 1, true), snapshot(2, 3, 1, false)]);
    await written(log, [append(2, [entry(4, 9, 'after')])]);
    log = await it.crash();
    let holds = await held(log);
    expect(holds.groups[1]).toMatchObject({
      floor: { index: 3, term: 1 },
      entries: ['4/1/normal/4', '5/1/normal/5'],
      snapshot: { index: 3, keepsAbove: true, descriptor: 'descriptor 3' },
    });
    expect(holds.groups[2]).toMatchObject({
      floor: { index: 3, term: 1 },
      entries: ['4/9/normal/after'],
      snapshot: { index: 3, keepsAbove: false },
    });
    await written(log, [installed(1, 3), installed(2, 2)]);
    log = await it.reopen();
    holds = await held(log);
    expect(holds.groups[1]?.snapshot).toBeNull();
    expect(holds.groups[2]?.snapshot).not.toBeNull();
  });

  test(`${name}: a newer replica begins afresh, an older one is not heard again`, async () => {
    const it = begin();
    let log = await it.open();
    await written(log, [append(1, [entry(1, 1, 'of 3')], 3), hardState(1, 1, 1, 3)]);
    await written(log, [append(1, [entry(1, 5, 'of 8')], 8)]);
    await written(log, [append(1, [entry(2, 1, 'of 3')], 3), hardState(1, 9, 1, 3)]);
    log = await it.reopen();
    expect((await held(log)).groups[1]).toMatchObject({
      replica: 8,
      hard: { term: 0, vote: null, commit: 0 },
      entries: ['1/5/normal/of 8'],
    });
  });

  test(`${name}: a tombstone stays for good`, async () => {
    const it = begin();
    let log = await it.open();
    await written(log, [append(1, [entry(1, 1, 'a')], 3)]);
    await written(log, [tombstone(1, 3), tombstone(2, 5), tombstone(2, 4)]);
    await written(log, [append(2, [entry(1, 1, 'dead')], 5)]);
    log = await it.crash();
    expect(await held(log)).toEqual({
      groups: {},
      tombstones: [
        [1, 3],
        [2, 5],
      ],
    });
    await written(log, [append(1, [entry(1, 1, 'b')], 4)]);
    log = await it.reopen();
    const holds = await held(log);
    expect(Object.keys(holds.groups)).toEqual(['1']);
    expect(holds.tombstones.length).toBe(2);
  });

  test(`${name}: a release is a permission; a hold takes it back for a while`, async () => {
    const log = await begin().open();
    const big = 'x'.repeat(1 << 20);
    for (let i = 1; i <= 20; i++) await written(log, [append(1, [entry(i, 1, big)])]);
    log.hold(G(1), I(2));
    log.release(G(1), I(20), T(1));
    expect(log.floor(G(1))).toEqual({ index: 2, term: 1 });
    log.hold(G(1), null);
    log.release(G(1), I(20), T(1));
    expect(log.floor(G(1))).toEqual({ index: 4, term: 1 });
    expect(log.liveBytes(G(1))).toBe(16 << 20);
    expect(await log.entries(G(1), I(4), I(5), 1)).toBeNull();
    expect((await log.entries(G(1), I(5), I(20), 1e9))?.length).toBe(16);
  });

  test(`${name}: after close nothing is taken`, async () => {
    const log = await begin().open();
    let told = false;
    const last = written(log, [append(1, [entry(1, 1, 'a')])]);
    await Promise.all([last, log.close()]);
    log.write([append(1, [entry(2, 1, 'b')])], true, () => {
      told = true;
    });
    log.release(G(1), I(1), T(1));
    await new Promise((resolve) => setImmediate(resolve));
    await log.close();
    expect(told).toBe(false);
  });
}
