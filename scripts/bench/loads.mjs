/** Throughput and latency: the standard runs of `rkv bench`, one after the other. */
import { until } from '../proof/cluster.mjs';
import { rounded, table } from './figures.mjs';

/** The first run meets code that is not compiled yet and keys that are not there. */
const RUNS = [
  { name: 'SET, 64 clients, the first seconds of the cluster', args: ['--clients', '64'] },
  { name: 'SET, 64 clients', args: ['--clients', '64', '--warmup', '20s'] },
  { name: 'SET, 64 clients × 16 in flight', args: ['--clients', '64', '--in-flight', '16'] },
  { name: 'SET, 1000 clients', args: ['--clients', '1000'] },
  { name: 'GET, 64 clients', args: ['--clients', '64', '--reads', '1'] },
  { name: 'SET, 1 client', args: ['--clients', '1'] },
];

const SETTLED_MS = 60_000;

const ms = (us) => rounded(us / 1000, 2);

/** Under load leaders may move; a run begins when every node leads again. */
async function settled(cluster) {
  const { cluster: whole, nodes } = await cluster.json(['status']);
  return whole.health === 'ok' && nodes.every(({ leaders }) => leaders > 0);
}

export async function measureLoads(cluster, { seconds, say }) {
  const rows = [];
  const commands = [];
  for (const { name, args } of RUNS) {
    const command = ['bench', ...args, '--duration', `${seconds}s`];
    await until(() => settled(cluster), SETTLED_MS, 500);
    const { result } = await cluster.json(command);
    const { p50Us, p90Us, p99Us, p999Us, maxUs } = result.all;
    const errors = Object.values(result.errors).reduce((sum, count) => sum + count, 0);
    const latencies = [p50Us, p90Us, p99Us, p999Us, maxUs].map(ms);
    rows.push([name, result.perSecond, ...latencies, result.longestStallMs, errors]);
    commands.push(`rkv ${command.join(' ')}`);
    say(`${name}: ${result.perSecond}/s, p50 ${ms(p50Us)} ms, p99 ${ms(p99Us)} ms`);
  }
  const head = [
    'run',
    'per second',
    'p50',
    'p90',
    'p99',
    'p99.9',
    'max',
    'longest stall',
    'errors',
  ];
  return [
    '## Throughput and latency (ms)',
    '',
    table(head, rows),
    '',
    '```',
    'rkv cluster up -n 3 -d',
    ...commands,
    '```',
  ].join('\n');
}
