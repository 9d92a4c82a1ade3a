/**
 * Splits TypeScript source into code, text and comments, so that a rule about calls never meets a
 * word in a string and a rule about comments never meets code. Written by hand because TypeScript 7
 * has no API for JavaScript programs. No parser: it knows where literals begin and end, no more.
 */

/** After these words a slash begins a regular expression; after any other word it divides. */
const BEFORE_REGEX = new Set(
  `return typeof case do else in of instanceof new void delete throw await yield`.split(' '),
);

/**
 * @typedef {{ kind: 'comment' | 'string' | 'template' | 'regex', start: number, end: number }} Span
 *   `start` and `end` enclose the quotes; the text of a template is one span per piece.
 * @typedef {{ source: string, code: string, spans: Span[] }} Scan
 *   `code` has the length and the line breaks of `source`; what is no code is blank.
 */

class Scanner {
  constructor(source) {
    this.source = source;
    this.at = 0;
    this.spans = [];
    /** For every open `${`: how many braces are open inside it. */
    this.templates = [];
    this.lastToken = '';
  }

  run() {
    while (this.at < this.source.length) this.step();
    return { source: this.source, code: blank(this.source, this.spans), spans: this.spans };
  }

  step() {
    const char = this.source[this.at];
    const next = this.source[this.at + 1];
    if (char === '#' && this.at === 0 && next === '!') return this.comment('\n');
    if (char === '/' && next === '/') return this.comment('\n');
    if (char === '/' && next === '*') return this.comment('*/');
    if (char === "'" || char === '"') return this.string(char);
    if (char === '`') return this.template();
    if (char === '/' && this.regexMayStart()) return this.regex();
    if (/\s/.test(char)) this.at += 1;
    else if (/[\w$]/.test(char)) this.word();
    else this.punctuation(char);
  }

  comment(until) {
    const found = this.source.indexOf(until, this.at + 2);
    const end = found < 0 ? this.source.length : found + (until === '\n' ? 0 : until.length);
    this.add('comment', end);
  }

  string(quote) {
    let end = this.at + 1;
    while (end < this.source.length && this.source[end] !== quote && this.source[end] !== '\n') {
      end += this.source[end] === '\\' ? 2 : 1;
    }
    this.add('string', end + 1);
    this.lastToken = 'literal';
  }

  /** One piece of a template: up to its end or up to the next `${`; `at` is on "`" or "}". */
  template() {
    let end = this.at + 1;
    while (end < this.source.length) {
      const char = this.source[end];
      if (char === '`') {
        this.add('template', end + 1);
        this.lastToken = 'literal';
        return;
      }
      if (char === '$' && this.source[end + 1] === '{') {
        this.add('template', end + 2);
        this.templates.push(0);
        this.lastToken = '{';
        return;
      }
      end += char === '\\' ? 2 : 1;
    }
    this.add('template', this.source.length);
  }

  regexMayStart() {
    const last = this.lastToken;
    if (last === '' || last === '}') return true;
    if (/^[\w$]/.test(last)) return BEFORE_REGEX.has(last);
    return last !== ')' && last !== ']';
  }

  regex() {
    let inClass = false;
    let end = this.at + 1;
    for (; end < this.source.length && this.source[end] !== '\n'; end += 1) {
      const char = this.source[end];
      if (char === '\\') end += 1;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) break;
    }
    end += 1;
    while (/[a-z]/.test(this.source[end] ?? '')) end += 1;
    this.add('regex', end);
    this.lastToken = 'literal';
  }

  word() {
    const found = /^[\w$]+/.exec(this.source.slice(this.at, this.at + 200));
    this.lastToken = found[0];
    this.at += found[0].length;
  }

  punctuation(char) {
    const open = this.templates.length - 1;
    if (open >= 0 && char === '}' && this.templates[open] === 0) {
      this.templates.pop();
      this.template();
      return;
    }
    if (open >= 0 && char === '{') this.templates[open] += 1;
    if (open >= 0 && char === '}') this.templates[open] -= 1;
    this.lastToken = char;
    this.at += 1;
  }

  add(kind, end) {
    this.spans.push({ kind, start: this.at, end: Math.min(end, this.source.length) });
    this.at = end;
  }
}

/**
 * Blank all spans but keep line breaks; a string keeps its quotes, so that it stays an argument.
 */
function blank(source, spans) {
  let code = '';
  let from = 0;
  for (const { kind, start, end } of spans) {
    const inner = source.slice(start, end).replace(/[^\n]/g, ' ');
    const quoted = kind === 'string' && end - start >= 2;
    code += source.slice(from, start);
    code += quoted ? `'${inner.slice(1, -1)}'` : inner;
    from = end;
  }
  return code + source.slice(from);
}

/** @param {string} source @returns {Scan} */
export function scan(source) {
  return new Scanner(source).run();
}

/** 1-based line of an offset. @param {string} source @param {number} offset */
export function lineOf(source, offset) {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/** The words of all comments. @param {Scan} scanned @returns {{ text: string, start: number }[]} */
export function commentsOf(scanned) {
  return scanned.spans
    .filter(({ kind }) => kind === 'comment')
    .map(({ start, end }) => ({ text: scanned.source.slice(start, end), start }));
}
