/**
 * Which test meets which row of the door. A row must stand in a family of generators (held against
 * a real Redis), among the commands that Debian's Redis does not know (held against what is written
 * here), or name another test.
 */
import { BITS, HYPERLOGLOGS } from './families/bits.js';
import { CLUSTER, CONNECTION, SERVER } from './families/connection.js';
import { HASHES } from './families/hashes.js';
import { KEYS_FAMILY } from './families/keys.js';
import { STRINGS } from './families/strings.js';
import { TRANSACTIONS } from './families/transactions.js';
import { NEWER } from './newer.js';
import { ALL_ROWS, isNewer, type Row } from './stories.js';

const GENERATED = new Set(
  [
    BITS,
    HYPERLOGLOGS,
    CLUSTER,
    CONNECTION,
    SERVER,
    HASHES,
    KEYS_FAMILY,
    STRINGS,
    TRANSACTIONS,
  ].flatMap(Object.keys),
);

/** Rows that only look at the node they run on, by the test that has them: file and title. */
export const ELSEWHERE: Readonly<Record<string, readonly [file: string, title: string]>> = {
  monitor: ['test/e2e/redis-differential.test.ts', 'MONITOR shows commands'],
};

export const DIFFERENTIAL = 'test/e2e/redis-differential.test.ts';

const expected = new Set(NEWER.map(({ name }) => name));

/** Where a row is tested, or null. */
export function testOf({ name, ...row }: Row): string | null {
  if (name in ELSEWHERE) return ELSEWHERE[name]?.[0] ?? null;
  if (expected.has(name)) return DIFFERENTIAL;
  return GENERATED.has(name) && !isNewer({ name, ...row }) ? DIFFERENTIAL : null;
}

export const untested = (): string[] =>
  [...ALL_ROWS.values()].filter((row) => testOf(row) === null).map(({ name }) => name);
