/** The file log while it runs: frames, syncs, completions, seals, failures. */
import { expect, test } from 'vitest';
import { LogFailure } from '../../src/log/errors.js';
import { scanLog } from '../../src/log/scan.js';
import { segmentName } from '../../src/log/segment.js';
import { dumpWal } from '../../src/tools/wal-dump.js';
import { CrashFs, systemError } from './support/crash-fs.js';
import {
  append,
  contents,
  DIR,
  entry,
  G,
  hardState,
  I,
  openOn,
  ticking,
  turnOfLoop,
  until,
  written,
} from './support/harness.js';

const file = (number: number): string => `${DIR}/${segmentName(number)}`;

async function kinds(files: CrashFs): Promise<string[]> {
  const seen: string[] = [];
  for await (const line of dumpWal(DIR, files)) seen.push(`${line.sequence} ${line.kind}`);
  return seen;
}

test('writes of one turn share one frame and one sync, in order', async () => {
  const files = new CrashFs();
  const { log } = await openOn(files);
  const before = log.stats();
  const done: number[] = [];
  log.write([append(1, [entry(1, 1, 'a')])], true, () => done.push(1));
  log.write([append(2, [entry(1, 1, 'b')])], true, () => done.push(2));
  log.write([hardState(3, 1, 0)], false, () => done.push(3));
  expect(log.busy).toBe(true);
  expect(done).toEqual([]);
  await until(() => done.length === 3);
  expect(done).toEqual([1, 2, 3]);
  expect(log.stats().frames - before.frames).toBe(1);
  expect(log.stats().syncs - before.syncs).toBe(1);
  expect(log.busy).toBe(false);
});

test('what is written while a frame is on its way gathers into the next', async () => {
  const files = new CrashFs();
  const { log } = await openOn(files);
  const before = log.stats().frames;
  const done: number[] = [];
  log.write([append(1, [entry(1, 1, 'a')])], true, () => done.push(1));
  await Promise.resolve();
  for (let i = 2; i < 30; i++) log.write([append(1, [entry(i, 1, 'b')])], true, () => done.push(i));
  await until(() => done.length === 29);
  expect(done).toEqual(Array.from({ length: 29 }, (_, i) => i + 1));
  expect(log.stats().frames - before).toBe(2);
});

test('at most one write is under way, and nobody is told before its sync', async () => {
  const files = new CrashFs(false);
  const { log } = await openOn(files);
  let writing = 0;
  let synced = 0;
  files.faults = {
    write: (path) => {
      if (path === file(1)) expect(++writing - synced).toBe(1);
      return null;
    },
    sync: (path) => {
      if (path === file(1)) synced += 1;
      return null;
    },
  };
  let told = 0;
  for (let i = 1; i <= 50; i++) {
    const number = i;
    log.write([append(1, [entry(i, 1, 'x')])], true, () => {
      expect(++told).toBe(number);
      expect(synced).toBeGreaterThan(0);
    });
    if (i % 3 === 0) await turnOfLoop();
  }
  await until(() => told === 50);
  expect(writing).toBe(synced);
});

test('a write without sync rides with the next frame, or goes alone after 100 ms', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files);
  const done: string[] = [];
  log.write([hardState(1, 1, 0)], false, () => done.push('alone'));
  for (let i = 0; i < 20; i++) await turnOfLoop();
  expect(done).toEqual([]);
  clock.advance(100);
  await until(() => done.length === 1);
  log.write([hardState(1, 1, 1)], false, () => done.push('rider'));
  log.write([append(1, [entry(1, 1, 'a')])], true, () => done.push('carrier'));
  await until(() => done.length === 3);
  expect(done).toEqual(['alone', 'rider', 'carrier']);
});

test('the tail is sealed after 100 ms and at close, never twice', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files);
  await written(log, [append(1, [entry(1, 1, 'a')])]);
  clock.advance(99);
  for (let i = 0; i < 10; i++) await turnOfLoop();
  expect(await kinds(files)).toEqual(['1 append']);
  clock.advance(1);
  const frames = log.stats().frames;
  await until(() => log.stats().frames === frames + 1);
  expect(await kinds(files)).toEqual(['1 append', '2 seal']);
  clock.advance(1000);
  await written(log, [append(1, [entry(2, 1, 'b')])]);
  await ticking(clock, log.close());
  expect(await kinds(files)).toEqual(['1 append', '2 seal', '3 append', '4 seal']);
});

test('short writes are continued at their position', async () => {
  for (const durable of [true, false]) {
    const files = new CrashFs(durable);
    const { log, clock } = await openOn(files);
    files.faults = { write: (_, __, length) => (length > 3 ? Math.ceil(length / 3) : null) };
    for (let i = 1; i <= 10; i++) {
      await written(log, [append(1, [entry(i, 1, `text ${i}`.repeat(i))])]);
    }
    await ticking(clock, log.close());
    const again = await openOn(files);
    expect(again.log.restored.groups.get(G(1))?.entries.length).toBe(10);
  }
});

