/**
 * Transactions behave as if they had been run one after the other, each between its call and its
 * answer: none is seen by halves, none is lost, and one whose condition was true has met what its
 * client had read.
 * Source: Adya 1999 (anomalies as cycles of dependencies); Kingsbury and Alvaro, "Elle", VLDB 2020.
 */
import {
  checkListAppend,
  describeAnomaly,
  type ListTransaction,
} from '../../../src/verify/list-append.js';
import type { Outcome } from '../load/client.js';
import { type Invariant, mustHold } from './invariant.js';

export class Transactions implements Invariant {
  readonly name = 'transactions are in one order';
  checks = 0;
  readonly #history: ListTransaction[] = [];

  onOutcome(outcome: Outcome): void {
    const { client, operation, result, reply } = outcome;
    const part = operation.lists?.(reply);
    if (part === undefined) return;
    this.#history.push({
      client,
      call: outcome.call,
      return: outcome.return,
      result: part.aborted ? 'refused' : result,
      steps: part.steps,
    });
  }

  /** Looks at everything so far. */
  check(): void {
    const { transactions, anomalies } = checkListAppend(this.#history, { realTime: true });
    this.checks += transactions;
    const [first] = anomalies;
    mustHold(this.name, first === undefined, () =>
      first === undefined ? '' : describeAnomaly(first),
    );
  }
}
