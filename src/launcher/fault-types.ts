/**
 * Faults of a local cluster as they are asked for over the control socket, and what came of one.
 */
import type { Direction } from './proxies.js';

export const FAULT_KINDS = ['kill', 'pause', 'partition', 'delay', 'slow-disk', 'clock'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Every fault ends by itself after `forMs`: who asked for it may be gone by then. */
export type Fault = { readonly forMs: number } & (
  | { readonly kind: 'kill'; readonly node: number }
  | { readonly kind: 'pause'; readonly node: number }
  /**
   * `clog`: bytes are held back and come late; else they are lost, and their connections with them.
   */
  | { readonly kind: 'partition'; readonly links: readonly Direction[]; readonly clog: boolean }
  | { readonly kind: 'delay'; readonly links: readonly Direction[]; readonly delayMs: number }
  /** `delayMs` null: no write or sync ends before the fault does. */
  | { readonly kind: 'slow-disk'; readonly node: number; readonly delayMs: number | null }
  /** The next write or sync fails, and with it the node. */
  | { readonly kind: 'disk-error'; readonly node: number }
  | { readonly kind: 'clock'; readonly node: number; readonly offsetMs: number }
);

export interface FaultOutcome {
  /**
   * What it met: processes ended or stopped, pieces of traffic lost, held or delayed, writes and
   * syncs slowed, looks at a wrong clock. 0: it had no effect.
   */
  readonly hits: number;
}

/** Longer ones are no faults any more. */
export const MAX_FAULT_MS = 10 * 60_000;
