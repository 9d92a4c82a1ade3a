/**
 * Disk and clock that can be made to fail: what each fault does to an operation, and to its count.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiskFault, NO_FAULTS } from '../../../src/config/child.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { nodeLogFs } from '../../../src/log/fs.js';
import { systemEnvironment } from '../../../src/node/environment.js';
import { FaultBoard } from '../../../src/node/faults/board.js';
import { shiftedClock } from '../../../src/node/faults/clock.js';
import { faultyEnvironment } from '../../../src/node/faults/environment.js';
import { faultyLogFs } from '../../../src/node/faults/log-fs.js';
import { faultyStore } from '../../../src/node/faults/store.js';
import { resolveServe } from '../../../src/node/serve.js';
import { manualClock } from '../../support/manual-clock.js';

let dir: string;
let board: FaultBoard;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-faults-'));
  board = new FaultBoard();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const disk = (fault: DiskFault): void => board.set({ disk: fault, clockOffsetMs: 0 });

/** Writes 'x' to a new file through the port; resolves with the error or the bytes taken. */
async function write(name: string): Promise<Error | number> {
  const files = faultyLogFs(nodeLogFs, board);
  const fd = await files.open(join(dir, name), 'fill');
  const result = await new Promise<Error | number>((resolve) => {
    files.write(fd, Buffer.from('x'), 0, 1, 0, (error, bytes) => resolve(error ?? bytes));
  });
  await files.close(fd);
  return result;
}

describe('the disk under the log', () => {
  it('is as it is while there is no fault', async () => {
    expect(await write('a')).toBe(1);
    expect(await readFile(join(dir, 'a'), 'latin1')).toBe('x');
    expect(board.hits).toEqual({ disk: 0, clock: 0 });
  });

  it('slow: takes so much longer', async () => {
    disk({ kind: 'slow', delayMs: 80 });
    const begin = performance.now();
    expect(await write('a')).toBe(1);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(79);
    expect(board.hits.disk).toBe(1);
  });

  it('hang: nothing reaches the file until it is over', async () => {
    disk({ kind: 'hang' });
    let over = false;
    const writing = write('a').then((result) => {
      over = true;
      return result;
    });
    while (board.hits.disk === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await readFile(join(dir, 'a'), 'latin1')).toBe('');
    expect(over).toBe(false);
    board.set(NO_FAULTS);
    expect(await writing).toBe(1);
  });

  it('error: fails as a broken disk does, and touches nothing', async () => {
    disk({ kind: 'error' });
    expect(await write('a')).toMatchObject({ code: 'EIO' });
    expect(await readFile(join(dir, 'a'), 'latin1')).toBe('');
    const files = faultyLogFs(nodeLogFs, board);
    await expect(files.dirsync(dir)).rejects.toMatchObject({ code: 'EIO' });
    await expect(files.truncate(join(dir, 'a'), 0)).rejects.toMatchObject({ code: 'EIO' });
    const synced = new Promise((resolve) => files.datasync(0, resolve));
    expect(await synced).toMatchObject({ code: 'EIO' });
  });
});

describe('the disk under the store', () => {
  it('meets every batch and no read', async () => {
    const store = faultyStore(await openMemoryStore(), board);
    const put = (key: string): Promise<void> => {
      const batch = store.batch();
      batch.put(Buffer.from(key), Buffer.from('v'));
      expect(batch.length).toBe(1);
      return batch.write();
    };
    await put('a');
    disk({ kind: 'error' });
    await expect(put('b')).rejects.toMatchObject({ name: 'StoreFailed', code: 'EIO' });
    disk({ kind: 'hang' });
    const third = put('c');
    expect(store.getSync(Buffer.from('c'))).toBeUndefined();
    expect(Buffer.from(store.getSync(Buffer.from('a')) ?? '').toString()).toBe('v');
    board.set(NO_FAULTS);
    await third;
    const found = await store.getMany(['a', 'b', 'c'].map((key) => Buffer.from(key)));
    expect(found.map((value) => value !== undefined)).toEqual([true, false, true]);
    expect(board.hits.disk).toBe(2);
    await store.close();
  });
});

describe('the clock', () => {
  it('is put wrong, and right again; monotonic time goes on', () => {
    const real = manualClock();
    const clock = shiftedClock(real, board);
    const [wall, monotonic] = [clock.wall(), clock.monotonic()];
    board.set({ disk: { kind: 'none' }, clockOffsetMs: -3_600_000 });
    expect(clock.wall() - wall).toBe(-3_600_000);
    expect(clock.monotonic()).toBe(monotonic);
    board.set(NO_FAULTS);
    expect(clock.wall()).toBe(wall);
    expect(board.hits).toEqual({ disk: 0, clock: 1 });
  });
});

describe('serve', () => {
  const asked = (flags: Record<string, string>, injectFaults: boolean) =>
    resolveServe({
      file: undefined,
      flags: { dataDir: dir, ...flags },
      env: {},
      bootstrap: undefined,
      join: undefined,
      labels: [],
      injectFaults,
    });

  it('takes faults when it is told to, and then only', async () => {
    expect((await asked({}, false)).nodeOptions.faults).toBeUndefined();
    expect((await asked({}, true)).nodeOptions.faults).toBeInstanceOf(FaultBoard);
  });

  it('refuses faults on a door that others can reach', async () => {
    const open = { listenGrpc: '0.0.0.0:7410', insecureListen: 'true' };
    await expect(asked(open, true)).rejects.toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      message: '--inject-faults is for loopback only: listenGrpc 0.0.0.0:7410 is not',
    });
    expect((await asked(open, false)).nodeOptions.faults).toBeUndefined();
  });

  it('keeps everything but disk and clock', () => {
    const faulty = faultyEnvironment(systemEnvironment, board);
    const changed = Object.entries(faulty).filter(
      ([name, part]) => part !== systemEnvironment[name as keyof typeof systemEnvironment],
    );
    expect(changed.map(([name]) => name).sort()).toEqual(['clock', 'files', 'openStore']);
  });
});
