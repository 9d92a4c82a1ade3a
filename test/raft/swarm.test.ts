/** Many seeds of the swarm: each printed seed replays a failure. */
import { describe, expect, it } from 'vitest';
import { Swarm } from './support/swarm.js';
import type { SwarmOptions } from './support/swarm-types.js';

const SEEDS = Number(process.env.RAFT_SEEDS ?? 40);

function runAll(options: Omit<SwarmOptions, 'seed'>): Swarm['stats'] {
  const sum = {
    commits: 0,
    elections: 0,
    crashes: 0,
    reads: 0,
    snapshots: 0,
    changes: 0,
    stalls: 0,
  };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const swarm = new Swarm({ ...options, seed });
    try {
      swarm.run();
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += swarm.stats[name];
  }
  return sum;
}

describe('swarm', () => {
  it('three replicas on a good network make progress', () => {
    const stats = runAll({ replicas: 3, steps: 3000, drop: 0, double: 0, crash: 0 });
    expect(stats.commits).toBeGreaterThan(SEEDS * 50);
    expect(stats.reads).toBeGreaterThan(SEEDS);
  });

  it('three replicas, bad network, crashes', () => {
    const stats = runAll({ replicas: 3, steps: 8000 });
    expect(stats.elections).toBeGreaterThan(SEEDS);
    expect(stats.crashes).toBeGreaterThan(SEEDS);
    expect(stats.commits).toBeGreaterThan(SEEDS * 20);
  });

  it('five replicas, transfers, compaction and snapshots', () => {
    const stats = runAll({ replicas: 5, steps: 12_000, transfers: true, compaction: true });
    expect(stats.snapshots).toBeGreaterThan(0);
  });

  it('membership changes among five replicas', () => {
    const stats = runAll({
      replicas: 5,
      voters: [1, 2, 3],
      steps: 12_000,
      transfers: true,
      compaction: true,
      changes: true,
    });
    expect(stats.changes).toBeGreaterThan(SEEDS);
    expect(stats.stalls).toBeLessThanOrEqual(SEEDS * 0.05);
  });

  it('lease reads, clocks alike', () => {
    const stats = runAll({
      replicas: 3,
      steps: 8000,
      lockstep: true,
      transfers: true,
      config: { leaseTicks: 10 },
    });
    expect(stats.reads).toBeGreaterThan(SEEDS);
  });

  it('resting groups wake', () => {
    const stats = runAll({ replicas: 3, steps: 8000, crash: 1, config: { quiesceTicks: 4 } });
    expect(stats.commits).toBeGreaterThan(SEEDS);
  });

  it('without pre-vote and check-quorum', () => {
    const stats = runAll({
      replicas: 3,
      steps: 8000,
      transfers: true,
      config: { preVote: false, checkQuorum: false },
    });
    expect(stats.elections).toBeGreaterThan(SEEDS);
  });

  it('everything at once', () => {
    const stats = runAll({
      replicas: 5,
      voters: [1, 2, 3],
      steps: 12_000,
      lockstep: true,
      transfers: true,
      compaction: true,
      changes: true,
      config: { leaseTicks: 8, quiesceTicks: 5, maxInflightMessages: 2 },
    });
    expect(stats.changes).toBeGreaterThan(SEEDS);
    expect(stats.stalls).toBeLessThanOrEqual(SEEDS * 0.05);
  });

  it('canary: a core that waits for no disk is caught', () => {
    const caught = Array.from({ length: SEEDS }, (_, seed) => {
      try {
        new Swarm({ replicas: 3, steps: 8000, crash: 20, impatient: true, seed }).run();
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(caught.join('\n')).toMatch(
      /one vote per term|durable on a majority|state machine safety/,
    );
  });
});
