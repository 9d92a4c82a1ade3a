/**
 * Is there an order of one key's operations that explains every answer? Wing and Gong's search
 * ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memo of configurations that have
 * failed ("Testing for linearizability", 2017). A configuration is what is in order already and the
 * value that gives; candidates to come next are operations called before any other one returned.
 *
 * What keeps it fast, and why nothing is lost by it:
 *   1. A read-only candidate that fits the value goes at once: wherever else an order has it, it
 *      could as well stand here.
 *   2. An optional move (unknown outcome) is never followed by one that overwrites it unseen:
 *      without the two in that order the order would be as good. So it is tried only where a
 *      candidate could see it.
 *   3. Optional moves of one name are one class with a count; a configuration that failed with
 *      fewer of them used fails with more.
 */
import { ANY, after, type Known, type Move, nameOf, type State } from './model.js';
import { commute, rankOf } from './optional.js';

export type SearchResult =
  | { readonly kind: 'linearizable' }
  /** No order explains the answers of what had returned by `at`; later moves play no part. */
  | { readonly kind: 'violation'; readonly at: number }
  | { readonly kind: 'undecided' };

/** Asked now and then with the steps taken so far; true ends the search undecided. */
export type StopSearch = (steps: number) => boolean;

const STEPS_BETWEEN_QUESTIONS = 256;
/** The last move was not optional. */
const NONE = -1;
/** Moves looked at beyond the candidates, to guess which optional move took effect. */
const READS_AHEAD = 24;

/** Optional moves with one effect, by call. */
interface OptionalClass {
  readonly move: Move;
  readonly calls: readonly number[];
}

interface Frame {
  /** Undo the trail down to here to stand at this configuration again. */
  readonly trail: number;
  readonly frontier: number;
  readonly state: Known;
  /** Unplaced required moves that may come next, by call. */
  readonly candidates: readonly number[];
  /** What to try: a required move's index, or −1 − class. */
  readonly choices: readonly number[];
  /** The class of the last move when it was optional: an overwriting one may not follow. */
  readonly last: number;
  next: number;
}

function classesOf(optional: readonly Move[]): OptionalClass[] {
  const byName = new Map<string, { move: Move; calls: number[] }>();
  for (const move of optional) {
    const name = nameOf(move);
    const found = byName.get(name);
    if (found === undefined) byName.set(name, { move, calls: [move.source.call] });
    else found.calls.push(move.source.call);
  }
  return [...byName.values()];
}

/**
 * When a written value was last asked for: writes whose values are needed for longer come later. Of
 * all orders, the one that explains the answers is mostly the first one tried.
 */
function lastNeeds(moves: readonly Move[]): number[] {
  const readAt = new Map<State, number>();
  for (const { effect, source } of moves) {
    let value: State | undefined;
    if (effect.kind === 'get') value = effect.value;
    else if (effect.kind === 'swap' && effect.applied === true) value = effect.old;
    if (value === undefined) continue;
    readAt.set(value, Math.max(readAt.get(value) ?? source.call, source.call));
  }
  return moves.map(({ effect, source }) => {
    const value = effect.kind === 'set' || effect.kind === 'swap' ? effect.value : undefined;
    return Math.max(source.call, (value === undefined ? undefined : readAt.get(value)) ?? 0);
  });
}

export class KeySearch {
  /** Required moves by call. */
  readonly #moves: readonly Move[];
  readonly #classes: readonly OptionalClass[];
  readonly #byReturn: readonly number[];
  readonly #needs: readonly number[];
  readonly #stop: StopSearch;
  /** Unplaced moves as a doubly linked list by call; the last index is its head and end. */
  readonly #nextOf: Int32Array;
  readonly #prevOf: Int32Array;
  readonly #placed: Uint8Array;
  readonly #used: Uint32Array;
  /** What was placed, in order: a move's index, or −1 − class. */
  readonly #trail: number[] = [];
  readonly #failed = new Map<string, Uint32Array[]>();
  /** How many of #byReturn, from the first, are placed; and the most that ever were. */
  #frontier = 0;
  #furthest = 0;
  #steps = 0;
  #nextQuestion = STEPS_BETWEEN_QUESTIONS;

