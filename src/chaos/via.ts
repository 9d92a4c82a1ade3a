/** The doors that callers of a chaos run can go through, and what a caller is. */
import type { HistoryOut } from '../verify/history.js';
import type { NextOperation } from './operations.js';

/** One after the other: a caller waits for its answer before it asks again. */
export interface Caller {
  /**
   * Rejects with an RkvError: of kind `unknown` when the operation may have been done or may yet
   * be, of any other kind when it surely is not.
   */
  ask(next: NextOperation): Promise<HistoryOut>;
  close(): void;
}

/** By name of the door; `--via` takes these. */
export const VIA_HELP = {
  grpc: 'the client of rkv, which follows leaders',
  redis: 'RESP connections to all nodes, RESP2 and RESP3, as Redis clients have them',
} as const;

export type Via = keyof typeof VIA_HELP;

export const VIAS = Object.keys(VIA_HELP) as readonly Via[];
