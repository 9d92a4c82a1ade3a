/** MULTI: what was queued, and whether EXEC can still run it. */
import type { Command } from '../../kv/request.js';
import type { Entry } from './registry.js';
import type { Args } from './rows/row.js';

export interface Queued {
  readonly entry: Entry;
  /** Copies: they may wait for long. */
  readonly args: Args;
  /**
   * The canonical command of a data row, or the error it gets in its place of the answer; null for
   * what this node answers itself.
   */
  readonly command: Command | string | null;
}

export class Transaction {
  readonly queued: Queued[] = [];
  bytes = 0;
  /** A command was refused while queueing: EXEC answers EXECABORT. */
  aborted = false;
}

/** What is run at once inside MULTI; all else is queued. */
export const RUNS_IN_MULTI: ReadonlySet<string> = new Set([
  'multi',
  'exec',
  'discard',
  'watch',
  'quit',
  'reset',
]);
