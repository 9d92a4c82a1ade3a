/** The offline tools read what a node wrote, name what is wrong, and touch nothing. */
import { expect, test } from 'vitest';
import { segmentName } from '../../src/log/segment.js';
import { dumpWal } from '../../src/tools/wal-dump.js';
import { verifyWal } from '../../src/tools/wal-verify.js';
import { CrashFs } from '../log/support/crash-fs.js';
import {
  append,
  DIR,
  entry,
  floorRecord,
  hardState,
  installed,
  openOn,
  snapshot,
  ticking,
  tombstone,
  written,
} from '../log/support/harness.js';

const file = (number: number): string => `${DIR}/${segmentName(number)}`;

async function sample(): Promise<CrashFs> {
  const files = new CrashFs();
  const { log, clock } = await openOn(files);
  const write = (...records: Parameters<typeof written>[1]) =>
    ticking(clock, written(log, records));
  await write(floorRecord(2, 10, 5), hardState(2, 5, 10));
  await write(append(2, [entry(11, 6, ''), entry(12, 6, 'secret value')]), hardState(2, 6, 11));
  await write(append(2, [entry(12, 7, 'another')]));
  await write(snapshot(3, 40, 2, false), installed(3, 39));
  await write(tombstone(4, 9));
  await ticking(clock, log.close());
  const rest = files.clone();
  rest.trail.length = 0;
  return rest;
}

const changes = (files: CrashFs): readonly string[] =>
  files.trail.filter((step) => !/^(read|open-read|size|list)/.test(step));

async function dumped(files: CrashFs): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of dumpWal(DIR, files)) {
    lines.push(`${line.sequence} ${line.kind} ${line.group ?? '-'} ${line.text}`.trim());
  }
  return lines;
}

test('verify tells what a log holds', async () => {
  const files = await sample();
  const report = await verifyWal(DIR, files);
  expect(report).toMatchObject({
    clusterId: 'cluster-a',
    nodeId: 1,
    frames: 6,
    tornTail: null,
    problems: [],
    tombstones: [{ group: 4, replica: 9 }],
  });
  expect(report.segments).toMatchObject([{ file: segmentName(1), frames: 6, bytes: 65_536 }]);
  expect(report.groups).toEqual([
    {
      group: 2,
      replica: 1,
      term: 6,
      commit: 11,
      floor: 10,
      last: 12,
      bytes: 7,
      unfinishedSnapshot: null,
    },
    {
      group: 3,
      replica: 1,
      term: 0,
      commit: 0,
      floor: 40,
      last: 40,
      bytes: 0,
      unfinishedSnapshot: 40,
    },
  ]);
  expect(changes(files)).toEqual([]);
});

test('dump gives every record in order, values as sizes only', async () => {
  const files = await sample();
  const lines = await dumped(files);
  expect(lines).toEqual([
    '1 floor 2 index 10, term 5',
    '1 hard-state 2 term 5, vote 1, commit 10',
    '2 append 2 entries 11..12 of term 6, noop+normal, 12 bytes',
    '2 hard-state 2 term 6, vote 1, commit 11',
    '3 append 2 entry 12 of term 7, normal, 7 bytes',
    '4 snapshot 3 index 40, term 2, space 7, keeps nothing, 13 bytes',
    '4 installed 3 up to index 39',
    '5 tombstone 4 no replica up to 9 comes back',
    '6 seal -',
  ]);
  expect(lines.join()).not.toContain('secret');
  expect(changes(files)).toEqual([]);
});

test('a torn tail is told, and left as it is', async () => {
  const files = await sample();
  const bytes = files.bytes(file(1));
  bytes.write('garbage', (await verifyWal(DIR, files)).segments[0]?.usedBytes ?? 0);
  files.put(file(1), bytes);
  files.trail.length = 0;
  const report = await verifyWal(DIR, files);
  expect(report.problems).toEqual([]);
  expect(report.tornTail).toEqual({
    segment: segmentName(1),
    offset: report.segments[0]?.usedBytes,
  });
  expect(files.bytes(file(1)).equals(bytes)).toBe(true);
  expect(changes(files)).toEqual([]);
});

test('corruption is a problem that names file and offset; dump gives what is before it', async () => {
  const files = await sample();
  const bytes = files.bytes(file(1));
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  files.put(file(1), bytes);
  const report = await verifyWal(DIR, files);
  expect(report.problems.length).toBe(1);
  expect(report.problems[0]).toContain(file(1));
  expect(report.problems[0]).toMatch(/at byte \d+/);
  const lines: string[] = [];
  const dump = async () => {
    for await (const line of dumpWal(DIR, files)) lines.push(line.kind);
  };
  await expect(dump()).rejects.toMatchObject({ name: 'LogCorruption', file: file(1) });
  expect(lines).toEqual(['floor', 'hard-state']);
});

test('a gap in a group and a missing segment are problems too', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, { segmentBytes: 1024 });
  for (let i = 1; i < 40; i++) {
    await ticking(clock, written(log, [append(1, [entry(i, 1, 'y'.repeat(90))])]));
  }
  const headless = files.clone();
  headless.remove(file(1));
  expect((await verifyWal(DIR, headless)).problems[0]).toContain('group 1 lacks entry 1');
  const holed = files.clone();
  holed.remove(file(2));
  expect((await verifyWal(DIR, holed)).problems[0]).toContain('segment 2 is missing');
});

test('a directory without a log is an empty log', async () => {
  const report = await verifyWal(DIR, new CrashFs());
  expect(report).toMatchObject({ clusterId: null, segments: [], frames: 0, problems: [] });
  expect(await dumped(new CrashFs())).toEqual([]);
});
