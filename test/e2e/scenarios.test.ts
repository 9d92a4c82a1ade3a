/**
 * Scenarios of docs/testing.md that take real processes: nodes that pause, start, end and restart
 * under callers, too many callers. The number of each stands in its title.
 */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import type { ClusterStatus } from '../../src/kv/status.js';
import { kill, type LocalCluster, NO_REDIS, Sandbox, waitFor } from './support.js';
import { clientOf, endpointsOf, lost, startWriters } from './writers.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

const pidOf = (cluster: LocalCluster, id: number): number =>
  cluster.nodes.find((node) => node.id === id)?.pid ?? expect.fail(`node ${id} has no pid`);

const leaderOf = ({ shards }: ClusterStatus): number =>
  shards[0]?.leader ?? expect.fail('shard 1 has no leader');

interface Counted {
  ok: number;
  unknown: number;
}

/** Increments until told to stop; what is refused was surely not applied. */
async function count(client: Client, key: string, stopped: () => boolean): Promise<Counted> {
  const counted: Counted = { ok: 0, unknown: 0 };
  while (!stopped()) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await client.incr(key, 1, { timeoutMs: 4_000 });
      counted.ok++;
    } catch (error) {
      if ((error as { kind?: string }).kind === 'unknown') counted.unknown++;
    }
  }
  return counted;
}

/** At least every acknowledged step, at most every attempted one. */
async function mustHaveCounted(client: Client, key: string, all: readonly Counted[]) {
  const ok = all.reduce((sum, counted) => sum + counted.ok, 0);
  const unknown = all.reduce((sum, counted) => sum + counted.unknown, 0);
  const value = Number((await client.get(key))?.value.toString());
  expect(value).toBeGreaterThanOrEqual(ok);
  expect(value).toBeLessThanOrEqual(ok + unknown);
  return { ok, unknown };
}

