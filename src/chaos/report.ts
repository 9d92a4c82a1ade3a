/** A run for eyes; its last line is the verdict. */
import { formatHistoryLine } from '../verify/history.js';
import type { ChaosReport, KindCounts, Proof, Verdict } from './types.js';

/** Operations of a violation that are printed. */
const MAX_SHOWN = 30;

const timesOf = (nodes: KindCounts['nodes']): string =>
  Object.entries(nodes)
    .map(([node, count]) => `node ${node} × ${count}`)
    .join(', ');

function faultLines({ faults }: ChaosReport): string[] {
  return [...faults].map(([kind, { injected, effective, hits, nodes }]) => {
    const counts = `${injected} injected, ${effective} with effect (${hits} hits)`;
    const met = timesOf(nodes);
    return `  ${kind.padEnd(10)} ${counts}${met === '' ? '' : `: ${met}`}`;
  });
}

function proofLines({ history, replicas }: Proof): string[] {
  const lines: string[] = [];
  if (history.kind === 'linearizable') {
    lines.push(`history     ${history.operations} operations on ${history.keys} keys checked`);
  }
  if (replicas.kind === 'equal') lines.push(`replicas    ${replicas.replicas} with equal digests`);
  if (history.kind !== 'violation') return lines;
  for (const { key, part } of history.parts) {
    lines.push(`key ${key}: no order explains these`);
    for (const op of part.slice(0, MAX_SHOWN)) lines.push(`  ${formatHistoryLine(op)}`);
    if (part.length > MAX_SHOWN) lines.push(`  and ${part.length - MAX_SHOWN} more`);
  }
  return lines;
}

export function verdictLine(verdict: Verdict): string {
  if (verdict.kind === 'linearizable') return 'linearizable';
  return `${verdict.kind}: ${verdict.reasons.join('; ')}`;
}

export function chaosText(report: ChaosReport): string {
  const { cluster, via, seed, durationMs, operations, leaderChanges, notServing } = report;
  const { ok, refused, unknown, codes, longestGapMs } = operations;
  const reasons = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const perSecond = Math.round((ok * 1000) / durationMs);
  const lines = [
    `cluster     ${cluster}, via ${via}, seed ${seed}, ${durationMs / 1000} s${report.interrupted ? ', interrupted' : ''}`,
    `operations  ${ok} ok (${perSecond} a second), ${refused} refused, ${unknown} unknown${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`,
    'faults',
    ...faultLines(report),
    `leaders     ${leaderChanges} changes`,
    `longest gap ${longestGapMs} ms without a success`,
    `afterwards  ${notServing === null ? 'every shard serves' : notServing}`,
    ...(report.proof === null ? [] : proofLines(report.proof)),
  ];
  if (report.verdict !== null) lines.push(verdictLine(report.verdict));
  return lines.join('\n');
}

/** The report as a document: maps become objects. */
export function chaosDocument(report: ChaosReport): object {
  const { ok } = report.operations;
  return {
    ...report,
    operations: { ...report.operations, perSecond: (ok * 1000) / report.durationMs },
    faults: Object.fromEntries(report.faults),
  };
}
