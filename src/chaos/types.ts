/** The words of a chaos run: what is asked for, what happened, what came of it. */
import type { Fault, FaultKind } from '../launcher/fault-types.js';
import type { HistoryOp, HistoryResult } from '../verify/history.js';
import type { Via } from './via.js';

export interface ChaosOptions {
  /** The door that callers go through. */
  readonly via: Via;
  readonly seed: number;
  readonly durationMs: number;
  /** Faults a minute of each kind that takes part. */
  readonly rates: Rates;
  /** Callers that each wait for their answer before they ask again. */
  readonly clients: number;
  /** Operations a second of all callers together, as long as the cluster keeps up. */
  readonly opsPerSecond: number;
  readonly keys: number;
  readonly timeoutMs: number;
  readonly verify: boolean;
  /** A file for the history, or null. */
  readonly record: string | null;
  /** Leaves the keys of the run. */
  readonly keep: boolean;
}

export type Rates = ReadonlyMap<FaultKind, number>;

/** A fault that is over. Times are microseconds on the run's clock. */
export interface DoneFault {
  readonly fault: Fault;
  readonly what: string;
  readonly nodes: readonly number[];
  readonly callUs: number;
  readonly returnUs: number;
  /** 0: it had no effect. */
  readonly hits: number;
}

/** Takes what happens in a run, as it ends. */
export interface Witness {
  operation(op: HistoryOp): void;
  fault(done: DoneFault): void;
}

export interface OperationCounts extends Readonly<Record<HistoryResult, number>> {
  /** Refused and unknown ones by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** The longest time in which no operation ended well. */
  readonly longestGapMs: number;
}

export interface KindCounts {
  readonly injected: number;
  readonly effective: number;
  readonly hits: number;
  /** How often each node was meant. */
  readonly nodes: Readonly<Record<string, number>>;
}

/** What a run found out about itself once it is over; `judge` makes a verdict of it. */
export interface Findings {
  readonly durationMs: number;
  readonly operations: OperationCounts;
  readonly faults: ReadonlyMap<FaultKind, KindCounts>;
  readonly leaderChanges: number;
  /** Null: every shard served within the time allowed after the last fault; else what did not. */
  readonly notServing: string | null;
}

/** What `--verify` looked at besides. */
export interface Proof {
  readonly history: HistoryFinding;
  readonly replicas: ReplicaFinding;
}

export type HistoryFinding =
  | { readonly kind: 'linearizable'; readonly operations: number; readonly keys: number }
  | { readonly kind: 'undecided'; readonly keys: readonly string[] }
  | {
      readonly kind: 'violation';
      readonly parts: readonly { readonly key: string; readonly part: readonly HistoryOp[] }[];
    };

export type ReplicaFinding =
  | { readonly kind: 'equal'; readonly replicas: number }
  /** Digests of one index never came together. */
  | { readonly kind: 'not-compared'; readonly why: string }
  | { readonly kind: 'differ'; readonly what: readonly string[] };

export type Verdict =
  | { readonly kind: 'linearizable' }
  | { readonly kind: 'violation'; readonly reasons: readonly string[] }
  | { readonly kind: 'inconclusive'; readonly reasons: readonly string[] };

export interface ChaosReport extends Findings {
  readonly cluster: string;
  readonly via: Via;
  readonly seed: number;
  /** A signal ended it before its time. */
  readonly interrupted: boolean;
  readonly proof: Proof | null;
  /** Null without --verify, and when it was interrupted. */
  readonly verdict: Verdict | null;
}
