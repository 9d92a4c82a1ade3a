/** What redis-benchmark runs against both servers, and the table that comes of it. */
import { median, rounded, table } from './figures.mjs';

/** `goal`: issue 4's ratio to Redis, of throughput, or of the median latency for one client. */
export const RUNS = [
  { name: 'SET, 64 clients', args: ['-t', 'set', '-c', '64'], requests: 100_000, goal: 0.36 },
  { name: 'SET, 1000 clients', args: ['-t', 'set', '-c', '1000'], requests: 100_000, goal: 0.5 },
  {
    name: 'SET, 64 clients, pipeline of 16',
    args: ['-t', 'set', '-c', '64', '-P', '16'],
    requests: 400_000,
    goal: 0.36,
  },
  { name: 'GET, 64 clients', args: ['-t', 'get', '-c', '64'], requests: 200_000, goal: 0.45 },
  {
    name: 'SET, one client, p50',
    args: ['-t', 'set', '-c', '1'],
    requests: 3_000,
    latency: true,
    goal: 5,
  },
];

/** The one line of figures of `redis-benchmark --csv` (7.0): a head, then quoted values. */
export function readCsv(text) {
  const lines = text.trim().split('\n').slice(-2);
  const cells = lines.map((line) => line.split(',').map((cell) => cell.replaceAll('"', '').trim()));
  const [names = [], values = []] = cells;
  const of = (name) => {
    const value = Number(values[names.indexOf(name)]);
    if (!Number.isFinite(value)) throw new Error(`redis-benchmark printed no ${name}: ${text}`);
    return value;
  };
  return { perSecond: rounded(of('rps')), p50: of('p50_latency_ms'), p99: of('p99_latency_ms') };
}

const middle = (rounds, name) => median(rounds.map((one) => one[name]));

function row({ name, redis, rkv, latency, goal }) {
  const figure = latency ? 'p50' : 'perSecond';
  const ratio = middle(rkv, figure) / middle(redis, figure);
  const each = [redis, rkv].flatMap((rounds) => [
    rounded(middle(rounds, 'perSecond')),
    rounded(middle(rounds, 'p50'), 2),
    rounded(middle(rounds, 'p99'), 2),
  ]);
  return [name, ...each, rounded(ratio, 2), `${latency ? '≤' : '≥'} ${goal}`];
}

export function resultTable(runs) {
  const names = ['Redis/s', 'p50', 'p99', 'rkv/s', 'p50', 'p99'];
  return table(['run', ...names, 'ratio', 'asked for'], runs.map(row));
}
