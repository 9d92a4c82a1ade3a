/**
 * Old segments go, oldest first; what they still hold alive is carried, and followers are thought
 * of.
 */
import { expect, test } from 'vitest';
import { segmentName } from '../../src/log/segment.js';
import { dumpWal } from '../../src/tools/wal-dump.js';
import { CrashFs } from './support/crash-fs.js';
import {
  append,
  contents,
  DIR,
  entry,
  floorRecord,
  G,
  hardState,
  I,
  installed,
  type Opened,
  openOn,
  snapshot,
  T,
  ticking,
  tombstone,
  until,
  written,
} from './support/harness.js';

const OPTIONS = { segmentBytes: 2048, maxFrameBytes: 1024, keepSegments: 3, cacheBytes: 500 };

async function appendMany(opened: Opened, from: number, to: number, group = 1): Promise<void> {
  for (let i = from; i <= to; i++) {
    const records = [append(group, [entry(i, 1, `${i}:`.padEnd(100, 'x'))])];
    await ticking(opened.clock, written(opened.log, records));
  }
}

test('without a release nothing goes, whatever it costs', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, OPTIONS);
  await appendMany(opened, 1, 200);
  expect(opened.log.floor(G(1))?.index).toBe(0);
  expect(opened.log.stats().segments).toBeGreaterThan(10);
  const read = await ticking(opened.clock, opened.log.entries(G(1), I(1), I(200), 1e9));
  expect(read?.length).toBe(200);
});

test('with releases the number of segments stays bounded, and the rest is all there', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, OPTIONS);
  const { log, clock } = opened;
  for (let i = 1; i <= 300; i += 10) {
    await appendMany(opened, i, i + 9);
    log.release(G(1), I(i), T(1));
  }
  await until(() => log.stats().segments <= 6, clock);
  expect(files.names()).not.toContain(`${DIR}/${segmentName(1)}`);
  const floor = log.floor(G(1))?.index ?? 0;
  expect(floor).toBeGreaterThan(200);
  expect(floor).toBeLessThanOrEqual(291);
  expect(await log.entries(G(1), I(floor), I(300), 1)).toBeNull();
  await ticking(clock, log.close());
  const again = await openOn(files, OPTIONS);
  const read = await ticking(again.clock, again.log.entries(G(1), I(floor + 1), I(300), 1e9));
  expect(read?.length).toBe(300 - floor);
});

test('a group that stands still is carried: entries as copies, state, floor, snapshot, tombstone', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, OPTIONS);
  const { log, clock } = opened;
  await ticking(
    clock,
    written(log, [
      append(2, [entry(1, 1, 'old'), entry(2, 1, 'dropped'), entry(3, 1, 'dropped too')]),
      append(2, [entry(2, 2, 'newer')]),
      hardState(2, 2, 1),
      floorRecord(3, 10, 5),
      hardState(3, 5, 10),
      snapshot(4, 50, 6, false),
      append(4, [entry(51, 6, 'above the snapshot')]),
      snapshot(5, 20, 3, true),
      installed(5, 20),
      tombstone(6, 8),
    ]),
  );
  for (let i = 1; i <= 300; i += 10) {
    await appendMany(opened, i, i + 9);
    log.release(G(1), I(i + 5), T(1));
  }
  await until(() => !files.names().includes(`${DIR}/${segmentName(1)}`), clock);
  const kinds = new Set<string>();
  for await (const line of dumpWal(DIR, files.clone())) if (line.group === 2) kinds.add(line.kind);
  expect([...kinds].sort()).toEqual(['copy', 'hard-state']);
  await ticking(clock, log.close());
  const again = await openOn(files, OPTIONS);
  const holds = (await ticking(again.clock, contents(again.log))) as {
    groups: Record<string, unknown>;
    tombstones: unknown;
  };
  expect(holds.groups['2']).toMatchObject({
    hard: { term: 2, commit: 1 },
    floor: { index: 0, term: 0 },
    entries: ['1/1/normal/old', '2/2/normal/newer'],
  });
  expect(holds.groups['3']).toMatchObject({ floor: { index: 10, term: 5 }, entries: [] });
  expect(holds.groups['4']).toMatchObject({
    floor: { index: 50, term: 6 },
    snapshot: { index: 50, space: 7, keepsAbove: false, descriptor: 'descriptor 50' },
    entries: ['51/6/normal/above the snapshot'],
  });
  expect(holds.groups['5']).toMatchObject({ floor: { index: 20, term: 3 }, snapshot: null });
  expect(holds.tombstones).toEqual([[6, 8]]);
});

