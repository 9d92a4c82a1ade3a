/** docs/redis.md tells what the rows of the door say, and every row has a test. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIFFERENCES } from '../../scripts/redis/differences.mjs';
import { MISSING } from '../../scripts/redis/missing.mjs';
import { renew } from '../../scripts/redis/page.mjs';
import { ROWS } from '../../src/api/resp/rows/table.js';
import { ELSEWHERE, untested } from '../redis/coverage.js';
import { ALL_ROWS } from '../redis/stories.js';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('docs/redis.md', () => {
  it('is what the rows and differences say (npm run docs:redis renews it)', () => {
    const page = read('docs/redis.md');
    expect(renew(page, ROWS)).toBe(page);
  });

  it('names tests that exist', () => {
    const named = [...read('docs/redis.md').matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((path) => !existsSync(join(ROOT, path as string)))).toEqual([]);
  });
});

describe('rows of the Redis door', () => {
  it('each has a test: a generator, an expected reply, or one that is named', () => {
    expect(untested()).toEqual([]);
    for (const [file, title] of Object.values(ELSEWHERE)) expect(read(file)).toContain(title);
  });

  it('differences are those of rows', () => {
    const named = DIFFERENCES.flatMap(({ commands }) => commands);
    const ready = [...ALL_ROWS.keys(), ...MISSING.flatMap(({ commands }) => commands)];
    expect(named.filter((name) => !ready.includes(name))).toEqual([]);
  });
});
