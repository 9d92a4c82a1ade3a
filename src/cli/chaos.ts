/** What `rkv chaos` needs around its run: signals that end it early, and exit codes of verdicts. */
import type { Verdict } from '../chaos/types.js';

export const VERDICT_EXIT_CODES: Readonly<Record<Verdict['kind'], number>> = {
  linearizable: 0,
  inconclusive: 5,
  violation: 8,
};

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs `work`; the first signal aborts it, and it still ends in order. `code` is then the exit code
 * of the process. A second signal ends it as it would any other.
 */
export async function runUntilSignal<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly result: T; readonly code: number | null }> {
  const controller = new AbortController();
  let code: number | null = null;
  const listeners = Object.entries(SIGNALS).map(([name, exitCode]) => {
    const listener = (): void => {
      code = exitCode;
      controller.abort();
    };
    process.once(name, listener);
    return [name, listener] as const;
  });
  try {
    return { result: await work(controller.signal), code };
  } finally {
    for (const [name, listener] of listeners) process.off(name, listener);
  }
}
