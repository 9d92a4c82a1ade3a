/** Finds function bodies in blanked code by their shape: `=> {`, `(…) {` and `(…): Type {`. */
import { lineOf } from './scan.mjs';

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with', 'await']);
/** After these, `case f(x): return {` is no return type. */
const STATEMENT = new Set([
  'return',
  'throw',
  'if',
  'for',
  'while',
  'switch',
  'const',
  'let',
  'do',
]);
/** Where a type is still to come, a brace opens a type, not a body. */
const EXPECTS_TYPE = new Set([':', '|', '&', 'is', 'keyof', 'readonly', 'extends', '?']);

/** For every bracket its partner. @param {string} code @returns {Map<number, number>} */
function partners(code) {
  const pairs = new Map();
  const open = [];
  for (let at = 0; at < code.length; at += 1) {
    const char = code[at];
    if (char === '(' || char === '{' || char === '[') open.push(at);
    else if (char === ')' || char === '}' || char === ']') {
      const start = open.pop();
      if (start !== undefined) pairs.set(start, at).set(at, start);
    }
  }
  return pairs;
}

const skipSpace = (code, at) => {
  let here = at;
  while (here < code.length && /\s/.test(code[here])) here += 1;
  return here;
};

const wordBefore = (code, at) => /([\w$]+)\s*$/.exec(code.slice(Math.max(0, at - 60), at))?.[1];

/** The body's brace after a return type that begins at `from`, or -1. */
function bodyAfterType(code, from, pairs) {
  let last = ':';
  let angles = 0;
  for (let at = skipSpace(code, from); at < code.length; at = skipSpace(code, at)) {
    const char = code[at];
    if (char === '{' && angles === 0 && !EXPECTS_TYPE.has(last)) return at;
    if (char === '{' || char === '(' || char === '[') {
      at = (pairs.get(at) ?? code.length) + 1;
      last = char;
      continue;
    }
    if (code.startsWith('=>', at)) {
      if (last !== '(') return -1;
      return bodyAfterArrow(code, at, pairs);
    }
    if (/[;)}\]=]/.test(char) || (char === ',' && angles === 0)) return -1;
    const word = /^[\w$.]+/.exec(code.slice(at, at + 100))?.[0];
    if (last === ':' && word !== undefined && STATEMENT.has(word)) return -1;
    if (char === '<') angles += 1;
    if (char === '>') angles -= 1;
    last = word ?? char;
    at += word?.length ?? 1;
  }
  return -1;
}

/** `(a): (b) => T {`: the arrow belongs to a type unless a body follows it at once. */
function bodyAfterArrow(code, at, pairs) {
  const next = skipSpace(code, at + 2);
  return code[next] === '{' ? -1 : bodyAfterType(code, next, pairs);
}

/** The body's brace of the parenthesis pair that begins at `open`, or -1. */
function bodyOf(code, open, close, pairs) {
  const word = wordBefore(code, open);
  if (word !== undefined && CONTROL.has(word)) return -1;
  const next = skipSpace(code, close + 1);
  if (code[next] === '{') return next;
  return code[next] === ':' ? bodyAfterType(code, next + 1, pairs) : -1;
}

/**
 * @param {string} code blanked code
 * @returns {{ line: number, lines: number, name: string }[]} `line` is where its head begins
 */
export function functionsOf(code) {
  const pairs = partners(code);
  const found = new Map();
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === '(' && pairs.has(at)) {
      const body = bodyOf(code, at, pairs.get(at), pairs);
      if (body >= 0 && !found.has(body)) found.set(body, { head: at, name: wordBefore(code, at) });
    }
    if (code.startsWith('=>', at)) {
      const body = skipSpace(code, at + 2);
      if (code[body] === '{' && !found.has(body)) found.set(body, { head: at, name: 'an arrow' });
    }
  }
  return [...found].map(([body, { head, name }]) => {
    const line = lineOf(code, head);
    const last = lineOf(code, pairs.get(body) ?? code.length);
    return { line, lines: last - line + 1, name: name ?? 'a function' };
  });
}
