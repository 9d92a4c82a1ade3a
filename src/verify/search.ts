/**
 * Is there an order of one key's operations that explains every answer? Wing and Gong's search
 * ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memo of configurations that have
 * failed ("Testing for linearizability", 2017). A configuration is what is in order already and the
 * value that gives; candidates to come next are operations called before any other one returned.
 *
 * What keeps it fast, and why nothing is lost by it:
 *   1. A read-only candidate that fits the value goes at once: wherever else an order has it, it
 *      could as well stand here.
 *   2. An optional move (unknown outcome) is never followed by one that would do the same without
 *      it: the order without it is as good. So it is tried only where it makes a difference.
 *   3. Optional moves of one name are one class with a count; a configuration that failed with
 *      fewer of them used fails with more.
 *   4. A candidate whose value nobody is left to write ends the branch (supply.ts).
 *   5. Rows of optional moves are tried by their length, round by round; only the last round, which
 *      has no limit, or one that met none, says that there is no order.
 */
import { AssertionError } from '../base/assert.js';
import { ANY, after, type Known, type Move, type State } from './model.js';
import { classesOf, commute, type OptionalClass, rankOf } from './optional.js';
import { Supply } from './supply.js';
import { hideUnseen, lastNeeds } from './values.js';

export type SearchResult =
  | { readonly kind: 'linearizable' }
  /** No order explains the answers of what was called by `at`; later moves play no part. */
  | { readonly kind: 'violation'; readonly at: number }
  | { readonly kind: 'undecided' };

/** Asked now and then with the steps taken so far; true ends the search undecided. */
export type StopSearch = (steps: number) => boolean;

const STEPS_BETWEEN_QUESTIONS = 256;
/** The last move was not optional. */
const NONE = -1;
/** Moves looked at beyond the candidates, to guess which optional move took effect. */
const READS_AHEAD = 24;
/**
 * Optional moves in a row that are tried, round by round. Mostly one explains what is seen; with
 * more, a branch that is wrong already could go on through every sum of a dozen of them.
 */
const CHAIN_LIMITS = [1, 2, 4, Number.POSITIVE_INFINITY];

const valueName = (value: Known): string =>
  value === ANY ? '?' : value === null ? '-' : `=${value.length}=${value}`;

/** What decides how the search goes on, beside the optional moves used so far. */
interface Place {
  readonly state: Known;
  /** Unplaced required moves that may come next, by call. */
  readonly candidates: readonly number[];
  /** The class of the last move when it was optional, and the value before it. */
  readonly last: number;
  readonly before: Known;
  /** Optional moves in a row up to here. */
  readonly chain: number;
}

interface Frame extends Place {
  /** Undo the trail down to here to stand at this configuration again. */
  readonly trail: number;
  readonly frontier: number;
  /** What to try: a required move's index, or −1 − class. */
  readonly choices: readonly number[];
  next: number;
}

export class KeySearch {
  /** Required moves by call. */
  readonly #moves: readonly Move[];
  readonly #classes: readonly OptionalClass[];
  readonly #byReturn: readonly number[];
  readonly #needs: readonly number[];
  readonly #supply: Supply;
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
  /** The latest return of a move that was seen to be lost before its time. */
  #blamed = Number.NEGATIVE_INFINITY;
  #chainLimit = 0;
  /** An optional move was not tried only because of the limit. */
  #limited = false;
  #steps = 0;
  #nextQuestion = STEPS_BETWEEN_QUESTIONS;

