/**
 * The power goes, or the process dies, before each single step of making segments, of compaction
 * and of a start. Whatever was acknowledged is there afterwards, in the order it was written.
 */
import { expect, test } from 'vitest';
import { SPARE_NAME, segmentName } from '../../src/log/segment.js';
import type { LogRecord } from '../../src/replica/ports.js';
import { CrashFs, systemError } from './support/crash-fs.js';
import {
  append,
  DIR,
  entry,
  G,
  hardState,
  I,
  openOn,
  T,
  ticking,
  turnOfLoop,
  until,
  written,
} from './support/harness.js';
import { difference, Model, observe } from './support/model.js';

const OPTIONS = { segmentBytes: 1024, maxFrameBytes: 512, keepSegments: 2, cacheBytes: 300 };
const file = (number: number): string => `${DIR}/${segmentName(number)}`;

interface Run {
  readonly writes: LogRecord[][];
  acked: number;
  released: number;
}

/**
 * Appends, overwrites and releases over several rotations and compactions; ends when the disk dies.
 */
async function run(files: CrashFs): Promise<Run> {
  const made: Run = { writes: [], acked: 0, released: 0 };
  const opened = await openOn(files, OPTIONS).catch(() => null);
  if (opened === null) return made;
  const { log, clock } = opened;
  const write = (records: LogRecord[]) => {
    const number = made.writes.push(records);
    log.write(records, true, () => {
      made.acked = number;
    });
  };
  write([hardState(2, 1, 0)]);
  for (let i = 1; i <= 40 && !files.dead; i++) {
    write([append(1, [entry(i, 1, `entry ${i} `.repeat(9))]), hardState(1, 1, i)]);
    if (i % 10 === 5) write([append(1, [entry(i - 1, 1, 'over'), entry(i, 1, 'written')])]);
    const number = made.writes.length;
    for (let turn = 0; made.acked < number && !files.dead && turn < 1000; turn++) {
      await turnOfLoop();
      clock.advance(1);
    }
    if (i > 8 && !files.dead) {
      made.released = i - 8;
      log.release(G(1), I(i - 8), T(1));
    }
    clock.advance(100);
  }
  const alive = () => !files.dead;
  if (alive()) await ticking(clock, log.close(), alive).catch(() => {});
  return made;
}

async function mustHold(files: CrashFs, made: Run, where: string): Promise<void> {
  const { log, clock } = await openOn(files, OPTIONS);
  const seen = await ticking(clock, observe(log));
  const released = new Map([['1.1', made.released]]);
  const reasons: (string | null)[] = [];
  for (let k = made.acked; k <= made.writes.length; k++) {
    reasons.push(difference(Model.of(made.writes.slice(0, k)), seen, released));
  }
  expect(reasons, where).toContain(null);
  await ticking(clock, log.close());
}

test.each([true, false])(
  'stopped before each step (O_DSYNC: %s)',
  async (durable) => {
    const whole = new CrashFs(durable);
    const made = await run(whole);
    expect(made.acked).toBe(made.writes.length);
    const steps = [...whole.trail];
    for (const what of ['rename', 'dirsync', 'unlink', 'open-fill', 'open-durable']) {
      expect(steps.some((step) => step.startsWith(what))).toBe(true);
    }
    await mustHold(whole.clone(), made, 'whole');
    for (let at = 0; at < steps.length; at += 1 + (at % 2)) {
      const files = new CrashFs(durable);
      let step = 0;
      files.faults = { stopBefore: () => step++ === at };
      const part = await run(files);
      const where = `before step ${at}, ${steps[at]}`;
      const after = at % 3 === 0 ? files.kill() : files.powerCut(at);
      await mustHold(after, part, where);
    }
  },
  120_000,
);

