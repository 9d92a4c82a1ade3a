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

/** Waits until every replica has applied all and told its digest at one index; then compares. */
export async function compareDigests(status) {
  const settled = await until(async () => {
    const { shards } = await status();
    const done = shards.every(
      (shard) =>
        shard.members.every(({ applied }) => applied === shard.commit) &&
        comparable(shard) !== null,
    );
    return done ? shards : null;
  }, CAUGHT_UP_MS);
  if (settled === null) return { compared: 0, wrong: ['replicas did not catch up or compare'] };
  const wrong = settled
    .filter((shard) => new Set(comparable(shard)).size > 1)
    .map((shard) => `shard ${shard.id}: digests differ: ${JSON.stringify(shard.members)}`);
  return { compared: settled.length, wrong };
}
