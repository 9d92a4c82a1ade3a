/**
 * Which operations of unknown outcome are worth a try. An optional move matters only when one that
 * has to come meets its value: at once, or after more optional moves that do not overwrite it. What
 * cannot lead there is left out, which loses nothing; the rest is tried the likeliest first.
 */
import { ANY, after, type Known, type Move, nameOf, type State } from './model.js';
import { wasSeen } from './values.js';

/** Optional moves with one effect, by call. */
export interface OptionalClass {
  readonly move: Move;
  readonly calls: readonly number[];
}

/** By name, each with the calls of its moves. */
export function classesOf(optional: readonly Move[]): OptionalClass[] {
  const byName = new Map<string, { move: Move; calls: number[] }>();
  for (const move of optional) {
    const name = nameOf(move);
    const found = byName.get(name);
    if (found === undefined) byName.set(name, { move, calls: [move.source.call] });
    else found.calls.push(move.source.call);
  }
  return [...byName.values()];
}

const INTEGER = /^-?\d{1,18}$/;
const SAFE = 2n ** 62n;

const isNumber = (value: Known): boolean =>
  value === null || (value !== ANY && INTEGER.test(value));

/** Two optional increments in a row give the same in either order. */
export function commute(a: Move, b: Move, state: Known): boolean {
  if (a.effect.kind !== 'incr' || b.effect.kind !== 'incr' || state === ANY) return false;
  if (!isNumber(state)) return false;
  const value = BigInt(state ?? '0');
  return value < SAFE && value > -SAFE;
}

/** A value that this move has to meet, if that is one value. */
function targetOf({ effect, optional }: Move): State | undefined {
  if (effect.kind === 'get') return effect.value;
  if (effect.kind === 'swap' && (optional || effect.applied === true)) return effect.old;
  return undefined;
}

/** Can a longer value, made by appending, be what this move meets? */
function meetsLonger(move: Move, value: string): boolean {
  const { effect } = move;
  switch (effect.kind) {
    case 'get':
    case 'swap': {
      if (effect.kind === 'swap' && effect.applied === false) return true;
      const target = targetOf(move);
      return typeof target === 'string' && target.length > value.length && target.startsWith(value);
    }
    case 'append':
      return effect.length === undefined || value.length + effect.tail.length < effect.length;
    case 'set':
      return effect.previous !== undefined;
    case 'exists':
    case 'del':
      // They tell a value from none, and this one is a value already.
      return false;
    case 'incr':
    case 'incr-fails':
      return true;
  }
}

/** Can a larger number, made by increments that only add, be what this move meets? */
function meetsLarger({ effect }: Move, value: State): boolean {
  const now = BigInt(value ?? '0');
  if (effect.kind === 'get') {
    return typeof effect.value === 'string' && INTEGER.test(effect.value)
      ? BigInt(effect.value) > now
      : effect.value === undefined;
  }
  if (effect.kind === 'exists' || effect.kind === 'del') return false;
  if (effect.kind !== 'incr' || typeof effect.value !== 'string') return true;
  return !INTEGER.test(effect.value) || BigInt(effect.value) - effect.by > now;
}

/** Could other optional moves turn this value into one that a move has to meet? */
function leadsOn(value: Known, seers: readonly Move[], onward: readonly Move[]): boolean {
  if (onward.length === 0) return false;
  if (value === ANY) return true;
  const increments = onward.filter(({ effect }) => effect.kind === 'incr');
  const appends = onward.filter(({ effect }) => effect.kind === 'append');
  const swaps = onward.filter(({ effect }) => effect.kind === 'swap');
  if (increments.length > 0 && isNumber(value)) {
    const adding = increments.every(({ effect }) => effect.kind === 'incr' && effect.by > 0n);
    if (!adding || increments.length < onward.length) return true;
    if (seers.some((move) => meetsLarger(move, value))) return true;
  }
  if (appends.length > 0) {
    const text = value ?? '';
    if (seers.some((move) => meetsLonger(move, text))) return true;
    if (swaps.some((move) => meetsLonger(move, text))) return true;
  }
  if (swaps.some((move) => targetOf(move) === value)) return true;
  // Conditional writes: few, and any value may do for them.
  return increments.length + appends.length + swaps.length < onward.length;
}

/** An optional move, the value it would make, and the value before it. */
export interface OptionalStep {
  readonly move: Move;
  readonly value: Known;
  readonly before: Known;
}

/**
 * How likely it is that an optional move took effect here that makes `value` of `before`, 0 first;
 * null when it would make no difference. `seers` have to come and look; `onward` are optional and
 * do not overwrite; `ahead` is what later reads see.
 */
export function rankOf(
  { move: { effect }, value, before }: OptionalStep,
  seers: readonly Move[],
  onward: readonly Move[],
  ahead: readonly State[],
): number | null {
  let seen = false;
  for (const move of seers) {
    const result = after(move.effect, value);
    if (result === undefined || result === after(move.effect, before)) continue;
    if (targetOf(move) === value || move.effect.kind === 'incr') return 0;
    seen = true;
  }
  if (!seen && !leadsOn(value, seers, onward)) return null;
  const text = typeof value === 'string' ? value : null;
  const soon = ahead.some((next) => next === value || (text !== null && next?.startsWith(text)));
  if (soon) return seen ? 1 : 3;
  // What somebody saw is needed where it was seen; here it would be spent for nothing.
  return (seen ? 2 : 4) + (wasSeen(effect) ? 3 : 0);
}
