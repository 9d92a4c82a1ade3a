/**
 * `rkv chaos` against real nodes: proof under all kinds of faults, refusals, and nothing left
 * behind.
 */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/connect.js';
import type { ClusterStatus } from '../../src/kv/status.js';
import type { Fault } from '../../src/launcher/fault-types.js';
import { healFaults, injectFault } from '../../src/launcher/local.js';
import { isAlive, type LocalCluster, Sandbox, waitFor } from './support.js';
import { clientOf, settled } from './writers.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

const PROXIED = ['-n', '3', '--proxied'];
/** Digests of all replicas are compared at the end; by default they come every ten seconds. */
const QUICK = { env: { RKV_DIGEST_EVERY_MS: '2s' } };

interface Report {
  readonly operations: { readonly ok: number; readonly unknown: number };
  readonly faults: Readonly<Record<string, { readonly injected: number; readonly hits: number }>>;
  readonly notServing: string | null;
  readonly interrupted: boolean;
  readonly verdict: { readonly kind: string; readonly reasons?: readonly string[] } | null;
}

async function up(args: readonly string[]): Promise<LocalCluster> {
  const name = sandbox.newName();
  const ran = await sandbox.rkv(['cluster', 'up', '--name', name, '-d', ...args], QUICK);
  if (ran.code !== 0) throw new Error(`cluster up exited ${ran.code}: ${ran.stderr}`);
  return sandbox.cluster(name);
}

const statusOf = ({ name }: LocalCluster): Promise<ClusterStatus> =>
  sandbox.json<ClusterStatus>(['status', '--cluster', name]);

const isPaused = async (pid: number): Promise<boolean> => {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ') ?');
  return line.slice(line.lastIndexOf(')') + 2).startsWith('T');
};

/** No node is stopped, slow or wrong, and every replica keeps up. */
async function mustBeWhole(cluster: LocalCluster): Promise<void> {
  const { nodes } = await sandbox.cluster(cluster.name);
  for (const { pid, state } of nodes) {
    expect(state).toBe('up');
    expect(await isPaused(pid ?? 0)).toBe(false);
  }
  const status = await waitFor('all replicas to keep up', async () => {
    const now = await statusOf(cluster);
    return settled(now) && now;
  });
  for (const { faults } of status.nodes) {
    expect(faults).toEqual({ disk: { kind: 'none' }, clockOffsetMs: 0 });
  }
}

