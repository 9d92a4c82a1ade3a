/**
 * The real file system under the log: what it asks of the kernel. That a sync reaches the disk no
 * test inside this process can see; that it is asked for, and waited for, one can.
 */
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeLogFs, writeAll } from '../../src/log/fs.js';

let dir = '';

beforeEach(async () => {
  dir = await fsp.mkdtemp(path.join(os.tmpdir(), 'rkv-log-fs-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await fsp.rm(dir, { recursive: true });
});

const written = (fd: number, bytes: Buffer, position: number): Promise<void> =>
  new Promise((resolve, reject) => {
    writeAll(nodeLogFs, fd, bytes, 0, bytes.length, position, (error) =>
      error ? reject(error) : resolve(),
    );
  });

/** Tells the files that were synced so far; a sync counts when the kernel has answered. */
function watchSyncs(): () => string[] {
  const synced: string[] = [];
  const real = fs.fsync;
  vi.spyOn(fs, 'fsync').mockImplementation((fd, done) => {
    const name = fs.readlinkSync(`/proc/self/fd/${fd}`);
    real(fd, (error) => {
      synced.push(`${path.basename(name)} of ${fs.fstatSync(fd).size}`);
      done(error);
    });
  });
  return () => synced;
}

const onLinux = test.runIf(process.platform === 'linux');

onLinux('a durable write is on disk when it completes: the kernel was asked for it', async () => {
  const file = path.join(dir, 'segment');
  await nodeLogFs.close(await nodeLogFs.open(file, 'fill'));
  const fd = await nodeLogFs.open(file, 'durable');
  await written(fd, Buffer.from('frame'), 3);
  const flags = /flags:\s*([0-7]+)/.exec(await fsp.readFile(`/proc/self/fdinfo/${fd}`, 'utf8'));
  expect(nodeLogFs.durableWrites).toBe(true);
  expect(Number.parseInt(flags?.[1] ?? '', 8) & fs.constants.O_DSYNC).toBe(fs.constants.O_DSYNC);
  await nodeLogFs.close(fd);
  expect(await fsp.readFile(file, 'latin1')).toBe('\0\0\0frame');
});

onLinux('a directory is synced before its change counts', async () => {
  const syncs = watchSyncs();
  await nodeLogFs.dirsync(dir);
  expect(syncs()).toEqual([expect.stringMatching(`^${path.basename(dir)} of `)]);
});

onLinux('a cut is on disk before anything follows it', async () => {
  const file = path.join(dir, 'tail');
  await fsp.writeFile(file, 'good frames, torn tail');
  const syncs = watchSyncs();
  await nodeLogFs.truncate(file, 11);
  expect(syncs()).toEqual(['tail of 11']);
  expect(await fsp.readFile(file, 'latin1')).toBe('good frames');
});
