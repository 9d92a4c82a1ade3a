/** Reads a recorded history line by line into the checker, and watches the time of each key. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { RkvError } from '../kv/errors.js';
import { HistoryError, isFaultLine, parseHistoryLine } from '../verify/history.js';
import { HistoryChecker, type ShouldStop, type Verdict } from '../verify/linearizability.js';

/** A key that takes longer is undecided. */
export const KEY_BUDGET_MS = 10_000;

const FORMAT_HINT = 'one JSON object per line, as rkv bench --record writes them';

function perKeyBudget(budgetMs: number): ShouldStop {
  let beganAt = 0;
  return (_, steps) => {
    if (steps === 0) beganAt = performance.now();
    return performance.now() - beganAt > budgetMs;
  };
}

export interface CheckedFile {
  readonly verdict: Verdict;
  /** Lines that tell of faults. */
  readonly faults: number;
  readonly elapsedMs: number;
}

/** Rejects with USAGE when the file is missing, no history or empty. */
export async function checkHistoryFile(
  path: string,
  budgetMs: number = KEY_BUDGET_MS,
): Promise<CheckedFile> {
  const beganAt = performance.now();
  const checker = new HistoryChecker();
  let number = 0;
  let faults = 0;
  let operations = 0;
  const input = createReadStream(path);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const broken = new Promise<never>((_, reject) => input.once('error', reject));
  broken.catch(() => lines.close());
  const read = async (): Promise<void> => {
    for await (const line of lines) {
      number += 1;
      if (line.trim() === '') continue;
      const parsed = parseHistoryLine(line, number);
      if (isFaultLine(parsed)) faults += 1;
      else {
        checker.add(parsed);
        operations += 1;
      }
    }
  };
  try {
    await Promise.race([broken, read()]);
  } catch (error) {
    throw notAHistory(path, error);
  } finally {
    input.destroy();
  }
  if (operations === 0) {
    throw new RkvError('USAGE', `${path} holds no operation`, { hint: FORMAT_HINT });
  }
  const verdict = checker.check({ shouldStop: perKeyBudget(budgetMs) });
  return { verdict, faults, elapsedMs: Math.round(performance.now() - beganAt) };
}

function notAHistory(path: string, error: unknown): Error {
  if (error instanceof HistoryError) {
    return new RkvError('USAGE', `${path} is not a history: ${error.message}`, {
      hint: FORMAT_HINT,
    });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Error;
  return new RkvError('USAGE', `cannot read ${path}: ${code}`);
}
