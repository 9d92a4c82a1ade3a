/** What bad input gets: one clear sentence, the exit code of the contract, nothing half-done. */
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/connect.js';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../src/kv/limits.js';
import { type LocalCluster, NO_REDIS, type Ran, Sandbox } from './support.js';
import { endpointsOf } from './writers.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.create();
});
afterAll(() => sandbox.dispose());

/** Exit code, silence on stdout, and one sentence that holds these words. */
function expectRefusal(ran: Ran, code: number, words: string | RegExp): void {
  expect([ran.code, ran.stdout], ran.stderr).toEqual([code, '']);
  expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(ran.stderr).toMatch(words);
}

const listening = (port = 0): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server): number => (server.address() as { port: number }).port;
const SOME_PORTS = ['--listen-grpc', '127.0.0.1:0', '--listen-peer', '127.0.0.1:0', ...NO_REDIS];

describe('without a cluster', () => {
  it('an unknown command or flag: exit 2 with the nearest name', async () => {
    expectRefusal(await sandbox.rkv(['gett', 'k']), 2, /'?get'?/);
    expectRefusal(await sandbox.rkv(['cluster', 'upp']), 2, /cluster up/);
    expectRefusal(await sandbox.rkv(['get', 'k', '--timeoutt', '1s']), 2, /--timeout\b/);
  });

  it('nobody there: exit 3; the error is an object when asked for', async () => {
    expectRefusal(await sandbox.rkv(['get', 'k', '--cluster', 'none']), 3, /no local cluster/);
    const nobody = ['get', 'k', '--endpoints', '127.0.0.1:1', '--timeout', '1s'];
    expectRefusal(await sandbox.rkv(nobody), 3, /no node could be reached at 127\.0\.0\.1:1/);
    const ran = await sandbox.rkv([...nobody, '-o', 'json']);
    expectRefusal(ran, 3, /^\{"error":/);
    const { error } = JSON.parse(ran.stderr) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: 'UNREACHABLE',
      kind: 'refused',
      retryable: true,
      exitCode: 3,
      shard: null,
      leader: null,
    });
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'hint']));
  });

  it('malformed files: exit 2 with the line, and no cluster', async () => {
    const file = sandbox.path('cluster.yaml');
    const up = (name: string) => sandbox.rkv(['cluster', 'up', '-d', '-f', file, '--name', name]);
    await writeFile(file, 'nodes: 3\nshards: [4\n');
    expectRefusal(await up('malformed'), 2, /cluster\.yaml:[23]/);
    await writeFile(file, 'nodes: 3\n\nshard: 4\n');
    expectRefusal(await up('malformed'), 2, /cluster\.yaml:3.*shards/);
    await writeFile(file, 'options:\n  segmentByte: 1\n');
    expectRefusal(await up('malformed'), 2, /cluster\.yaml:2.*segmentBytes/);
    expectRefusal(await sandbox.rkv(['cluster', 'status', '--name', 'malformed']), 3, /no local/);
    const server = sandbox.path('server.yaml');
    await writeFile(server, 'tickMs: 50\nheartbeatMs: soon\n');
    const data = ['--data-dir', sandbox.path('never')];
    expectRefusal(await sandbox.rkv(['serve', '--config', server, ...data]), 2, /server\.yaml:2/);
  });

  it('a port that is taken: exit 7 names it and the node', async () => {
    const taken = await listening();
    const at = `127.0.0.1:${portOf(taken)}`;
    try {
      const alone = ['serve', '--data-dir', sandbox.path('alone'), ...SOME_PORTS.slice(2)];
      const ran = await sandbox.rkv([...alone, '--listen-grpc', at]);
      expect([ran.code, ran.stdout]).toEqual([7, '']);
      expect(ran.stderr.trimEnd().split('\n').at(-1)).toContain(`${portOf(taken)}`);
      // Node 1 listens on base + 10.
      const base = ['--base-port', `${portOf(taken) - 10}`];
      const up = await sandbox.rkv(['cluster', 'up', '-d', '-n', '1', ...base, '--name', 'taken']);
      expectRefusal(up, 7, new RegExp(`(?=.*node 1)(?=.*${portOf(taken)})`));
    } finally {
      await new Promise((done) => taken.close(done));
    }
  });

  it('other than loopback is listened on only when that is meant', async () => {
    const dir = sandbox.path('open');
    const args = ['serve', '--data-dir', dir, ...SOME_PORTS.slice(2), '--listen-grpc', '0.0.0.0:0'];
    const ran = await sandbox.rkv(args);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain('insecure');
  });
});

