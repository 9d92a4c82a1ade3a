/** What the values of one key tell before any search: which of them nobody ever saw. */
import { type Effect, isExact, type Move, type State } from './model.js';

/** Stands for a byte that nobody saw; no byte string of a history has it. */
const UNSEEN = '\uffff';
/** Between the values seen; none has it either. */
const BORDER = '\u0100';
/** Characters that may be looked through for values nobody saw; beyond it none is hidden. */
const MAX_LOOKED_THROUGH = 2_000_000_000;

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

/** Whether what a move of `hideUnseen` writes was ever seen. */
export function wasSeen(effect: Effect): boolean {
  const bytes = writtenBy(effect);
  return bytes !== null && !bytes.startsWith(UNSEEN);
}

/**
 * When a written value was last asked for: writes whose values are needed for longer come later. Of
 * all orders, the one that explains the answers is mostly the first one tried.
 */
export function lastNeeds(moves: readonly Move[]): number[] {
  const readAt = new Map<State, number>();
  for (const { effect, source } of moves) {
    let value: State | undefined;
    if (effect.kind === 'get') value = effect.value;
    else if (effect.kind === 'swap' && effect.applied === true) value = effect.old;
    if (value === undefined) continue;
    readAt.set(value, Math.max(readAt.get(value) ?? source.call, source.call));
  }
  return moves.map((move) => {
    const { effect, source } = move;
    // Only one value suits it: where it fits it mostly belongs.
    if (isExact(move)) return -1;
    const value = effect.kind === 'set' || effect.kind === 'swap' ? effect.value : undefined;
    return Math.max(source.call, (value === undefined ? undefined : readAt.get(value)) ?? 0);
  });
}