describe('three nodes', () => {
  it('18: a process that has just started never answers less than was acknowledged', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    for (let i = 1; i <= 40; i++) await client.set('last', `${i}`);
    await client.close();
    for (const { pid } of cluster.nodes) kill(pid ?? 0);
    const answers = await Promise.all(
      endpointsOf(cluster).map((endpoint) =>
        waitFor(`a first answer of ${endpoint}`, async () => {
          const fresh = await connect({ endpoints: [endpoint], timeoutMs: 1_000 });
          try {
            const found = await fresh.get('last');
            return found === null ? 'nothing' : found.value.toString();
          } finally {
            await fresh.close();
          }
        }),
      ),
    );
    expect(answers).toEqual(['40', '40', '40']);
  });

  it('25: a leader paused with requests in its socket does no harm when it goes on', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    const before = await client.admin.status();
    const paused = leaderOf(before);
    const addresses = before.nodes.filter(({ id }) => id !== paused).map((it) => it.addresses.grpc);
    const others = await connect({ endpoints: addresses as string[] });
    let stopped = false;
    try {
      const early = Array.from({ length: 8 }, () => count(client, 'n', () => stopped));
      await waitFor('a first step', async () => Number((await client.get('n'))?.value) > 20);
      kill(pidOf(cluster, paused), 'SIGSTOP');
      await waitFor('others to lead', async () => {
        const { shards } = await others.admin.status({ timeoutMs: 2_000 });
        return shards.every(({ leader }) => leader !== null && leader !== paused);
      });
      const late = Array.from({ length: 8 }, () => count(others, 'n', () => stopped));
      const seen = Number((await others.get('n'))?.value.toString());
      kill(pidOf(cluster, paused), 'SIGCONT');
      const own = before.nodes.find(({ id }) => id === paused)?.addresses.grpc ?? '';
      const there = await connect({ endpoints: [own], timeoutMs: 10_000 });
      expect(Number((await there.get('n'))?.value.toString())).toBeGreaterThanOrEqual(seen);
      await there.close();
      stopped = true;
      const all = await Promise.all([...early, ...late]);
      expect((await mustHaveCounted(others, 'n', all)).ok).toBeGreaterThan(40);
    } finally {
      stopped = true;
      await others.close();
      await client.close();
    }
  });

  it('82: increments sent to any node while leaders die are counted once', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    const clients = await Promise.all(
      endpointsOf(cluster).map((endpoint) => connect({ endpoints: [endpoint] })),
    );
    let stopped = false;
    try {
      const running = clients.flatMap((it) =>
        Array.from({ length: 4 }, () => count(it, 'n', () => stopped)),
      );
      for (let round = 0; round < 3; round++) {
        const at = Number((await client.get('n'))?.value.toString() ?? 0);
        await waitFor('steps', async () => Number((await client.get('n'))?.value) > at + 50);
        const status = await client.admin.status();
        kill(pidOf(await sandbox.cluster(cluster.name), leaderOf(status)));
        await waitFor('all to be up', async () => {
          const { nodes, shards } = await client.admin.status();
          const up = nodes.every(({ state }) => state === 'up');
          return up && shards.every(({ leader }) => leader !== null);
        });
      }
      stopped = true;
      const { ok } = await mustHaveCounted(client, 'n', await Promise.all(running));
      expect(ok).toBeGreaterThan(150);
    } finally {
      stopped = true;
      for (const it of [...clients, client]) await it.close();
    }
  });

  it('103: a rolling restart under load loses nothing and refuses nobody', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    try {
      const writers = startWriters(client, 8);
      await waitFor('some writes', () => writers.acknowledged.size > 100);
      const ran = await sandbox.rkv(['cluster', 'restart', '--name', cluster.name]);
      expect(ran.code, ran.stderr).toBe(0);
      await writers.stop();
      expect(Object.fromEntries(writers.errors)).toEqual({});
      expect(await lost(client, writers.acknowledged)).toEqual([]);
    } finally {
      await client.close();
    }
  });

  it('104: SIGTERM under load ends a leader with 0 within 10 s, and its shards move first', async () => {
    const cluster = await sandbox.up();
    const client = await clientOf(cluster);
    try {
      const writers = startWriters(client, 8);
      await waitFor('some writes', () => writers.acknowledged.size > 100);
      const leader = leaderOf(await client.admin.status());
      const began = performance.now();
      kill(pidOf(cluster, leader), 'SIGTERM');
      const ended = await waitFor('its end', async () => {
        const { nodes } = await sandbox.cluster(cluster.name);
        return nodes.find(({ id }) => id === leader)?.lastExit ?? false;
      });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(ended.code).toBe(0);
      await writers.stop();
      expect(Object.fromEntries(writers.errors)).toEqual({});
      expect(await lost(client, writers.acknowledged)).toEqual([]);
    } finally {
      await client.close();
    }
  });
});

describe('one node', () => {
  async function serve() {
    const ports = ['--listen-grpc', '127.0.0.1:0', '--listen-peer', '127.0.0.1:0', ...NO_REDIS];
    const child = sandbox.start(['serve', '--data-dir', sandbox.path('data'), ...ports]);
    for (const stream of [child.stdout, child.stderr]) stream?.resume();
    const [message] = (await once(child, 'message')) as [{ addresses: { grpc: string } }];
    return message.addresses.grpc;
  }

  /** Writes of so many callers for a while, a second. */
  async function rateOf(client: Client, callers: number, ms: number): Promise<number> {
    const writers = startWriters(client, callers);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await writers.stop();
    return (writers.acknowledged.size * 1_000) / ms;
  }

  it('102: ten times too much is shed, and soon all is as before', async () => {
    const grpc = await serve();
    const calm = await connect({ endpoints: [grpc], timeoutMs: 10_000 });
    const crowd = await connect({ endpoints: [grpc], timeoutMs: 10_000, maxPending: 100_000 });
    try {
      const before = await rateOf(calm, 32, 2_000);
      const flood = startWriters(crowd, 20_000);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      await flood.stop();
      await waitFor(
        'the usual throughput',
        async () => (await rateOf(calm, 32, 1_000)) > before / 2,
      );
      expect(await lost(calm, flood.acknowledged)).toEqual([]);
    } finally {
      await crowd.close();
      await calm.close();
    }
  });
});
