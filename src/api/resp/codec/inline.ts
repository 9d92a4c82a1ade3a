/**
 * Inline requests: a line of words, as a person types it into telnet. Same rules as Redis's
 * `sdssplitargs`: words are separated by white space; "…" knows \n \r \t \b \a, \xHH and \ before
 * anything else; '…' knows only \'; a closing quote must be followed by white space or the end.
 */
import { CR, LF } from './ascii.js';
import type { Command } from './command.js';

const SPACE = 0x20;
const TAB = 0x09;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const SMALL_X = 0x78;
/** What a letter behind a backslash stands for: n r t b a. */
const ESCAPES = new Map([
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x62, 0x08],
  [0x61, 0x07],
]);

const isSpace = (c: number): boolean => c === SPACE || (c >= TAB && c <= CR);
/** Vertical tab and form feed are skipped between words, but do not end one. */
const endsWord = (c: number): boolean => c === SPACE || c === TAB || c === LF || c === CR;

function hexDigit(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const letter = c | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/**
 * Fills `command` with the words of line[from, to), which holds no line feed. False: the quotes are
 * unbalanced. A line without quotes is not copied.
 */
export function splitInline(line: Buffer, from: number, to: number, command: Command): boolean {
  for (let p = from; p < to; p++) {
    if (line[p] === DOUBLE_QUOTE || line[p] === SINGLE_QUOTE) {
      return new QuotedLine(line, from, to).split(command);
    }
  }
  let p = from;
  while (true) {
    while (p < to && isSpace(line[p]!)) p++;
    if (p === to) break;
    const start = p;
    while (p < to && !endsWord(line[p]!)) p++;
    command.add(start - from, p - from);
  }
  command.finish(line, from);
  return true;
}

/** Words whose bytes differ from what was typed go to a buffer of their own, never longer. */
class QuotedLine {
  readonly #line: Buffer;
  readonly #to: number;
  readonly #words: Buffer;
  #at: number;
  #length = 0;

  constructor(line: Buffer, from: number, to: number) {
    this.#line = line;
    this.#at = from;
    this.#to = to;
    this.#words = Buffer.allocUnsafe(to - from);
  }

  split(command: Command): boolean {
    while (true) {
      while (this.#at < this.#to && isSpace(this.#line[this.#at]!)) this.#at++;
      if (this.#at === this.#to) break;
      const start = this.#length;
      if (!this.#word()) return false;
      command.add(start, this.#length);
    }
    command.finish(this.#words.subarray(0, this.#length), 0);
    return true;
  }

  /** A closing quote ends the word; an opening one may stand in its middle. */
  #word(): boolean {
    while (this.#at < this.#to) {
      const c = this.#line[this.#at++]!;
      if (endsWord(c)) return true;
      if (c === DOUBLE_QUOTE) return this.#doubleQuoted();
      if (c === SINGLE_QUOTE) return this.#singleQuoted();
      this.#put(c);
    }
    return true;
  }

  #doubleQuoted(): boolean {
    while (this.#at < this.#to) {
      const c = this.#line[this.#at++]!;
      if (c === DOUBLE_QUOTE) return this.#closed();
      if (c === BACKSLASH && this.#at < this.#to) this.#put(this.#escaped());
      else this.#put(c);
    }
    return false;
  }

  #escaped(): number {
    const c = this.#line[this.#at++]!;
    if (c !== SMALL_X || this.#at + 2 > this.#to) return ESCAPES.get(c) ?? c;
    const high = hexDigit(this.#line[this.#at]);
    const low = hexDigit(this.#line[this.#at + 1]);
    if (high < 0 || low < 0) return c;
    this.#at += 2;
    return 16 * high + low;
  }

  #singleQuoted(): boolean {
    while (this.#at < this.#to) {
      const c = this.#line[this.#at++]!;
      if (c === SINGLE_QUOTE) return this.#closed();
      if (c === BACKSLASH && this.#line[this.#at] === SINGLE_QUOTE && this.#at < this.#to) {
        this.#at++;
        this.#put(SINGLE_QUOTE);
      } else this.#put(c);
    }
    return false;
  }

  #closed(): boolean {
    return this.#at === this.#to || isSpace(this.#line[this.#at]!);
  }

  #put(c: number): void {
    this.#words[this.#length++] = c;
  }
}
