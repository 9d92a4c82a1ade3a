/**
 * Can a value still come about? Values are mostly written once, so when the move that made one is
 * in the order already and the value is gone, whoever has to meet it never will, and a branch of
 * the search ends there instead of after everything else was tried.
 */
import type { Effect, Move, State } from './model.js';

/** More writers of one value than this are not followed, nor more steps back. */
const MAX_WRITERS = 16;
const MAX_STEPS_BACK = 64;

/** What the search has not used yet and what was called by a time. */
export interface Left {
  readonly required: (at: number, by: number) => boolean;
  readonly optional: (at: number, by: number) => boolean;
  readonly by: number;
  /** Bytes of all tails that are left, called by then. */
  readonly tails: (by: number) => number;
}

/** Places in the lists of required and of optional moves. */
class Writers {
  readonly required: number[] = [];
  readonly optional: number[] = [];

  get many(): boolean {
    return this.required.length + this.optional.length > MAX_WRITERS;
  }

  anyLeft({ required, optional, by }: Left): boolean {
    return (
      this.required.some((at) => required(at, by)) || this.optional.some((at) => optional(at, by))
    );
  }
}

function writersOf<Key>(map: Map<Key, Writers>, key: Key): Writers {
  let writers = map.get(key);
  if (writers === undefined) {
    writers = new Writers();
    map.set(key, writers);
  }
  return writers;
}

export class Supply {
  /** Who writes a value as a whole, or says that it was the outcome. */
  readonly #whole = new Map<State, Writers>();
  readonly #byTail = new Map<string, Writers>();
  readonly #tailLengths: readonly number[];
  /** Increments whose outcome is not known: they may make any number. */
  readonly #anyNumber = new Writers();
  /** Nothing but appends makes a value longer here. */
  #onlyAppends = true;

  constructor(required: readonly Move[], optional: readonly Move[]) {
    for (const [at, { effect }] of required.entries()) this.#note(effect, at, 'required');
    for (const [at, { effect }] of optional.entries()) this.#note(effect, at, 'optional');
    this.#tailLengths = [...new Set([...this.#byTail.keys()].map(({ length }) => length))];
  }

  #note(effect: Effect, at: number, kind: 'required' | 'optional'): void {
    switch (effect.kind) {
      case 'set':
      case 'swap':
        this.#onlyAppends = false;
        writersOf(this.#whole, effect.value)[kind].push(at);
        return;
      case 'del':
        writersOf(this.#whole, null)[kind].push(at);
        return;
      case 'incr':
        this.#onlyAppends = false;
        if (effect.value === undefined) this.#anyNumber[kind].push(at);
        else writersOf(this.#whole, effect.value)[kind].push(at);
        return;
      case 'append':
        writersOf(this.#byTail, effect.tail)[kind].push(at);
        return;
      case 'get':
      case 'exists':
      case 'incr-fails':
        return;
    }
  }

  /** False only when no order of what is left gives this move the value that its answer needs. */
  canMeet(effect: Effect, state: State, left: Left): boolean {
    if (effect.kind === 'get' && effect.value !== undefined) {
      return this.#canBecome(effect.value, state, left);
    }
    if (effect.kind === 'swap' && effect.applied === true) {
      return this.#canBecome(effect.old, state, left);
    }
    if (effect.kind === 'append' && effect.length !== undefined) {
      return this.#canGrow(effect.length - effect.tail.length, state, left);
    }
    return true;
  }

  /** Goes back through tails that are left, to the value there is or to one that may come. */
  #canBecome(wanted: State, state: State, left: Left): boolean {
    let value = wanted;
    for (let steps = 0; steps < MAX_STEPS_BACK; steps += 1) {
      if (value === state) return true;
      const whole = this.#whole.get(value);
      if (whole !== undefined && (whole.many || whole.anyLeft(left))) return true;
      if (value === null) return false;
      if (this.#anyNumber.many || this.#anyNumber.anyLeft(left)) return true;
      const before = this.#beforeTail(value, left);
      if (before === 'several') return true;
      if (before === null) return false;
      // The empty value and none begin alike; whether a deletion is left is not looked at.
      if (before === '') return true;
      value = before;
    }
    return true;
  }

  /** The value without the one tail that may still come; null when none may. */
  #beforeTail(value: string, left: Left): string | 'several' | null {
    let found: string | null = null;
    for (const length of this.#tailLengths) {
      if (length > value.length) continue;
      const writers = this.#byTail.get(value.slice(value.length - length));
      if (writers === undefined) continue;
      if (!writers.many && !writers.anyLeft(left)) continue;
      if (found !== null || length === 0) return 'several';
      found = value.slice(0, value.length - length);
    }
    return found;
  }

  /** Is there a value of this length to come, by all the tails that are left? */
  #canGrow(length: number, state: State, left: Left): boolean {
    if (!this.#onlyAppends) return true;
    const now = state?.length ?? 0;
    return now >= length || now + left.tails(left.by) >= length;
  }
}
