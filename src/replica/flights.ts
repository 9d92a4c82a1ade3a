/**
 * Who waits for which proposed entry. Entries are answered in order of their index; one of another
 * term at the same index means that what was proposed here can never commit.
 */
import { assert } from '../base/assert.js';
import type { LogIndex, MonoMs, Term } from '../base/ids.js';

/** A caller that waits for its entry; `late` once its deadline has passed. */
export interface Waiter<A> {
  readonly deadline: MonoMs;
  readonly done: (answer: A) => void;
}

interface Flight<A> {
  readonly index: LogIndex;
  readonly term: Term;
  /** Null: this one's deadline has passed and nobody waits any more. */
  readonly waiters: (Waiter<A> | null)[];
}

export class Flights<A> {
  #flights: Flight<A>[] = [];

  get size(): number {
    return this.#flights.length;
  }

  add(index: LogIndex, term: Term, waiters: readonly Waiter<A>[]): void {
    this.#flights.push({ index, term, waiters: [...waiters] });
  }

  /** The entry at `index` was applied: `answer(i)` is what its i-th command came to. */
  onApplied(index: LogIndex, term: Term, count: number, answer: (i: number) => A, lost: A): void {
    for (;;) {
      const flight = this.#flights[0];
      if (flight === undefined || flight.index > index) return;
      this.#flights.shift();
      if (flight.index < index || flight.term !== term) {
        for (const waiter of flight.waiters) waiter?.done(lost);
        continue;
      }
      assert(flight.waiters.length === count, 'one outcome per command');
      flight.waiters.forEach((waiter, i) => {
        waiter?.done(answer(i));
      });
    }
  }

  /** Leadership is gone: what is in flight may still commit. */
  drop(dropped: A): void {
    const flights = this.#flights;
    this.#flights = [];
    for (const flight of flights) for (const waiter of flight.waiters) waiter?.done(dropped);
  }

  /** Answers those past their deadline; their entries keep their place. */
  sweep(now: MonoMs, late: A): void {
    for (const { waiters } of this.#flights) {
      waiters.forEach((waiter, i) => {
        if (waiter === null || waiter.deadline > now) return;
        waiters[i] = null;
        waiter.done(late);
      });
    }
  }
}
