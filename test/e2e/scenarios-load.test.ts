/**
 * Scenarios of docs/testing.md in which something takes a node's time or memory while others want
 * to write: scans, snapshots, a log that nobody reads. The number of each stands in its title.
 */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { credentials, Client as GrpcClient } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import type { ClusterStatus } from '../../src/kv/status.js';
import { KV_SESSION_PATH } from '../../src/wire/client-codec/admin.js';
import { kill, type LocalCluster, NO_REDIS, Sandbox, waitFor } from './support.js';
import { clientOf, settled } from './writers.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.create();
});
afterAll(() => sandbox.dispose());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function residentMebibytes(pid: number | null): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** `count` keys `prefix0`, `prefix1` …, a hundred in a request. */
async function load(client: Client, prefix: string, count: number, bytes: number): Promise<void> {
  const value = 'v'.repeat(bytes);
  let next = 0;
  const some = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next += 100;
      const pairs = Array.from({ length: Math.min(100, count - from) }, (_, i) => from + i);
      await client.mset(
        pairs.map((i) => [`${prefix}${i}`, value] as const),
        { timeoutMs: 20_000 },
      );
    }
  };
  await Promise.all(Array.from({ length: 4 }, some));
}

/** Callers that put until told to stop; how long each put took, in ms. */
function startPuts(client: Client, callers: number) {
  const took: number[] = [];
  const failed: unknown[] = [];
  let stopped = false;
  const put = async (caller: number): Promise<void> => {
    for (let i = 0; !stopped; i++) {
      const begin = performance.now();
      await client.set(`put:${caller}`, `${i}`, { timeoutMs: 5_000 }).then(
        () => took.push(performance.now() - begin),
        (error: unknown) => failed.push(error),
      );
    }
  };
  const running = Array.from({ length: callers }, (_, caller) => put(caller));
  return {
    /** What has been done since the last time this was asked. */
    take: () => took.splice(0),
    stop: async (): Promise<unknown[]> => {
      stopped = true;
      await Promise.all(running);
      return failed;
    },
  };
}

const quantile = (all: readonly number[], q: number): number =>
  [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * q)] ?? Number.NaN;

const termsOf = ({ meta, shards }: ClusterStatus) => [meta, ...shards].map(({ term }) => term);

/** No leader is about to be handed over. */
const areHome = ({ meta, shards }: ClusterStatus): boolean =>
  [meta, ...shards].every(({ id, leader, members }) => {
    const voters = [...members].sort((a, b) => a.replica - b.replica);
    return voters[Math.max(0, id - 1) % voters.length]?.node === leader;
  });

