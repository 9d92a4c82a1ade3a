/**
 * The catalogue: every command rkv knows, found by name at the doors and by code everywhere behind
 * them. Codes are written into logs, so a row may change its help but never its code.
 */
import { assert, must } from '../../base/assert.js';
import { KEY_ROWS, RANGE_ROWS } from './keys.js';
import type { CommandRow } from './row.js';
import { STRING_ROWS } from './strings.js';

export const CATALOG: readonly CommandRow[] = [...STRING_ROWS, ...KEY_ROWS, ...RANGE_ROWS].sort(
  (a, b) => a.code - b.code,
);

const byCode: (CommandRow | undefined)[] = [];
const byName = new Map<string, CommandRow>();

for (const row of CATALOG) {
  assert(byCode[row.code] === undefined && !byName.has(row.name), `${row.name} is taken`);
  const keyless = row.positionals.every((positional) => positional.type !== 'key');
  const keyFirst = row.positionals.every((one, i) => (one.type === 'key') === (i === 0));
  assert(row.routing === 'shards' ? keyless : keyFirst, `${row.name}: the key comes first`);
  assert(!(row.repeats && row.options), `${row.name}: repeats and has options`);
  byCode[row.code] = row;
  byName.set(row.name, row);
}

export const rowByCode = (code: number): CommandRow | undefined => byCode[code];

/** Names are case-insensitive. */
export const rowByName = (name: string): CommandRow | undefined =>
  byName.get(name) ?? byName.get(name.toLowerCase());

/** The code of a command that surely exists. */
export const codeOf = (name: string): number => must(byName.get(name), `command ${name}`).code;
