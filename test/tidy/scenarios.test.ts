/**
 * docs/testing.md has a row for each of the 104 scenarios; every test, story, row of the
 * simulator's coverage and fault that a row names must be there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../scripts/injection/table.mjs';
import { REGRESSIONS } from '../../scripts/mutants/regressions.mjs';
import { MUTANTS, seesBehaviour } from '../../scripts/mutants/table.mjs';
import { REQUIRED_ROWS } from '../sim/coverage-rows.js';

const ROOT = resolve(import.meta.dirname, '../..');
const SCENARIOS = 104;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

function rows(): Map<number, string> {
  const found = new Map<number, string>();
  for (const line of read('docs/testing.md').split('\n')) {
    const cells = /^\| (\d+) \| [^|]+ \|(.*)\|$/.exec(line);
    if (cells !== null) found.set(Number(cells[1]), (cells[2] as string).trim());
  }
  return found;
}

/** Whether a call begins with a string that holds these words: a test's title. */
function isTitled(source: string, words: string): boolean {
  const quoted = words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\(\\s*(['"\`])(?:(?!\\1).)*${quoted}`).test(source);
}

/** What is wrong with one part of a cell, or null. */
function problem(part: string): string | null {
  if (/^(later|means): \S.{4,}$/.test(part)) return null;
  const [, kind, thing = ''] = /^(sim|faults) `([^`]+)`$/.exec(part) ?? [];
  if (kind === 'sim') return REQUIRED_ROWS.includes(thing) ? null : `no coverage row ${thing}`;
  if (kind === 'faults') {
    return FAULTS.some(({ name }) => name === thing) ? null : `no fault ${thing}`;
  }
  const [, path = '', title] = /^`([^`]+)`(?: `([^`]+)`)?$/.exec(part) ?? [];
  if (path === '') return `names nothing: ${part}`;
  if (!existsSync(join(ROOT, path))) return `${path} is not there`;
  if (path.endsWith('.txt')) return null;
  if (title === undefined) return `which test of ${path}?`;
  return isTitled(read(path), title) ? null : `no test of ${path} is titled ${title}`;
}

describe('the scenarios of docs/testing.md', () => {
  it('have a row each', () => {
    const all = Array.from({ length: SCENARIOS }, (_, i) => i + 1);
    expect([...rows().keys()].sort((a, b) => a - b)).toEqual(all);
  });

  it('name what exists', () => {
    const wrong = [...rows()].flatMap(([number, cell]) =>
      cell.split(' · ').flatMap((part) => {
        const found = problem(part);
        return found === null ? [] : [`${number}: ${found}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the mutants of docs/testing.md', () => {
  const named = (kind: string): (string | undefined)[] =>
    [...read('docs/testing.md').matchAll(/^\| (\w+): ([^|]+) \|/gm)]
      .filter(([, what]) => what === kind)
      .map(([, , name]) => name?.trim());

  it('are those of npm run mutants, and so are the regressions', () => {
    expect(named('mutant')).toEqual(MUTANTS.map(({ name }) => name));
    expect(named('regression')).toEqual(REGRESSIONS.map(({ name }) => name));
  });

  it('fit the source as it is', () => {
    const off = [...MUTANTS, ...REGRESSIONS].flatMap(({ name, edits }) => {
      const texts = new Map<string, string>();
      return edits.flatMap(({ file, find, replace }) => {
        const text = texts.get(file) ?? read(file);
        texts.set(
          file,
          text.replace(find, () => replace),
        );
        const count = text.split(find).length - 1;
        return count === 1 ? [] : [`${name}: ${file} holds its text ${count} times`];
      });
    });
    expect(off).toEqual([]);
  });

  it('are each caught by a story, a seed or a test with real processes', () => {
    const unseen = [...MUTANTS, ...REGRESSIONS].filter(({ caughtBy }) => {
      return !caughtBy.some(seesBehaviour);
    });
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});