test('a write that takes no byte at all is a failure', async () => {
  const files = new CrashFs();
  const { log, fatal } = await openOn(files);
  files.faults = { write: () => 0 };
  log.write([append(1, [entry(1, 1, 'a')])], true, () => expect.fail('told'));
  await until(() => fatal.length === 1);
});

test.each([
  ['EIO', true],
  ['ENOSPC', true],
  ['EIO', false],
])('a failed write (%s) is final: told once, nothing completes after it', async (code, durable) => {
  const files = new CrashFs(durable);
  const { log, fatal, clock } = await openOn(files);
  await written(log, [append(1, [entry(1, 1, 'kept')])]);
  let failures = 1;
  files.faults = {
    write: (path) => (path === file(1) && failures-- > 0 ? systemError(code) : null),
  };
  const told: number[] = [];
  log.write([append(1, [entry(2, 1, 'lost')])], true, () => told.push(2));
  log.write([append(1, [entry(3, 1, 'lost')])], true, () => told.push(3));
  await until(() => fatal.length > 0);
  log.write([append(1, [entry(4, 1, 'never')])], true, () => told.push(4));
  for (let i = 0; i < 50; i++) await turnOfLoop();
  clock.advance(1000);
  for (let i = 0; i < 50; i++) await turnOfLoop();
  await ticking(clock, log.close());
  expect(told).toEqual([]);
  expect(fatal.length).toBe(1);
  expect(fatal[0]).toBeInstanceOf(LogFailure);
  expect(fatal[0]).toMatchObject({ file: file(1), systemCode: code });
});

test('a sync that fails once and would work again is final too', async () => {
  const files = new CrashFs(false);
  const { log, fatal } = await openOn(files);
  let failures = 1;
  files.faults = {
    sync: (path) => (path === file(1) && failures-- > 0 ? systemError('EIO') : null),
  };
  const told: number[] = [];
  log.write([append(1, [entry(1, 1, 'a')])], true, () => told.push(1));
  await until(() => fatal.length === 1);
  log.write([append(1, [entry(2, 1, 'b')])], true, () => told.push(2));
  for (let i = 0; i < 50; i++) await turnOfLoop();
  expect(told).toEqual([]);
});

test('frames have at most their bytes; one larger entry goes alone', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, { maxFrameBytes: 2048, segmentBytes: 16_384 });
  const sizes = [10, 1900, 300, 5000, 20, 20_000, 1, 700, 700, 700, 0];
  const entries = sizes.map((size, i) => entry(i + 1, 1, 'z'.repeat(size)));
  await ticking(clock, written(log, [append(1, entries), hardState(1, 1, 3)]));
  await ticking(clock, log.close());
  const found: number[] = [];
  for (const number of [1, 2, 3, 4]) {
    if (!files.names().includes(file(number))) continue;
    await scanLog(files, [number], file, null, (_, frame) => found.push(frame.payload.length + 24));
  }
  expect(found.filter((length) => length > 2048).map((length) => length - (length % 1000))).toEqual(
    [5000, 20_000],
  );
  const again = await openOn(files);
  const read = await again.log.entries(G(1), I(1), I(11), 1e9);
  expect(read?.map((it) => it.bytes.length)).toEqual(sizes);
});

test('one shard cannot hold up another by more than a frame', async () => {
  const files = new CrashFs();
  const { log } = await openOn(files, { maxFrameBytes: 4096 });
  const done: string[] = [];
  const bulk = Array.from({ length: 40 }, (_, i) => entry(i + 1, 1, 'b'.repeat(1000)));
  log.write([append(1, bulk)], true, () => done.push('bulk'));
  await Promise.resolve();
  log.write([hardState(2, 1, 0)], true, () => done.push('vote'));
  const before = log.stats().frames;
  await until(() => done.length === 2);
  expect(log.stats().frames - before).toBeGreaterThanOrEqual(10);
  expect(done).toEqual(['bulk', 'vote']);
});

test('recent gives what is in memory, entries what is on disk, both cut at their bytes', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, { cacheBytes: 2000 });
  for (let i = 1; i <= 20; i++) await written(log, [append(1, [entry(i, 1, `${i}`.repeat(150))])]);
  expect(log.recent(G(1), I(20), I(20), 1e6)?.map((it) => it.index)).toEqual([20]);
  expect(log.recent(G(1), I(1), I(20), 1e6)).toBeNull();
  const all = await ticking(clock, log.entries(G(1), I(1), I(20), 1e6));
  expect(all?.map((it) => Buffer.from(it.bytes).toString())).toEqual(
    Array.from({ length: 20 }, (_, i) => `${i + 1}`.repeat(150)),
  );
  const some = await ticking(clock, log.entries(G(1), I(3), I(20), 400));
  expect(some?.map((it) => it.index)).toEqual([3, 4]);
  const one = await ticking(clock, log.entries(G(1), I(12), I(20), 1));
  expect(one?.map((it) => it.index)).toEqual([12]);
  expect(await log.entries(G(1), I(21), I(30), 1)).toEqual([]);
  expect(await log.entries(G(9), I(1), I(1), 1)).toBeNull();
  log.write([append(1, [entry(21, 1, 'not yet durable')])], true, () => {});
  expect(log.recent(G(1), I(21), I(21), 1)?.length).toBe(1);
});

