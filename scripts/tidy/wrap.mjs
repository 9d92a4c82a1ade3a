/** Breaks comment lines wider than the page; biome formats code but leaves comments alone. */
import { MAX_COLUMNS } from './rules.mjs';

const wordsOf = (text) => text.trim().split(/\s+/);

/** Words in lines of at most MAX_COLUMNS that all begin with `lead`. */
function fill(words, lead) {
  const lines = [];
  let line = lead;
  for (const word of words) {
    const longer = line === lead ? `${lead}${word}` : `${line} ${word}`;
    if (longer.length > MAX_COLUMNS && line !== lead) {
      lines.push(line);
      line = `${lead}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** What stands before a comment line's words, or null when it is none or ends its comment. */
function leadOf(line) {
  return /^\s*(?:\/\/|\*(?!\/))\s*/.exec(line)?.[0] ?? null;
}

/** A line that goes on in the paragraph of the line before: no list item, no tag, no end. */
function goesOn(line, lead) {
  return leadOf(line) === lead && /^[^\s@*-]/.test(line.slice(lead.length)) && !line.includes('*/');
}

/** @returns {string[] | null} the lines of a one-line doc comment, opened up */
function openUp(line) {
  const found = /^(\s*)\/\*\*(.*)\*\/$/.exec(line);
  if (found === null) return null;
  const [, indent, text] = found;
  return [`${indent}/**`, ...fill(wordsOf(text), `${indent} * `), `${indent} */`];
}

/** @param {import('./scan.mjs').Scan} scanned @returns {string} */
export function wrapComments({ source, code }) {
  const lines = source.split('\n');
  const codeLines = code.split('\n');
  const isComment = (at) => lines[at] !== undefined && codeLines[at].trim() === '';
  const out = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const lead = leadOf(line);
    if (line.length <= MAX_COLUMNS || !isComment(at)) out.push(line);
    else if (lead === null) out.push(...(openUp(line) ?? [line]));
    else {
      const words = wordsOf(line.slice(lead.length));
      while (isComment(at + 1) && goesOn(lines[at + 1], lead)) {
        at += 1;
        words.push(...wordsOf(lines[at].slice(lead.length)));
      }
      out.push(...fill(words, lead));
    }
  }
  return out.join('\n');
}
