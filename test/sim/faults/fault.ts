/** A kind of fault: how it begins, and what ends it. */
import type { Cluster } from '../cluster.js';
import type { Chance } from '../world/chance.js';
import type { Operator } from './operator.js';

export interface Fault {
  /** Its row in the coverage table, after "fault: ". */
  readonly kind: string;
  /** How often beside others. */
  readonly weight: number;
  /** Milliseconds it lasts, at least and at most. */
  readonly lasts: readonly [number, number];
  /** Begins; returns what ends it, or null when there is nothing to hit. */
  begin(cluster: Cluster, chance: Chance, operator: Operator): (() => void) | null;
}
