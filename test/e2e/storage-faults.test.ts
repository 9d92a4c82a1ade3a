/**
 * Files of a stopped node that are no longer what was written: it refuses, or heals from the
 * others; it never gives a wrong value, and the cluster serves on meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import {
  damage,
  editRow,
  endOf,
  exchange,
  flipBit,
  innerFrame,
  lastFrame,
  storeFilesWith,
  Victim,
} from './damage.js';
import { type LocalCluster, Sandbox, waitFor } from './support.js';
import { clientOf, lost, settled } from './writers.js';

/** So small that the log's lower end moves within a test. */
const OPTIONS = `options:
  segmentBytes: 1MiB
  frameBytes: 256KiB
  logBytesPerGroup: 1MiB
  saturateBytes: 1MiB
  flushBytes: 256KiB
`;

let sandbox: Sandbox;
let cluster: LocalCluster;
let client: Client;
/** Every write that was acknowledged, with its value. */
const acknowledged = new Map<string, string>();

async function write(count: number, bytes = 100): Promise<void> {
  const from = acknowledged.size;
  const one = async (i: number): Promise<void> => {
    const value = randomBytes(bytes).toString('base64url');
    await client.set(`k:${i}`, value, { timeoutMs: 15_000 });
    acknowledged.set(`k:${i}`, value);
  };
  for (let i = from; i < from + count; i += 8) {
    await Promise.all(Array.from({ length: 8 }, (_, j) => one(i + j)));
  }
}

const allSettled = () =>
  waitFor('all replicas to be whole', async () => settled(await client.admin.status()), 60_000);

/** What the node itself has: the value, or a refusal, which is no answer. */
async function own(node: number, key: string): Promise<string | null> {
  const bytes = await client.admin.localRead(0, Buffer.from(key), { node });
  return bytes === null ? null : Buffer.from(bytes).toString();
}

const victim = (id: number) => new Victim(sandbox, cluster, id);

beforeAll(async () => {
  sandbox = await Sandbox.create();
  await mkdir(sandbox.path('empty'));
  const file = sandbox.path('cluster.yaml');
  await writeFile(file, OPTIONS);
  cluster = await sandbox.up(['-f', file]);
  client = await clientOf(cluster);
  await write(240);
});
afterAll(async () => {
  await client?.close();
  await sandbox.dispose();
});

describe("a stopped node's log", () => {
  it('a flipped bit before good frames: exit 8 names file and offset, the others serve', async () => {
    const node = victim(2);
    await node.kill();
    const { path, frame } = await innerFrame(node.dir);
    const undo = await damage(path, flipBit(endOf(frame) - 1));
    const said = await node.refuses(8);
    expect(said).toContain(`${path} at byte ${frame.offset}`);
    await write(8);
    expect(await lost(client, acknowledged)).toEqual([]);

    const verify = await sandbox.rkv(['wal', 'verify', node.dir]);
    expect([verify.code, verify.stdout]).toEqual([8, '']);
    expect(verify.stderr).toContain(`${path} at byte ${frame.offset}`);
    const dump = await sandbox.rkv(['wal', 'dump', node.dir]);
    expect(dump.code).toBe(8);
    await undo();
    expect((await sandbox.rkv(['wal', 'verify', node.dir])).code).toBe(0);
    await node.start();
    await allSettled();
  });

  it('a torn tail is cut, told, and costs nothing that was acknowledged', async () => {
    const [cut, garbled] = [victim(3), victim(1)];
    await cut.kill();
    const end = await lastFrame(cut.dir);
    await damage(end.file.path, (bytes) => bytes.fill(0, endOf(end.frame) - 1));
    await cut.start();
    await allSettled();
    await garbled.kill();
    const tail = await lastFrame(garbled.dir);
    await damage(tail.file.path, (bytes) => {
      randomBytes(300).copy(bytes, endOf(tail.frame));
      return bytes;
    });
    await garbled.start();
    await allSettled();
    const { nodes } = await client.admin.status();
    expect(nodes.find(({ id }) => id === 3)?.tornTail?.offset).toBe(end.frame.offset);
    expect(nodes.find(({ id }) => id === 1)?.tornTail?.offset).toBe(endOf(tail.frame));
    const shown = await sandbox.rkv(['status', '--cluster', cluster.name, '-o', 'table']);
    expect(shown.stdout).toContain('torn');
    expect(await lost(client, acknowledged)).toEqual([]);
    expect(await own(1, 'k:7')).toBe(acknowledged.get('k:7'));
  });
});

