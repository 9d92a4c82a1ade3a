/**
 * Clients and tools that people have: ioredis and node-redis with binary data, long pipelines and a
 * node that is killed under them; python3-redis, redis-cli and redis-benchmark as Debian has them;
 * and what Jedis, Lettuce, go-redis and redis-py say on connect, replayed. Leader transfers, MULTI
 * and counters under failover are in redis.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster, RESP_TYPES } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../redis/raw-client.js';
import { PYTHON, PYTHON_REDIS, REDIS_BENCHMARK, REDIS_CLI, WHY_SKIPPED } from '../redis/server.js';
import { TRANSCRIPTS } from '../redis/transcripts.js';
import { kill, type LocalCluster, PROJECT, Sandbox, waitFor } from './support.js';

let sandbox: Sandbox;
let cluster: LocalCluster;

const portOf = (door: 'redis' | 'redisCluster', node: number): number =>
  Number(cluster.nodes.find(({ id }) => id === node)?.addresses[door]?.split(':')[1]);

beforeAll(async () => {
  sandbox = await Sandbox.create();
  cluster = await sandbox.up(['-n', '3', '--ports', 'auto']);
  // on a busy machine one node may win every first election; the leaders spread a little later
  await waitFor('leaders on all nodes', async () => {
    const words = ['shard', 'list', '--cluster', cluster.name];
    const { shards } = await sandbox.json<{ shards: { leader: number | null }[] }>(words);
    return new Set(shards.map(({ leader }) => leader)).size === cluster.nodes.length;
  });
}, 60_000);
afterAll(() => sandbox.dispose());

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

/** Runs a program to its end; gives what it printed. */
async function output(command: string, args: readonly string[], input = ''): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  child.stderr.on('data', (bytes: Buffer) => {
    text += bytes.toString('latin1');
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  expect([code, code === 0 ? '' : text]).toEqual([0, '']);
  return text;
}

async function killNode(id: number): Promise<void> {
  const { nodes } = await sandbox.cluster(cluster.name);
  kill(nodes.find((node) => node.id === id)?.pid ?? expect.fail(`node ${id} does not run`));
}

describe('ioredis', () => {
  it.each([2, 3] as const)(
    'RESP%i: every byte, a pipeline of a thousand, errors',
    async (protocol) => {
      const client = new Redis(portOf('redis', 1), { protocol } as never);
      try {
        const key = Buffer.concat([Buffer.from(`io${protocol}:`), EVERY_BYTE]);
        expect(await client.set(key, EVERY_BYTE)).toBe('OK');
        expect(await client.getBuffer(key)).toEqual(EVERY_BYTE);
        const pipeline = client.pipeline();
        for (let i = 0; i < 1_000; i++) pipeline.set(`io:p:${i}`, `${i}`).get(`io:p:${i}`);
        const answers = (await pipeline.exec()) ?? [];
        expect(answers.filter(([error]) => error !== null)).toEqual([]);
        for (let i = 0; i < 1_000; i++) expect(answers[2 * i + 1]).toEqual([null, `${i}`]);
        await client.hset(`io${protocol}:h`, 'f', '1');
        await expect(client.incr(`io${protocol}:h`)).rejects.toThrow(/^WRONGTYPE/);
        expect(await client.hgetall(`io${protocol}:h`)).toEqual({ f: '1' });
      } finally {
        client.disconnect();
      }
    },
  );

  it('Cluster: finds all nodes from a plain port, keys of every shard', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: portOf('redis', 1) }]);
    try {
      await Promise.all(Array.from({ length: 100 }, (_, i) => client.set(`ioc:${i}`, `${i}`)));
      const found = await Promise.all(
        Array.from({ length: 100 }, (_, i) => client.get(`ioc:${i}`)),
      );
      expect(found).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
      const ports = client.nodes('master').map((node) => node.options.port);
      const doors = cluster.nodes.map(({ id }) => portOf('redisCluster', id));
      expect(ports.filter((port) => !doors.includes(port as number))).toEqual([]);
      expect(ports.length).toBeGreaterThan(1);
    } finally {
      client.disconnect();
    }
  });
});

