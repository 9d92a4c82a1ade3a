/**
 * From a key's history that no order explains to the few operations that show it. Leaving out a
 * write would make honest reads of it look wrong, so nothing is left out: what is not kept is
 * relaxed: a write may have happened at any time after its call, or never, a read says nothing, and
 * what had returned before all that is kept left some value or other. Every order of the whole
 * explains the relaxed one too, so what is kept is proof by itself: it is not linearizable,
 * whatever else happened.
 */
import { ANY, type Move, relaxed } from './model.js';
import { KeySearch } from './search.js';

/** Steps of the search that one attempt may take, and all of them together. */
const STEPS_PER_TRIAL = 4_000;
const STEPS_IN_ALL = 200_000;

export interface MinimiseBudget {
  /** Counts what is left; the part is as small as it lets it become. */
  steps: number;
}

export const minimiseBudget = (): MinimiseBudget => ({ steps: STEPS_IN_ALL });

/** What was on its way at this time may have taken effect or not; what came later is left out. */
function cutAt(moves: readonly Move[], at: number): Move[] {
  const kept: Move[] = [];
  for (const move of moves) {
    if (move.source.call > at) continue;
    const cut = move.source.return > at ? relaxed(move) : move;
    if (cut !== null) kept.push(cut);
  }
  return kept;
}

/**
 * The history up to where the search found it wrong. The answers of what was on its way then may be
 * part of what is wrong; then it has to be as long as they took.
 */
function shortened(moves: readonly Move[], at: number): Move[] {
  const short = cutAt(moves, at);
  const search = new KeySearch(short, (steps) => steps > STEPS_PER_TRIAL);
  if (search.run().kind === 'violation') return short;
  let end = at;
  for (const { source, optional } of moves) {
    if (!optional && source.call <= at) end = Math.max(end, source.return);
  }
  return cutAt(moves, end);
}

/**
 * What of the others could matter to the kept ones. With `forget`, what came before them all left
 * some value that nobody says anything of: then `fresh` is false.
 */
function around(
  kept: readonly Move[],
  all: readonly Move[],
  forget: boolean,
): { moves: Move[]; fresh: boolean } {
  const keeps = new Set(kept);
  const begin = forget ? Math.min(...kept.map(({ source }) => source.call)) : -Infinity;
  const end = Math.max(...kept.map(({ source }) => source.return));
  const moves: Move[] = [];
  let fresh = true;
  for (const move of all) {
    if (keeps.has(move)) moves.push(move);
    else if (!move.optional && move.source.return < begin) fresh &&= move.readOnly;
    else if (move.source.call <= end) {
      const loose = relaxed(move);
      if (loose !== null) moves.push(loose);
    }
  }
  return { moves, fresh };
}

/** True when no order explains the kept moves, whatever the others did. */
function isProof(
  kept: readonly Move[],
  all: readonly Move[],
  budget: MinimiseBudget,
  forget = true,
): boolean {
  const steps = Math.min(STEPS_PER_TRIAL, budget.steps);
  if (steps <= 0) return false;
  const { moves, fresh } = around(kept, all, forget);
  let taken = 0;
  const search = new KeySearch(moves, (count) => {
    taken = count;
    return count >= steps;
  });
  const result = search.run(fresh ? null : ANY);
  budget.steps -= Math.max(taken, moves.length >> 2, 1);
  return result.kind === 'violation';
}

/** The last operations to return are mostly those at odds: tries how few of them do. */
function latest(moves: readonly Move[], all: readonly Move[], budget: MinimiseBudget): Move[] {
  for (let count = 1; count < moves.length; count *= 2) {
    const tail = moves.slice(-count);
    if (isProof(tail, all, budget)) return tail;
  }
  return [...moves];
}

/**
 * Delta debugging (Zeller and Hildebrandt, 2002) over the required moves of a history that the
 * search found wrong `at` this time. The operations come back by call.
 */
export function minimise(history: readonly Move[], at: number, budget: MinimiseBudget): Move[] {
  const moves = shortened(history, at);
  const required = moves.filter((move) => !move.optional);
  required.sort((a, b) => a.source.return - b.source.return);
  let part = latest(required, moves, budget);
  let size = Math.max(1, Math.floor(part.length / 2));
  for (;;) {
    let smaller = false;
    for (let begin = 0; begin < part.length; ) {
      const without = [...part.slice(0, begin), ...part.slice(begin + size)];
      if (without.length > 0 && isProof(without, moves, budget)) {
        part = without;
        smaller = true;
      } else begin += size;
    }
    if (budget.steps <= 0 || (size === 1 && !smaller)) break;
    if (!smaller) size = Math.max(1, Math.floor(size / 2));
    else size = Math.max(1, Math.min(size, Math.floor(part.length / 2)));
  }
  // A value that nobody ever wrote needs the one that saw it, and no window.
  const alone = part.find((move) => isProof([move], moves, budget, false));
  if (alone !== undefined) return [alone];
  return part.sort((a, b) => a.source.call - b.source.call);
}