  constructor(moves: readonly Move[], stop: StopSearch) {
    const required = moves.filter((move) => !move.optional);
    required.sort((a, b) => a.source.call - b.source.call);
    const optional = moves.filter((move) => move.optional);
    optional.sort((a, b) => a.source.call - b.source.call);
    this.#moves = required;
    this.#classes = classesOf(optional);
    this.#stop = stop;
    this.#needs = lastNeeds(required);
    const returnOf = (index: number): number => (required[index] as Move).source.return;
    const indexes = required.map((_, index) => index);
    this.#byReturn = indexes.sort((a, b) => returnOf(a) - returnOf(b));
    const count = required.length;
    this.#placed = new Uint8Array(count);
    this.#used = new Uint32Array(this.#classes.length);
    this.#nextOf = Int32Array.from({ length: count + 1 }, (_, i) => (i === count ? 0 : i + 1));
    this.#prevOf = Int32Array.from({ length: count + 1 }, (_, i) => (i === 0 ? count : i - 1));
    if (count === 0) this.#nextOf[0] = 0;
  }

  /** A fresh key is absent: `initial` null. */
  run(initial: Known = null): SearchResult {
    const first = this.#enter(initial, NONE);
    if (first === 'done') return { kind: 'linearizable' };
    const stack: Frame[] = first === 'failed' ? [] : [first];
    while (stack.length > 0) {
      const frame = stack[stack.length - 1] as Frame;
      this.#undo(frame);
      this.#steps += 1;
      if (this.#steps >= this.#nextQuestion) {
        this.#nextQuestion = this.#steps + STEPS_BETWEEN_QUESTIONS;
        if (this.#stop(this.#steps)) return { kind: 'undecided' };
      }
      const choice = frame.choices[frame.next];
      if (choice === undefined) {
        this.#remember(frame);
        stack.pop();
        continue;
      }
      frame.next += 1;
      const state = this.#place(choice, frame.state);
      const entered = this.#enter(state, choice < 0 ? -1 - choice : NONE);
      if (entered === 'done') return { kind: 'linearizable' };
      if (entered !== 'failed') stack.push(entered);
    }
    const blocking = this.#moves[this.#byReturn[this.#furthest] as number] as Move;
    return { kind: 'violation', at: blocking.source.return };
  }

  #undo(frame: Frame): void {
    const trail = this.#trail;
    while (trail.length > frame.trail) {
      const last = trail.pop() as number;
      if (last < 0) {
        (this.#used[-1 - last] as number)--;
        continue;
      }
      this.#placed[last] = 0;
      this.#nextOf[this.#prevOf[last] as number] = last;
      this.#prevOf[this.#nextOf[last] as number] = last;
    }
    this.#frontier = frame.frontier;
  }

  #unlink(index: number): void {
    this.#placed[index] = 1;
    const next = this.#nextOf[index] as number;
    const prev = this.#prevOf[index] as number;
    this.#nextOf[prev] = next;
    this.#prevOf[next] = prev;
    this.#trail.push(index);
  }