describe("a stopped node's store", () => {
  it('a rotten value is never given: the replica is rebuilt, or the node refuses', async () => {
    const node = victim(2);
    // A start turns LevelDB's log into a table, where no checksum of its own is looked at.
    await node.kill();
    await node.start();
    await allSettled();
    await node.kill();
    const key = 'k:11';
    const value = acknowledged.get(key) ?? expect.fail();
    const files = await storeFilesWith(node.dir, Buffer.from(value));
    expect(files.length).toBeGreaterThan(0);
    for (const { path, at } of files) await damage(path, flipBit(at + 10));
    await node.start();
    const answers = new Set<string | null>();
    await waitFor('the replica to be whole again', async () => {
      const answer = await own(2, key);
      answers.add(answer);
      return answer === value && settled(await client.admin.status());
    });
    expect([...answers]).toEqual([value]);
    expect((await client.get(key))?.value.toString()).toBe(value);
    expect(await node.logs()).toMatch(/fenced|fails its check/);
  });

  it('54: a row edited with a right checksum is noticed within 60 s, and the replica rebuilt', async () => {
    const node = victim(2);
    const key = 'k:17';
    const value = acknowledged.get(key) ?? expect.fail();
    await waitFor('the flush', async () => {
      return (await storeFilesWith(node.dir, Buffer.from(value))).length > 0;
    });
    await node.kill();
    await editRow(node.dir, key, Buffer.from(value));
    const before = (await node.logs()).length;
    await node.start();
    await waitFor(
      'the alarm',
      async () => (await node.logs()).slice(before).includes('replica fenced'),
      60_000,
    );
    await waitFor('the replica to be whole again', async () => {
      return (await own(2, key)) === value && settled(await client.admin.status());
    });
    expect(await lost(client, acknowledged)).toEqual([]);
  });

  it('a rotten record of its log loses batches: exit 8, nothing of the rest is used', async () => {
    const node = victim(2);
    // A value may lie across two blocks of LevelDB's log, but not all of eight.
    const inLog = () =>
      waitFor('the flush', async () => {
        for (const value of [...acknowledged.values()].slice(-8)) {
          const files = await storeFilesWith(node.dir, Buffer.from(value));
          const found = files.find(({ path }) => path.endsWith('.log'));
          if (found !== undefined) return found;
        }
        return undefined;
      });
    await write(8);
    const early = await inLog();
    // Beyond the block of LevelDB's log that a rotten record takes with it.
    // In several batches, however slow the machine is: were all the rest one batch, it would begin
    // in that very block and be lost whole, which the log makes good without a gap.
    for (let batch = 0; batch < 4; batch++) {
      await write(60, 400);
      expect((await inLog()).path).toBe(early.path);
    }
    await node.kill();
    const copy = sandbox.path('whole-db');
    await cp(join(node.dir, 'db'), copy, { recursive: true });
    const undo = await exchange(join(node.dir, 'db'), copy);
    await damage(early.path, flipBit(early.at + 3));
    expect(await node.refuses(8)).toMatch(/batch.* this state is not used/);
    expect(await lost(client, acknowledged)).toEqual([]);
    await undo();
    await node.start();
    await allSettled();
  });

  it('that does not open, or is gone: exit 8 with one sentence', async () => {
    const node = victim(3);
    const db = join(node.dir, 'db');
    await node.kill();
    const undoCurrent = await damage(join(db, 'CURRENT'), () => Buffer.from('MANIFEST-999999\n'));
    expect(await node.refuses(8)).toMatch(/cannot open the store in [^"]*db: /);
    await undoCurrent();
    const [manifest] = (await readdir(db)).filter((name) => name.startsWith('MANIFEST'));
    const undoManifest = await damage(join(db, manifest ?? ''), (bytes) => bytes.fill(0xff));
    expect(await node.refuses(8)).toContain('the store');
    await undoManifest();
    const undoGone = await exchange(db, sandbox.path('empty'));
    expect(await node.refuses(8)).toContain('the store');
    await undoGone();
    await node.start();
    await allSettled();
  });

  it('an older copy below the end of the log is not used: rebuilt from the others', async () => {
    const node = victim(2);
    const old = sandbox.path('old-db');
    await node.kill();
    await cp(join(node.dir, 'db'), old, { recursive: true });
    await node.start();
    const rounds = 12;
    for (let i = 0; i < rounds; i++) await write(64, 12_000);
    await allSettled();
    await node.kill();
    await exchange(join(node.dir, 'db'), old);
    await node.start();
    await allSettled();
    expect(await node.logs()).toContain('snapshot installed');
    for (const [key, value] of [...acknowledged].slice(-20)) {
      expect(await own(2, key)).toBe(value);
    }
    expect(await lost(client, acknowledged)).toEqual([]);
  });

  it('newer than the log: the log has lost synced data, exit 8', async () => {
    const node = victim(1);
    const old = sandbox.path('old-wal');
    await node.kill();
    await cp(join(node.dir, 'wal'), old, { recursive: true });
    await node.start();
    await write(40);
    await allSettled();
    await waitFor('the flush', async () => {
      const value = [...acknowledged.values()].at(-1) ?? '';
      return (await storeFilesWith(node.dir, Buffer.from(value))).length > 0;
    });
    await node.kill();
    const undo = await exchange(join(node.dir, 'wal'), old);
    expect(await node.refuses(8)).toContain('the log has lost synced data');
    await undo();
    await node.start();
    await allSettled();
  });
});

describe('a data directory', () => {
  it('with a damaged node.json: exit 8', async () => {
    const node = victim(3);
    const file = join(node.dir, 'node.json');
    await node.kill();
    const undo = await damage(file, (bytes) => bytes.subarray(0, bytes.length / 2));
    expect(await node.refuses(8)).toContain(file);
    await undo();
    await rename(file, `${file}.aside`);
    expect(await node.refuses(8)).toContain('has lost node.json');
    await rename(`${file}.aside`, file);
    await node.start();
    await allSettled();
  });

  it('put back from an old copy: refused by the others, exit 7', async () => {
    const node = victim(3);
    const old = sandbox.path('old-copy');
    await node.kill();
    await cp(node.dir, old, { recursive: true });
    await node.start();
    await allSettled();
    await node.kill();
    const undo = await exchange(node.dir, old);
    expect(await node.refuses(7)).toMatch(/old copy|old-boot/);
    expect(await lost(client, acknowledged)).toEqual([]);
    await undo();
    await node.start();
    await allSettled();
  });

  it('is private: 0700 and 0600, every file of it', async () => {
    for (const { id } of cluster.nodes) {
      const { dir } = victim(id);
      const names = await readdir(dir, { recursive: true });
      for (const name of ['', ...names]) {
        const { mode } = await stat(join(dir, name));
        expect(mode & 0o077, name).toBe(0);
      }
    }
  });
});

it('the log of a node that was stopped is whole, and dumped record by record', async () => {
  await client.close();
  await sandbox.rkv(['cluster', 'down', '--name', cluster.name]);
  for (const { id } of cluster.nodes) {
    const { dir } = victim(id);
    const verify = await sandbox.rkv(['wal', 'verify', dir]);
    expect([verify.code, verify.stderr]).toEqual([0, '']);
  }
  const dump = await sandbox.rkv(['wal', 'dump', victim(1).dir]);
  expect(dump.code).toBe(0);
  const kinds = new Set(dump.stdout.split('\n').map((line) => line.split(' ')[2]));
  for (const kind of ['append', 'hard-state', 'seal']) expect(kinds).toContain(kind);
});
