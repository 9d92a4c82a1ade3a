/**
 * So much at once and no more: what comes too much waits in order, each for as long as its caller
 * does, and beyond a limit it is refused. Calls back in the caller's turn; no promise, no timer:
 * whoever is late is told when his turn would have come.
 */
import { assert } from './assert.js';
import type { MonoMs } from './ids.js';

export interface TurnstileLimits {
  /** What may be inside at once. */
  readonly atOnce: number;
  /** What may wait outside. */
  readonly waiting: number;
}

export interface Entrant {
  /** Null: it waits for ever. */
  readonly deadline: MonoMs | null;
  /** Inside: `leave` must follow, once. */
  readonly enter: () => void;
  /** Its deadline passed outside, or the turnstile closed. */
  readonly refuse: (why: 'late' | 'closed') => void;
}

export class Turnstile {
  readonly #now: () => MonoMs;
  readonly #limits: TurnstileLimits;
  #inside = 0;
  #waiting: Entrant[] = [];
  /** Of `#waiting`: those before it have gone. */
  #head = 0;

  constructor(now: () => MonoMs, limits: TurnstileLimits) {
    assert(limits.atOnce >= 1, 'somebody may enter');
    this.#now = now;
    this.#limits = limits;
  }

  /** False: too many wait already. */
  add(entrant: Entrant): boolean {
    if (this.#inside < this.#limits.atOnce) {
      this.#inside++;
      entrant.enter();
      return true;
    }
    if (this.#waiting.length - this.#head >= this.#limits.waiting) this.#dropLate();
    if (this.#waiting.length - this.#head >= this.#limits.waiting) return false;
    this.#waiting.push(entrant);
    return true;
  }

  leave(): void {
    assert(this.#inside > 0, 'who leaves was inside');
    this.#inside--;
    while (this.#inside < this.#limits.atOnce) {
      const next = this.#waiting[this.#head];
      if (next === undefined) break;
      this.#head++;
      this.#compact();
      if (this.#isLate(next)) next.refuse('late');
      else {
        this.#inside++;
        next.enter();
      }
    }
  }

  /** Those who wait are refused. */
  close(): void {
    const waiting = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    for (const { refuse } of waiting) refuse('closed');
  }

  #isLate({ deadline }: Entrant): boolean {
    return deadline !== null && deadline <= this.#now();
  }

  /** Who is late only keeps a place from others. */
  #dropLate(): void {
    const late: Entrant[] = [];
    const waiting: Entrant[] = [];
    for (const entrant of this.#waiting.slice(this.#head)) {
      (this.#isLate(entrant) ? late : waiting).push(entrant);
    }
    this.#waiting = waiting;
    this.#head = 0;
    for (const entrant of late) entrant.refuse('late');
  }

  #compact(): void {
    if (this.#head < this.#waiting.length && this.#head < this.#limits.waiting) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }
}
