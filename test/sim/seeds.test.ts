/**
 * The seeds of every change: a fixed set, and some drawn from the hash of the commit, so that each
 * commit looks somewhere else. Every bug that a seed found stays in FOUND.
 */
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../scripts/sim/bundle.mjs';
import { runCrew } from '../../scripts/sim/crew.mjs';
import { failureText } from '../../scripts/sim/report.mjs';
import type { Result } from './run.js';

/**
 * 4: a cut-off clock set itself · 123: a lagging clock · 148: an installed snapshot was deleted.
 */
const FOUND = [4, 123, 148];
const FIXED = 40;
const DRAWN = 10;
const SEEDS_OF_COMMITS = 1_000_000;

/** The commit that is checked; a copy without its history has fixed seeds only. */
function drawnSeeds(): number[] {
  let hash: string;
  try {
    hash = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return [];
  }
  const first = SEEDS_OF_COMMITS + Number.parseInt(hash.slice(0, 7), 16);
  return Array.from({ length: DRAWN }, (_, at) => first + at);
}

let file = '';
beforeAll(async () => {
  file = await bundle();
});
afterAll(() => rm(file, { force: true }));

describe('the simulator', () => {
  it('finds nothing wrong in its fixed seeds and those of this commit', async () => {
    const fixed = Array.from({ length: FIXED }, (_, at) => at + 1);
    const seeds = [...new Set([...FOUND, ...fixed, ...drawnSeeds()])];
    const failed: string[] = [];
    let done = 0;
    const died = await runCrew(file, {
      seeds,
      workers: availableParallelism(),
      onResult(result: Result) {
        done++;
        if (result.violation !== null) failed.push(failureText(result));
      },
    });
    expect(failed.join('\n\n')).toBe('');
    expect(died).toBeNull();
    expect(done).toBe(seeds.length);
  }, 300_000);
});
