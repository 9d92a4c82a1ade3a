/** What a node's end means: start it again, when, or leave it. Pure, so its table is its test. */

export const FIRST_DELAY_MS = 200;
export const MAX_DELAY_MS = 10_000;
export const MAX_FAILED_STARTS = 5;
/** Leaving these alone is what the exit codes are for: words, present state, damage. */
const FINAL_CODES: readonly number[] = [2, 7, 8];
/** Not ready in time, no leader, disk full: waiting is what helps. */
const PATIENT_CODE = 5;

export interface NodeExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly wasReady: boolean;
  /** Starts in a row that ended before the node was ready, this one not counted. */
  readonly failedStarts: number;
}

export type Verdict =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly failedStarts: number }
  | { readonly kind: 'failed'; readonly why: string };

/** For an end that nobody asked for. */
export function onUnexpectedExit(exit: NodeExit): Verdict {
  if (exit.code !== null && FINAL_CODES.includes(exit.code)) {
    return { kind: 'failed', why: `exited with ${exit.code}` };
  }
  if (exit.wasReady) return { kind: 'restart', delayMs: FIRST_DELAY_MS, failedStarts: 0 };
  const failedStarts = exit.failedStarts + 1;
  if (failedStarts >= MAX_FAILED_STARTS && exit.code !== PATIENT_CODE) {
    return { kind: 'failed', why: `did not become ready in ${failedStarts} starts` };
  }
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failedStarts - 1), MAX_DELAY_MS);
  return { kind: 'restart', delayMs, failedStarts };
}