describe('a proxied cluster', () => {
  it('stands ten seconds of all faults, linearizable, and is whole afterwards', async () => {
    const cluster = await up(PROXIED);
    const history = sandbox.path('history.jsonl');
    const words = ['chaos', '--name', cluster.name, '--duration', '10s', '--seed', '7'];
    const ran = await sandbox.rkv([...words, '--verify', '--record', history, '--json']);
    const report = JSON.parse(ran.stdout || '{}') as Report;
    expect({ ...report.verdict, code: ran.code, stderr: ran.stderr }).toEqual({
      kind: 'linearizable',
      code: 0,
      stderr: '',
    });
    expect(report.operations.ok).toBeGreaterThan(1_000);
    expect(Object.keys(report.faults)).toHaveLength(6);
    const lines = (await readFile(history, 'utf8')).trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { op?: string; fault?: string });
    const injected = Object.values(report.faults).reduce((sum, one) => sum + one.injected, 0);
    expect(parsed.filter(({ fault }) => fault !== undefined)).toHaveLength(injected);
    expect(new Set(parsed.flatMap(({ op }) => op ?? []))).toEqual(
      new Set(['get', 'set', 'cas', 'append', 'incr', 'del']),
    );
    await mustBeWhole(cluster);
    expect((await sandbox.rkv(['scan', '--cluster', cluster.name])).stdout).toBe('');
  });

  it('stands them through the Redis door too', async () => {
    const cluster = await up(PROXIED);
    const history = sandbox.path('history.jsonl');
    const words = ['chaos', '--name', cluster.name, '--via', 'redis', '--duration', '10s'];
    const ran = await sandbox.rkv([
      ...words,
      '--seed',
      '8',
      '--verify',
      '--record',
      history,
      '--json',
    ]);
    const report = JSON.parse(ran.stdout || '{}') as Report & { readonly via: string };
    expect({ ...report.verdict, via: report.via, code: ran.code, stderr: ran.stderr }).toEqual({
      kind: 'linearizable',
      via: 'redis',
      code: 0,
      stderr: '',
    });
    expect(report.operations.ok).toBeGreaterThan(1_000);
    const checked = await sandbox.rkv(['verify', history]);
    expect(checked.code).toBe(0);
    await mustBeWhole(cluster);
    expect((await sandbox.rkv(['scan', '--cluster', cluster.name])).stdout).toBe('');
  });

  it('ends all faults when a signal ends the run', async () => {
    const cluster = await up(PROXIED);
    const words = ['chaos', '--name', cluster.name, '--duration', '60s', '--rate', 'pause=600'];
    const chaos = sandbox.start([...words, '--rate', 'slow-disk=600', '--json']);
    let out = '';
    chaos.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    const closed = new Promise<number | null>((resolve) => chaos.once('close', resolve));
    const pids = cluster.nodes.map(({ pid }) => pid ?? 0);
    await waitFor('a node to be paused', async () => {
      for (const pid of pids) if (await isPaused(pid)) return true;
      return false;
    });
    chaos.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(JSON.parse(out)).toMatchObject({ interrupted: true, verdict: null });
    await mustBeWhole(cluster);
    expect(pids.every(isAlive)).toBe(true);
  });

  it('shows the faults a node has, ends each in time, and a failing disk ends the node', async () => {
    const cluster = await up(PROXIED);
    const inject = (fault: Fault) => injectFault({ home: sandbox.home, name: cluster.name }, fault);
    const over = [
      inject({ kind: 'slow-disk', node: 2, delayMs: 40, forMs: 2_000 }),
      inject({ kind: 'clock', node: 3, offsetMs: 3_600_000, forMs: 2_000 }),
    ];
    const shown = await waitFor('the faults to be shown', async () => {
      const { nodes } = await statusOf(cluster);
      const faults = new Map(nodes.map((node) => [node.id, node.faults]));
      const wrong = faults.get(3)?.clockOffsetMs ?? 0;
      return faults.get(2)?.disk.kind === 'slow' && wrong !== 0 && faults;
    });
    expect(shown.get(1)).toEqual({ disk: { kind: 'none' }, clockOffsetMs: 0 });
    expect(shown.get(2)).toEqual({ disk: { kind: 'slow', delayMs: 40 }, clockOffsetMs: 0 });
    const table = await sandbox.rkv(['status', '--cluster', cluster.name, '-o', 'table']);
    expect(table.stdout).toContain('node 1 takes injected faults');
    for (const { hits } of await Promise.all(over)) expect(hits).toBeGreaterThan(0);
    await mustBeWhole(cluster);
    const client = await clientOf(cluster);
    try {
      const failing = inject({ kind: 'disk-error', node: 2, forMs: 4_000 });
      await client.set('k', 'v');
      const failed = await waitFor('node 2 to give up', async () => {
        const { nodes } = await sandbox.cluster(cluster.name);
        const node = nodes.find(({ id }) => id === 2);
        return node?.state === 'failed' && node;
      });
      expect(failed.lastExit?.code).toBe(8);
      expect((await client.get('k'))?.value.toString()).toBe('v');
      expect(await failing).toEqual({ hits: 1 });
    } finally {
      await client.close();
    }
  });
});

describe('a leader in trouble', () => {
  /** Three election timeouts and five seconds (FAULTS, scenario 10), of two seconds at most. */
  const TAKE_OVER_MS = 3 * 2_000 + 5_000;

  it.each<[string, (node: number) => Fault]>([
    ['whose disk hangs', (node) => ({ kind: 'slow-disk', node, delayMs: null, forMs: 20_000 })],
    [
      'that can send and hears nothing',
      (node) => ({
        kind: 'partition',
        links: [1, 2, 3].filter((id) => id !== node).map((from) => ({ from, to: node })),
        clog: false,
        forMs: 20_000,
      }),
    ],
  ])('%s loses its shards, and the others serve', async (_, faultOn) => {
    const cluster = await up(PROXIED);
    const client = await clientOf(cluster);
    try {
      const before = await client.admin.status();
      const zombie = before.shards[0]?.leader ?? expect.fail('no leader');
      const over = injectFault({ home: sandbox.home, name: cluster.name }, faultOn(zombie));
      const began = performance.now();
      const keys = Array.from({ length: 40 }, (_, index) => `z:${index}`);
      const other = before.nodes.find(({ id }) => id !== zombie)?.addresses.grpc ?? '';
      const observer = await connect({ endpoints: [other] });
      try {
        await waitFor('every shard to be led by somebody else', async () => {
          const { shards } = await observer.admin.status({ timeoutMs: 2_000 });
          return shards.every(({ leader }) => leader !== null && leader !== zombie);
        });
        const options = { timeoutMs: TAKE_OVER_MS };
        await Promise.all(keys.map((key) => observer.set(key, 'v', options)));
        expect(performance.now() - began).toBeLessThan(TAKE_OVER_MS);
        const read = await observer.mget(keys, options);
        expect(read.every((item) => item?.value.toString() === 'v')).toBe(true);
      } finally {
        await observer.close();
      }
      await healFaults({ home: sandbox.home, name: cluster.name });
      expect((await over).hits).toBeGreaterThan(0);
      await mustBeWhole(cluster);
    } finally {
      await client.close();
    }
  });
});

