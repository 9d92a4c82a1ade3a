/**
 * What each operation does to one key: a history line compiled into a move whose effect on a value
 * can be asked for, again and again, by the search. Promise kept here: a move says exactly what
 * rkv's state machine does to a string (machine/commands/strings.ts), and what its answer rules
 * out.
 */
import type { HistoryOp } from './history.js';

/** The value of a key; null when there is none. */
export type State = string | null;

/** A value that nothing is known of yet: whoever sees it first says what it was. */
export const ANY = Symbol('any');
export type Known = State | typeof ANY;

/** Effects by kind; `undefined` fields of the answer bind nothing. */
export type Effect =
  | { readonly kind: 'get'; readonly value: State | undefined }
  | { readonly kind: 'exists'; readonly found: boolean | undefined }
  | {
      readonly kind: 'set';
      readonly value: string;
      readonly condition: 'none' | 'absent' | 'present' | 'revision';
      readonly applied: boolean | undefined;
      /** Known only when it was asked for. */
      readonly previous: State | undefined;
    }
  | {
      readonly kind: 'swap';
      readonly old: string;
      readonly value: State;
      readonly applied: boolean | undefined;
    }
  | { readonly kind: 'del'; readonly applied: boolean | undefined }
  | { readonly kind: 'incr'; readonly by: bigint; readonly value: State | undefined }
  | { readonly kind: 'incr-fails'; readonly by: bigint }
  | { readonly kind: 'append'; readonly tail: string; readonly length: number | undefined };

export interface Move {
  readonly source: HistoryOp;
  readonly effect: Effect;
  /** May take effect at any time after its call, or never. */
  readonly optional: boolean;
  /** With this answer it leaves every value as it is. */
  readonly readOnly: boolean;
  /** Its effect and answer are the same whatever the value was. */
  readonly blind: boolean;
}

const INTEGER = /^(0|-?[1-9]\d{0,18})$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function integerOf(text: State): bigint | null {
  if (text === null) return 0n;
  if (!INTEGER.test(text)) return null;
  const value = BigInt(text);
  return value < INT64_MIN || value > INT64_MAX ? null : value;
}

function sum(state: State, by: bigint): string | null {
  const before = integerOf(state);
  if (before === null) return null;
  const value = before + by;
  return value < INT64_MIN || value > INT64_MAX ? null : value.toString();
}

/**
 * The value after a move that met a value nothing is known of. What a failed condition rules out is
 * forgotten, so more is allowed than was possible, never less.
 */
function afterAny(effect: Effect): Known | undefined {
  switch (effect.kind) {
    case 'get':
      return effect.value === undefined ? ANY : effect.value;
    case 'exists':
      return effect.found === false ? null : ANY;
    case 'set':
      if (effect.condition === 'none') return effect.applied === false ? undefined : effect.value;
      return effect.applied === true ? effect.value : ANY;
    case 'swap':
      return effect.applied === true ? effect.value : ANY;
    case 'del':
      return null;
    case 'incr':
      if (effect.value === null) return undefined;
      return effect.value ?? ANY;
    case 'incr-fails':
    case 'append':
      return ANY;
  }
}

/** The value after the move, or undefined when the move cannot have met this value. */
export function after(effect: Effect, state: Known): Known | undefined {
  if (state === ANY) return afterAny(effect);
  switch (effect.kind) {
    case 'get':
      return effect.value === undefined || effect.value === state ? state : undefined;
    case 'exists':
      return effect.found === undefined || effect.found === (state !== null) ? state : undefined;
    case 'set':
      return afterSet(effect, state);
    case 'swap': {
      const matches = state === effect.old;
      if (effect.applied !== undefined && effect.applied !== matches) return undefined;
      return matches ? effect.value : state;
    }
    case 'del':
      return effect.applied === undefined || effect.applied === (state !== null) ? null : undefined;
    case 'incr': {
      const value = sum(state, effect.by);
      if (effect.value === undefined) return value ?? state;
      return value !== null && value === effect.value ? value : undefined;
    }
    case 'incr-fails':
      return sum(state, effect.by) === null ? state : undefined;
    case 'append': {
      const value = (state ?? '') + effect.tail;
      return effect.length === undefined || effect.length === value.length ? value : undefined;
    }
  }
}

function afterSet(effect: Effect & { kind: 'set' }, state: State): State | undefined {
  const { condition, applied, previous, value } = effect;
  if (previous !== undefined && previous !== state) return undefined;
  // The model has no revisions: what the answer says is believed.
  if (condition === 'revision') return applied === false ? state : value;
  const met = condition === 'none' || (condition === 'absent') === (state === null);
  if (applied !== undefined && applied !== met) return undefined;
  return met ? value : state;
}

