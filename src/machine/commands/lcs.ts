/**
 * The longest common subsequence of two strings, by dynamic programming over all pairs of places
 * (Wagner and Fischer, 1974). Redis's choice among equally long ones is kept: from the ends, back
 * in the first string only when that is strictly better.
 */
import { integerOption } from '../../kv/catalog/grammar.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { STRING } from '../value-type.js';
import { failed, integer } from './replies.js';

/** Pairs of places that are looked at: about a tenth of a second, and 64 MiB. */
const MAX_CELLS = 16 * 1024 * 1024;

/** Ranges of one run that both strings have, ends included. */
interface Match {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

function lengths(a: Uint8Array, b: Uint8Array): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 1; i <= a.length; i++) {
    const byte = a[i - 1];
    const row = i * width;
    for (let j = 1; j <= b.length; j++) {
      const above = table[row - width + j] as number;
      const left = table[row + j - 1] as number;
      table[row + j] =
        byte === b[j - 1] ? (table[row - width + j - 1] as number) + 1 : Math.max(above, left);
    }
  }
  return table;
}

/** Walks the table back: the subsequence, and its runs from the last to the first. */
function walkBack(a: Uint8Array, b: Uint8Array, table: Uint32Array) {
  const width = b.length + 1;
  const common = Buffer.alloc(table[table.length - 1] ?? 0);
  const matches: Match[] = [];
  let at = common.length;
  let i = a.length;
  let j = b.length;
  let ends: { a: number; b: number } | null = null;
  const close = (): void => {
    if (ends !== null) matches.push({ a: [i, ends.a], b: [j, ends.b] });
    ends = null;
  };
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      ends ??= { a: i - 1, b: j - 1 };
      at--;
      common[at] = a[i - 1] as number;
      i--;
      j--;
    } else {
      close();
      const up = table[(i - 1) * width + j] as number;
      const left = table[i * width + j - 1] as number;
      if (up > left) i--;
      else j--;
    }
  }
  close();
  return { common, matches };
}

function shapeOf({ a, b }: Match): Reply {
  const range = ([from, to]: readonly [number, number]): Reply => ({
    kind: 'list',
    items: [integer(from), integer(to)],
  });
  return { kind: 'list', items: [range(a), range(b), integer(a[1] - a[0] + 1)] };
}

/**
 * The subsequence (bytes); with LEN its length (integer); with IDX a list of the runs, each a list
 * of its place in both and its length, and of the length of the whole.
 */
export function lcs(run: Run, call: Call): Reply {
  const heads = call.wants.map((place: Place) => run.head(place));
  if (heads.some((head) => head !== null && head.type !== STRING)) return failed('WRONG_TYPE');
  const [a, b] = heads.map((head) => head?.value ?? new Uint8Array(0)) as [Uint8Array, Uint8Array];
  if ((a.length + 1) * (b.length + 1) > MAX_CELLS) return failed('TOO_LARGE');
  const table = lengths(a, b);
  const length = table[table.length - 1] ?? 0;
  if (call.options.has('LEN')) return integer(length);
  const { common, matches } = walkBack(a, b, table);
  if (!call.options.has('IDX')) return { kind: 'bytes', bytes: common };
  const least = integerOption(call.options, 'MINMATCHLEN') ?? 0;
  const long = matches.filter((match) => match.a[1] - match.a[0] + 1 >= least);
  return { kind: 'list', items: [{ kind: 'list', items: long.map(shapeOf) }, integer(length)] };
}