describe('a link that is cut between a leader and a follower', () => {
  it('stops nobody: the leader stays, and callers of the follower reach it', async () => {
    const cluster = await up(PROXIED);
    const client = await clientOf(cluster);
    try {
      const before = await client.admin.status();
      const [leader, other] = [before.shards[0]?.leader ?? 0, before.shards[1]?.leader ?? 0];
      const follower = other === leader ? (leader % 3) + 1 : other;
      const address = before.nodes.find(({ id }) => id === follower)?.addresses.grpc ?? '';
      const caller = await connect({ endpoints: [address] });
      try {
        const links = [
          { from: leader, to: follower },
          { from: follower, to: leader },
        ];
        const fault: Fault = { kind: 'partition', links, clog: false, forMs: 60_000 };
        const over = injectFault({ home: sandbox.home, name: cluster.name }, fault);
        const keys = Array.from({ length: 200 }, (_, index) => `p:${index}`);
        const mine = keys.filter((key) => caller.shardOf(key) === 1);
        const begins = performance.now();
        let refused = 0;
        for (let at = 0; performance.now() - begins < 10_000; at += 1) {
          const key = mine[at % mine.length] ?? '';
          const wrote = caller.set(key, `${at}`, { timeoutMs: 1_000 });
          const read = wrote.then(() => caller.get(key, { timeoutMs: 1_000 }));
          // the first two seconds are for noticing
          const late = performance.now() - begins > 2_000;
          const failed = await read.then(
            () => false,
            () => late,
          );
          if (failed) refused += 1;
        }
        expect(refused).toBe(0);
        const after = await client.admin.status();
        const terms = [before, after].map(({ shards }) => shards[0]?.term ?? 0) as [number, number];
        expect(terms[1] - terms[0]).toBeLessThanOrEqual(2);
        await healFaults({ home: sandbox.home, name: cluster.name });
        expect((await over).hits).toBeGreaterThan(0);
      } finally {
        await caller.close();
      }
      await mustBeWhole(cluster);
    } finally {
      await client.close();
    }
  });
});

describe('a cluster that is not proxied', () => {
  it('is not given faults it cannot have, takes the others, and bad words are exit 2', async () => {
    const cluster = await up(['-n', '1']);
    const chaos = (...words: string[]) =>
      sandbox.rkv(['chaos', '--name', cluster.name, '--duration', '2s', ...words]);
    const refused = async (words: string[], sentence: string): Promise<void> => {
      const { code, stdout, stderr } = await chaos(...words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(sentence);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    };
    await refused(['--partition'], `--partition: cluster '${cluster.name}' is not proxied`);
    await refused(['--kill', '--rate', 'delay=9'], '--delay: cluster');
    await refused(['--seed', 'seven'], "--seed: 'seven' is no whole number");
    await refused(['--via', 'http'], '--via');
    await refused(['--rate', 'kill=often'], "--rate: 'kill=often' is not a fault");
    await refused(['--record', sandbox.path('no', 'folder', 'h')], '--record:');
    const lines = await chaos('--pause', '--rate', 'pause=60', '--verify', '--ops', '20');
    expect(lines.code).toBe(5);
    expect(lines.stdout.trimEnd().split('\n').at(-1)).toMatch(/^inconclusive: .*100 are needed/);
    const paused = await chaos('--pause', '--rate', 'pause=60', '--json');
    const report = JSON.parse(paused.stdout) as Report;
    expect(paused.code).toBe(0);
    expect(Object.keys(report.faults)).toEqual(['pause']);
    expect(report.verdict).toBeNull();
    const up2 = await sandbox.rkv(['cluster', 'up', '--name', cluster.name, '-d', '--proxied']);
    expect(up2.code).toBe(7);
    expect(up2.stderr).toContain('runs without proxies');
  });

  it('that does not run at all: exit 3', async () => {
    const ran = await sandbox.rkv(['chaos', '--name', 'nobody']);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain("no local cluster 'nobody' is running");
  });
});
