/**
 * What one command shows was there at one instant: all fields of a hash that were written together,
 * or none; equal numbers where they are always changed together.
 * Source: DESIGN section 8 (each command on keys of one shard is one entry or one read index);
 * Bailis et al. 2014, "Scalable atomic visibility with RAMP transactions" (fractured reads).
 */
import type { Outcome } from '../load/client.js';
import { type Invariant, mustHold } from './invariant.js';

export class WholeReads implements Invariant {
  readonly name = 'reads are of one instant';
  checks = 0;

  onOutcome(outcome: Pick<Outcome, 'operation' | 'reply' | 'client' | 'return'>): void {
    const { operation, reply, client } = outcome;
    if (operation.torn === null || reply === null) return;
    this.checks++;
    const torn = operation.torn(reply);
    mustHold(this.name, torn === null, () => {
      return `client ${client} at ${outcome.return} ms, ${operation.name}: ${torn}`;
    });
  }
}
