/**
 * The verdict of `--verify`. A run that found nothing proves something only if the cluster was both
 * busy and under fire, and came back: else it says that it proves nothing.
 */
import type { Findings, Proof, Verdict } from './types.js';

export const MIN_OPS_PER_SECOND = 100;
/** One effective fault in this time. */
export const FAULT_EVERY_MS = 5_000;
export const MAX_UNKNOWN_SHARE = 0.2;
/** All shards serve so long after the last fault. */
export const RECOVERY_MS = 10_000;

export function judge(findings: Findings, proof: Proof): Verdict {
  const wrong = violations(proof);
  if (wrong.length > 0) return { kind: 'violation', reasons: wrong };
  const doubts = [...weakness(findings), ...gaps(proof)];
  if (doubts.length > 0) return { kind: 'inconclusive', reasons: doubts };
  return { kind: 'linearizable' };
}

function violations({ history, replicas }: Proof): string[] {
  const keys = history.kind === 'violation' ? history.parts.map(({ key }) => key) : [];
  return [
    ...keys.map((key) => `no order of its operations explains key ${key}`),
    ...(replicas.kind === 'differ' ? replicas.what : []),
  ];
}

/** What the run lacks to prove anything. */
export function weakness(findings: Findings): string[] {
  const { operations, durationMs, notServing } = findings;
  const { ok, refused, unknown } = operations;
  const perSecond = (ok * 1000) / durationMs;
  const all = ok + refused + unknown;
  const effective = [...findings.faults.values()].reduce((sum, one) => sum + one.effective, 0);
  const wanted = Math.floor(durationMs / FAULT_EVERY_MS);
  const found: string[] = [];
  if (perSecond < MIN_OPS_PER_SECOND) {
    const rate = perSecond.toFixed(1);
    found.push(`${rate} operations a second succeeded; ${MIN_OPS_PER_SECOND} are needed`);
  }
  if (effective < wanted) {
    found.push(`${effective} faults had an effect; ${wanted} are needed in this time`);
  }
  if (unknown > MAX_UNKNOWN_SHARE * all) {
    const share = Math.round((100 * unknown) / all);
    found.push(`${share} % of the outcomes are unknown; ${100 * MAX_UNKNOWN_SHARE} % are too many`);
  }
  if (notServing !== null) {
    const seconds = RECOVERY_MS / 1000;
    found.push(`not every shard served ${seconds} s after the last fault: ${notServing}`);
  }
  return found;
}

function gaps({ history, replicas }: Proof): string[] {
  const undecided = history.kind === 'undecided' ? history.keys : [];
  return [
    ...undecided.map((key) => `the history of key ${key} could not be decided in time`),
    ...(replicas.kind === 'not-compared' ? [replicas.why] : []),
  ];
}
