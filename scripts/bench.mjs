/**
 * `npm run bench`: measures a fresh cluster of three and writes docs/benchmarks.md. `--only
 * loads|failover|footprint` measures one part and writes nothing; `--quick` is for trying it out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../dist/src/client/connect.js';
import { bucketOf } from '../dist/src/shard/slot.js';
import { measureFailover } from './bench/failover.mjs';
import {
  footprintTable,
  measureCommand,
  measureIdle,
  measureMemory,
  measureStart,
} from './bench/footprint.mjs';
import { measureLoads } from './bench/loads.mjs';
import { Cluster, ROOT } from './proof/cluster.mjs';

const PAGE = join(ROOT, 'docs', 'benchmarks.md');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const wanted = (part) => flags.only === undefined || flags.only === part;
const say = (line) => process.stdout.write(`${line}\n`);
const scale = flags.quick ? { seconds: 2, times: 3 } : { seconds: 10, times: 20 };

async function footprint(cluster) {
  const rows = [
    await measureCommand(cluster, { ...scale, say }),
    await measureIdle(cluster, { ...scale, say }),
    await measureStart({ times: Math.min(scale.times, 5), say }),
  ];
  if (!flags.quick) rows.push(await measureMemory(cluster, { say }));
  return footprintTable(rows);
}

async function failover(cluster) {
  const client = await connect({ endpoints: await cluster.endpoints() });
  try {
    return await measureFailover(cluster, client, bucketOf, { ...scale, say });
  } finally {
    await client.close();
  }
}

const PARTS = {
  loads: (cluster) => measureLoads(cluster, { ...scale, say }),
  failover,
  footprint,
};

/** Each part gets a cluster of its own, so that none measures what another left behind. */
async function measure(part) {
  const cluster = new Cluster(`bench-${part}`);
  try {
    await cluster.up(3);
    return await PARTS[part](cluster);
  } finally {
    await cluster.down().catch(() => undefined);
    cluster.remove();
  }
}

function machine() {
  const gib = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `Measured ${day} on ${availableParallelism()} cores, ${gib} GiB, Linux, Node ${process.versions.node}.`;
}

const sections = [machine()];
for (const part of Object.keys(PARTS)) {
  if (wanted(part)) sections.push(await measure(part));
}
const text = sections.join('\n\n');
if (flags.only === undefined && !flags.quick) {
  const page = readFileSync(PAGE, 'utf8');
  const head = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(PAGE, `${head}\n\n${text}\n\n${page.slice(page.indexOf(END))}`);
} else say(text);
