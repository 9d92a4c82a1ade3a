/** Rows of commands on all keys of a database. */
import type { CommandRow } from './row.js';

export const KEYSPACE_ROWS: readonly CommandRow[] = [
  {
    name: 'walk',
    code: 38,
    access: 'read',
    positionals: [{ name: 'position', type: 'position' }],
    options: [
      { word: 'LIMIT', takes: 'integer', min: 1, help: 'looks at no more keys than these' },
      { word: 'TYPE', takes: 'bytes', help: 'only keys that hold this kind of value' },
      { word: 'SLOT', takes: 'integer', max: 16_383, help: 'only keys of this slot' },
      {
        word: 'HASH',
        takes: 'integer',
        help: 'goes on behind the key with this hash; without one, from the bucket’s beginning',
      },
    ],
    routing: 'bucket',
    merge: 'only',
    reads: 'range',
    grows: false,
    help: 'Keys bucket by bucket from a place on (page: next is the place to go on from).',
  },
  {
    name: 'randomkey',
    code: 30,
    access: 'read',
    positionals: [{ name: 'seed', type: 'integer' }],
    routing: 'shards',
    merge: 'random',
    reads: 'range',
    grows: false,
    help: 'A key that the seed, a random number, picks (bytes), or null.',
  },
  {
    name: 'dbsize',
    code: 31,
    access: 'read',
    positionals: [],
    routing: 'shards',
    merge: 'sum',
    reads: 'counts',
    grows: false,
    help: 'How many keys a database has, expired ones too until they are gone (integer).',
  },
];
