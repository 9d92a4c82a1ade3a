/** When a run proves something, when it shows a bug, and when it proves nothing. */
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/chaos/judge.js';
import { chaosDocument, chaosText } from '../../src/chaos/report.js';
import type { ChaosReport, Findings, KindCounts, Proof } from '../../src/chaos/types.js';
import type { FaultKind } from '../../src/launcher/fault-types.js';
import type { HistoryOp } from '../../src/verify/history.js';

const counts = (effective: number): KindCounts => ({
  injected: effective + 1,
  effective,
  hits: effective * 3,
  nodes: { 2: effective },
});
const faults = (effective: number): ReadonlyMap<FaultKind, KindCounts> =>
  new Map([
    ['kill', counts(1)],
    ['delay', counts(effective - 1)],
  ]);
const GOOD: Findings = {
  durationMs: 60_000,
  operations: { ok: 6_000, refused: 10, unknown: 5, codes: {}, longestGapMs: 900 },
  faults: faults(12),
  leaderChanges: 4,
  notServing: null,
};
const PROOF: Proof = {
  history: { kind: 'linearizable', operations: 6_015, keys: 64 },
  replicas: { kind: 'equal', replicas: 15 },
};
const operations = (change: Partial<Findings['operations']>): Findings => ({
  ...GOOD,
  operations: { ...GOOD.operations, ...change },
});

const GET: HistoryOp = {
  client: 1,
  op: 'get',
  key: 'k',
  args: [],
  call: 1,
  return: 2,
  result: 'ok',
  out: { value: 'lost' },
};
const BROKEN: Proof['history'] = { kind: 'violation', parts: [{ key: 'k', part: [GET] }] };

describe('judge', () => {
  it('linearizable: busy, under fire, all back, history and replicas right', () => {
    expect(judge(GOOD, PROOF)).toEqual({ kind: 'linearizable' });
  });

  it.each<[string, Findings, string]>([
    ['too few operations', operations({ ok: 5_999 }), '100.0 operations a second succeeded'],
    ['too few faults with effect', { ...GOOD, faults: faults(11) }, '11 faults had an effect; 12'],
    ['too much unknown', operations({ unknown: 1_503 }), '20 % of the outcomes are unknown'],
    [
      'a shard that does not come back',
      { ...GOOD, notServing: 'shard 3 has no leader' },
      'not every shard served 10 s after the last fault: shard 3 has no leader',
    ],
  ])('inconclusive: %s', (_, findings, words) => {
    const verdict = judge(findings, PROOF);
    expect(verdict.kind).toBe('inconclusive');
    expect(verdict.kind === 'inconclusive' && verdict.reasons).toEqual([
      expect.stringContaining(words),
    ]);
  });

  it('the bounds themselves are good enough', () => {
    const bound = operations({ ok: 6_000, refused: 0, unknown: 1_500 });
    expect(judge(bound, PROOF)).toEqual({ kind: 'linearizable' });
    expect(judge({ ...GOOD, durationMs: 59_999 }, PROOF)).toEqual({ kind: 'linearizable' });
  });

  it('inconclusive: a key that was not decided, replicas that were not compared', () => {
    const proof: Proof = {
      history: { kind: 'undecided', keys: ['k'] },
      replicas: { kind: 'not-compared', why: 'no digest' },
    };
    expect(judge(GOOD, proof)).toEqual({
      kind: 'inconclusive',
      reasons: ['the history of key k could not be decided in time', 'no digest'],
    });
  });

  it('violation: a history, replicas that differ; whatever else the run lacks', () => {
    const idle = operations({ ok: 0 });
    expect(judge(idle, { ...PROOF, history: BROKEN })).toEqual({
      kind: 'violation',
      reasons: ['no order of its operations explains key k'],
    });
    const differ: Proof['replicas'] = { kind: 'differ', what: ['shard 2 differs'] };
    expect(judge(GOOD, { ...PROOF, replicas: differ })).toEqual({
      kind: 'violation',
      reasons: ['shard 2 differs'],
    });
  });
});

describe('the report', () => {
  const report = (change: Partial<ChaosReport> = {}): ChaosReport => ({
    ...GOOD,
    cluster: 'default',
    via: 'grpc',
    seed: 7,
    interrupted: false,
    proof: PROOF,
    verdict: judge(GOOD, PROOF),
    ...change,
  });

  it('ends with the verdict, and says what was done and seen', () => {
    expect(chaosText(report())).toBe(
      [
        'cluster     default, via grpc, seed 7, 60 s',
        'operations  6000 ok (100 a second), 10 refused, 5 unknown',
        'faults',
        '  kill       2 injected, 1 with effect (3 hits): node 2 × 1',
        '  delay      12 injected, 11 with effect (33 hits): node 2 × 11',
        'leaders     4 changes',
        'longest gap 900 ms without a success',
        'afterwards  every shard serves',
        'history     6015 operations on 64 keys checked',
        'replicas    15 with equal digests',
        'linearizable',
      ].join('\n'),
    );
  });

  it('shows the operations that no order explains', () => {
    const proof = { ...PROOF, history: BROKEN };
    const lines = chaosText(report({ proof, verdict: judge(GOOD, proof) })).split('\n');
    expect(lines.at(-1)).toBe('violation: no order of its operations explains key k');
    const shown = lines.find((line) => line.startsWith('  {')) ?? '';
    expect(JSON.parse(shown)).toEqual(GET);
  });

  it('without --verify has no verdict; as a document it is JSON', () => {
    const plain = report({ proof: null, verdict: null, interrupted: true });
    expect(chaosText(plain)).toContain('interrupted');
    expect(chaosText(plain).endsWith('every shard serves')).toBe(true);
    expect(JSON.parse(JSON.stringify(chaosDocument(plain)))).toMatchObject({
      seed: 7,
      operations: { ok: 6_000, perSecond: 100 },
      faults: { kill: { effective: 1, nodes: { 2: 1 } } },
      verdict: null,
    });
  });
});
