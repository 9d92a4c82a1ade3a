/** Rows of commands that look at how a value is made. */
import type { CommandRow } from './row.js';
import { EXPIRY_OPTIONS } from './strings.js';

const key = { name: 'key', type: 'key' } as const;
const ONE = { routing: 'one', merge: 'only' } as const;

export const VALUE_ROWS: readonly CommandRow[] = [
  {
    ...ONE,
    name: 'object',
    code: 33,
    access: 'read',
    positionals: [key],
    reads: 'value',
    grows: false,
    help: 'Type, encoding, bytes of a value, bytes its key takes in the store (list), or null.',
  },
  {
    ...ONE,
    name: 'dump',
    code: 34,
    access: 'read',
    positionals: [key],
    reads: 'elements',
    grows: false,
    help: 'A value in the form that restore reads, checksum included (bytes), or null.',
  },
  {
    ...ONE,
    name: 'restore',
    code: 35,
    access: 'write',
    positionals: [key, { name: 'payload', type: 'bytes' }],
    options: [...EXPIRY_OPTIONS, { word: 'REPLACE', help: 'also if the key is there' }],
    reads: 'header',
    grows: true,
    help: 'Gives a key the value that dump gave (integer: 1).',
  },
  {
    ...ONE,
    name: 'sort',
    code: 36,
    access: 'read',
    positionals: [key],
    reads: 'header',
    grows: false,
    help: 'The elements of a list or set in order (list); of a key that is not there none.',
  },
  {
    name: 'sortstore',
    code: 37,
    access: 'write',
    positionals: [key, { name: 'target', type: 'key' }],
    routing: 'together',
    merge: 'only',
    reads: 'header',
    grows: false,
    help: 'Stores what sort answers under another key of its shard (integer: how many).',
  },
];