describe('beside a running cluster', () => {
  let cluster: LocalCluster;
  const rkv = (args: readonly string[], input?: Uint8Array): Promise<Ran> =>
    sandbox.rkv([...args, '--cluster', cluster.name], input === undefined ? {} : { input });
  beforeAll(async () => {
    cluster = await sandbox.up();
  });

  it('a data directory of another node or cluster: exit 7', async () => {
    const dir = sandbox.path('born');
    const serve = ['serve', '--data-dir', dir, ...SOME_PORTS];
    const child = sandbox.start([...serve, '--node-id', '3', '--cluster-id', 'one']);
    await new Promise((ready) => child.once('message', ready));
    const ended = new Promise((end) => child.once('exit', end));
    child.kill('SIGTERM');
    await ended;
    const other = await sandbox.rkv([...serve, '--node-id', '4']);
    expect(other.code).toBe(7);
    expect(other.stderr).toContain('belongs to node 3, not to node 4');
    const foreign = await sandbox.rkv([...serve, '--cluster-id', 'two']);
    expect(foreign.code).toBe(7);
    expect(foreign.stderr).toContain('belongs to cluster one, not to two');
  });

  it('a key or value over the limit: exit 2, nothing written', async () => {
    const key = 'k'.repeat(MAX_KEY_BYTES);
    expect((await rkv(['set', key, 'v'])).stdout).toBe('OK\n');
    expect((await rkv(['get', key])).stdout).toBe('v\n');
    expectRefusal(await rkv(['set', `${key}k`, 'v']), 2, /32768|32 KiB/);
    const over = Buffer.alloc(MAX_VALUE_BYTES + 1, 1);
    expectRefusal(await rkv(['set', 'over', '-'], over), 2, /8388608|8 MiB/);
    expect((await rkv(['get', 'over'])).code).toBe(1);
  });

  it('a value of the very limit goes through a node that does not lead, and to all', async () => {
    const value = Buffer.alloc(MAX_VALUE_BYTES);
    for (let i = 0; i < value.length; i += 4) value.writeUInt32LE((i * 2654435761) % 2 ** 32, i);
    const watcher = await connect({ endpoints: endpointsOf(cluster), timeoutMs: 20_000 });
    try {
      const shard = watcher.shardOf('huge');
      const { shards } = await watcher.admin.status();
      const leader = shards.find(({ id }) => id === shard)?.leader;
      const other = cluster.nodes.find(({ id }) => id !== leader)?.addresses.grpc ?? '';
      const through = ['--endpoints', other, '--timeout', '20s'];
      const set = await sandbox.rkv(['set', 'huge', '-', ...through], { input: value });
      expect(set.stdout, set.stderr).toBe('OK\n');
      for (const { addresses } of cluster.nodes) {
        const one = await connect({ endpoints: [addresses.grpc ?? ''], timeoutMs: 20_000 });
        const got = await one
          .get('huge', { read: { kind: 'follower' } })
          .finally(() => one.close());
        expect(got?.value.equals(value)).toBe(true);
      }
    } finally {
      await watcher.close();
    }
  });

  it('an empty key: exit 2, unless it is meant', async () => {
    expectRefusal(await rkv(['set', '', 'v']), 2, /--allow-empty-key/);
    expect((await rkv(['set', '', 'empty', '--allow-empty-key'])).stdout).toBe('OK\n');
    expect((await rkv(['get', '', '--allow-empty-key'])).stdout).toBe('empty\n');
  });

  it('keys that programs stumble over are keys like any other', async () => {
    expect((await rkv(['get', 'constructor'])).code).toBe(1);
    for (const key of ['__proto__', 'a\r\nb']) {
      expect((await rkv(['set', key, `of ${key.length}`])).stdout).toBe('OK\n');
      expect((await rkv(['get', key])).stdout).toBe(`of ${key.length}\n`);
    }
    // Two keys that differ in bytes that are no UTF-8 only.
    const pairs = ['00ff80', '00ff81', '00'].flatMap((hex) => [hex, `${hex}ff00`]);
    expect((await rkv(['mset', ...pairs, '--hex'])).code).toBe(0);
    for (const hex of ['00ff80', '00ff81', '00']) {
      const got = await rkv(['get', hex, '--hex', '-o', 'json']);
      const { keyBase64, key, valueBase64 } = JSON.parse(got.stdout) as Record<string, string>;
      const bytes = Buffer.from(hex, 'hex');
      expect(Buffer.from(keyBase64 ?? key ?? '', keyBase64 ? 'base64' : 'utf8')).toEqual(bytes);
      expect(Buffer.from(valueBase64 ?? '', 'base64').toString('hex')).toBe(`${hex}ff00`);
    }
  });

  it('two nodes: factor 1 is said in one sentence', async () => {
    const name = sandbox.newName();
    const up = await sandbox.rkv(['cluster', 'up', '-n', '2', '-d', '--name', name]);
    expect(up.code).toBe(0);
    expect(up.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(up.stderr).toMatch(/factor 1|one replica/);
    await sandbox.cluster(name);
  });
});