test('a start stopped before each of its steps can be done again', async () => {
  const source = new CrashFs();
  const first = await openOn(source, OPTIONS);
  const writes: LogRecord[][] = [];
  for (let i = 1; i < 12; i++) {
    const records = [append(1, [entry(i, 1, `entry ${i} `.repeat(7))])];
    writes.push(records);
    await ticking(first.clock, written(first.log, records));
  }
  const torn = source.clone();
  const last =
    torn
      .names()
      .filter((name) => name.endsWith('.wal'))
      .at(-1) ?? '';
  const end = torn.bytes(last).lastIndexOf(0x20);
  torn.put(last, Buffer.concat([torn.bytes(last).subarray(0, end - 4), Buffer.alloc(400)]));
  const made: Run = { writes, acked: writes.length - 1, released: 0 };
  const trial = torn.clone();
  const started = await openOn(trial, OPTIONS);
  expect(started.log.restored.tornTail).not.toBeNull();
  for (let at = 0; at < trial.trail.length; at++) {
    const files = torn.clone();
    let step = 0;
    files.faults = { stopBefore: () => step++ === at };
    await openOn(files, OPTIONS).catch(() => {});
    await mustHold(files.powerCut(at), made, `before step ${at}, ${trial.trail[at]}`);
  }
}, 60_000);

test('a full disk while the next segment is filled only delays', async () => {
  const files = new CrashFs();
  const { log, clock, fatal, lines } = await openOn(files, OPTIONS);
  let full = true;
  files.faults = {
    write: (path) => (full && path.endsWith(SPARE_NAME) ? systemError('ENOSPC') : null),
  };
  let acked = 0;
  for (let i = 1; i <= 30; i++) {
    log.write([append(1, [entry(i, 1, 'x'.repeat(100))])], true, () => {
      acked = i;
    });
    for (let turn = 0; turn < 5; turn++) await turnOfLoop();
  }
  for (let i = 0; i < 50; i++) {
    clock.advance(100);
    await turnOfLoop();
  }
  expect(acked).toBeGreaterThan(0);
  expect(acked).toBeLessThan(30);
  expect(log.busy).toBe(true);
  expect(log.frameAgeMs()).toBeGreaterThan(1000);
  expect(lines.filter((line) => line.includes('no space')).length).toBe(1);
  full = false;
  await until(() => acked === 30, clock);
  expect(fatal).toEqual([]);
});

test('a log waiting for space can still be closed', async () => {
  const files = new CrashFs();
  const { log, clock, fatal } = await openOn(files, OPTIONS);
  files.faults = {
    write: (path) => (path.endsWith(SPARE_NAME) ? systemError('ENOSPC') : null),
  };
  for (let i = 1; i <= 30; i++)
    log.write([append(1, [entry(i, 1, 'x'.repeat(100))])], true, () => {});
  await ticking(clock, log.close());
  expect(fatal).toEqual([]);
  expect(files.names()).not.toContain(`${DIR}/${SPARE_NAME}`);
  const again = await openOn(files.clone(), OPTIONS);
  expect(again.log.restored.groups.get(G(1))?.entries.length).toBeGreaterThan(0);
});

test('any other failure while a segment is made is final', async () => {
  const files = new CrashFs();
  const { log, clock, fatal } = await openOn(files, OPTIONS);
  files.faults = { sync: (path) => (path.endsWith(SPARE_NAME) ? systemError('EIO') : null) };
  let acked = 0;
  for (let i = 1; i <= 40; i++) {
    log.write([append(1, [entry(i, 1, 'x'.repeat(100))])], true, () => {
      acked = i;
    });
  }
  await until(() => fatal.length > 0, clock);
  expect(acked).toBeLessThan(40);
  expect(fatal[0]).toMatchObject({ name: 'LogFailure', systemCode: 'EIO' });
});

test('the next segment has its zeros on the disk before it gets its name', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, OPTIONS);
  for (let i = 1; i <= 20; i++) {
    await ticking(clock, written(log, [append(1, [entry(i, 1, 'x'.repeat(100))])]));
  }
  const { trail } = files;
  const renamed = trail.flatMap((step, at) => (step.startsWith('rename') ? [at] : []));
  expect(renamed.length).toBeGreaterThan(2);
  for (const at of renamed) {
    const before = trail.slice(0, at);
    const lastSync = before.lastIndexOf(`datasync ${SPARE_NAME}`);
    const opened = before.lastIndexOf(`open-durable ${SPARE_NAME}`);
    const header = before.lastIndexOf(`write ${SPARE_NAME}`);
    expect(lastSync).toBeGreaterThan(before.lastIndexOf(`open-fill ${SPARE_NAME}`));
    expect(opened).toBeGreaterThan(lastSync);
    expect(header).toBeGreaterThan(opened);
    expect(trail.slice(at + 1).find((step) => !step.startsWith('read'))).toMatch(/^dirsync/);
  }
  expect(files.bytes(file(2)).length).toBe(1024);
});
