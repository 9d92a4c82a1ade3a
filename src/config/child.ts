/**
 * What a node process and the launcher above it say to each other, over the IPC channel of the
 * child: one message up, none down. The channel's end means that the launcher is gone.
 */
import type { ErrorCode } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';

export type ChildReport =
  /** All doors are bound and the log is replayed; groups may still be without a leader. */
  | { readonly kind: 'ready'; readonly nodeId: number; readonly addresses: Addresses }
  /** The process is about to exit with the code of this error. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