  #place(choice: number, state: Known): Known {
    if (choice >= 0) {
      this.#unlink(choice);
      return after((this.#moves[choice] as Move).effect, state) as Known;
    }
    const at = -1 - choice;
    (this.#used[at] as number)++;
    this.#trail.push(choice);
    return after((this.#classes[at] as OptionalClass).move.effect, state) as Known;
  }

  /** No operation called after this time may come next. */
  #firstReturn(): number {
    const byReturn = this.#byReturn;
    while (this.#placed[byReturn[this.#frontier] as number] === 1) this.#frontier += 1;
    if (this.#frontier > this.#furthest) this.#furthest = this.#frontier;
    return (this.#moves[byReturn[this.#frontier] as number] as Move).source.return;
  }

  /** Places what can only go now, and says what may come next. */
  #enter(state: Known, placedLast: number): Frame | 'done' | 'failed' {
    const end = this.#moves.length;
    let last = placedLast;
    let candidates: number[] = [];
    let bound = 0;
    for (let again = true; again; ) {
      again = false;
      if (this.#nextOf[end] === end) return 'done';
      bound = this.#firstReturn();
      candidates = [];
      for (let at = this.#nextOf[end] as number; at !== end; at = this.#nextOf[at] as number) {
        const move = this.#moves[at] as Move;
        if (move.source.call > bound) break;
        if (move.readOnly && after(move.effect, state) === state) {
          this.#unlink(at);
          again = true;
          last = NONE;
        } else candidates.push(at);
      }
    }
    if (this.#hasFailed(candidates, state, last)) return 'failed';
    const choices = this.#choices(candidates, state, last, bound);
    const trail = this.#trail.length;
    return { trail, frontier: this.#frontier, state, candidates, choices, last, next: 0 };
  }

  #choices(
    candidates: readonly number[],
    state: Known,
    last: number,
    bound: number,
  ): readonly number[] {
    const choices = candidates.filter((index) => {
      const move = this.#moves[index] as Move;
      if (last !== NONE && move.blind) return false;
      // A read that fits and is still here says what a value was that nothing was known of.
      return after(move.effect, state) !== undefined;
    });
    const needs = this.#needs;
    choices.sort((a, b) => (needs[a] as number) - (needs[b] as number));
    if (this.#classes.length === 0) return choices;
    const optional = this.#available(bound);
    this.#steps += optional.length >> 4;
    return [...choices, ...this.#usefulOptional(optional, candidates, state, last)];
  }

  #available(bound: number): number[] {
    const available: number[] = [];
    this.#classes.forEach(({ calls }, at) => {
      const call = calls[this.#used[at] as number];
      if (call !== undefined && call <= bound) available.push(at);
    });
    return available;
  }

  /** Optional moves that change the value to one that matters, the likeliest first. */
  #usefulOptional(
    available: readonly number[],
    candidates: readonly number[],
    state: Known,
    last: number,
  ): number[] {
    const moveOf = (at: number): Move => (this.#classes[at] as OptionalClass).move;
    const seers: Move[] = [];
    for (const index of candidates) {
      const move = this.#moves[index] as Move;
      if (!move.blind) seers.push(move);
    }
    const onward = available.map(moveOf).filter(({ blind }) => !blind);
    const ahead = this.#readsAhead(candidates);
    const ranked: (readonly [choice: number, rank: number])[] = [];
    for (const at of available) {
      const move = moveOf(at);
      if (last !== NONE && move.blind) continue;
      if (last !== NONE && at < last && commute(move, moveOf(last), state)) continue;
      const value = after(move.effect, state);
      if (value === undefined || value === state) continue;
      const rank = rankOf(value, seers, onward, ahead);
      if (rank !== null) ranked.push([-1 - at, rank]);
    }
    ranked.sort(([, a], [, b]) => a - b);
    return ranked.map(([choice]) => choice);
  }

  /** What the next reads will see that may not come yet. */
  #readsAhead(candidates: readonly number[]): State[] {
    const values: State[] = [];
    const end = this.#moves.length;
    let at = candidates.length === 0 ? end : (this.#nextOf[candidates.at(-1) as number] as number);
    for (let looked = 0; at !== end && looked < READS_AHEAD; looked += 1) {
      const { effect } = this.#moves[at] as Move;
      if (effect.kind === 'get' && effect.value !== undefined) values.push(effect.value);
      at = this.#nextOf[at] as number;
    }
    return values;
  }

  #name(candidates: readonly number[], state: Known, last: number): string {
    const value = state === ANY ? '?' : state === null ? '' : `=${state}`;
    return `${this.#frontier}${last === NONE ? ':' : `!${last}:`}${candidates.join()}${value}`;
  }

  #hasFailed(candidates: readonly number[], state: Known, last: number): boolean {
    if (this.#failed.size === 0) return false;
    const used = this.#used;
    const before = this.#failed.get(this.#name(candidates, state, last));
    return (
      before?.some((less) => less.every((count, at) => count <= (used[at] as number))) ?? false
    );
  }

  #remember({ candidates, state, last }: Frame): void {
    const name = this.#name(candidates, state, last);
    const before = this.#failed.get(name);
    if (before === undefined) this.#failed.set(name, [this.#used.slice()]);
    else before.push(this.#used.slice());
  }
}
