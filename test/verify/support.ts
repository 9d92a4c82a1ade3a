/** Histories by hand: `op('get', 1, 2, …)` is one that ran from time 1 to time 2 on key `k`. */
import type { HistoryOp, HistoryOut } from '../../src/verify/history.js';

type Extra = Partial<Pick<HistoryOp, 'client' | 'key' | 'result'>>;

export function op(
  line: string,
  call: number,
  end: number,
  out: HistoryOut = {},
  extra: Extra = {},
): HistoryOp {
  const [name = '', ...args] = line.split(' ');
  return { client: 1, key: 'k', result: 'ok', ...extra, op: name, args, call, return: end, out };
}

export const UNKNOWN: Extra = { result: 'unknown' };
export const REFUSED: Extra = { result: 'refused' };
export const YES: HistoryOut = { applied: true };
export const NO: HistoryOut = { applied: false };
export const saw = (value: string | null): HistoryOut => ({ value });
