/**
 * `scripts/kill-loop --minutes 3`: 64 callers write while nodes are killed from outside; afterwards
 * every acknowledged write must be there, through the cluster and in each node's own replica.
 * Exits 0 when all is well, 8 on any loss, 5 when too little happened to say so.
 */
import { parseArgs } from 'node:util';
import { connect } from '../dist/src/client/connect.js';
import { Cluster } from './proof/cluster.mjs';
import { Killer } from './proof/killer.mjs';
import { compareDigests, readBack, touchAll } from './proof/read-back.mjs';
import { Writers } from './proof/writers.mjs';

const CALLERS = 64;
const WRITE_TIMEOUT_MS = 10_000;
/** What a run of three minutes must have seen; a longer one in proportion. */
const PER_THREE_MINUTES = { kills: 60, leaderKills: 20, allKills: 5, acknowledged: 200_000 };
const PAUSE_AFTER_KILL_MS = 1_000;

const { values: flags } = parseArgs({
  options: { minutes: { type: 'string', default: '3' }, nodes: { type: 'string', default: '3' } },
});
const minutes = Number(flags.minutes);
const nodes = Number(flags.nodes);
if (!(minutes > 0) || !(nodes >= 3)) {
  process.stderr.write('usage: kill-loop [--minutes N] [--nodes N, at least 3]\n');
  process.exit(2);
}

const say = (line) => process.stdout.write(`${line}\n`);
const quota = (name) => Math.ceil((PER_THREE_MINUTES[name] * Math.min(minutes, 60)) / 3);

/** What is still to be done before the run may end. */
function missing(killer, writers) {
  const seen = { ...killer, acknowledged: writers.acknowledged };
  return Object.keys(PER_THREE_MINUTES).filter((name) => seen[name] < quota(name));
}

/** Kills until time and quotas are reached; gives up at three times the time. */
async function storm(killer, writers) {
  const begin = performance.now();
  const passed = () => performance.now() - begin;
  const ms = minutes * 60_000;
  let nextLine = 10_000;
  while (passed() < ms || (missing(killer, writers).length > 0 && passed() < 3 * ms)) {
    await killer.round();
    if (passed() < nextLine) continue;
    nextLine = passed() + 10_000;
    say(`${Math.round(passed() / 1000)} s: ${killer.kills} kills, ${writers.acknowledged} writes`);
  }
}

function appendWith(client) {
  return async (key, token) => {
    try {
      await client.append(key, token, { timeoutMs: WRITE_TIMEOUT_MS });
      return 'ok';
    } catch (error) {
      if (error.kind === undefined) throw error;
      return error.kind === 'unknown' ? 'unknown' : 'refused';
    }
  };
}

async function readAll(cluster, client, records) {
  const wrong = await readBack(
    records,
    async (key) => (await client.get(key))?.value.toString('latin1') ?? null,
    'cluster',
  );
  say(`read back through the cluster: ${records.length} keys, ${wrong.length} wrong`);
  const after = await touchAll(client);
  const digests = await compareDigests(() => client.admin.status(), after);
  wrong.push(...digests.wrong);
  say(
    `digests compared on all replicas: ${digests.compared} shards, ${digests.wrong.length} wrong`,
  );
  for (const { id } of (await cluster.processes()).nodes) {
    const read = async (key) => {
      const value = await client.admin.localRead(0, Buffer.from(key), { node: id });
      return value === null ? null : Buffer.from(value).toString('latin1');
    };
    const local = await readBack(records, read, `node ${id}`);
    say(`read from the replicas of node ${id}: ${records.length} keys, ${local.length} wrong`);
    wrong.push(...local);
  }
  return wrong;
}

async function main(cluster) {
  await cluster.up(nodes);
  const client = await connect({ endpoints: await cluster.endpoints() });
  const writers = new Writers(appendWith(client));
  const killer = new Killer(cluster, () => client.admin.status(), PAUSE_AFTER_KILL_MS);
  const writing = writers.run(CALLERS);
  await storm(killer, writers).finally(() => writers.stop());
  await writing;
  await cluster.rkv(['cluster', 'wait', '--name', cluster.name, '--timeout', '60s'], 90_000);
  const { kills, leaderKills, allKills } = killer;
  say(`kills: ${kills}, of a leader: ${leaderKills}, of all nodes at once: ${allKills}`);
  const { acknowledged, refused, unknown } = writers;
  say(`writes: ${acknowledged} acknowledged, ${refused} refused, ${unknown} of unknown outcome`);
  say(`longest time without an acknowledged write: ${Math.round(writers.longestStallMs)} ms`);
  const wrong = await readAll(cluster, client, writers.records);
  await client.close();
  for (const line of wrong.slice(0, 20)) say(`LOST ${line}`);
  if (wrong.length > 0) return 8;
  const lacking = missing(killer, writers);
  if (lacking.length > 0) say(`too little happened: ${lacking.join(', ')}`);
  return lacking.length > 0 ? 5 : 0;
}

const cluster = new Cluster('kill-loop');
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void cluster.down().finally(() => process.exit(130)));
}
let code = 5;
try {
  code = await main(cluster);
} catch (error) {
  say(`kill-loop: ${error.message}`);
} finally {
  await cluster.down().catch((error) => say(error.message));
}
if (code === 0) cluster.remove();
else say(`the cluster's directory is kept: ${cluster.root}`);
say(code === 0 ? 'nothing was lost' : `exit ${code}`);
process.exit(code);
