/** A run for eyes: what was measured, and the figures. */
import type { LatencySummary } from './histogram.js';
import type { BenchOptions, BenchReport } from './run.js';

const ms = (us: number): string => (us / 1000).toFixed(us < 100_000 ? 2 : 0).padStart(9);

function latencyLine(name: string, summary: LatencySummary): string {
  const { count, p50Us, p90Us, p99Us, p999Us, maxUs } = summary;
  const figures = [p50Us, p90Us, p99Us, p999Us, maxUs].map(ms).join(' ');
  return `${name.padEnd(8)}${String(count).padStart(10)} ${figures}`;
}

function loadLine(options: BenchOptions): string {
  const { callers, inFlight, rate, valueBytes, reads, keys, distribution } = options;
  const loop = rate === null ? 'closed loop' : `open loop, ${rate}/s`;
  const mix = `${Math.round(reads * 100)} % ${options.read.kind} reads`;
  return `load     ${callers} clients × ${inFlight} in flight, ${loop}, ${mix}, values of ${valueBytes} bytes, ${keys} ${distribution} keys`;
}

export function benchText(options: BenchOptions, report: BenchReport): string {
  const { configuration, deviations, result, verified, losses } = report;
  const { nodes, shards, votersPerShard, engines, sync } = configuration;
  const errors = Object.entries(result.errors).map(([code, count]) => `${code} ${count}`);
  const lines = [
    `cluster  ${nodes} nodes, ${shards} shards of ${votersPerShard.join(' or ')} voters, engine ${engines.join(', ')}, sync ${sync ? 'on' : 'OFF'}`,
    ...deviations.map((deviation) => `         not the default: ${deviation}`),
    loadLine(options),
    `result   ${result.perSecond} operations a second over ${result.elapsedMs / 1000} s, longest stall ${result.longestStallMs} ms`,
    `errors   ${errors.length === 0 ? 'none' : errors.join(', ')}`,
    '',
    'ms           count       p50       p90       p99     p99.9       max',
  ];
  if (result.writes.count > 0) lines.push(latencyLine('writes', result.writes));
  if (result.reads.count > 0) lines.push(latencyLine('reads', result.reads));
  if (verified !== null) {
    const outcome = losses.length === 0 ? 'all there' : `${losses.length} LOST`;
    lines.push('', `verified ${verified.acknowledged} writes on ${verified.keys} keys: ${outcome}`);
  }
  for (const { key, why } of losses.slice(0, 20)) lines.push(`         key ${key}: ${why}`);
  return lines.join('\n');
}
