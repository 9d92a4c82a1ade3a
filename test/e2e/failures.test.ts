/** Nodes that die and come back: nothing acknowledged is lost, and nobody has to lend a hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kill, type LocalCluster, Sandbox, waitFor } from './support.js';
import { clientOf, lost, settled, startWriters } from './writers.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

const pidOf = (cluster: LocalCluster, id: number): number => {
  const pid = cluster.nodes.find((node) => node.id === id)?.pid;
  return pid ?? expect.fail(`node ${id} has no pid`);
};

describe('three nodes', () => {
  it('a leader is killed under load: writes go on, it rejoins, nothing is lost', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    try {
      const writers = startWriters(client, 8);
      await waitFor('some writes', () => writers.acknowledged.size > 200);
      const before = await client.admin.status();
      const leader = before.shards[0]?.leader ?? expect.fail('no leader');
      kill(pidOf(cluster, leader));
      const atKill = writers.acknowledged.size;
      await waitFor('writes after the kill', () => writers.acknowledged.size > atKill + 200);
      await waitFor('all replicas to catch up', async () => {
        const status = await client.admin.status();
        return status.nodes.every((node) => node.state === 'up');
      });
      await writers.stop();
      await waitFor('lag to end', async () => settled(await client.admin.status()));
      expect(await lost(client, writers.acknowledged)).toEqual([]);
      const after = await sandbox.cluster(cluster.name);
      expect(after.nodes.find((node) => node.id === leader)?.restarts).toBe(1);
    } finally {
      await client.close();
    }
  });

  it('all nodes are killed at once: every acknowledged write is there afterwards', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    try {
      const writers = startWriters(client, 16);
      await waitFor('some writes', () => writers.acknowledged.size > 500);
      for (const node of cluster.nodes) kill(node.pid ?? 0);
      const atKill = writers.acknowledged.size;
      await waitFor('writes after the restart', () => writers.acknowledged.size > atKill + 100);
      await writers.stop();
      expect(await lost(client, writers.acknowledged)).toEqual([]);
    } finally {
      await client.close();
    }
  });

  it('a killed node stays down until it is restarted, and comes back up to date', async () => {
    const cluster = await sandbox.up();
    const name = ['--name', cluster.name];
    const client = await clientOf(cluster);
    try {
      expect((await sandbox.rkv(['cluster', 'kill', '2', ...name])).code).toBe(0);
      for (let i = 0; i < 50; i++) await client.set(`k${i}`, `v${i}`);
      const down = await client.admin.status();
      expect(down.nodes.find((node) => node.id === 2)?.state).toBe('down');
      expect(down.cluster.health).toBe('degraded');
      expect((await sandbox.rkv(['cluster', 'restart', '2', ...name])).code).toBe(0);
      await waitFor('node 2 to catch up', async () => settled(await client.admin.status()));
      const value = await client.admin.localRead(0, Buffer.from('k7'), { node: 2 });
      expect(value?.toString()).toBe('v7');
    } finally {
      await client.close();
    }
  });

  it('a node that was away while the log was compacted gets a snapshot', async () => {
    const cluster = await sandbox.up([]);
    const name = ['--name', cluster.name];
    const client = await clientOf(cluster);
    try {
      await sandbox.rkv(['cluster', 'kill', '3', ...name]);
      // More than what a group keeps in its log for slow followers: 16 MiB a group.
      const value = Buffer.alloc(256 * 1024, 7);
      let next = 0;
      const write = async (): Promise<void> => {
        while (next < 400) await client.set(`big:${next++}`, value, { timeoutMs: 20_000 });
      };
      await Promise.all(Array.from({ length: 8 }, write));
      await sandbox.rkv(['cluster', 'restart', '3', ...name]);
      await waitFor('node 3 to catch up', async () => settled(await client.admin.status()), 60_000);
      const read = await client.admin.localRead(0, Buffer.from('big:5'), { node: 3 });
      expect(read?.length).toBe(value.length);
      const logs = await sandbox.rkv(['cluster', 'logs', '3', ...name]);
      expect(logs.stdout).toContain('snapshot installed');
    } finally {
      await client.close();
    }
  });
});

describe('five nodes', () => {
  it('two are killed and the others serve on', async () => {
    const cluster = await sandbox.up(['-n', '5', '--ports', 'auto']);
    const name = ['--name', cluster.name];
    const client = await clientOf(cluster);
    try {
      for (let i = 0; i < 40; i++) await client.set(`k${i}`, `v${i}`);
      await sandbox.rkv(['cluster', 'kill', '1', ...name]);
      await client.set('between', 'kills');
      await sandbox.rkv(['cluster', 'kill', '4', ...name]);
      // Shards with replicas on both of them have lost their majority: the meta group has not.
      const answers = await Promise.allSettled(
        Array.from({ length: 40 }, (_, i) => client.get(`k${i}`, { timeoutMs: 4_000 })),
      );
      const read = answers.filter((answer) => answer.status === 'fulfilled');
      expect(read.length).toBeGreaterThan(0);
      const status = await client.admin.status();
      expect(status.meta.state).toBe('serving');
      await sandbox.rkv(['cluster', 'restart', '1', ...name]);
      await waitFor('every key', async () => {
        const values = await client.mget(Array.from({ length: 40 }, (_, i) => `k${i}`));
        return values.every((item, i) => item?.value.toString() === `v${i}`);
      });
    } finally {
      await client.close();
    }
  });
});
