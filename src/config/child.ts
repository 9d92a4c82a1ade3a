/**
 * What a node process and the launcher above it say to each other, over the IPC channel of the
 * child: how it stands goes up; down go faults, to a node that takes them (`--inject-faults`), and
 * to no other. The channel's end means that the launcher is gone.
 */
import type { ErrorCode } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';

export type ChildReport =
  /** All doors are bound and the log is replayed; groups may still be without a leader. */
  | { readonly kind: 'ready'; readonly nodeId: number; readonly addresses: Addresses }
  /** The process is about to exit with the code of this error. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  /** Answers the order of this number. */
  | { readonly kind: 'faults'; readonly order: number; readonly hits: FaultHits };

/** Faults of one node's disk and clock; each order replaces all of the one before. */
export interface NodeFaults {
  readonly disk: DiskFault;
  /** Added to the wall clock. */
  readonly clockOffsetMs: number;
}

export type DiskFault =
  | { readonly kind: 'none' }
  /** Every write and sync takes so much longer. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** None finishes while it lasts. */
  | { readonly kind: 'hang' }
  /** The next one fails. */
  | { readonly kind: 'error' };

/** How often the faults of a process have met something, since its start. */
export interface FaultHits {
  /** Writes and syncs delayed, held or failed. */
  readonly disk: number;
  /** Looks at a wall clock that was wrong. */
  readonly clock: number;
}

export const NO_FAULTS: NodeFaults = { disk: { kind: 'none' }, clockOffsetMs: 0 };

export interface ChildOrder {
  readonly kind: 'faults';
  readonly order: number;
  readonly faults: NodeFaults;
}
