/** Rows of commands on keys of any type, and on ranges of them. */
import type { CommandRow } from './row.js';
import { EXPIRY_OPTIONS } from './strings.js';

const key = { name: 'key', type: 'key' } as const;
const ONE = { routing: 'one', merge: 'only' } as const;
const SUM = { repeats: true, routing: 'keys', merge: 'sum' } as const;

export const KEY_ROWS: readonly CommandRow[] = [
  {
    ...ONE,
    name: 'del',
    code: 3,
    access: 'write',
    positionals: [key],
    reads: 'header',
    grows: false,
    help: 'Deletes a key (integer: 1, or 0 if it was not there).',
  },
  {
    ...SUM,
    name: 'exists',
    code: 4,
    access: 'read',
    positionals: [key],
    reads: 'header',
    grows: false,
    help: 'How many of the keys are there, a repeated key counted each time (integer).',
  },
  {
    ...SUM,
    name: 'mdel',
    code: 9,
    access: 'write',
    positionals: [key],
    reads: 'header',
    grows: false,
    help: 'Deletes several keys (integer: how many were there).',
  },
  {
    ...ONE,
    name: 'expire',
    code: 11,
    access: 'write',
    positionals: [key],
    options: EXPIRY_OPTIONS,
    requires: ['expiry'],
    reads: 'value',
    grows: false,
    help: 'Gives a key a time to expire (integer: 1, or 0 if it is not there).',
  },
  {
    ...ONE,
    name: 'persist',
    code: 12,
    access: 'write',
    positionals: [key],
    reads: 'value',
    grows: false,
    help: 'Takes the expiry from a key (integer: 1, or 0 if there was none).',
  },
  {
    ...ONE,
    name: 'ttl',
    code: 13,
    access: 'read',
    positionals: [key],
    reads: 'header',
    grows: false,
    help: 'Milliseconds until a key expires (integer: -1 never, -2 the key is not there).',
  },
];

export const RANGE_ROWS: readonly CommandRow[] = [
  {
    name: 'scan',
    code: 10,
    access: 'read',
    positionals: [
      { name: 'from', type: 'bound' },
      { name: 'to', type: 'bound' },
    ],
    options: [
      { word: 'REVERSE', help: 'from the end of the range to its beginning' },
      { word: 'LIMIT', takes: 'integer', min: 1, help: 'at most so many keys on this page' },
      { word: 'KEYSONLY', group: 'shape', help: 'keys without values' },
      {
        word: 'COUNTONLY',
        group: 'shape',
        help: 'answers a list of how many keys this page has, and the cursor or null',
      },
      { word: 'PREFIX', takes: 'bytes', help: 'only keys that begin with this' },
      { word: 'CURSOR', takes: 'bytes', help: 'goes on behind this key, the last page’s next' },
    ],
    routing: 'shards',
    merge: 'pages',
    reads: 'range',
    grows: false,
    help: 'Items with from ≤ key < to (empty: open) in unsigned byte order (page).',
  },
];