test('an entry overwritten while its copy is on the way does not come back', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, OPTIONS);
  const { log, clock } = opened;
  await ticking(clock, written(log, [append(2, [entry(1, 1, 'one'), entry(2, 1, 'two')])]));
  for (let i = 1; i <= 300; i += 5) {
    await appendMany(opened, i, i + 4);
    log.release(G(1), I(i), T(1));
    const text = `two, version ${i}`;
    log.write([append(2, [entry(2, 1 + i, text), entry(3, 1 + i, 'three')])], false, () => {});
    if (i % 2 === 0) log.write([append(2, [entry(2, 2 + i, text)])], false, () => {});
  }
  await ticking(clock, log.close());
  const again = await openOn(files, OPTIONS);
  const holds = JSON.stringify(await ticking(again.clock, contents(again.log)));
  expect(holds).toContain('1/1/normal/one');
  expect(holds).toContain('two, version 296');
  expect(files.names()).not.toContain(`${DIR}/${segmentName(1)}`);
});

test('a group over its bytes lets released entries go, not others', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, { ...OPTIONS, maxLogBytesPerGroup: 1000 });
  const { log } = opened;
  await appendMany(opened, 1, 50);
  expect(log.liveBytes(G(1))).toBe(5000);
  log.release(G(1), I(20), T(1));
  expect(log.floor(G(1))).toEqual({ index: 20, term: 1 });
  log.release(G(1), I(49), T(1));
  expect(log.floor(G(1))).toEqual({ index: 40, term: 1 });
  expect(log.liveBytes(G(1))).toBe(1000);
});

test('while a snapshot is on its way, what is above it stays, up to a bound', async () => {
  const files = new CrashFs();
  const opened = await openOn(files, {
    ...OPTIONS,
    maxLogBytesPerGroup: 1000,
    maxHeldBytes: 15_000,
  });
  const { log, clock } = opened;
  await appendMany(opened, 1, 10);
  log.hold(G(1), I(5));
  for (let i = 11; i <= 100; i += 10) {
    await appendMany(opened, i, i + 9);
    log.release(G(1), I(i + 9), T(1));
  }
  expect(log.floor(G(1))?.index).toBe(5);
  const read = await ticking(clock, log.entries(G(1), I(6), I(100), 1e9));
  expect(read?.length).toBe(95);
  for (let i = 101; i <= 200; i += 10) {
    await appendMany(opened, i, i + 9);
    log.release(G(1), I(i + 9), T(1));
  }
  await until(() => (log.floor(G(1))?.index ?? 0) > 100, clock);
  log.hold(G(1), null);
  log.release(G(1), I(200), T(1));
  expect(log.liveBytes(G(1))).toBeLessThanOrEqual(1000);
});

test('a dead replica leaves its tombstone and nothing else; a newer one begins afresh', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, OPTIONS);
  await ticking(clock, written(log, [append(1, [entry(1, 1, 'old')], 4), hardState(1, 3, 1, 4)]));
  await ticking(clock, written(log, [tombstone(1, 4)]));
  expect(log.floor(G(1))).toBeNull();
  await ticking(clock, written(log, [append(1, [entry(1, 1, 'late')], 4), hardState(1, 9, 1, 3)]));
  expect(log.floor(G(1))).toBeNull();
  await ticking(clock, written(log, [append(1, [entry(1, 7, 'new')], 5)]));
  await ticking(clock, log.close());
  const again = await openOn(files, OPTIONS);
  expect(await ticking(again.clock, contents(again.log))).toEqual({
    groups: {
      1: {
        replica: 5,
        hard: { term: 0, vote: null, commit: 0 },
        floor: { index: 0, term: 0 },
        snapshot: null,
        entries: ['1/7/normal/new'],
      },
    },
    tombstones: [[1, 4]],
  });
});
