import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  BALLAST_NAME,
  levelFor,
  nodeSpaceFs,
  type SpaceFs,
  type SpaceLevel,
  type SpaceWatch,
  watchSpace,
} from '../../src/log/space.js';
import { systemError } from './support/crash-fs.js';
import { HandClock, until } from './support/harness.js';

const MIB = 1 << 20;

class FakeDisk implements SpaceFs {
  free = 1000 * MIB;
  failure: Error | null = null;
  readonly sizes = new Map<string, number>();

  async freeBytes(): Promise<number> {
    if (this.failure !== null) throw this.failure;
    return this.free;
  }

  async sizeOf(file: string): Promise<number> {
    return this.sizes.get(file) ?? 0;
  }

  async fill(file: string, bytes: number): Promise<void> {
    if (bytes > this.free) throw systemError('ENOSPC');
    this.free -= bytes;
    this.sizes.set(file, bytes);
  }

  async remove(file: string): Promise<void> {
    this.free += this.sizes.get(file) ?? 0;
    this.sizes.delete(file);
  }
}

interface Watched {
  readonly watch: SpaceWatch;
  readonly disk: FakeDisk;
  readonly clock: HandClock;
  readonly levels: SpaceLevel[];
  readonly lines: string[];
}

async function watched(free = 1000 * MIB): Promise<Watched> {
  const disk = new FakeDisk();
  disk.free = free;
  const clock = new HandClock();
  const levels: SpaceLevel[] = [];
  const lines: string[] = [];
  const watch = await watchSpace({
    dir: '/data',
    reserveBytes: 256 * MIB,
    ballastBytes: 32 * MIB,
    clock,
    disk,
    onChange: (level) => levels.push(level),
    logger: (line) => lines.push(line),
  });
  return { watch, disk, clock, levels, lines };
}

test('levels fall at the reserve and a quarter of it, and come back with room to spare', () => {
  expect(levelFor(256, 256, 'ok')).toBe('ok');
  expect(levelFor(255, 256, 'ok')).toBe('low');
  expect(levelFor(64, 256, 'ok')).toBe('low');
  expect(levelFor(63, 256, 'ok')).toBe('critical');
  expect(levelFor(66, 256, 'critical')).toBe('critical');
  expect(levelFor(80, 256, 'critical')).toBe('low');
  expect(levelFor(270, 256, 'low')).toBe('low');
  expect(levelFor(300, 256, 'low')).toBe('ok');
  expect(levelFor(300, 256, 'critical')).toBe('ok');
});

test('a change is told once, and the node comes back unaided', async () => {
  const { watch, disk, clock, levels } = await watched();
  const look = async (free: number, level: SpaceLevel) => {
    disk.free = free;
    clock.advance(1000);
    await until(() => watch.level === level && clock.waiting === 1);
  };
  expect(watch.level).toBe('ok');
  await look(100 * MIB, 'low');
  await look(90 * MIB, 'low');
  await look(10 * MIB, 'critical');
  await look(500 * MIB, 'ok');
  expect(levels).toEqual(['low', 'critical', 'ok']);
  watch.stop();
  expect(clock.waiting).toBe(0);
});

test('a start on a full disk knows it at once', async () => {
  const { watch, levels } = await watched(10 * MIB);
  expect(watch.level).toBe('critical');
  expect(levels).toEqual(['critical']);
});

test('the ballast is part of the reserve: holding it changes no level', async () => {
  const { watch, disk } = await watched(270 * MIB);
  await watch.holdBallast();
  expect(disk.free).toBe(238 * MIB);
  expect(await watch.check()).toBe('ok');
  expect(watch.freeBytes).toBe(270 * MIB);
  await watch.dropBallast();
  expect(disk.free).toBe(270 * MIB);
  await watch.check();
  expect(disk.sizes.size).toBe(0);
});

test('without room the ballast waits until there is', async () => {
  const { watch, disk } = await watched(100 * MIB);
  await watch.holdBallast();
  expect(disk.sizes.size).toBe(0);
  disk.free = 400 * MIB;
  await watch.check();
  expect(disk.sizes.get(path.join('/data', BALLAST_NAME))).toBe(32 * MIB);
});

test('a look that fails changes nothing and is told once', async () => {
  const { watch, disk, levels, lines } = await watched();
  disk.failure = systemError('EIO');
  await watch.check();
  await watch.check();
  expect(watch.level).toBe('ok');
  expect(levels).toEqual([]);
  expect(lines.length).toBe(1);
});

let dir = '';
afterEach(async () => {
  if (dir !== '') await fs.rm(dir, { recursive: true, force: true });
  dir = '';
});

test('on a real disk', async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'rkv-space-'));
  const file = path.join(dir, 'ballast');
  expect(await nodeSpaceFs.freeBytes(dir)).toBeGreaterThan(0);
  expect(await nodeSpaceFs.sizeOf(file)).toBe(0);
  await nodeSpaceFs.fill(file, 3 * MIB + 5);
  expect(await nodeSpaceFs.sizeOf(file)).toBe(3 * MIB + 5);
  await nodeSpaceFs.remove(file);
  await nodeSpaceFs.remove(file);
  expect(await nodeSpaceFs.sizeOf(file)).toBe(0);
});
