/**
 * rkv beside a real Redis: the same sequences of commands, generated from the door's rows, in RESP2
 * and RESP3, one by one and pipelined; replies must be equal byte for byte. What differs on purpose
 * is a row of scripts/redis/differences.mjs, from which docs/redis.md is generated.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MISSING } from '../../scripts/redis/missing.mjs';
import { told } from '../redis/command-info.js';
import { mismatch } from '../redis/compare.js';
import {
  CLUSTER_STORIES,
  mustAgree,
  type Ports,
  STORIES,
  startAlone,
  startRedisCluster,
} from '../redis/differential.js';
import { NEWER } from '../redis/newer.js';
import { RawClient, type Words } from '../redis/raw-client.js';
import { sorted, treeOf } from '../redis/reply.js';
import { REDIS_SERVER, RedisServer, WHY_SKIPPED } from '../redis/server.js';
import { ALL_ROWS } from '../redis/stories.js';
import { Sandbox, waitFor } from './support.js';

/** One more than a multiple of it is another story; test/long has other seeds. */
const SEED = 4;
const RUNS = 40;

let sandbox: Sandbox;
let alone: Ports;

beforeAll(async () => {
  sandbox = await Sandbox.create();
  alone = await startAlone(sandbox);
});
afterAll(() => sandbox.dispose());