function setEffect({ args, out }: HistoryOp, known: boolean): Effect {
  const words = args.slice(1).map((word) => word.toUpperCase());
  const condition = words.includes('NX')
    ? 'absent'
    : words.includes('XX')
      ? 'present'
      : words.includes('IFREV')
        ? 'revision'
        : 'none';
  return {
    kind: 'set',
    value: args[0] as string,
    condition,
    applied: known ? out.applied : undefined,
    previous: known && words.includes('GET') ? out.previous : undefined,
  };
}

function effectOf(op: HistoryOp, known: boolean): Effect | null {
  const { args, out } = op;
  const applied = known ? out.applied : undefined;
  const arg = (at: number): string => args[at] as string;
  switch (op.op) {
    case 'get':
    case 'mget':
      return known ? { kind: 'get', value: out.value } : null;
    case 'exists':
      return known ? { kind: 'exists', found: out.found } : null;
    case 'set':
    case 'mset':
      return setEffect(op, known);
    case 'cas':
      return { kind: 'swap', old: arg(0), value: arg(1), applied };
    case 'cad':
      return { kind: 'swap', old: arg(0), value: null, applied };
    case 'del':
    case 'mdel':
      return { kind: 'del', applied };
    case 'incr': {
      const by = integerOf(args[0] ?? '1');
      if (by === null) return null;
      return { kind: 'incr', by, value: known ? out.value : undefined };
    }
    case 'append':
      return { kind: 'append', tail: arg(0), length: known ? out.length : undefined };
    default:
      throw new RangeError(`${op.op} is no operation that can be checked`);
  }
}

function isReadOnly(effect: Effect): boolean {
  switch (effect.kind) {
    case 'get':
    case 'exists':
    case 'incr-fails':
      return true;
    case 'set':
    case 'swap':
    case 'del':
      return effect.applied === false;
    case 'incr':
    case 'append':
      return false;
  }
}

function isBlind(effect: Effect): boolean {
  if (effect.kind === 'del') return effect.applied === undefined;
  if (effect.kind !== 'set' || effect.previous !== undefined) return false;
  if (effect.condition === 'none') return effect.applied !== false;
  return effect.condition === 'revision' && effect.applied !== false;
}

/** An incr that met no number, or one too large, was refused but tells of the value. */
function failedIncr(op: HistoryOp): Move | null {
  const { code } = op.out;
  if (op.op !== 'incr' || (code !== 'NOT_INTEGER' && code !== 'OVERFLOW')) return null;
  const by = integerOf(op.args[0] ?? '1');
  if (by === null) return null;
  const effect: Effect = { kind: 'incr-fails', by };
  return { source: op, effect, optional: false, readOnly: true, blind: false };
}

/** The move of a history line; null when it can neither change the key nor tell anything of it. */
export function moveOf(op: HistoryOp): Move | null {
  if (op.result === 'refused') return failedIncr(op);
  const effect = effectOf(op, op.result === 'ok');
  if (effect === null) return null;
  // Applied or not is not known here, so the model cannot say what a value is afterwards.
  const vague =
    effect.kind === 'set' && effect.condition === 'revision' && effect.applied === undefined;
  const optional = op.result === 'unknown' || vague;
  const readOnly = !optional && isReadOnly(effect);
  return { source: op, effect, optional, readOnly, blind: isBlind(effect) };
}

/** Its answer fits one value alone, or values of one length. */
export function isExact({ effect }: Move): boolean {
  if (effect.kind === 'incr') return effect.value !== undefined;
  if (effect.kind === 'append') return effect.length !== undefined;
  return effect.kind === 'swap' && effect.applied === true;
}

/** The same operation with all that bound it taken away; null when nothing is left of it. */
export function relaxed(move: Move): Move | null {
  if (move.optional) return move;
  if (move.readOnly) return null;
  const effect = effectOf(move.source, false);
  if (effect === null) return null;
  return { source: move.source, effect, optional: true, readOnly: false, blind: isBlind(effect) };
}

/** Two optional moves with one name may stand for each other once both were called. */
export function nameOf({ effect }: Move): string {
  switch (effect.kind) {
    case 'set':
      return `set ${effect.condition} ${effect.value}`;
    case 'swap':
      return effect.value === null
        ? `cad ${effect.old}`
        : `cas ${effect.old.length} ${effect.old} ${effect.value}`;
    case 'incr':
      return `incr ${effect.by}`;
    case 'append':
      return `append ${effect.tail}`;
    case 'del':
    case 'get':
    case 'exists':
    case 'incr-fails':
      return effect.kind;
  }
}
