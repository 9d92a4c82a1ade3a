/**
 * A disk that runs full is no failure (DESIGN section 5): growth is refused, all else goes on, and
 * room that comes back is used unaided. Needs a file system of its own: root, and a kernel that
 * lets it mount one; it is skipped with that reason elsewhere.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import { NO_REDIS, Sandbox, waitFor } from './support.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const DISK_MIB = 256;

let sandbox: Sandbox;
let disk: string;
let refused: string | null = null;
beforeEach(async () => {
  sandbox = await Sandbox.create();
  disk = sandbox.path('disk');
  await mkdir(disk);
  refused = await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', disk]).then(
    () => null,
    (error: Error) => `no file system could be mounted: ${error.message.trim()}`,
  );
});
afterEach(async () => {
  if (refused === null) await run('umount', ['-l', disk]);
  await sandbox.dispose();
});

/** Takes room until this much is left; fills to the last byte for 0. */
async function fillUntil(freeBytes: number): Promise<void> {
  const file = await open(join(disk, 'filler'), 'a');
  const piece = Buffer.alloc(MIB / 4);
  try {
    for (;;) {
      const { bavail, bsize } = await statfs(disk);
      const room = bavail * bsize - freeBytes;
      if (room <= 0) return;
      await file.appendFile(piece.subarray(0, Math.min(room, piece.length)));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}
const makeRoom = () => rm(join(disk, 'filler'));

async function serve() {
  const child = sandbox.start([
    ...['serve', '--data-dir', join(disk, 'data')],
    ...['--listen-grpc', '127.0.0.1:0', '--listen-peer', '127.0.0.1:0', ...NO_REDIS],
    ...['--disk-reserve-bytes', '64MiB', '--ballast-bytes', '16MiB'],
  ]);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => said.push(bytes));
  }
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const grpc = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { addresses?: { grpc: string } }) => {
      if (message.addresses) resolve(message.addresses.grpc);
    });
    ended.then((code) => reject(new Error(`serve exited ${code}: ${Buffer.concat(said)}`)));
  });
  const client = await connect({ endpoints: [grpc], timeoutMs: 5_000 });
  return { child, grpc, client, ended, said: () => Buffer.concat(said).toString() };
}

const codeOfSet = (client: Client): Promise<string> =>
  client.set('new', 'value').then(
    () => 'OK',
    (error: { code?: string }) => error.code ?? String(error),
  );
const refusesGrowth = (client: Client) =>
  waitFor('growth to be refused', async () => (await codeOfSet(client)) === 'FULL');
const takesGrowth = (client: Client) =>
  waitFor('growth to be taken', async () => (await codeOfSet(client)) === 'OK');

it('refuses growth below the reserve, reads and deletes on, comes back unaided', {
  timeout: 40_000,
}, async (test) => {
  if (refused !== null) return test.skip(refused);
  let node = await serve();
  for (let i = 0; i < 20; i++) await node.client.set(`k${i}`, 'x'.repeat(10_000));
  const many = Array.from({ length: 2_000 }, (_, i) => `many:${i}`);
  await node.client.mset(many.map((key) => [key, 'x']));
  await fillUntil(40 * MIB);
  await refusesGrowth(node.client);
  const told = await sandbox.rkv(['set', 'a', 'b', '--endpoints', node.grpc, '--timeout', '1s']);
  expect([told.code, told.stdout], told.stderr).toEqual([5, '']);
  expect(told.stderr).toMatch(/disk|space/);
  expect((await node.client.get('k3'))?.value.length).toBe(10_000);
  expect(await node.client.del('k4')).toBe(true);
  expect(await node.client.get('k4')).toBeNull();
  await makeRoom();
  await takesGrowth(node.client);

  // To the last byte: the log has room made ahead, the store ends the process with 5.
  await fillUntil(0);
  await node.client.mdel(many);
  expect(await node.ended, node.said()).toBe(5);
  await node.client.close();
  // The ballast is what the next start works with.
  node = await serve();
  expect((await node.client.get('k6'))?.value.length).toBe(10_000);
  expect(await node.client.exists(many)).toBe(0);
  expect(await codeOfSet(node.client)).toBe('FULL');
  await makeRoom();
  await takesGrowth(node.client);
  await node.client.close();
  node.child.kill('SIGTERM');
  expect(await node.ended).toBe(0);
});
