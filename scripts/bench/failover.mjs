/** How long a shard takes no writes after `kill -9` of the node that leads it. */
import { kill, pause, until } from '../proof/cluster.mjs';
import { median, rounded, table } from './figures.mjs';

const READY_MS = 60_000;
/** So long all shards have had their leaders before the next one dies. */
const CALM_MS = 2_000;
const GIVE_UP_MS = 30_000;

/** A key whose shard this is. */
function keyOf(topology, shard, bucketOf) {
  const { firstBucket, lastBucket } = topology.shards.find(({ id }) => id === shard);
  for (let number = 0; ; number += 1) {
    const bucket = bucketOf(Buffer.from(`failover:${number}`));
    if (bucket >= firstBucket && bucket <= lastBucket) return `failover:${number}`;
  }
}

async function allWell(cluster, client) {
  const { nodes } = await cluster.processes();
  const { cluster: whole } = await client.admin.status();
  return nodes.every(({ state }) => state === 'up') && whole.health === 'ok' ? nodes : null;
}

/** From the kill to the first acknowledged write that was sent after it. */
async function untilWritten(client, key) {
  const begin = performance.now();
  while (performance.now() - begin < GIVE_UP_MS) {
    const written = await client.set(key, 'x', { timeoutMs: 10_000 }).catch(() => null);
    if (written !== null) return performance.now() - begin;
  }
  throw new Error(`no write was accepted within ${GIVE_UP_MS} ms`);
}

export async function measureFailover(cluster, client, bucketOf, { times, say }) {
  const figures = [];
  for (let round = 0; round < times; round += 1) {
    const nodes = await until(() => allWell(cluster, client), READY_MS);
    if (nodes === null) throw new Error('the cluster did not become well again');
    await pause(CALM_MS);
    const { shards } = await client.admin.status();
    const { id, leader } = shards[round % shards.length];
    const key = keyOf(client.topology, id, bucketOf);
    await client.set(key, 'before');
    kill(nodes.find((node) => node.id === leader).pid);
    figures.push(await untilWritten(client, key));
    say(`failover ${round + 1} of ${times}: ${rounded(figures.at(-1))} ms`);
  }
  return [
    '## First write accepted after `kill -9` of a leader (ms)',
    '',
    table(
      ['kills', 'median', 'best', 'worst'],
      [[times, median(figures), Math.min(...figures), Math.max(...figures)].map((x) => rounded(x))],
    ),
    '',
    'The clock runs from the kill to the acknowledgement of a write sent after it, to a key of a shard',
    'which the killed node led, from a client that was connected before.',
  ].join('\n');
}
