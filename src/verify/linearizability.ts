/**
 * Linearizability of a history, key by key: a history is linearizable when each key's part is
 * (Herlihy and Wing 1990, locality). Keys are absent at the beginning.
 *
 *   checkHistory(ops: Iterable<HistoryOp>, options?): Verdict
 *     options.shouldStop?: (key, steps) => boolean
 *         asked with steps 0 when a key begins, then every 256 steps; true leaves it undecided
 *     options.maxParts?: number
 *         violations that are made small (default 3)
 *   Verdict: { kind: 'linearizable' | 'violation' | 'undecided', operations, keys, … }
 *
 * Outcomes: `ok` took effect between call and return; `refused` never did; `unknown` may at any
 * time after its call, or never. The same time at two places means at once, so in either order.
 */
import type { HistoryOp } from './history.js';
import { minimise, minimiseBudget } from './minimise.js';
import { type Move, moveOf } from './model.js';
import { KeySearch } from './search.js';

/** Asked with 0 steps when a key begins; true leaves the key undecided. */
export type ShouldStop = (key: string, steps: number) => boolean;

export interface CheckOptions {
  readonly shouldStop?: ShouldStop;
  readonly maxParts?: number;
}

export interface Violation {
  readonly key: string;
  /**
   * The smallest part found that no order explains, whatever the other operations did; by call.
   * Empty beyond `maxParts`.
   */
  readonly part: readonly HistoryOp[];
  /** By this time of the history the contradiction was complete. */
  readonly at: number;
}

interface Counted {
  readonly operations: number;
  readonly keys: number;
}

export type Verdict =
  | (Counted & { readonly kind: 'linearizable' })
  | (Counted & {
      readonly kind: 'violation';
      readonly violations: readonly Violation[];
      readonly undecided: readonly string[];
    })
  | (Counted & { readonly kind: 'undecided'; readonly undecided: readonly string[] });

const DEFAULT_MAX_PARTS = 3;

/** Gathers a history that comes line by line, and holds no more of it than the check needs. */
export class HistoryChecker {
  readonly #moves = new Map<string, Move[]>();
  #operations = 0;

  add(op: HistoryOp): void {
    this.#operations += 1;
    let moves = this.#moves.get(op.key);
    if (moves === undefined) {
      moves = [];
      this.#moves.set(op.key, moves);
    }
    const move = moveOf(op);
    if (move !== null) moves.push(move);
  }

  check(options: CheckOptions = {}): Verdict {
    const shouldStop = options.shouldStop ?? (() => false);
    const violations: Violation[] = [];
    const undecided: string[] = [];
    for (const [key, moves] of this.#moves) {
      shouldStop(key, 0);
      const result = new KeySearch(moves, (steps) => shouldStop(key, steps)).run();
      if (result.kind === 'undecided') undecided.push(key);
      if (result.kind !== 'violation') continue;
      const small = violations.length < (options.maxParts ?? DEFAULT_MAX_PARTS);
      const part = small ? minimise(moves, result.at, minimiseBudget()) : [];
      violations.push({ key, part: part.map(({ source }) => source), at: result.at });
    }
    const counted = { operations: this.#operations, keys: this.#moves.size };
    if (violations.length > 0) return { kind: 'violation', ...counted, violations, undecided };
    if (undecided.length > 0) return { kind: 'undecided', ...counted, undecided };
    return { kind: 'linearizable', ...counted };
  }
}

export function checkHistory(ops: Iterable<HistoryOp>, options: CheckOptions = {}): Verdict {
  const checker = new HistoryChecker();
  for (const op of ops) checker.add(op);
  return checker.check(options);
}
