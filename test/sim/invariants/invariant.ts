/** What every invariant of the simulation has: a name, and a way to say that it does not hold. */
import type { Watcher } from '../node/observer.js';

export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, what: string) {
    super(`${invariant}: ${what}`);
    this.invariant = invariant;
  }
}

export interface Invariant extends Watcher {
  readonly name: string;
  /** How often it had something to look at; one that never had is no proof. */
  readonly checks: number;
}

/** Throws a Violation of that invariant when the condition is false. */
export function mustHold(invariant: string, holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Violation(invariant, what());
}