test('bytes that rot on the disk while the node runs are refused when read back', async () => {
  const files = new CrashFs();
  const { log, clock, fatal } = await openOn(files, { cacheBytes: 100 });
  for (let i = 1; i <= 5; i++) await written(log, [append(1, [entry(i, 1, 'abc'.repeat(90))])]);
  files.rot(file(1), 300, 4);
  await expect(ticking(clock, log.entries(G(1), I(1), I(2), 1e6))).rejects.toMatchObject({
    name: 'LogCorruption',
    file: file(1),
  });
  expect(fatal.length).toBe(1);
});

test('frameAgeMs tells how long the frame under way has taken', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files);
  expect(log.frameAgeMs()).toBe(0);
  files.faults = { write: () => 'hang' };
  log.write([append(1, [entry(1, 1, 'a')])], true, () => expect.fail('told'));
  await Promise.resolve();
  clock.advance(1234);
  expect(log.frameAgeMs()).toBe(1234);
});

test.each([true, false])(
  'what only the page cache held is on the disk when a restarted log opens (honest sync: %s)',
  async (honest) => {
    const files = new CrashFs(false);
    const { log } = await openOn(files);
    await written(log, [append(1, [entry(1, 1, 'synced')])]);
    files.faults = { sync: () => systemError('EIO') };
    log.write([append(1, [entry(2, 1, 'page cache '.repeat(99))])], true, () =>
      expect.fail('told'),
    );
    for (let i = 0; i < 10; i++) await turnOfLoop();
    const killed = files.kill();
    killed.honest = honest;
    const second = await openOn(killed);
    const promised = await ticking(second.clock, contents(second.log));
    expect(JSON.stringify(promised)).toContain('page cache');
    for (let seed = 0; seed < 16; seed++) {
      const cut = await openOn(killed.powerCut(seed));
      expect(await ticking(cut.clock, contents(cut.log))).toEqual(promised);
      await written(cut.log, [append(1, [entry(3, 1, 'goes on')])]);
      const third = await openOn(cut.files.kill());
      expect(third.log.restored.groups.get(G(1))?.entries.length).toBe(3);
    }
  },
);

test('a unit over several frames survives the loss of any one that only the page cache held', async () => {
  for (let synced = 0; synced < 4; synced++) {
    const files = new CrashFs(false);
    const options = { maxFrameBytes: 512 };
    const { log } = await openOn(files, options);
    await written(log, [hardState(1, 1, 0)]);
    let left = synced;
    files.faults = {
      sync: (path) => (path !== file(1) || left-- > 0 ? null : systemError('EIO')),
    };
    const entries = [1, 2, 3, 4].map((i) => entry(i, 1, `${i}`.repeat(400)));
    log.write([append(1, entries)], true, () => expect(synced).toBe(4));
    for (let i = 0; i < 40; i++) await turnOfLoop();
    const killed = files.kill();
    killed.honest = false;
    const second = await openOn(killed, options);
    const promised = await ticking(second.clock, contents(second.log));
    const whole = synced === 3;
    expect(second.log.restored.groups.get(G(1))?.entries.length).toBe(whole ? 4 : 0);
    for (let seed = 0; seed < 8; seed++) {
      const cut = await openOn(killed.powerCut(seed), options);
      expect(await ticking(cut.clock, contents(cut.log))).toEqual(promised);
    }
  }
});

test('opened and closed many times: nothing changes, old segments stay small and go', async () => {
  const files = new CrashFs();
  let opened = await openOn(files);
  await written(opened.log, [append(1, [entry(1, 1, 'a'), entry(2, 1, 'b')]), hardState(1, 1, 2)]);
  const holds = JSON.stringify((await reread()).holds);
  for (let i = 0; i < 40; i++) {
    const { holds: now } = await reread();
    expect(JSON.stringify(now)).toBe(holds);
    opened.log.release(
      G(1),
      I(1),
      opened.log.restored.groups.get(G(1))?.entries[0]?.term ?? fail(),
    );
    await until(() => opened.log.stats().segments <= 9, opened.clock);
    const floor = opened.log.floor(G(1))?.index ?? 0;
    if (floor > 0) break;
  }
  expect(opened.log.floor(G(1))?.index).toBe(1);

  async function reread(): Promise<{ holds: unknown }> {
    await ticking(opened.clock, opened.log.close());
    opened = await openOn(files);
    return { holds: await ticking(opened.clock, contents(opened.log)) };
  }
  function fail(): never {
    throw new Error('the entry is gone');
  }
});

test('a closed log takes nothing, and closing twice is one close', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files);
  const last: string[] = [];
  log.write([append(1, [entry(1, 1, 'a')])], false, () => last.push('told'));
  await ticking(clock, Promise.all([log.close(), log.close()]));
  expect(last).toEqual(['told']);
  log.write([append(1, [entry(2, 1, 'b')])], true, () => last.push('late'));
  for (let i = 0; i < 20; i++) await turnOfLoop();
  expect(last).toEqual(['told']);
  expect(clock.waiting).toBe(0);
  expect(files.names()).toEqual([file(1)]);
});
