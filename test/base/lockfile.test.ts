/** A lock belongs to a process, not to a file that process left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, markOf, takeLock } from '../../src/base/lockfile.js';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-lock-'));
  path = join(dir, 'LOCK');
});
afterEach(() => rm(dir, { recursive: true }));

/** The mark of a process that has ended. */
async function deadMark(): Promise<ReturnType<typeof markOf>> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const mark = markOf(child.pid as number);
  expect(isAlive(mark)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return mark;
}

async function mustTake() {
  const result = await takeLock(path);
  if (result.kind !== 'held') throw new Error(`held by ${result.holder.pid}`);
  return result.lock;
}

describe('lock file', () => {
  it('is refused while the holder lives, even to the holder itself, and free after release', async () => {
    const lock = await mustTake();
    expect(await takeLock(path)).toMatchObject({ kind: 'in-use', holder: { pid: process.pid } });
    await lock.release();
    await (await mustTake()).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is taken over from a killed process, by exactly one of many starters', async () => {
    for (let round = 0; round < 5; round += 1) {
      await writeFile(path, JSON.stringify({ ...(await deadMark()), nonce: 'x' }));
      const results = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)));
      const held = results.filter((result) => result.kind === 'held');
      expect(held).toHaveLength(1);
      if (held[0]?.kind === 'held') await held[0].lock.release();
      expect(await readdir(dir)).toEqual([]);
    }
  });

  it('does not believe a pid that another process has since', async () => {
    const mark = markOf(process.pid);
    if (mark.startTicks === null) return;
    expect(isAlive({ ...mark, startTicks: mark.startTicks - 1 })).toBe(false);
    expect(isAlive({ ...mark, machineBoot: 'an earlier boot' })).toBe(false);
    await writeFile(path, JSON.stringify({ ...mark, startTicks: mark.startTicks - 1 }));
    await (await mustTake()).release();
  });

  it('gets over starters that died while taking over', async () => {
    const dead = JSON.stringify({ ...(await deadMark()), nonce: 'x' });
    await writeFile(path, dead);
    await writeFile(`${path}.break`, dead);
    await writeFile(`${path}.break.break`, dead);
    const lock = await mustTake();
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('takes rubbish for a dead lock', async () => {
    await writeFile(path, '\0\0\0');
    await (await mustTake()).release();
  });

  it('never removes a lock that has become another holder', async () => {
    const lock = await mustTake();
    await writeFile(path, JSON.stringify({ ...markOf(process.pid), nonce: 'other' }));
    await lock.release();
    expect(await readdir(dir)).toEqual(['LOCK']);
  });
});
