/** What is paid without load: start, one command, memory with a million keys, an idle cluster. */
import { execFileSync } from 'node:child_process';
import { Cluster, pause, ROOT, RUN } from '../proof/cluster.mjs';
import { cpuTicks, median, residentMb, rounded, table } from './figures.mjs';

const MILLION = 1_000_000;
const TICK_MS = 10;

function timed(run) {
  const begin = performance.now();
  run();
  return performance.now() - begin;
}

/** `cluster up -n 3 -d` on an empty directory, to its return. */
export async function measureStart({ times, say }) {
  const figures = [];
  for (let round = 0; round < times; round += 1) {
    const cluster = new Cluster('bench-start');
    const begin = performance.now();
    try {
      await cluster.up(3);
      figures.push(performance.now() - begin);
    } finally {
      await cluster.down().catch(() => undefined);
      cluster.remove();
    }
    say(`start ${round + 1} of ${times}: ${rounded(figures.at(-1))} ms`);
  }
  return [`\`rkv cluster up -n 3 -d\`, median of ${times}`, `${rounded(median(figures))} ms`];
}

/** A whole process for one answer. */
export async function measureCommand(cluster, { times, say }) {
  await cluster.rkv(['set', 'k', 'v']);
  const options = { env: cluster.env, cwd: ROOT, stdio: 'ignore' };
  const run = (args) => timed(() => execFileSync(process.execPath, args, options));
  const figures = Array.from({ length: times }, () => run([RUN, 'get', 'k']));
  const bare = Array.from({ length: times }, () => run(['-e', '0']));
  const line = `${rounded(median(figures))} ms, of which \`node -e 0\` ${rounded(median(bare))} ms`;
  say(`get from the shell: ${line}`);
  return [`\`node bin/run.js get k\`, median of ${times}`, line];
}

async function pids(cluster) {
  return (await cluster.processes()).nodes.map(({ pid }) => pid);
}

/** Groups rest five seconds after their last entry, and a digest follows within ten. */
const REST_MS = 20_000;

export async function measureIdle(cluster, { seconds, say }) {
  await pause(REST_MS);
  const nodes = await pids(cluster);
  const before = nodes.map(cpuTicks);
  await pause(seconds * 1000);
  const used = nodes.map((pid, i) => (cpuTicks(pid) - before[i]) * TICK_MS);
  const percent = (used.reduce((sum, one) => sum + one, 0) / (seconds * 1000)) * 100;
  say(`idle: ${rounded(percent, 1)} % of one core`);
  return [`three idle nodes together, over ${seconds} s`, `${rounded(percent, 1)} % of one core`];
}

export async function measureMemory(cluster, { say }) {
  const fill = ['bench', '--keys', String(MILLION), '--reads', '1', '--keep', '--warmup', '1ms'];
  await cluster.rkv([...fill, '--duration', '1s', '--timeout', '30s'], 600_000);
  const nodes = await pids(cluster);
  const figures = nodes.map((pid) => {
    const { all, files } = residentMb(pid);
    return `${rounded(all)} (${rounded(files)})`;
  });
  const line = `${figures.join(', ')} MB`;
  say(`memory with a million keys: ${line}`);
  return [
    'resident memory per node with a million keys of 256 bytes (of it pages of mapped files)',
    line,
  ];
}

export const footprintTable = (rows) =>
  ['## Without load', '', table(['what', 'figure'], rows)].join('\n');