describe.skipIf(!REDIS_SERVER)(REDIS_SERVER ? 'beside redis-server' : WHY_SKIPPED.server, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis?.stop());

  it.each(Object.entries(STORIES))('answers alike: %s', async (_title, stories) => {
    const sides = { ours: alone.redis, theirs: redis.port };
    await mustAgree(stories, sides, { numRuns: RUNS, seed: SEED });
  });

  it('answers cluster clients as a Redis with cluster mode on', async () => {
    const theirs = await startRedisCluster();
    try {
      const sides = { ours: alone.redisCluster, theirs: theirs.port };
      await mustAgree(CLUSTER_STORIES, sides, { numRuns: RUNS, seed: SEED });
    } finally {
      await theirs.stop();
    }
  });

  it('answers alike from three nodes', async () => {
    const cluster = await sandbox.up(['-n', '3']);
    const ports = cluster.nodes.map(({ addresses }) => Number(addresses.redis?.split(':')[1]));
    const some = [STORIES.strings, STORIES.keys, STORIES.transactions];
    for (const [i, stories] of some.entries()) {
      const sides = { ours: ports[i] as number, theirs: redis.port };
      await mustAgree(stories, sides, { numRuns: 6, seed: SEED });
    }
    await sandbox.rkv(['cluster', 'down', '--name', cluster.name]);
  });

  it('forgets a key when its time has passed, in whichever way it was said', async () => {
    const clients = [await RawClient.connect(alone.redis), await RawClient.connect(redis.port)];
    const both = async (words: Words): Promise<string[]> =>
      Promise.all(clients.map((client) => client.ask(words)));
    const soon = `${Date.now() + 60}`;
    const ways: readonly Words[] = [
      ['set', 'e:1', 'v', 'PX', '40'],
      ['psetex', 'e:2', '40', 'v'],
      ['set', 'e:3', 'v', 'PXAT', soon],
      ['setex', 'e:4', '1', 'v'],
    ];
    for (const words of ways) expect(await both(words)).toEqual(['+OK\r\n', '+OK\r\n']);
    await both(['set', 'e:5', 'v']);
    expect(await both(['pexpire', 'e:5', '40'])).toEqual([':1\r\n', ':1\r\n']);
    await both(['set', 'e:6', 'v']);
    expect(await both(['getex', 'e:6', 'PX', '40'])).toEqual(['$1\r\nv\r\n', '$1\r\nv\r\n']);
    for (let i = 1; i <= 6; i++) {
      await waitFor(`e:${i} to go`, async () =>
        (await both(['pttl', `e:${i}`])).every((reply) => reply === ':-2\r\n'),
      );
      for (const name of ['get', 'exists', 'type', 'strlen', 'incr', 'ttl']) {
        const [ours = '', theirs = ''] = await both([name, `e:${i}`]);
        const words = [name, `e:${i}`];
        expect(mismatch({ name, words, protocol: 2, ours, theirs, tookMs: 0 })).toBeNull();
      }
    }
    for (const client of clients) client.close();
  });

  it('restores what Redis has dumped, and Redis what rkv has', async () => {
    const sides = [await RawClient.connect(alone.redis), await RawClient.connect(redis.port)];
    const values: readonly Words[] = [
      ['set', 'r:a', 'a string'],
      ['set', 'r:b', '12345'],
      ['set', 'r:c', 'again and '.repeat(100)],
      ['set', 'r:d', '\x00\xff\r\n'],
      // packed by Redis, with integers of all sizes; packed and compressed; not packed; very many
      [
        'hset',
        'r:e',
        '',
        '-1',
        '\x00\xff',
        '127',
        '10',
        '4095',
        'd',
        '-32768',
        'f',
        '9223372036854775807',
      ],
      [
        'hset',
        'r:f',
        ...Array.from({ length: 200 }, (_, i) => [`field ${i}`, 'again and again']).flat(),
      ],
      ['hset', 'r:g', 'f', 'x'.repeat(65), 'g', '12345', 'h', 'y'.repeat(20_000)],
      ['hset', 'r:h', ...Array.from({ length: 3000 }, (_, i) => [`${i}`, `${i * 100_003}`]).flat()],
    ];
    for (const [from, to] of [sides, [...sides].reverse()] as [RawClient, RawClient][]) {
      for (const words of values) {
        const key = words[1] as string;
        await from.ask(words);
        const dumped = treeOf(await from.ask(['dump', key])).text;
        expect(await to.ask(['restore', key, '0', dumped, 'REPLACE'])).toBe('+OK\r\n');
        if (words[0] === 'set') {
          expect(await to.ask(['get', key])).toBe(await from.ask(['get', key]));
          continue;
        }
        const all = await Promise.all([to, from].map((side) => side.ask(['hgetall', key])));
        expect(sorted(all[0] as string, 2)).toBe(sorted(all[1] as string, 2));
        expect(await to.ask(['hlen', key])).toBe(`:${(words.length - 2) / 2}\r\n`);
      }
    }
    for (const client of sides) client.close();
  });

  it('has every command of Redis, or docs/redis.md says what brings it', async () => {
    const client = await RawClient.connect(redis.port);
    const names = treeOf(await client.ask(['command', 'list'])).items.map(({ text }) => text);
    client.close();
    expect(names.length).toBeGreaterThan(300);
    const missing = new Set(MISSING.flatMap(({ commands }) => commands));
    const container = (name: string): string => name.split('|')[0] as string;
    const containers = new Set([...ALL_ROWS.keys()].map(container));
    const unknown = names.filter(
      (name) =>
        !ALL_ROWS.has(name) &&
        !containers.has(name) &&
        !missing.has(name) &&
        !missing.has(container(name)),
    );
    expect(unknown).toEqual([]);
  });

  it('tells the same of each command: arity, flags, keys, categories', async () => {
    // asking and wait as later versions of Redis have them; subcommands are more often our own
    const names = [...ALL_ROWS.keys()].filter((name) => !/\||^(asking|wait)$/.test(name));
    const [ours, theirs] = [await told(alone.redis, names), await told(redis.port, names)];
    const shared = names.filter((name) => theirs.has(name));
    expect(shared.length).toBeGreaterThan(60);
    for (const name of shared) expect([name, ours.get(name)]).toEqual([name, theirs.get(name)]);
  });
});

describe('a node alone', () => {
  it('answers as documented what Debian’s Redis does not know yet', async () => {
    const client = await RawClient.connect(alone.redis);
    for (const { words, reply } of NEWER) {
      const found = await client.ask(words);
      const right = typeof reply === 'string' ? found === reply : reply.test(found);
      expect(right, `${words.join(' ')}: ${JSON.stringify(found)}`).toBe(true);
    }
    client.close();
  });

  it('MONITOR shows commands of other connections, arguments quoted', async () => {
    const monitor = await RawClient.connect(alone.redis);
    expect(await monitor.ask(['MONITOR'])).toBe('+OK\r\n');
    const line = monitor.push();
    const client = await RawClient.connect(alone.redis);
    await client.ask(['set', 'm\x00"', 'v']);
    expect(await line).toMatch(/^\+\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "set" "m\\x00\\"" "v"\r\n$/);
    monitor.close();
    client.close();
  });
});
