/**
 * Scenarios of docs/testing.md on processes whose network and clocks go wrong by command: links
 * between some nodes only, replies that are lost, clocks that are off by hours. The number of each
 * stands in its title.
 */
import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import { healFaults, injectFault } from '../../src/launcher/local.js';
import { type LocalCluster, NO_REDIS, Sandbox, waitFor } from './support.js';
import { clientOf, endpointsOf } from './writers.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.create();
});
afterAll(() => sandbox.dispose());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const both = (pairs: readonly (readonly [number, number])[]) =>
  pairs.flatMap(([a, b]) => [
    { from: a, to: b },
    { from: b, to: a },
  ]);

describe('five nodes', () => {
  const NOTICE_MS = 4_000;
  const CALM_MS = 8_000;

  it('8: partial partition: one leader stays, and writes go through from any node', async () => {
    const args = ['-n', '5', '--replicas', '5', '--proxied', '--ports', 'auto'];
    const cluster = await sandbox.up(args);
    const at = { home: sandbox.home, name: cluster.name };
    const client = await clientOf(cluster);
    const callers = await Promise.all(
      endpointsOf(cluster).map((endpoint) => connect({ endpoints: [endpoint] })),
    );
    try {
      // Node 4 is to lead all of them, and will reach one node alone: it must not be handed any.
      for (const shard of [1, 2, 3, 4]) await client.admin.transferLeader(shard, 4);
      const links = both([
        [4, 1],
        [4, 3],
        [4, 5],
        [5, 1],
        [5, 2],
      ]);
      const over = injectFault(at, { kind: 'partition', links, clog: false, forMs: 120_000 });
      await sleep(NOTICE_MS);
      const seen = async () => {
        const { shards } = await client.admin.status({ node: 2 });
        return shards.map(({ leader, term }) => ({ leader, term }));
      };
      const before = await seen();
      const ends = { ok: 0, failed: 0 };
      const until = performance.now() + CALM_MS;
      const write = async (caller: Client, id: number): Promise<void> => {
        for (let i = 0; performance.now() < until; i++) {
          const done = caller.set(`p:${id}:${i % 50}`, `${i}`, { timeoutMs: 2_000 });
          await done.then(
            () => void ends.ok++,
            () => void ends.failed++,
          );
        }
      };
      await Promise.all(callers.map(write));
      expect(ends.ok / (ends.ok + ends.failed)).toBeGreaterThan(0.95);
      expect(ends.ok).toBeGreaterThan(100);
      expect(await seen()).toEqual(before);
      await healFaults(at);
      expect((await over).hits).toBeGreaterThan(0);
    } finally {
      for (const caller of callers) await caller.close();
      await client.close();
      await sandbox.rkv(['cluster', 'down', '--name', cluster.name]);
    }
  });
});

describe('a node behind a network that loses its replies', () => {
  /** Passes bytes on, and loses what the node says while it is told to. */
  async function deafProxy(port: number) {
    const state = { deaf: false, lost: 0 };
    const pairs = new Set<readonly [Socket, Socket]>();
    const server = createServer((near) => {
      const far = dial({ host: '127.0.0.1', port });
      const pair = [near, far] as const;
      pairs.add(pair);
      near.pipe(far);
      far.on('data', (bytes: Buffer) => {
        if (state.deaf) state.lost += bytes.length;
        else near.write(bytes);
      });
      for (const socket of pair) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          for (const one of pair) one.destroy();
          pairs.delete(pair);
        });
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const breakAll = (): void => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    };
    return {
      state,
      breakAll,
      address: `127.0.0.1:${(server.address() as { port: number }).port}`,
      close: (): void => {
        breakAll();
        server.close();
      },
    };
  }

  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    return port;
  };

  it('81: a reply lost after the commit: the same request gets it, and is counted once', async () => {
    const port = await freePort();
    const proxy = await deafProxy(port);
    const child = sandbox.start([
      'serve',
      ...['--data-dir', sandbox.path('alone'), '--listen-grpc', `127.0.0.1:${port}`],
      ...['--listen-peer', '127.0.0.1:0', '--advertise-grpc', proxy.address, ...NO_REDIS],
    ]);
    for (const stream of [child.stdout, child.stderr]) stream?.resume();
    await once(child, 'message');
    const client = await connect({ endpoints: [proxy.address], timeoutMs: 20_000 });
    try {
      const ROUNDS = 6;
      for (let round = 1; round <= ROUNDS; round++) {
        const before = Number((await client.get('n'))?.value ?? 0);
        proxy.state.deaf = true;
        const lost = proxy.state.lost;
        const waiting = Promise.all(Array.from({ length: 8 }, () => client.incr('n')));
        await waitFor('the replies to be lost', () => proxy.state.lost > lost + 8);
        proxy.breakAll();
        proxy.state.deaf = false;
        const answers = (await waiting).map(Number).sort((a, b) => a - b);
        expect(answers).toEqual(Array.from({ length: 8 }, (_, i) => before + i + 1));
        expect(Number((await client.get('n'))?.value)).toBe(before + 8);
      }
    } finally {
      await client.close();
      proxy.close();
    }
  });
});

describe('three nodes', () => {
  const HOUR_MS = 3_600_000;
  const TTL_MS = 1_000;
  /** Clocks are slewed, heartbeats and turns take their time on a busy machine. */
  const SLACK_MS = 1_500;

  it('90, 91: a leader whose clock is hours off brings nothing back, and keys live their time', async () => {
    const cluster: LocalCluster = await sandbox.up(['--proxied']);
    const at = { home: sandbox.home, name: cluster.name };
    const client = await clientOf(cluster);
    try {
      const offset = async (node: number, offsetMs: number) => {
        const over = injectFault(at, { kind: 'clock', node, offsetMs, forMs: 60_000 });
        await waitFor('the clock to be wrong', async () => {
          const { nodes } = await client.admin.status();
          return nodes.find(({ id }) => id === node)?.faults?.clockOffsetMs === offsetMs;
        });
        return { over };
      };
      const shard = client.shardOf('gone') ?? expect.fail('no routing table');
      const lead = (node: number) =>
        client.admin.transferLeader(shard, node, { timeoutMs: 20_000 });
      await lead(1);
      await client.set('gone', 'v', { ttlMs: TTL_MS });
      await waitFor('the key to expire', async () => (await client.get('gone')) === null);
      for (const offsetMs of [-2 * HOUR_MS, 2 * HOUR_MS]) {
        const { over } = await offset(2, offsetMs);
        await lead(2);
        const began = performance.now();
        await client.set('born', 'v', { ttlMs: TTL_MS });
        expect(await client.get('gone')).toBeNull();
        const alive = (await client.get('born')) !== null;
        const sooner = performance.now() - began;
        await waitFor('the new key to expire', async () => (await client.get('born')) === null);
        const lived = performance.now() - began;
        if (sooner < TTL_MS / 2) expect(alive).toBe(true);
        expect(lived).toBeGreaterThan(TTL_MS * 0.85);
        expect(lived).toBeLessThan(TTL_MS + SLACK_MS);
        await lead(3);
        expect(await client.get('gone')).toBeNull();
        await healFaults(at);
        expect((await over).hits).toBeGreaterThan(0);
      }
    } finally {
      await client.close();
      await sandbox.rkv(['cluster', 'down', '--name', cluster.name]);
    }
  });
});
