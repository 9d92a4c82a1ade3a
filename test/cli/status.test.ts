/** status, health, shard and node: shapes, tables, exit codes. */
import type { Command } from '@oclif/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import Health from '../../commands/health.js';
import NodeList from '../../commands/node/list.js';
import ShardList from '../../commands/shard/list.js';
import ShardTransfer from '../../commands/shard/transfer.js';
import Status from '../../commands/status.js';
import type { ClusterStatus, ShardStatus } from '../../src/kv/status.js';
import { type FakeNode, startFakeNode } from '../client/support/fake-node.js';
import { runCommand } from './support/run.js';

const shard = (id: number, change: Partial<ShardStatus> = {}): ShardStatus => ({
  id,
  slots: id === 0 ? [0, 0] : [(id - 1) * 4096, id * 4096 - 1],
  rangeEpoch: 1,
  membersEpoch: 1,
  state: 'serving',
  leader: 1,
  term: 3,
  commit: 120,
  applied: 119,
  keys: 10,
  bytes: 2048,
  readsPerSecond: id,
  writesPerSecond: 0,
  members: [
    {
      node: 1,
      replica: 1,
      role: 'voter',
      state: 'replicate',
      match: 120,
      applied: 119,
      lag: 1,
      digest: { index: 100, value: 'ab' },
    },
  ],
  ...change,
});

const status = (change: Partial<ShardStatus> = {}): ClusterStatus => ({
  cluster: { name: 'default', id: 'c1', version: 1, health: 'ok' },
  meta: shard(0),
  nodes: [
    {
      id: 1,
      state: 'up',
      addresses: {
        grpc: '127.0.0.1:7410',
        redis: null,
        http: null,
        peer: '127.0.0.1:7413',
        redisCluster: null,
      },
      labels: {},
      leaders: 3,
      replicas: 3,
      version: '0.1.0',
      pid: 7,
      uptimeMs: 61_000,
    },
  ],
  shards: [shard(1), shard(2, change)],
});

let node: FakeNode;

beforeAll(async () => {
  node = await startFakeNode();
});

afterAll(() => node.close());
beforeEach(() => node.setStatus(status()));

const run = (command: typeof Command, ...argv: string[]) =>
  runCommand(command, ['--endpoints', node.address, ...argv]);

describe('status', () => {
  it('is one JSON document on one line when nobody looks', async () => {
    const ran = await run(Status);
    expect(ran).toEqual({ stdout: `${JSON.stringify(status())}\n`, stderr: '', code: 0 });
    expect((await run(Status, '-o', 'json')).stdout).toBe(ran.stdout);
  });

  it('is a table for eyes', async () => {
    const { stdout, code } = await run(Status, '-o', 'table');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "cluster default (c1), version 1: ok

      NODE  STATE  GRPC            PEER            LEADERS  REPLICAS  UPTIME  PID  VERSION
      1     up     127.0.0.1:7410  127.0.0.1:7413  3        3         1m1s    7    0.1.0

      SHARD  SLOTS      STATE    LEADER  TERM  COMMIT  APPLIED  LAG  KEYS  SIZE     READS/S  WRITES/S  NODES
      meta   -          serving  1       3     120     119      1    10    2.0 KiB  0        0         1
      1      0-4095     serving  1       3     120     119      1    10    2.0 KiB  1        0         1
      2      4096-8191  serving  1       3     120     119      1    10    2.0 KiB  2        0         1
      "
    `);
  });

  it('exits 5 when a shard does not serve', async () => {
    node.setStatus(status({ state: 'no-leader', leader: null }));
    expect((await run(Status)).code).toBe(5);
    expect((await run(Status, '-o', 'table')).stdout).toContain('ok, no leader: shard 2');
  });
});

describe('health', () => {
  it('is ok when a write and a read went through every shard', async () => {
    expect(await run(Health)).toEqual({ stdout: 'ok\n', stderr: '', code: 0 });
    expect((await run(Health, '--json')).stdout).toBe('{"health":"ok","reason":null}\n');
  });

  it('is 5 with the reason when a shard does not serve', async () => {
    node.setStatus(status({ state: 'no-leader', leader: null }));
    expect(await run(Health)).toMatchObject({
      stdout: 'unavailable: no leader: shard 2\n',
      code: 5,
    });
  });

  it('tells of a node that is down, and still serves', async () => {
    const now = status();
    node.setStatus({
      ...now,
      cluster: { ...now.cluster, health: 'degraded' },
      nodes: now.nodes.map((one) => ({ ...one, state: 'down' })),
    });
    expect(await run(Health)).toMatchObject({ stdout: 'degraded: down: node 1\n', code: 0 });
  });
});

describe('shards and nodes', () => {
  it('lists them', async () => {
    const { shards, nodes } = status();
    expect((await run(ShardList)).stdout).toBe(`${JSON.stringify({ shards })}\n`);
    expect((await run(NodeList)).stdout).toBe(`${JSON.stringify({ nodes })}\n`);
    const hot = JSON.parse((await run(ShardList, '--hot')).stdout);
    expect(hot.shards.map((one: ShardStatus) => one.id)).toEqual([2, 1]);
    expect((await run(ShardList, '-o', 'table')).stdout).not.toContain('meta');
  });

  it('moves a leader, or says why not', async () => {
    expect(await run(ShardTransfer, '1', '--to', '2', '--json')).toEqual({
      stdout: '{"shard":1,"leader":2}\n',
      stderr: '',
      code: 0,
    });
    expect((await run(ShardTransfer, '7', '--to', '2')).code).toBe(1);
    expect((await run(ShardTransfer, '1', '--to', '9')).code).toBe(7);
    expect((await run(ShardTransfer, '1')).code).toBe(2);
  });
});
