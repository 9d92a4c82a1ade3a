/** Rows of commands on string values. Integers are decimal text, as in Redis. */
import type { CommandRow, OptionWord } from './row.js';

/** A relative time never reaches the log: the leader turns PX into PXAT (`times.ts`). */
export const EXPIRY_OPTIONS: readonly OptionWord[] = [
  {
    word: 'PX',
    takes: 'integer',
    min: 1,
    group: 'expiry',
    help: 'expires in so many milliseconds',
  },
  {
    word: 'PXAT',
    takes: 'integer',
    min: 0,
    group: 'expiry',
    help: 'expires at this time, in milliseconds since 1970',
  },
];

const key = { name: 'key', type: 'key' } as const;
const value = { name: 'value', type: 'bytes' } as const;
const ONE = { routing: 'one', merge: 'only' } as const;

export const STRING_ROWS: readonly CommandRow[] = [
  {
    ...ONE,
    name: 'get',
    code: 1,
    access: 'read',
    positionals: [key],
    reads: 'value',
    grows: false,
    help: 'The value of a key with revision and expiry (item), or null.',
  },
  {
    ...ONE,
    name: 'set',
    code: 2,
    access: 'write',
    positionals: [key, value],
    options: [
      { word: 'NX', group: 'condition', help: 'only if the key is not there' },
      { word: 'XX', group: 'condition', help: 'only if the key is there' },
      {
        word: 'IFREV',
        takes: 'integer',
        min: 0,
        group: 'condition',
        help: 'only if the key has this revision; 0: only if it is not there',
      },
      { word: 'GET', reads: 'value', help: 'answers the value it had before' },
      ...EXPIRY_OPTIONS,
    ],
    reads: 'header',
    grows: true,
    help: 'Gives a key a value and, without PX or PXAT, no expiry (written).',
  },
  {
    ...ONE,
    name: 'incr',
    code: 5,
    access: 'write',
    positionals: [key, { name: 'by', type: 'integer' }],
    reads: 'value',
    grows: true,
    help: 'Adds to a 64-bit integer, 0 if the key is not there; expiry stays (integer).',
  },
  {
    ...ONE,
    name: 'append',
    code: 6,
    access: 'write',
    positionals: [key, value],
    reads: 'value',
    grows: true,
    help: 'Adds bytes to the end of a value; expiry stays (integer: the new length).',
  },
  {
    name: 'mget',
    code: 7,
    access: 'read',
    positionals: [key],
    repeats: true,
    routing: 'keys',
    merge: 'in-order',
    reads: 'value',
    grows: false,
    help: 'The items of several keys in order, null for each that is not there (list).',
  },
  {
    name: 'mset',
    code: 8,
    access: 'write',
    positionals: [key, value],
    repeats: true,
    routing: 'keys',
    merge: 'sum',
    reads: 'header',
    grows: true,
    help: 'Gives several keys a value and no expiry (integer: how many pairs).',
  },
  {
    ...ONE,
    name: 'cas',
    code: 14,
    access: 'write',
    positionals: [key, { name: 'old', type: 'bytes' }, { name: 'new', type: 'bytes' }],
    reads: 'value',
    grows: true,
    help: 'Replaces a value if it is exactly the old one; expiry stays (written).',
  },
  {
    ...ONE,
    name: 'cad',
    code: 15,
    access: 'write',
    positionals: [key, { name: 'old', type: 'bytes' }],
    reads: 'value',
    grows: false,
    help: 'Deletes a key if its value is exactly the old one (written).',
  },
];
