/**
 * What the values of one key tell before any search: which of them nobody ever saw, and who could
 * have made those that were seen.
 */
import type { Effect, Move, State } from './model.js';

/** Stands for a byte that nobody saw; no byte string of a history has it. */
const UNSEEN = '\uffff';
/** Between the values seen; none has it either. */
const BORDER = '\u0100';
/** Characters that may be looked through for values nobody saw; beyond it none is hidden. */
const MAX_LOOKED_THROUGH = 2_000_000_000;
/** More writers of one value than this are not followed. */
const MAX_WRITERS = 16;

/** What an operation writes as a whole or as a tail. */
function writtenBy(effect: Effect): string | null {
  if (effect.kind === 'append') return effect.tail;
  return effect.kind === 'set' || effect.kind === 'swap' ? effect.value : null;
}

function withWritten(move: Move, bytes: string): Move {
  const { effect } = move;
  if (effect.kind === 'append') return { ...move, effect: { ...effect, tail: bytes } };
  return { ...move, effect: { ...effect, value: bytes } as Effect };
}

function seenBy(effect: Effect): (State | undefined)[] {
  if (effect.kind === 'get') return [effect.value];
  if (effect.kind === 'swap') return [effect.old];
  return effect.kind === 'set' ? [effect.previous] : [];
}

/**
 * Moves whose bytes no answer and no condition ever had in it get other ones of the same length:
 * then values that cannot be told apart are one, and so are optional moves that write them. Numbers
 * stay when the key was counted with.
 */
export function hideUnseen(moves: readonly Move[]): readonly Move[] {
  const seen = new Set<string>();
  let appends = false;
  let counted = false;
  let writes = 0;
  for (const { effect } of moves) {
    appends ||= effect.kind === 'append';
    counted ||= effect.kind === 'incr' || effect.kind === 'incr-fails';
    if (writtenBy(effect) !== null) writes += 1;
    for (const value of seenBy(effect)) if (typeof value === 'string') seen.add(value);
  }
  let all = '';
  if (appends) {
    let length = 0;
    for (const value of seen) length += value.length + 1;
    if (length * writes > MAX_LOOKED_THROUGH) return moves;
    all = [...seen].join(BORDER);
  }
  const isSeen = (bytes: string): boolean => (appends ? all.includes(bytes) : seen.has(bytes));
  return moves.map((move) => {
    const bytes = writtenBy(move.effect);
    if (bytes === null || bytes === '' || (counted && !/[^\d-]/.test(bytes))) return move;
    return isSeen(bytes) ? move : withWritten(move, UNSEEN.repeat(bytes.length));
  });
}

/** Who could have made a value: places in the lists of required and of optional moves. */
export interface Writers {
  readonly required: readonly number[];
  readonly optional: readonly number[];
}

/** Values that a required move has to meet, with their writers; values with many are left out. */
export class WriterIndex {
  readonly #byValue = new Map<State, Writers>();

  constructor(required: readonly Move[], optional: readonly Move[]) {
    const wanted = new Set<State>();
    for (const { effect } of required) {
      const value = metBy(effect);
      if (value !== undefined) wanted.add(value);
    }
    const first = writersIn(required, wanted);
    const second = writersIn(optional, wanted);
    for (const value of wanted) {
      const writers = { required: first.get(value) ?? [], optional: second.get(value) ?? [] };
      if (writers.required.length + writers.optional.length <= MAX_WRITERS) {
        this.#byValue.set(value, writers);
      }
    }
  }

  /** Undefined: not known. */
  of(value: State): Writers | undefined {
    return this.#byValue.get(value);
  }
}

/** The one value that a move with this answer met; undefined when it could have been several. */
export function metBy(effect: Effect): State | undefined {
  if (effect.kind === 'get') return effect.value;
  return effect.kind === 'swap' && effect.applied === true ? effect.old : undefined;
}

function writersIn(moves: readonly Move[], wanted: ReadonlySet<State>): Map<State, number[]> {
  const found = new Map<State, number[]>();
  const byTail = new Map<string, number[]>();
  const anyNumber: number[] = [];
  const note = (value: State, at: number): void => {
    const list = found.get(value);
    if (list === undefined) found.set(value, [at]);
    else if (list.length <= MAX_WRITERS) list.push(at);
  };
  moves.forEach(({ effect }, at) => {
    if (effect.kind === 'set' || effect.kind === 'swap') note(effect.value, at);
    else if (effect.kind === 'del') note(null, at);
    else if (effect.kind === 'incr') {
      if (effect.value !== undefined) note(effect.value, at);
      else anyNumber.push(at);
    } else if (effect.kind === 'append') {
      const list = byTail.get(effect.tail);
      if (list === undefined) byTail.set(effect.tail, [at]);
      else list.push(at);
    }
  });
  const lengths = new Set([...byTail.keys()].map(({ length }) => length));
  for (const value of wanted) {
    if (value === null) continue;
    for (const length of lengths) {
      if (length > value.length) continue;
      for (const at of byTail.get(value.slice(value.length - length)) ?? []) note(value, at);
    }
    for (const at of anyNumber) note(value, at);
  }
  return found;
}
