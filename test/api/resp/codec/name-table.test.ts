import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Command } from '../../../../src/api/resp/codec/command.js';
import { NameTable } from '../../../../src/api/resp/codec/name-table.js';
import { AssertionError } from '../../../../src/base/assert.js';

const findText = <T>(table: NameTable<T>, text: string): T | undefined =>
  table.findArgument(Command.of(['before', Buffer.from(text, 'latin1')]), 1);

const inAnyCase = (text: string, flips: readonly boolean[]): string =>
  [...text].map((c, i) => (flips[i % flips.length] ? c.toLowerCase() : c.toUpperCase())).join('');

describe('a table of names', () => {
  it('finds each name in any case, and no other bytes', () => {
    const name = fc.stringMatching(/^[A-Z0-9.|_-]{1,14}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 300 }),
        fc.array(fc.boolean(), { minLength: 1 }),
        fc.array(fc.uint8Array({ maxLength: 14 })),
        (names, flips, others) => {
          const table = new NameTable(names.map((one, i) => [one, i] as const));
          names.forEach((one, i) => {
            expect(findText(table, inAnyCase(one, flips))).toBe(i);
          });
          for (const other of others) {
            const text = Buffer.from(other).toString('latin1');
            const known = names.indexOf(text.replace(/[a-z]/g, (c) => c.toUpperCase()));
            expect(findText(table, text)).toBe(known < 0 ? undefined : known);
          }
        },
      ),
    );
  });

  it('keeps bytes apart that differ by the bit of the case alone', () => {
    const table = new NameTable([['CL.THROTTLE', 1]]);
    expect(findText(table, 'cl.throttle')).toBe(1);
    expect(findText(table, 'CL\x0eTHROTTLE')).toBeUndefined();
    expect(findText(new NameTable([['A[', 1]]), 'a{')).toBeUndefined();
  });

  it('is not confused by names of objects, nothing, or a name too long', () => {
    const table = new NameTable([['GET', 1]]);
    for (const text of ['__proto__', 'constructor', '', 'GETX'.repeat(1000), 'GE', 'GETT']) {
      expect(findText(table, text)).toBeUndefined();
    }
    expect(findText(new NameTable([]), 'GET')).toBeUndefined();
  });

  it('refuses two names that differ in case only', () => {
    const pair = [
      ['get', 1],
      ['GET', 2],
    ] as const;
    expect(() => new NameTable(pair)).toThrow(AssertionError);
  });
});
