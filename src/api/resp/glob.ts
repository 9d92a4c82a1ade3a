/**
 * Patterns of Redis (`*`, `?`, `[a-z]`, `[^a]`, `\x`) on bytes, as its stringmatchlen has them, in
 * linear memory and without backtracking into more than the last star.
 */
import { toByteKey } from '../../base/bytes.js';

interface Step {
  /** Length of the pattern's element. */
  readonly length: number;
  readonly matches: boolean;
}

/** Whether the element of `pattern` at `at` takes `c`. */
function element(pattern: string, at: number, c: string): Step {
  const first = pattern[at] as string;
  if (first === '?') return { length: 1, matches: true };
  if (first === '\\' && at + 1 < pattern.length) {
    return { length: 2, matches: pattern[at + 1] === c };
  }
  if (first !== '[') return { length: 1, matches: first === c };
  let p = at + 1;
  const not = pattern[p] === '^';
  if (not) p++;
  let found = false;
  for (; p < pattern.length && pattern[p] !== ']'; p++) {
    if (pattern[p] === '\\' && p + 1 < pattern.length) {
      p++;
      if (pattern[p] === c) found = true;
    } else if (pattern[p + 1] === '-' && p + 2 < pattern.length) {
      const from = pattern[p] as string;
      const to = pattern[p + 2] as string;
      if (from <= to ? from <= c && c <= to : to <= c && c <= from) found = true;
      p += 2;
    } else if (pattern[p] === c) found = true;
  }
  // an open bracket ends with the pattern
  return { length: Math.min(p + 1, pattern.length) - at, matches: found !== not };
}

export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      starText = t;
      continue;
    }
    const step = p < pattern.length ? element(pattern, p, text[t] as string) : null;
    if (step?.matches) {
      p += step.length;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++starText;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** A pattern made ready for many names. */
export function glob(pattern: Uint8Array, ignoreCase = false): (text: string) => boolean {
  const latin1 = toByteKey(pattern);
  if (!ignoreCase) return (text) => globMatches(latin1, text);
  const lower = latin1.toLowerCase();
  return (text) => globMatches(lower, text.toLowerCase());
}