describe('three nodes', () => {
  /** So that a snapshot is needed soon, and takes some seconds. */
  const OPTIONS = `options:
  segmentBytes: 1MiB
  frameBytes: 256KiB
  logBytesPerGroup: 1MiB
  saturateBytes: 1MiB
  flushBytes: 256KiB
  snapshotBytesPerSecond: 512KiB
`;
  const KEYS = 3_000;
  const SCAN_MS = 4_000;
  let cluster: LocalCluster;
  let client: Client;

  beforeAll(async () => {
    const file = sandbox.path('cluster.yaml');
    await writeFile(file, OPTIONS);
    cluster = await sandbox.up(['-f', file]);
    client = await clientOf(cluster);
  });
  afterAll(() => client?.close());

  it('98: 64 endless scans beside puts: puts go on, no election, memory stays bounded', async () => {
    const mebibytes = () => Promise.all(cluster.nodes.map(({ pid }) => residentMebibytes(pid)));
    const scanner = await clientOf(cluster);
    try {
      await load(client, 'k:', KEYS, 500);
      const before = await mebibytes();
      const terms = await waitFor('leaders to be where they belong', async () => {
        const status = await client.admin.status();
        return areHome(status) && termsOf(status);
      });
      const puts = startPuts(client, 8);
      let stopped = false;
      let pages = 0;
      const scan = async (): Promise<void> => {
        while (!stopped) {
          let keys = 0;
          for await (const { items } of scanner.scan({ prefix: 'k:', timeoutMs: 20_000 })) {
            pages += 1;
            keys += items.length;
            if (stopped) return;
          }
          expect(keys).toBe(KEYS);
        }
      };
      const scans = Promise.all(Array.from({ length: 64 }, scan));
      await waitFor('scans to be under way', () => pages >= 16);
      puts.take();
      const from = pages;
      await sleep(SCAN_MS);
      const [took, after] = [puts.take(), await mebibytes()];
      expect(pages - from).toBeGreaterThan(16);
      stopped = true;
      await scans;
      expect(await puts.stop()).toEqual([]);
      expect(took.length).toBeGreaterThan(40);
      expect(quantile(took, 0.99)).toBeLessThan(3_000);
      expect(termsOf(await client.admin.status())).toEqual(terms);
      // Garbage not collected yet makes 200 to 280 of it; after a collection it is 30.
      for (const [i, now] of after.entries()) expect(now - (before[i] ?? 0)).toBeLessThan(400);
    } finally {
      await scanner.close();
    }
  });

  const membersOf = ({ shards }: ClusterStatus, node: number) =>
    shards.map(({ id, leader, term, members }) => {
      const member = members.find((it) => it.node === node);
      return { id, leader, term, state: member?.state, lag: member?.lag };
    });

  const pidOf = async (cluster: LocalCluster, id: number): Promise<number> => {
    const { nodes } = await sandbox.cluster(cluster.name);
    return nodes.find((node) => node.id === id)?.pid ?? expect.fail(`node ${id} does not run`);
  };

  it('60, 11: a snapshot starves nobody, and goes on whoever is killed in its middle', async () => {
    const inSnapshot = (what: string) =>
      waitFor(what, async () => {
        const found = membersOf(await client.admin.status(), 3).find(
          ({ state, leader }) => state === 'snapshot' && leader !== null,
        );
        return found ?? false;
      });
    await sandbox.rkv(['cluster', 'kill', '3', '--name', cluster.name]);
    await load(client, 'big:', 1_200, 8 * 1024);
    const puts = startPuts(client, 8);
    await sleep(1_500);
    const alone = puts.take();
    const before = await client.admin.status();
    await sandbox.rkv(['cluster', 'restart', '3', '--name', cluster.name, '--timeout', '1s']);
    await inSnapshot('a first snapshot');
    puts.take();
    await sleep(2_000);
    const during = puts.take();
    const { term, id } = await inSnapshot('a snapshot still under way');
    expect(term).toBe(before.shards.find((shard) => shard.id === id)?.term);
    expect(during.length).toBeGreaterThan(20);
    expect(quantile(during, 0.99)).toBeLessThan(5 * quantile(alone, 0.99) + 200);

    kill(await pidOf(cluster, 3));
    const again = await inSnapshot('another snapshot after its receiver was killed');
    const sender = again.leader ?? expect.fail('no sender');
    kill(await pidOf(cluster, sender));
    await waitFor('node 3 to catch up', async () => settled(await client.admin.status()), 60_000);
    expect(await puts.stop()).toEqual([]);
    const { nodes } = await sandbox.cluster(cluster.name);
    const third = nodes.find((node) => node.id !== 3 && node.id !== sender);
    expect(third?.restarts).toBe(0);
    const read = await client.admin.localRead(0, Buffer.from('big:7'), { node: 3 });
    expect(read?.length).toBe(8 * 1024);
  });
});

describe('a log that nobody reads', () => {
  /** Streams of bytes that are no frame: each costs the node a line of its log. */
  async function garbage(address: string, streams: number): Promise<void> {
    const client = new GrpcClient(address, credentials.createInsecure());
    const raw = (bytes: Buffer): Buffer => bytes;
    let left = streams;
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const call = client.makeBidiStreamRequest(KV_SESSION_PATH, raw, raw);
        call.on('data', () => undefined);
        const ended = once(call, 'error');
        call.write(Buffer.from([0xff, 0xff, 0xff]));
        await ended;
      }
    };
    await Promise.all(Array.from({ length: 48 }, one));
    client.close();
  }

  it('96: does not stop a node: it serves, drops lines and counts them, and ends in time', async () => {
    const ports = ['--listen-grpc', '127.0.0.1:0', '--listen-peer', '127.0.0.1:0', ...NO_REDIS];
    const child = sandbox.start(['serve', '--data-dir', sandbox.path('data'), ...ports]);
    child.stdout?.resume();
    // Nobody reads stderr: what its pipe holds is all that ever leaves the node.
    const [message] = (await once(child, 'message')) as [{ addresses: { grpc: string } }];
    const { grpc } = message.addresses;
    // A node that is stopped by its log would answer nothing for as long as nobody reads.
    const client = await connect({ endpoints: [grpc], timeoutMs: 20_000 });
    try {
      let slowest = 0;
      let done = false;
      const flood = garbage(grpc, 9_000).finally(() => {
        done = true;
      });
      for (let i = 0; !done; i++) {
        const begin = performance.now();
        await client.set('k', `${i}`);
        slowest = Math.max(slowest, performance.now() - begin);
      }
      await flood;
      expect(slowest).toBeLessThan(15_000);
      const heard: Buffer[] = [];
      child.stderr?.on('data', (bytes: Buffer) => heard.push(bytes));
      const lost = await waitFor('the gap to be told', () => {
        const text = Buffer.concat(heard).toString();
        return Number(/"lines":(\d+),"msg":"log lines were dropped"/.exec(text)?.[1] ?? 0) || false;
      });
      const refused = Buffer.concat(heard).toString().split('client frame refused').length - 1;
      expect(lost + refused).toBe(9_000);
      child.stderr?.pause();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      await client.close();
    }
  });
});
