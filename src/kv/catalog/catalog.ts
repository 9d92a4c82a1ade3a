/**
 * The catalogue: every command rkv knows, found by name at the doors and by code everywhere behind
 * them. Codes are written into logs, so a row may change its help but never its code.
 */
import { assert, must } from '../../base/assert.js';
import { BIT_ROWS } from './bits.js';
import { HASH_ROWS } from './hashes.js';
import { HYPERLOGLOG_ROWS } from './hyperloglog.js';
import { KEY_ROWS, RANGE_ROWS } from './keys.js';
import { KEYSPACE_ROWS } from './keyspace.js';
import type { CommandRow } from './row.js';
import { STRING_ROWS } from './strings.js';
import { TRANSACTION_ROWS } from './transactions.js';
import { VALUE_ROWS } from './values.js';

export const CATALOG: readonly CommandRow[] = [
  ...STRING_ROWS,
  ...KEY_ROWS,
  ...RANGE_ROWS,
  ...KEYSPACE_ROWS,
  ...VALUE_ROWS,
  ...BIT_ROWS,
  ...HYPERLOGLOG_ROWS,
  ...HASH_ROWS,
  ...TRANSACTION_ROWS,
].sort((a, b) => a.code - b.code);

const byCode: (CommandRow | undefined)[] = [];
const byName = new Map<string, CommandRow>();

/** Whether the keys stand where the row's routing looks for them. */
function keysFit({ routing, positionals, nests }: CommandRow): boolean {
  const isKey = positionals.map((one) => one.type === 'key');
  switch (routing) {
    case 'shards':
      return isKey.every((one) => !one);
    case 'bucket':
      return positionals[0]?.type === 'position' && isKey.every((one) => !one);
    case 'one':
    case 'keys':
      return isKey.every((one, i) => one === (i === 0));
    case 'together':
      return nests === true || isKey[0] === true;
  }
}

for (const row of CATALOG) {
  assert(byCode[row.code] === undefined && !byName.has(row.name), `${row.name} is taken`);
  assert(keysFit(row), `${row.name}: its keys stand elsewhere`);
  const endless = row.repeats === true || row.tail !== undefined;
  assert(!(endless && row.options), `${row.name}: repeats and has options`);
  byCode[row.code] = row;
  byName.set(row.name, row);
}

export const rowByCode = (code: number): CommandRow | undefined => byCode[code];

/** Names are case-insensitive. */
export const rowByName = (name: string): CommandRow | undefined =>
  byName.get(name) ?? byName.get(name.toLowerCase());

/** The code of a command that surely exists. */
export const codeOf = (name: string): number => must(byName.get(name), `command ${name}`).code;
