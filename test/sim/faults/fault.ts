/** A kind of fault: how it begins, and what ends it. */
import type { Cluster } from '../cluster.js';
import type { Focus } from '../plan.js';
import type { Chance } from '../world/chance.js';
import type { Moments } from './moments.js';
import type { Operator } from './operator.js';

/** Those who act for faults, or watch for them. */
export interface Helpers {
  readonly operator: Operator;
  readonly moments: Moments;
  /** Of snapshots alone. */
  readonly installations: Moments;
  /** Of what is cleaned up behind collections alone. */
  readonly cleanUps: Moments;
}

export interface Fault {
  /** Its row in the coverage table, after "fault: ". */
  readonly kind: string;
  /** How often beside others. */
  readonly weight: number;
  /** A seed with this focus has it, and often. */
  readonly focus?: Focus;
  /** Milliseconds it lasts, at least and at most. */
  readonly lasts: readonly [number, number];
  /** Begins; returns what ends it, or null when there is nothing to hit. */
  begin(cluster: Cluster, chance: Chance, helpers: Helpers): (() => void) | null;
}
