/**
 * `scripts/bench-redis`: redis-benchmark against a cluster of three and against one redis-server
 * with an append-only file that it syncs for every write, interleaved, so that both meet the same
 * machine. Prints medians and ratios and writes their section of docs/benchmarks.md. `--rounds N`,
 * `--requests N` (for SET at 64 clients; the others follow) and `--quick` are for trying it out:
 * with any of them nothing is written.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RUNS, readCsv, resultTable } from './bench/redis.mjs';
import { Cluster, ROOT, until } from './proof/cluster.mjs';

const PAGE = join(ROOT, 'docs', 'benchmarks.md');
const BEGIN = '<!-- redis-bench:begin -->';
const END = '<!-- redis-bench:end -->';
const SETTLED_MS = 60_000;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string' },
    requests: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 5));
const scale = Number(flags.requests ?? (flags.quick ? 5_000 : 100_000)) / 100_000;
const trial = flags.quick || flags.rounds !== undefined || flags.requests !== undefined;
const say = (line) => process.stdout.write(`${line}\n`);

function run(command, args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(' ')}: ${stderr || error.message}`));
    });
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The line to compare with: one process, every write synced, no replica. */
async function startRedis() {
  const directory = mkdtempSync(join(tmpdir(), 'rkv-bench-redis-'));
  const port = await freePort();
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, ...durable];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const up = await until(() => run('redis-cli', ['-p', `${port}`, 'ping']), 10_000);
  if (up === null) throw new Error('redis-server does not answer');
  return {
    port,
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** As `cluster up -n 3` makes it; anything else would be no fair figure. */
async function mustBeDefault(cluster) {
  const { cluster: whole, nodes, shards } = await cluster.json(['status']);
  const everywhere = nodes.every(({ leaders }) => leaders > 0);
  const threefold = shards.every(({ members }) => members.length === 3);
  if (whole.health !== 'ok' || shards.length !== 4 || !threefold || !everywhere) {
    throw new Error('the cluster is not three nodes, four shards, factor three, leaders on all');
  }
}

async function settled(cluster) {
  const { cluster: whole, nodes } = await cluster.json(['status']);
  return whole.health === 'ok' && nodes.every(({ leaders }) => leaders > 0);
}

async function measure(port, { args, requests }) {
  const count = Math.max(100, Math.round(requests * scale));
  const load = ['-p', `${port}`, '-d', '256', '-r', '100000', '-n', `${count}`, '--csv', ...args];
  return readCsv(await run('redis-benchmark', load));
}

async function figures(redis, cluster) {
  const { nodes } = await cluster.processes();
  const port = Number(nodes[0].addresses.redis.split(':')[1]);
  const found = RUNS.map((one) => ({ ...one, redis: [], rkv: [] }));
  for (let round = 1; round <= rounds; round++) {
    for (const one of found) {
      one.redis.push(await measure(redis.port, one));
      await until(() => settled(cluster), SETTLED_MS, 500);
      one.rkv.push(await measure(port, one));
      const [theirs, ours] = [one.redis.at(-1), one.rkv.at(-1)];
      say(
        `round ${round}: ${one.name}: Redis ${theirs.perSecond}/s p50 ${theirs.p50} ms, ` +
          `rkv ${ours.perSecond}/s p50 ${ours.p50} ms`,
      );
    }
  }
  return found;
}

function head() {
  const gib = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return [
    `Measured ${day} on ${availableParallelism()} cores, ${gib} GiB, Linux, Node`,
    `${process.versions.node}: medians of ${rounds} rounds, one server after the other in each.`,
  ].join('\n');
}

const cluster = new Cluster('bench-redis');
const redis = await startRedis();
try {
  await cluster.up(3);
  await mustBeDefault(cluster);
  const text = `${head()}\n\n${resultTable(await figures(redis, cluster))}`;
  say(text);
  if (!trial) {
    const page = readFileSync(PAGE, 'utf8');
    const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
    writeFileSync(PAGE, `${before}\n\n${text}\n\n${page.slice(page.indexOf(END))}`);
  }
} finally {
  await cluster.down().catch(() => undefined);
  cluster.remove();
  await redis.stop();
}
