/** Local clusters as their users meet them: again, side by side, orphaned. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, kill, NO_REDIS, PROJECT, Sandbox, waitFor } from './support.js';

/** Neither gone nor dead and waiting for its new parent to look. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

describe('cluster up', () => {
  it('a second time prints the status, another shape is refused; data survive a down', async () => {
    const cluster = await sandbox.up();
    const name = ['--name', cluster.name];
    const at = ['--cluster', cluster.name];
    const again = await sandbox.rkv(['cluster', 'up', '-n', '3', '-d', ...name]);
    expect(again.code).toBe(0);
    const other = await sandbox.rkv(['cluster', 'up', '-n', '5', '-d', ...name]);
    expect(other.code).toBe(7);
    await sandbox.rkv(['set', 'kept', 'yes', ...at]);
    expect((await sandbox.rkv(['cluster', 'down', ...name])).code).toBe(0);
    expect((await sandbox.rkv(['get', 'kept', ...at])).code).toBe(3);
    await sandbox.up([], cluster.name);
    expect((await sandbox.rkv(['get', 'kept', ...at])).stdout).toBe('yes\n');
  });

  it('writes a ready file and an env file, also when the cluster runs already', async () => {
    const name = sandbox.newName();
    const files = ['--ready-file', sandbox.path('r'), '--env-file', sandbox.path('e')];
    for (const _time of ['the first', 'the second']) {
      // The launcher itself: behind a plain `node`, Node 20 takes --env-file for its own.
      const up = await promisify(execFile)(
        join(PROJECT, 'bin', 'run.js'),
        ['cluster', 'up', '-n', '1', '-d', '--name', name, ...files],
        { env: { ...process.env, RKV_HOME: sandbox.home, TMPDIR: sandbox.temp } },
      );
      expect(up.stdout).toContain(name);
      const env = await readFile(sandbox.path('e'), 'utf8');
      expect(env).toMatch(/^RKV_CLUSTER=.+\nRKV_ENDPOINTS=127\.0\.0\.1:\d+\n$/);
      expect(JSON.parse(await readFile(sandbox.path('r'), 'utf8')).name).toBe(name);
      await rm(sandbox.path('e'));
      await rm(sandbox.path('r'));
    }
    await sandbox.cluster(name);
  });

  it('two clusters live side by side and know nothing of each other', async () => {
    const [one, two] = [await sandbox.up(['-n', '1']), await sandbox.up(['-n', '1'])];
    await sandbox.rkv(['set', 'k', 'one', '--cluster', one.name]);
    await sandbox.rkv(['set', 'k', 'two', '--cluster', two.name]);
    expect((await sandbox.rkv(['get', 'k', '--cluster', one.name])).stdout).toBe('one\n');
    expect((await sandbox.rkv(['get', 'k', '--cluster', two.name])).stdout).toBe('two\n');
  });

  it('kill -9 of the supervisor takes the nodes with it', async () => {
    const cluster = await sandbox.up();
    const pids = cluster.nodes.map((node) => node.pid ?? expect.fail('no pid'));
    kill(cluster.supervisor?.pid ?? expect.fail('no supervisor'));
    await waitFor('all nodes to end', () => !pids.some(isAlive));
    expect((await sandbox.rkv(['cluster', 'prune'])).code).toBe(0);
  });

  it('a node that was paused when its supervisor was killed is ended by down, and by up', async () => {
    const cluster = await sandbox.up(['-n', '1']);
    const name = ['--name', cluster.name];
    const at = ['--cluster', cluster.name];
    await sandbox.rkv(['set', 'kept', 'yes', ...at]);
    const pauseAndOrphan = async (): Promise<number> => {
      const { nodes, supervisor } = await sandbox.cluster(cluster.name);
      const pid = nodes[0]?.pid ?? expect.fail('no pid');
      await sandbox.rkv(['cluster', 'kill', '1', '--signal', 'STOP', ...name]);
      kill(supervisor?.pid ?? expect.fail('no supervisor'));
      await waitFor('the supervisor to end', async () => {
        return (await sandbox.cluster(cluster.name)).supervisor === null;
      });
      expect(isAlive(pid)).toBe(true);
      return pid;
    };
    const first = await pauseAndOrphan();
    expect((await sandbox.rkv(['cluster', 'down', ...name])).code).toBe(0);
    expect(isRunning(first)).toBe(false);
    expect(await readdir(sandbox.temp)).toEqual([]);
    await sandbox.up([], cluster.name);
    const second = await pauseAndOrphan();
    await sandbox.up([], cluster.name);
    expect(isRunning(second)).toBe(false);
    expect((await sandbox.rkv(['get', 'kept', ...at])).stdout).toBe('yes\n');
  });

  it('two nodes get one replica each shard, and are told so', async () => {
    const name = sandbox.newName();
    const up = await sandbox.rkv(['cluster', 'up', '-n', '2', '-d', '--name', name]);
    expect(up.code).toBe(0);
    expect(up.stderr + up.stdout).toMatch(/replica|factor/);
    await sandbox.cluster(name);
  });
});

describe('three nodes started by hand', () => {
  it('find each other by --bootstrap and serve any key from any node', async () => {
    const { createServer } = await import('node:net');
    const free = (): Promise<number> =>
      new Promise((resolve) => {
        const server = createServer().listen(0, '127.0.0.1', () => {
          const { port } = server.address() as { port: number };
          server.close(() => resolve(port));
        });
      });
    const peers = [await free(), await free(), await free()];
    const bootstrap = peers.map((port, i) => `${i + 1}=127.0.0.1:${port}`).join(',');
    const nodes = peers.map((port, i) => {
      const args = ['--node-id', `${i + 1}`, '--data-dir', sandbox.path(`n${i + 1}`)];
      const listen = [
        '--listen-grpc',
        '127.0.0.1:0',
        '--listen-peer',
        `127.0.0.1:${port}`,
        ...NO_REDIS,
      ];
      return sandbox.start(['serve', ...args, ...listen, '--bootstrap', bootstrap]);
    });
    const addresses = await Promise.all(
      nodes.map(
        (node) =>
          new Promise<string>((resolve, reject) => {
            node.on('message', (message: { addresses?: { grpc: string } }) => {
              if (message.addresses) resolve(message.addresses.grpc);
            });
            node.once('exit', (code) => reject(new Error(`serve exited ${code}`)));
          }),
      ),
    );
    for (const [i, endpoint] of addresses.entries()) {
      const set = await sandbox.rkv([
        'set',
        `k${i}`,
        `v${i}`,
        '--endpoints',
        endpoint,
        '--timeout',
        '15s',
      ]);
      expect(set.stdout, set.stderr).toBe('OK\n');
    }
    for (const endpoint of addresses) {
      const got = await sandbox.rkv(['mget', 'k0', 'k1', 'k2', '--endpoints', endpoint]);
      expect(got.stdout.trim().split('\n')).toHaveLength(3);
    }
  });
});
