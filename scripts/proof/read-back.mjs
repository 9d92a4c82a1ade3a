/**
 * After the storm: every key through the cluster, from each node's own replica, and the digests.
 */
import { until } from './cluster.mjs';
import { judge } from './writers.mjs';

const READERS = 64;
const CAUGHT_UP_MS = 60_000;

/** Runs `work` on all items, so many at once. */
async function forAll(items, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: READERS }, worker));
}

/**
 * @param {import('./writers.mjs').KeyRecord[]} records
 * @param {(key: string) => Promise<string | null>} read
 * @returns {Promise<string[]>} what is wrong
 */
export async function readBack(records, read, where) {
  const wrong = [];
  await forAll(records, async (record) => {
    const why = judge(record, await read(record.name));
    if (why !== null) wrong.push(`${where}: ${why}`);
  });
  return wrong;
}

/** The digests of a shard's members, or null while they speak of different indexes. */
function comparable({ members }) {
  const digests = members.map(({ digest }) => digest);
  const same = digests.every((digest) => digest !== null && digest.index === digests[0].index);
  return same ? digests.map(({ value }) => value) : null;
}

/**
 * Waits until every replica has told its digest at one index beyond `after` (index by shard), so
 * that it has applied all that was written before; then compares.
 */
export async function compareDigests(status, after) {
  const settled = await until(async () => {
    const { shards } = await status();
    const beyond = ({ id, members }) => members[0].digest.index > after.get(id);
    return shards.every((shard) => comparable(shard) !== null && beyond(shard)) ? shards : null;
  }, CAUGHT_UP_MS);
  if (settled === null) return { compared: 0, wrong: ['replicas did not catch up or compare'] };
  const wrong = settled
    .filter((shard) => new Set(comparable(shard)).size > 1)
    .map((shard) => `shard ${shard.id}: digests differ: ${JSON.stringify(shard.members)}`);
  return { compared: settled.length, wrong };
}

/** Changes every shard once more, so that each compares digests beyond the index it gives. */
export async function touchAll(client) {
  const { shards } = await client.admin.status();
  const touched = Array.from({ length: shards.length * 50 }, (_, i) => [`kl:touch:${i}`, 'x']);
  await client.mset(touched);
  return new Map(shards.map(({ id, commit }) => [id, commit]));
}
