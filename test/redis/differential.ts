/** The properties of the differential test, for the short run of every gate and the long one. */
import { once } from 'node:events';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Sandbox, waitFor } from '../e2e/support.js';
import { BITS, HYPERLOGLOGS } from './families/bits.js';
import { CLUSTER, CONNECTION, SERVER } from './families/connection.js';
import { HASHES } from './families/hashes.js';
import { KEYS_FAMILY } from './families/keys.js';
import { STRINGS } from './families/strings.js';
import { RawClient } from './raw-client.js';
import { RedisServer } from './server.js';
import { run, type Story, stepsOf, storiesOf, transactionStories } from './stories.js';
import type { Family } from './words.js';

const without = (family: Family, ...names: string[]): Family =>
  Object.fromEntries(Object.entries(family).filter(([name]) => !names.includes(name)));

/** What can be queued, and must be answered alike to the letter. */
const IN_TRANSACTIONS = [
  without(STRINGS, 'getex', 'lcs'),
  without(BITS, 'bitcount', 'bitpos'),
  without(
    KEYS_FAMILY,
    ...['keys', 'dbsize', 'randomkey', 'scan', 'flushdb', 'flushall', 'dump', 'restore'],
    ...['object|encoding', 'object|idletime', 'object|refcount', 'object|freq'],
    ...['object|help', 'memory|usage'],
    // two servers get a command a little apart, and inside EXEC no number may differ
    ...['ttl', 'pttl', 'expiretime', 'pexpiretime'],
  ),
  // fields come in an order of the server's own
  without(HASHES, 'hgetall', 'hkeys', 'hvals', 'hscan', 'hrandfield'),
];

/** Stories by what they are about. */
export const STORIES = {
  strings: storiesOf(stepsOf(STRINGS)),
  keys: storiesOf(stepsOf(KEYS_FAMILY, STRINGS)),
  'bits and HyperLogLogs': storiesOf(stepsOf(BITS, HYPERLOGLOGS, STRINGS)),
  'hashes among other types': storiesOf(stepsOf(HASHES, KEYS_FAMILY)),
  transactions: transactionStories(stepsOf(...IN_TRANSACTIONS)),
  connections: storiesOf(stepsOf(CONNECTION)),
  servers: storiesOf(stepsOf(SERVER), 15),
} satisfies Record<string, fc.Arbitrary<Story>>;

/** For the listener for cluster clients, beside a Redis with cluster mode on. */
export const CLUSTER_STORIES = storiesOf(stepsOf(CLUSTER), 15);

export interface Ports {
  readonly redis: number;
  readonly redisCluster: number;
}

interface Bound {
  readonly addresses: { readonly redis: string; readonly redisCluster: string };
}

const portOf = (address: string): number => Number(address.split(':').at(-1));

/** A node alone: a cluster of one, with its four shards. */
export async function startAlone(sandbox: Sandbox): Promise<Ports> {
  const doors = ['grpc', 'peer', 'redis', 'redis-cluster'];
  const child = sandbox.start([
    ...['serve', '--data-dir', sandbox.path('alone'), '--engine', 'memory'],
    ...doors.flatMap((door) => [`--listen-${door}`, '127.0.0.1:0']),
  ]);
  child.stdout?.resume();
  child.stderr?.resume();
  const [{ addresses }] = (await once(child, 'message')) as [Bound];
  return { redis: portOf(addresses.redis), redisCluster: portOf(addresses.redisCluster) };
}

/** A Redis that believes it is a cluster of one which has all slots. */
export async function startRedisCluster(): Promise<RedisServer> {
  const server = await RedisServer.start(['--cluster-enabled', 'yes']);
  const client = await RawClient.connect(server.port);
  expect(await client.ask(['cluster', 'addslotsrange', '0', '16383'])).toBe('+OK\r\n');
  await waitFor('the Redis cluster to serve', async () =>
    (await client.ask(['cluster', 'info'])).includes('cluster_state:ok'),
  );
  client.close();
  return server;
}

export interface Sides {
  readonly ours: number;
  readonly theirs: number;
}

/** Fails with the seed and the shortest story found that the two sides answer differently. */
export async function mustAgree(
  stories: fc.Arbitrary<Story>,
  { ours, theirs }: Sides,
  options: { readonly numRuns: number; readonly seed: number },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      expect(await run(story, ours, theirs)).toEqual([]);
    }),
    options,
  );
}
