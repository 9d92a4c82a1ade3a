/** The words of a load run: what is asked for, what one operation was, what came out. */
import type { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import type { LatencySummary } from './histogram.js';
import type { Distribution } from './keys.js';

/** Whatever takes commands: the client, or a test's twin of it. */
export interface Target {
  /** `done` is called exactly once. */
  submit(command: Command, done: (answer: Reply | RkvError) => void): void;
}

export interface LoadOptions {
  /** Callers that each wait for their own answers. */
  readonly callers: number;
  /** Requests each caller has on the way at once. */
  readonly inFlight: number;
  /** Open loop: so many requests a second, whatever the answers do. Null: closed loop. */
  readonly rate: number | null;
  readonly valueBytes: number;
  /** Share of reads, 0 to 1. */
  readonly reads: number;
  readonly durationMs: number;
  /** Runs before anything is measured. */
  readonly warmupMs: number;
  readonly keys: number;
  readonly distribution: Distribution;
  readonly seed: number;
  /** Writes are numbered from the next one on. */
  readonly lastId: number;
}

/** One operation that has ended. Times are microseconds on the run's own clock. */
export interface Operation {
  readonly caller: number;
  readonly kind: 'get' | 'set';
  /** Number of the key. */
  readonly key: number;
  /** Number of the write, from 1; 0 for a read. */
  readonly id: number;
  /** When it was sent; in an open loop when it should have been. */
  readonly callUs: number;
  readonly returnUs: number;
  readonly answer: Reply | RkvError;
}

export type Observer = (operation: Operation) => void;

export interface LoadResult {
  /** Of the measured part, as all that follows. */
  readonly elapsedMs: number;
  readonly operations: number;
  readonly perSecond: number;
  readonly writes: LatencySummary;
  readonly reads: LatencySummary;
  readonly all: LatencySummary;
  /** The longest time in which no operation ended well. */
  readonly longestStallMs: number;
  /** How many operations failed, by code. */
  readonly errors: Readonly<Record<string, number>>;
}