  constructor(history: readonly Move[], stop: StopSearch) {
    const moves = hideUnseen(history);
    const required = moves.filter((move) => !move.optional);
    required.sort((a, b) => a.source.call - b.source.call);
    const optional = moves.filter((move) => move.optional);
    optional.sort((a, b) => a.source.call - b.source.call);
    this.#moves = required;
    this.#classes = classesOf(optional);
    this.#stop = stop;
    this.#needs = lastNeeds(required);
    const kinds = this.#classes.map(({ move }) => move);
    this.#supply = new Supply(required, kinds);
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
    for (const limit of CHAIN_LIMITS) {
      this.#chainLimit = limit;
      this.#limited = false;
      const result = this.#round(initial);
      // Only a search that had all it asked for proves that there is no order.
      if (result.kind !== 'violation' || !this.#limited) return result;
      this.#rewind();
    }
    throw new AssertionError('the last round has no limit');
  }

  #round(initial: Known): SearchResult {
    const first = this.#enter({ state: initial, last: NONE, before: initial, chain: 0 });
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
      const entered = this.#enter(
        choice < 0
          ? { state, last: -1 - choice, before: frame.state, chain: frame.chain + 1 }
          : { state, last: NONE, before: state, chain: 0 },
      );
      if (entered === 'done') return { kind: 'linearizable' };
      if (entered !== 'failed') stack.push(entered);
    }
    const blocking = this.#moves[this.#byReturn[this.#furthest] as number] as Move;
    return { kind: 'violation', at: Math.max(blocking.source.return, this.#blamed) };
  }

  #rewind(): void {
    this.#undo({ trail: 0, frontier: 0 });
    this.#failed.clear();
    this.#furthest = 0;
    this.#blamed = Number.NEGATIVE_INFINITY;
  }

  #undo(frame: Pick<Frame, 'trail' | 'frontier'>): void {
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
  #enter(arrival: Omit<Place, 'candidates'>): Frame | 'done' | 'failed' {
    const end = this.#moves.length;
    const { state, before } = arrival;
    let { last, chain } = arrival;
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
          chain = 0;
        } else candidates.push(at);
      }
    }
    const at: Place = { state, candidates, last, before, chain };
    if (this.#isLost(at) || this.#hasFailed(at)) return 'failed';
    const choices = this.#choices(at, bound);
    const trail = this.#trail.length;
    return { ...at, trail, frontier: this.#frontier, choices, next: 0 };
  }

  /** True when a candidate has to meet a value that can no longer come about. */
  #isLost({ state, candidates }: Place): boolean {
    if (state === ANY) return false;
    const left = { required: this.#isLeft, optional: this.#isFree, tails: this.#tailsLeft };
    for (const index of candidates) {
      const { effect, source } = this.#moves[index] as Move;
      if (this.#supply.canMeet(effect, state, { ...left, by: source.return })) continue;
      this.#blamed = Math.max(this.#blamed, source.return);
      return true;
    }
    return false;
  }

  readonly #isLeft = (at: number, by: number): boolean =>
    this.#placed[at] === 0 && (this.#moves[at] as Move).source.call <= by;

  readonly #isFree = (at: number, by: number): boolean => {
    const { calls } = this.#classes[at] as OptionalClass;
    return (calls[this.#used[at] as number] ?? Number.POSITIVE_INFINITY) <= by;
  };

  readonly #tailsLeft = (by: number): number => {
    const end = this.#moves.length;
    let bytes = 0;
    for (let at = this.#nextOf[end] as number; at !== end; at = this.#nextOf[at] as number) {
      const { effect, source } = this.#moves[at] as Move;
      if (source.call > by) break;
      if (effect.kind === 'append') bytes += effect.tail.length;
    }
    this.#classes.forEach(({ move: { effect }, calls }, at) => {
      if (effect.kind !== 'append') return;
      for (let next = this.#used[at] as number; (calls[next] ?? Infinity) <= by; next += 1) {
        bytes += effect.tail.length;
      }
    });
    return bytes;
  };

  #choices({ state, candidates, last, before, chain }: Place, bound: number): readonly number[] {
    const choices = candidates.filter((index) => {
      const { effect } = this.#moves[index] as Move;
      const value = after(effect, state);
      if (value === undefined) return false;
      // It would do the same without the optional move before it.
      return last === NONE || after(effect, before) !== value;
    });
    const needs = this.#needs;
    choices.sort((a, b) => (needs[a] as number) - (needs[b] as number));
    if (this.#classes.length === 0) return choices;
    const optional = this.#available(bound);
    this.#steps += optional.length >> 4;
    const useful = this.#usefulOptional(optional, candidates, { state, last, before });
    if (chain < this.#chainLimit) return [...choices, ...useful];
    this.#limited ||= useful.length > 0;
    return choices;
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
    { state, last, before }: Pick<Place, 'state' | 'last' | 'before'>,
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
      if (last !== NONE && at < last && commute(move, moveOf(last), state)) continue;
      const value = after(move.effect, state);
      if (value === undefined || value === state) continue;
      if (last !== NONE && after(move.effect, before) === value) continue;
      const rank = rankOf({ move, value, before: state }, seers, onward, ahead);
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

  #name({ candidates, state, last, before, chain }: Place): string {
    const place = `${this.#frontier}:${candidates.join()}${valueName(state)}`;
    return last === NONE ? place : `${place}!${last}!${chain}${valueName(before)}`;
  }

  #hasFailed(place: Place): boolean {
    if (this.#failed.size === 0) return false;
    const used = this.#used;
    const before = this.#failed.get(this.#name(place));
    return (
      before?.some((less) => less.every((count, at) => count <= (used[at] as number))) ?? false
    );
  }

  #remember(place: Place): void {
    const name = this.#name(place);
    const before = this.#failed.get(name);
    if (before === undefined) this.#failed.set(name, [this.#used.slice()]);
    else before.push(this.#used.slice());
  }
}
