/**
 * The seeds of every change: a fixed set, and some drawn from the hash of the commit, so that each
 * commit looks somewhere else. Every seed that found a bug stays in FOUND.
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
 * What they found: 4, a cut-off clock that set itself; 123, a lagging clock; 148, an installed
 * snapshot that was deleted; 1011, a deadline from a clock that nobody trusted; 15, a write refused
 * though an earlier try of it was applied; 31, a snapshot that rotted before it was installed.
 */
const FOUND = [4, 15, 31, 123, 148, 1011];
const FIXED = 200;
const DRAWN = 50;
const SEEDS_OF_COMMITS = 1_000_000;
/** A slow machine does fewer and says so, but never fewer than this. */
const BUDGET_MS = 110_000;
const LEAST = 12;

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

/** Found ones first, then one that this commit has drawn for every four fixed ones. */
function inTurn(): number[] {
  const drawn = drawnSeeds();
  const mixed = Array.from({ length: FIXED }, (_, at) => {
    const extra = at % (FIXED / DRAWN) === 0 ? drawn[(at * DRAWN) / FIXED] : undefined;
    return extra === undefined ? [at + 1] : [at + 1, extra];
  });
  return [...new Set([...FOUND, ...mixed.flat()])];
}

let file = '';
beforeAll(async () => {
  file = await bundle();
}, 60_000);
afterAll(() => rm(file, { force: true }));

describe('the simulator', () => {
  it('finds nothing wrong in its fixed seeds and those of this commit', async () => {
    const began = performance.now();
    const seeds = inTurn();
    const failed: string[] = [];
    let done = 0;
    const died = await runCrew(file, {
      seeds,
      workers: availableParallelism(),
      enough: () => done >= LEAST && performance.now() - began > BUDGET_MS,
      onResult(result: Result) {
        done++;
        if (result.violation !== null) failed.push(failureText(result));
      },
    });
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.info(`${done} of ${seeds.length} seeds in ${seconds} s`);
    expect(failed.join('\n\n')).toBe('');
    expect(died).toBeNull();
    expect(done).toBeGreaterThanOrEqual(LEAST);
  }, 300_000);
});
