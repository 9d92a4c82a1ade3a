/** A whole run against a store in memory in the place of the client. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { benchText } from '../../src/bench/report.js';
import { type BenchOptions, runBench } from '../../src/bench/run.js';
import type { Client } from '../../src/client/client.js';
import type { ClusterStatus } from '../../src/kv/status.js';
import { MemoryTarget } from './memory-target.js';

const OPTIONS: BenchOptions = {
  callers: 4,
  inFlight: 2,
  rate: null,
  valueBytes: 64,
  reads: 0,
  read: { kind: 'linearizable' },
  durationMs: 60,
  warmupMs: 10,
  keys: 40,
  distribution: 'uniform',
  seed: 3,
  timeoutMs: 1000,
  any: false,
  verify: false,
  record: null,
  keep: false,
};

/** The parts of a status that the bench looks at. */
function statusOf(nodes: number, sync = true): ClusterStatus {
  const voters = Array.from({ length: 3 }, (_, i) => ({ node: i + 1, role: 'voter' }));
  return {
    cluster: { name: 'default', id: 'x', version: 1, health: 'ok' },
    nodes: Array.from({ length: nodes }, (_, i) => ({
      id: i + 1,
      leaders: 1,
      engine: 'level',
      sync,
    })),
    shards: [1, 2, 3, 4].map((id) => ({ id, members: voters })),
  } as unknown as ClusterStatus;
}

function clientOf(target: MemoryTarget, status = statusOf(3)): Client {
  return {
    submit: target.submit.bind(target),
    admin: { status: async () => status, options: async () => ({ leaseReads: false }) },
  } as unknown as Client;
}

const run = (options: Partial<BenchOptions>, target = new MemoryTarget(), status = statusOf(3)) =>
  runBench(clientOf(target, status), { ...OPTIONS, ...options }, () => undefined);

describe('runBench', () => {
  it('refuses another configuration than the default, unless told not to', async () => {
    const asked = run({}, new MemoryTarget(), statusOf(5, false));
    await expect(asked).rejects.toMatchObject({ code: 'CONFLICT', exitCode: 7 });
    await expect(asked).rejects.toThrow('5 nodes instead of 3, sync is off');
    const report = await run({ any: true }, new MemoryTarget(), statusOf(5, false));
    expect(report.deviations).toHaveLength(2);
    expect(benchText(OPTIONS, report)).toContain('not the default: sync is off');
  });

  it('fills the keys it will read, and deletes what it wrote', async () => {
    const target = new MemoryTarget();
    const report = await run({ reads: 1 }, target);
    expect(report.result.reads.count).toBeGreaterThan(0);
    expect(report.result.writes.count).toBe(0);
    expect(target.data.size).toBe(0);
  });

  it('keeps the keys when asked to', async () => {
    const target = new MemoryTarget();
    await run({ reads: 0.5, keep: true }, target);
    expect(target.data.size).toBe(OPTIONS.keys);
  });

  it('verifies what was acknowledged, and names a loss', async () => {
    const good = await run({ verify: true });
    expect(good.verified?.acknowledged).toBeGreaterThan(0);
    expect(good.losses).toEqual([]);
    expect(benchText(OPTIONS, good)).toContain('all there');
    const bad = new MemoryTarget();
    bad.loseEvery = 5;
    const report = await run({ verify: true }, bad);
    expect(report.losses.length).toBeGreaterThan(0);
    expect(benchText(OPTIONS, report)).toContain('LOST');
  });

  it('needs values that can name their write to verify', async () => {
    await expect(run({ verify: true, valueBytes: 8 })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('records a history in which every value read was written before', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rkv-bench-'));
    try {
      const record = join(folder, 'history.jsonl');
      await run({ reads: 0.5, record });
      const lines = (await readFile(record, 'utf8')).trim().split('\n');
      const history = lines.map(
        (line) => JSON.parse(line) as { op: string; args: string[]; out: { value: string } },
      );
      const written = new Set(history.filter(({ op }) => op === 'set').map(({ args }) => args[0]));
      const read = history.filter(({ op }) => op === 'get');
      expect(read.length).toBeGreaterThan(0);
      expect(read.filter(({ out }) => !written.has(out.value))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
