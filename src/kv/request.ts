/** A request as it travels from a door to the shard that runs it. */
import type { Epoch, EpochMs } from '../base/ids.js';

/**
 * A command of the catalogue with its arguments as byte strings, keys and option words included,
 * in the order of its row's grammar: what a RESP client would send after the name.
 */
export interface Command {
  readonly code: number;
  /** 0 to 15 for users, PROBE_DATABASE for readiness probes. */
  readonly database: number;
  readonly args: readonly Uint8Array[];
}

/**
 * Who asks, so that a copy is known when it comes. `mark` is the lowest sequence its sender still
 * waits for; `firstAttempt` is the time of the first try and travels with every retry.
 */
export interface SessionStamp {
  /** 16 random bytes as a latin1 string. */
  readonly session: string;
  readonly sequence: number;
  readonly mark: number;
  readonly firstAttempt: EpochMs;
}

export type ReadMode =
  | { readonly kind: 'linearizable' }
  /** Exact too, but run on a replica that does not lead. */
  | { readonly kind: 'follower' }
  | { readonly kind: 'lease' }
  | { readonly kind: 'stale'; readonly maxStalenessMs: number };

/** A write bound for one shard. */
export interface ShardWrite {
  readonly command: Command;
  readonly stamp: SessionStamp;
  readonly rangeEpoch: Epoch;
}
