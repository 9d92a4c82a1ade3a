import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './support.js';

const words = (line: string): string[] | string | null => {
  const { commands, error } = outcomeOf([Buffer.from(`${line}\n`, 'latin1')]);
  expect(commands.length).toBeLessThanOrEqual(1);
  return error ?? commands[0] ?? null;
};

const UNBALANCED = 'Protocol error: unbalanced quotes in request';
const hex = (c: string): string => c.charCodeAt(0).toString(16).padStart(2, '0');

/** Ways to type one word so that it arrives as it is. */
const QUOTINGS: readonly ((word: string) => string)[] = [
  (word) => `"${word.replace(/[^a-z]/g, (c) => `\\x${hex(c)}`)}"`,
  (word) => `"${word.replace(/[^a-z]/g, (c) => `\\x${hex(c).toUpperCase()}`)}"`,
  (word) => `"${word.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`,
];

describe('inline requests', () => {
  it('are split as a shell would, roughly', () => {
    const rows: [string, string[] | string | null][] = [
      ['get a', ['get', 'a']],
      ['  get\t a \v\f b \r', ['get', 'a', 'b']],
      ['a\vb\fc', ['a\vb\fc']],
      ['""', ['']],
      ['\'\' ""', ['', '']],
      ['"\\n\\r\\t\\b\\a\\q\\"\\\\"', ['\n\r\t\b\x07q"\\']],
      ['"\\x00\\xfF\\xg1\\x1"', ['\x00\xffxg1x1']],
      ["'\\n \\' \"'", ['\\n \' "']],
      ['a\\ b\\x41', ['a\\', 'b\\x41']],
      ['x"y z"', ['xy z']],
      ["x'y z' w", ['xy z', 'w']],
      ['"a"\tb', ['a', 'b']],
      ['a\0b', ['a\0b']],
      ['   ', null],
      ['', null],
      ['"a"\'b\'', UNBALANCED],
      ['"a', UNBALANCED],
      ["'a\\'", UNBALANCED],
      ['"a\\', UNBALANCED],
      ['"a\\"', UNBALANCED],
      ['"', UNBALANCED],
      ['"\\x4', UNBALANCED],
    ];
    for (const [line, expected] of rows) expect([line, words(line)]).toEqual([line, expected]);
  });

  it('keep every byte that is quoted, whatever stands around it', () => {
    const word = fc
      .uint8Array({ maxLength: 10 })
      .map((some) => Buffer.from(some).toString('latin1'));
    const quoted = fc.tuple(word, fc.constantFrom(...QUOTINGS));
    fc.assert(
      fc.property(fc.array(quoted, { minLength: 1, maxLength: 5 }), (list) => {
        const line = list.map(([text, quote]) => quote(text)).join(' ');
        expect(words(line)).toEqual(list.map(([text]) => text));
      }),
    );
  });
});
