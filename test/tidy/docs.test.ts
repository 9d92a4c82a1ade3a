/**
 * docs/testing.md promises a test for every property; this looks whether each is there. A row's
 * last cell names a test file and a word of its test's title, or a story, or says why there is
 * none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Row {
  readonly group: string;
  readonly property: string;
  readonly where: string;
}

/** How many properties each table must list, so that none can fall out unnoticed. */
const GROUPS: Readonly<Record<string, number>> = {
  'The paper': 26,
  Elections: 11,
  Commit: 6,
  'Quorum and pre-vote': 12,
  Reads: 6,
  Transfer: 15,
  Members: 26,
  'Snapshots and flow': 16,
  Stories: 28,
};

function rows(): Row[] {
  const found: Row[] = [];
  let group = '';
  for (const line of read('docs/testing.md').split('\n')) {
    const heading = /^### (.*)$/.exec(line);
    if (heading !== null) group = heading[1] as string;
    const cells = /^\| `([^`]+)` \|(.*)\|\s*$/.exec(line);
    if (cells === null || !(group in GROUPS)) continue;
    found.push({ group, property: cells[1] as string, where: (cells[2] as string).trim() });
  }
  return found;
}

function titlesOf(path: string): string[] {
  const calls = /\b(?:it|test|describe)(?:\.\w+)?(?:\([^()]*\))?\(\s*(['"`])(.*?)\1/gs;
  return [...read(path).matchAll(calls)].map((match) => match[2] as string);
}

/** What is wrong with a row, or null. */
function problem({ property, where }: Row): string | null {
  if (/^none: .{20,}$/.test(where)) return null;
  const named = /^`([^`]+)`(?: `([^`]+)`)?$/.exec(where);
  if (named === null) return `${property}: names no test and gives no reason`;
  const [, path = '', name] = named;
  if (!existsSync(join(ROOT, path))) return `${property}: ${path} is not there`;
  if (path.endsWith('.txt')) return null;
  if (name === undefined) return `${property}: which test of ${path}?`;
  if (titlesOf(path).some((title) => new RegExp(`\\b${name}\\b`).test(title))) return null;
  return `${property}: no test of ${path} names ${name}`;
}

describe('docs/testing.md', () => {
  it('lists every property of every group once', () => {
    const all = rows();
    const counts = Object.fromEntries(
      Object.keys(GROUPS).map((group) => [group, all.filter((row) => row.group === group).length]),
    );
    expect(counts).toEqual(GROUPS);
    expect(new Set(all.map((row) => row.property)).size).toBe(all.length);
  });

  it('names a test that exists, or a reason, for each', () => {
    expect(
      rows()
        .map(problem)
        .filter((found) => found !== null),
    ).toEqual([]);
  });
});
