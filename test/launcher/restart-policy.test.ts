/** CLI contract, "Local clusters": when a node that ended is started again. */
import { describe, expect, it } from 'vitest';
import { onUnexpectedExit } from '../../src/launcher/restart-policy.js';

/** Delays of a node that never becomes ready, until it is given up (null: it never is). */
function delays(code: number | null, starts: number): (number | 'failed')[] {
  const seen: (number | 'failed')[] = [];
  let failedStarts = 0;
  for (let start = 0; start < starts; start += 1) {
    const verdict = onUnexpectedExit({ code, wasReady: false, failedStarts });
    if (verdict.kind === 'failed') return [...seen, 'failed'];
    seen.push(verdict.delayMs);
    failedStarts = verdict.failedStarts;
  }
  return seen;
}

describe('restart policy', () => {
  it.each([null, 0, 1, 5, 70])('restarts what was up after 0.2 s (exit %s)', (code) => {
    expect(onUnexpectedExit({ code, wasReady: true, failedStarts: 4 })).toEqual({
      kind: 'restart',
      delayMs: 200,
      failedStarts: 0,
    });
  });

  it.each([2, 7, 8])('leaves exit %s alone, up or not', (code) => {
    for (const wasReady of [true, false]) {
      const verdict = onUnexpectedExit({ code, wasReady, failedStarts: 0 });
      expect(verdict).toEqual({ kind: 'failed', why: `exited with ${code}` });
    }
  });

  it('doubles the wait and gives up after five starts that were not ready', () => {
    expect(delays(70, 9)).toEqual([200, 400, 800, 1600, 'failed']);
    expect(delays(null, 9)).toEqual([200, 400, 800, 1600, 'failed']);
  });

  it('tries exit 5 without limit, at most every 10 s', () => {
    expect(delays(5, 9)).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  });
});