describe('node-redis', () => {
  it.each([2, 3] as const)('RESP%i: every byte, a thousand at once, errors', async (RESP) => {
    const client = createClient({ socket: { port: portOf('redis', 2) }, RESP });
    await client.connect();
    try {
      const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      const key = Buffer.concat([Buffer.from(`nr${RESP}:`), EVERY_BYTE]);
      expect(String(await client.set(key, EVERY_BYTE))).toBe('OK');
      expect(await bytes.get(key)).toEqual(EVERY_BYTE);
      const sets = Array.from({ length: 1_000 }, (_, i) => client.set(`nr:p:${i}`, `${i}`));
      await Promise.all(sets);
      const gets = Array.from({ length: 1_000 }, (_, i) => client.get(`nr:p:${i}`));
      expect(await Promise.all(gets)).toEqual(Array.from({ length: 1_000 }, (_, i) => `${i}`));
      await client.hSet(`nr${RESP}:h`, { f: '1', g: '2' });
      await expect(client.incr(`nr${RESP}:h`)).rejects.toThrow(/^WRONGTYPE/);
      expect({ ...(await client.hGetAll(`nr${RESP}:h`)) }).toEqual({ f: '1', g: '2' });
    } finally {
      client.destroy();
    }
  });

  it('createCluster: finds all nodes from a plain port, keys of every shard', async () => {
    const client = createCluster({
      rootNodes: [{ socket: { host: '127.0.0.1', port: portOf('redis', 2) } }],
    });
    await client.connect();
    try {
      await Promise.all(Array.from({ length: 100 }, (_, i) => client.set(`nrc:${i}`, `${i}`)));
      const found = await Promise.all(
        Array.from({ length: 100 }, (_, i) => client.get(`nrc:${i}`)),
      );
      expect(found).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`));
    } finally {
      client.destroy();
    }
  });
});

describe('a node that is killed', () => {
  it('its clients come back to it by themselves, and find what was acknowledged', async () => {
    const io = new Redis(portOf('redis', 3));
    const node = createClient({ socket: { port: portOf('redis', 3) } });
    let ended = 0;
    io.on('error', () => undefined);
    io.on('close', () => ended++);
    node.on('error', () => undefined);
    await node.connect();
    try {
      await io.set('before:io', 'kept');
      await node.set('before:node', 'kept');
      await killNode(3);
      await waitFor('ioredis to notice', () => ended > 0);
      expect(await io.get('before:node')).toBe('kept');
      const found = await waitFor('node-redis to be back', () =>
        node.isReady ? node.get('before:io') : undefined,
      );
      expect(found).toBe('kept');
    } finally {
      io.disconnect();
      node.destroy();
    }
  });

  it('INCR through ioredis without retries: acknowledged ≤ value ≤ attempted', async () => {
    const client = new Redis(portOf('redis', 1), { maxRetriesPerRequest: 0 });
    client.on('error', () => undefined);
    const counted = { acknowledged: 0, attempted: 0 };
    let stop = false;
    const one = async (): Promise<void> => {
      while (!stop) {
        counted.attempted++;
        await client.incr('io:counted').then(
          () => counted.acknowledged++,
          () => undefined,
        );
      }
    };
    const all = Promise.all(Array.from({ length: 8 }, one));
    try {
      for (const victim of [2, 3]) {
        const enough = counted.acknowledged + 50;
        await waitFor('some to be counted', () => counted.acknowledged > enough);
        await killNode(victim);
        const after = counted.acknowledged + 50;
        await waitFor('counting to go on', () => counted.acknowledged > after);
        await waitFor(`node ${victim} to be back`, async () =>
          (await sandbox.cluster(cluster.name)).nodes.every(({ state }) => state === 'up'),
        );
      }
      stop = true;
      await all;
      const value = Number(await client.get('io:counted'));
      expect(value).toBeGreaterThanOrEqual(counted.acknowledged);
      expect(value).toBeLessThanOrEqual(counted.attempted);
    } finally {
      stop = true;
      client.disconnect();
    }
  });
});

describe('what clients say on connect, replayed', () => {
  const doors = ['redis', 'redisCluster'] as const;
  it.each(TRANSCRIPTS)('$client', async ({ said }) => {
    for (const door of doors) {
      const client = await RawClient.connect(portOf(door, 1));
      for (const { words, needs } of said) {
        const reply = await client.ask(words);
        const right = needs === null ? reply !== 'closed' : needs.test(reply);
        expect(right, `${door} ${words.join(' ')}: ${JSON.stringify(reply).slice(0, 400)}`).toBe(
          true,
        );
      }
      client.close();
    }
  });
});

describe.skipIf(!PYTHON_REDIS)(PYTHON_REDIS ? 'python3-redis' : WHY_SKIPPED.python, () => {
  it('runs test/redis/client.py', async () => {
    const script = join(PROJECT, 'test', 'redis', 'client.py');
    expect(await output(PYTHON, [script, `${portOf('redis', 2)}`])).toBe('python ok\n');
  });
});

describe.skipIf(!REDIS_CLI)(REDIS_CLI ? 'redis-cli' : WHY_SKIPPED.cli, () => {
  it.each([['-2'], ['-3']])('%s: a first session, help and INFO', async (protocol) => {
    const lines = [
      'set cli v',
      'get cli',
      'multi',
      'incr cli:n',
      'exec',
      'del cli:n',
      'hset cli:h f 1',
    ];
    const args = [protocol, '-p', `${portOf('redis', 1)}`];
    const said = await output('redis-cli', args, `${lines.join('\n')}\n`);
    const numbers = said.split('\n').map((line) => line.trim());
    expect(numbers.slice(0, 4)).toEqual(['OK', 'v', 'OK', 'QUEUED']);
    expect(await output('redis-cli', [...args, 'info', 'server'])).toContain('redis_version:');
    expect(await output('redis-cli', [...args, 'command', 'docs', 'get'])).toContain('summary');
  });

  it('-c follows keys over all nodes', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `set cli:c:${i} ${i}`).join('\n');
    const args = ['-c', '-p', `${portOf('redisCluster', 1)}`];
    const said = await output('redis-cli', args, `${lines}\n`);
    expect(said.match(/OK/g)?.length).toBe(20);
  });
});

describe.skipIf(!REDIS_BENCHMARK)(
  REDIS_BENCHMARK ? 'redis-benchmark' : WHY_SKIPPED.benchmark,
  () => {
    it('-t ping,set,get,incr,hset,mset ends without an error', async () => {
      const tests = [
        '-t',
        'ping,set,get,incr,hset,mset',
        '-n',
        '2000',
        '-c',
        '20',
        '-r',
        '1000',
        '-q',
      ];
      const said = await output('redis-benchmark', ['-p', `${portOf('redis', 1)}`, ...tests]);
      expect(said).not.toMatch(/error/i);
      for (const name of ['PING_INLINE', 'PING_MBULK', 'SET', 'GET', 'INCR', 'HSET', 'MSET']) {
        expect(said).toMatch(new RegExp(`${name}.*requests per second`));
      }
    });
  },
);
