/** Who a node is: lost disks, foreign directories, second processes, newer versions. */
import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_REDIS, Sandbox, waitFor } from './support.js';
import { clientOf } from './writers.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

describe('a data directory', () => {
  it('that was wiped is refused by the other nodes: exit 7, and the cluster serves on', async () => {
    const cluster = await sandbox.up();
    const name = ['--name', cluster.name];
    const client = await clientOf(cluster);
    try {
      await client.set('k', 'v');
      await sandbox.rkv(['cluster', 'kill', '2', ...name]);
      await rm(`${cluster.dir}/node-2`, { recursive: true });
      await sandbox.rkv(['cluster', 'restart', '2', ...name]);
      await waitFor('node 2 to be refused', async () => {
        const { nodes } = await sandbox.cluster(cluster.name);
        const node = nodes.find((one) => one.id === 2);
        return node?.lastExit?.code === 7 && node.pid === null;
      });
      expect((await client.get('k'))?.value.toString()).toBe('v');
      const logs = await sandbox.rkv(['cluster', 'logs', '2', ...name]);
      expect(logs.stdout).toContain('another disk');
    } finally {
      await client.close();
    }
  });

  it('in use, or of another node: exit 7 with one sentence', async () => {
    const cluster = await sandbox.up();
    const dir = `${cluster.dir}/node-1`;
    const ports = ['--listen-grpc', '127.0.0.1:0', '--listen-peer', '127.0.0.1:0', ...NO_REDIS];
    const second = await sandbox.rkv(['serve', '--data-dir', dir, ...ports]);
    expect(second.code).toBe(7);
    expect(second.stderr.trim().split('\n').at(-1)).toMatch(/in use by process \d+/);
    await sandbox.rkv(['cluster', 'down', '--name', cluster.name]);
    const other = await sandbox.rkv(['serve', '--data-dir', dir, '--node-id', '9', ...ports]);
    expect(other.code).toBe(7);
    expect(other.stderr).toContain('belongs to');
  });
});

describe('SIGTERM on serve', () => {
  it('ends with 0, and what was acknowledged is there at the next start', async () => {
    const dir = sandbox.path('data');
    const serve = () =>
      sandbox.start([
        'serve',
        '--data-dir',
        dir,
        '--listen-grpc',
        '127.0.0.1:0',
        '--listen-peer',
        '127.0.0.1:0',
        ...NO_REDIS,
      ]);
    const run = async (use: (endpoint: string) => Promise<void>): Promise<number | null> => {
      const child = serve();
      const address = await new Promise<string>((resolve, reject) => {
        child.on('message', (message: { kind: string; addresses?: { grpc: string } }) => {
          if (message.kind === 'ready' && message.addresses) resolve(message.addresses.grpc);
          else reject(new Error(JSON.stringify(message)));
        });
        child.once('exit', (code) => reject(new Error(`serve exited ${code}`)));
      });
      await use(address);
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      return ended;
    };
    const first = await run(async (endpoint) => {
      expect((await sandbox.rkv(['set', 'k', 'v', '--endpoints', endpoint])).stdout).toBe('OK\n');
    });
    expect(first).toBe(0);
    const second = await run(async (endpoint) => {
      expect((await sandbox.rkv(['get', 'k', '--endpoints', endpoint])).stdout).toBe('v\n');
    });
    expect(second).toBe(0);
  });
});
