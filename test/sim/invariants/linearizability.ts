/**
 * Every key behaves as if its operations had been run one after the other, each between its call
 * and its answer; what was refused never ran.
 * Source: Herlihy and Wing 1990, "Linearizability: a correctness condition for concurrent objects".
 */
import type { HistoryOp } from '../../../src/verify/history.js';
import { checkHistory } from '../../../src/verify/linearizability.js';
import type { Outcome } from '../load/client.js';
import { type Invariant, mustHold } from './invariant.js';

/** Steps of the search for one key. */
const MAX_STEPS = 2_000_000;

export class Linearizability implements Invariant {
  readonly name = 'linearizability';
  readonly history: HistoryOp[] = [];
  checks = 0;

  onOutcome(outcome: Outcome): void {
    const { client, operation, result, reply, code } = outcome;
    for (const { op, key, args, words, out } of operation.lines) {
      const said = reply === null ? null : out(reply);
      if (result === 'ok' && said === null) continue;
      const more = reply === null ? undefined : words?.(reply);
      this.history.push({
        client,
        op,
        key,
        args: more === undefined ? args : [...args, ...more],
        call: Math.floor(outcome.call * 1000),
        return: Math.ceil(outcome.return * 1000),
        result,
        out: { ...said, ...(code === null ? {} : { code }) },
      });
    }
  }

  /** Looks at everything so far. */
  check(): void {
    const verdict = checkHistory(this.history, { shouldStop: (_, steps) => steps > MAX_STEPS });
    this.checks += verdict.keys;
    mustHold(this.name, verdict.kind !== 'undecided', () => {
      return `keys ${verdict.kind === 'undecided' ? verdict.undecided : ''} cannot be decided`;
    });
    mustHold(this.name, verdict.kind !== 'violation', () => {
      const [first] = verdict.kind === 'violation' ? verdict.violations : [];
      const lines = first?.part.map((op) => JSON.stringify(op)) ?? [];
      return `no order explains key ${first?.key}:\n  ${lines.join('\n  ')}`;
    });
  }
}
