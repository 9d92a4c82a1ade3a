/** What a data directory says about itself, and to whom it opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { markOf } from '../../src/base/lockfile.js';
import { defaultOptions, hardOptions } from '../../src/config/options.js';
import { type OpenDataDir, openDataDir, readIdentity } from '../../src/node/identity.js';

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rkv-identity-'));
  dir = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true }));

const request = (changes: Partial<OpenDataDir> = {}): OpenDataDir => ({
  dir,
  nodeId: nodeId(1),
  clusterId: 'c1',
  fingerprint: hardOptions(defaultOptions()),
  ...changes,
});

/** Opens and closes: leaves a directory that has an identity. */
async function born(changes: Partial<OpenDataDir> = {}): Promise<void> {
  await (await openDataDir(request(changes))).release();
}

const file = (name: string): string => join(dir, name);

describe('a data directory', () => {
  it('is born once, private, and counts its starts', async () => {
    const first = await openDataDir(request());
    expect(first.fresh).toBe(true);
    expect(first.identity).toMatchObject({
      clusterId: 'c1',
      nodeId: 1,
      bootCount: 1,
      bootstrapped: false,
    });
    expect((await readdir(dir)).sort()).toEqual(['LOCK', 'db', 'incoming', 'node.json', 'wal']);
    await first.release();

    const second = await openDataDir(request({ clusterId: null }));
    expect(second.fresh).toBe(false);
    expect(second.identity).toEqual({ ...first.identity, bootCount: 2 });
    expect(second.bootId).not.toBe(first.bootId);
    await second.release();
    for (const name of ['.', 'wal', 'db', 'incoming']) {
      expect((await stat(file(name))).mode & 0o777, name).toBe(0o700);
    }
    expect((await stat(file('node.json'))).mode & 0o777).toBe(0o600);
  });

  it('is made private when it was not', async () => {
    await mkdir(dir, { mode: 0o755 });
    await born();
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  it('takes the id offered for a fresh cluster, else a random one', async () => {
    await born({ clusterId: null, freshClusterId: 'offered' });
    expect((await readIdentity(dir))?.clusterId).toBe('offered');
    await rm(dir, { recursive: true });
    await born({ clusterId: null });
    expect((await readIdentity(dir))?.clusterId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('remembers that it was bootstrapped, and the boots of its peers', async () => {
    const open = await openDataDir(request());
    await Promise.all([
      open.recordPeerBoot(nodeId(2), { count: 7, bootId: 'a' }),
      open.markBootstrapped(),
      open.recordPeerBoot(nodeId(3), { count: 1, bootId: 'c' }),
      open.recordPeerBoot(nodeId(2), { count: 8, bootId: 'b' }),
    ]);
    await open.release();
    const again = await openDataDir(request());
    expect(again.identity).toMatchObject({ bootstrapped: true, bootCount: 2 });
    expect(again.peerBoot(nodeId(2))).toEqual({ count: 8, bootId: 'b' });
    expect(again.peerBoot(nodeId(3))).toEqual({ count: 1, bootId: 'c' });
    expect(again.peerBoot(nodeId(4))).toBeNull();
    await again.release();
  });
});

describe('refusals', () => {
  it('in use, naming the process', async () => {
    const open = await openDataDir(request());
    await expect(openDataDir(request())).rejects.toMatchObject({
      code: 'IN_USE',
      exitCode: 7,
      message: `the data directory ${dir} is in use by process ${process.pid}`,
    });
    await open.release();
  });

  it.each<[string, Partial<OpenDataDir>, string]>([
    ['another cluster', { clusterId: 'c2' }, 'cluster c1, not to c2'],
    ['another node', { nodeId: nodeId(2) }, 'node 1, not to node 2'],
    [
      'another hard option',
      { fingerprint: hardOptions(defaultOptions({ shards: 8 })) },
      'a cluster born with shards 4, not 8',
    ],
  ])('%s, leaving lock and boot count alone', async (_, changes, words) => {
    await born();
    const before = await readFile(file('node.json'), 'utf8');
    const error = openDataDir(request(changes));
    await expect(error).rejects.toMatchObject({ code: 'WRONG_IDENTITY', exitCode: 7 });
    await expect(error).rejects.toThrow(words);
    expect(await readFile(file('node.json'), 'utf8')).toBe(before);
    await born();
  });

  it('a format of another version', async () => {
    await born();
    const { decodeIdentity, encodeIdentity } = await import('../../src/node/identity-file.js');
    const identity = decodeIdentity(await readFile(file('node.json'), 'utf8'), 'node.json');
    await writeFile(file('node.json'), encodeIdentity({ ...identity, format: 2 }));
    await expect(openDataDir(request())).rejects.toMatchObject({ code: 'WRONG_IDENTITY' });
  });

  it('every flipped bit of node.json', async () => {
    await born();
    const good = await readFile(file('node.json'));
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(file('node.json'), bad);
      const identity = await readIdentity(dir).catch((error: { code?: string }) => error.code);
      // white space between the fields carries no meaning
      if (identity !== 'CORRUPT') expect(/\s/.test(String.fromCharCode(good[at] ?? 0))).toBe(true);
    }
  });

  it('data without an identity: it was lost, the directory is not new', async () => {
    await born();
    await writeFile(file('wal/0001'), 'x');
    await writeFile(file('ballast'), 'x');
    await rm(file('node.json'));
    await expect(openDataDir(request())).rejects.toMatchObject({ code: 'CORRUPT', exitCode: 8 });
  });

  it("somebody's folder, or a file", async () => {
    await mkdir(dir);
    await writeFile(file('thesis.txt'), 'x');
    await expect(openDataDir(request())).rejects.toMatchObject({ code: 'CONFLICT', exitCode: 7 });
    expect(await readdir(dir)).toEqual(['thesis.txt']);
    await expect(openDataDir(request({ dir: file('thesis.txt') }))).rejects.toMatchObject({
      code: 'CONFLICT',
    });
  });
});

describe('the memory engine', () => {
  it('is another disk at each start and writes nothing', async () => {
    const first = await openDataDir(request({ ephemeral: true }));
    await first.markBootstrapped();
    await first.recordPeerBoot(nodeId(2), { count: 1, bootId: 'a' });
    expect(await readdir(dir)).toEqual(['LOCK']);
    await first.release();
    const second = await openDataDir(request({ ephemeral: true }));
    expect(second.fresh).toBe(true);
    expect(second.identity.diskId).not.toBe(first.identity.diskId);
    await second.release();
  });

  it('is refused where data of the other engine lie', async () => {
    await born();
    await expect(openDataDir(request({ ephemeral: true }))).rejects.toMatchObject({
      code: 'WRONG_IDENTITY',
    });
  });
});

describe('crashes', () => {
  it('opens again after its process was killed', async () => {
    await born();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(file('LOCK'), JSON.stringify(markOf(child.pid as number)));
    await expect(openDataDir(request())).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await born();
  });

  it.each([
    ['before the first folder', async () => {}],
    ['between the folders', () => mkdir(file('wal'))],
    ['before node.json was renamed', () => writeFile(file('node.json.tmp'), '{"format"')],
    ['while taking the lock', () => writeFile(file('LOCK.host.1.0'), '{}')],
  ])('of the first start, %s', async (_, prepare) => {
    await mkdir(dir);
    await prepare();
    const open = await openDataDir(request());
    expect(open.fresh).toBe(true);
    await open.release();
  });

  it('of a later start, before the boot count was renamed', async () => {
    await born();
    await writeFile(file('node.json.tmp'), '{"format"');
    const open = await openDataDir(request());
    expect(open.identity.bootCount).toBe(2);
    await open.release();
  });
});
