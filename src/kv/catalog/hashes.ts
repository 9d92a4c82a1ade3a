/**
 * Rows of commands on hashes. A field may have a deadline of its own; where a command sets one, the
 * time is a unit (PX: relative, turned into PXAT by the leader) and a number.
 */
import type { CommandRow, Positional } from './row.js';

const key = { name: 'key', type: 'key' } as const;
const field = { name: 'field', type: 'element' } as const;
const value = { name: 'value', type: 'bytes' } as const;
const ONE = { routing: 'one', merge: 'only', reads: 'value' } as const;
const READ = { ...ONE, access: 'read', grows: false } as const;
const WRITE = { ...ONE, access: 'write', grows: true } as const;
const SHRINK = { ...ONE, access: 'write', grows: false } as const;
const ALL = {
  routing: 'one',
  merge: 'only',
  reads: 'elements',
  access: 'read',
  grows: false,
} as const;

const word = (name: string, ...words: string[]): Positional => ({ name, type: 'word', words });
const time = { name: 'time', type: 'integer' } as const;

export const HASH_ROWS: readonly CommandRow[] = [
  {
    ...WRITE,
    name: 'hset',
    code: 80,
    positionals: [key],
    tail: [field, value],
    help: 'Gives fields of a hash values and no expiry (integer: how many are new).',
  },
  {
    ...WRITE,
    name: 'hsetnx',
    code: 81,
    positionals: [key, field, value],
    help: 'Gives a field a value if it is not there (integer: 1, or 0 if it was).',
  },
  {
    ...READ,
    name: 'hget',
    code: 82,
    positionals: [key, field],
    help: 'The value of a field (bytes), or null.',
  },
  {
    ...READ,
    name: 'hmget',
    code: 83,
    positionals: [key],
    tail: [field],
    help: 'The values of several fields in order, null for each that is not there (list).',
  },
  {
    ...ALL,
    name: 'hgetall',
    code: 84,
    positionals: [key],
    help: 'All fields with their values, one after the other (list).',
  },
  { ...ALL, name: 'hkeys', code: 85, positionals: [key], help: 'All fields (list).' },
  { ...ALL, name: 'hvals', code: 86, positionals: [key], help: 'All values (list).' },
  {
    ...SHRINK,
    name: 'hdel',
    code: 87,
    positionals: [key],
    tail: [field],
    help: 'Deletes fields, the key with the last one (integer: how many were there).',
  },
  {
    ...READ,
    name: 'hlen',
    code: 88,
    positionals: [key],
    help: 'How many fields a hash has, those included that are due and not yet gone (integer).',
  },
  {
    ...READ,
    name: 'hexists',
    code: 89,
    positionals: [key, field],
    help: 'Whether a field is there (integer: 1 or 0).',
  },
  {
    ...READ,
    name: 'hstrlen',
    code: 90,
    positionals: [key, field],
    help: 'Bytes of the value of a field, 0 if it is not there (integer).',
  },
  {
    ...WRITE,
    name: 'hincrby',
    code: 91,
    positionals: [key, field, { name: 'by', type: 'integer' }],
    help: 'Adds to a 64-bit integer in a field, 0 if it is not there; expiry stays (integer).',
  },
  {
    ...WRITE,
    name: 'hincrbyfloat',
    code: 92,
    positionals: [key, field, { name: 'by', type: 'float' }],
    help: 'Adds to a number in a field, 0 if it is not there; expiry stays (bytes).',
  },
  {
    ...ALL,
    name: 'hscan',
    code: 93,
    positionals: [key],
    options: [
      {
        word: 'CURSOR',
        takes: 'integer',
        max: 0xffff_ffff,
        help: 'goes on where a page ended that gave this number',
      },
      { word: 'COUNT', takes: 'integer', min: 1, help: 'about so many fields, 10 unless said' },
      { word: 'NOVALUES', help: 'fields without values' },
    ],
    help: 'A page of fields (list: the next cursor, 0 at the end, then fields and values).',
  },
  {
    ...ALL,
    name: 'hrandfield',
    code: 94,
    positionals: [key, { name: 'seed', type: 'integer' }],
    options: [
      {
        word: 'COUNT',
        takes: 'integer',
        min: Number.MIN_SAFE_INTEGER,
        help: 'so many fields; negative: with repetitions',
      },
      { word: 'WITHVALUES', help: 'fields with their values' },
    ],
    help: 'Random fields; without COUNT one (bytes or null), else a list. The seed decides which.',
  },
  {
    ...SHRINK,
    name: 'hgetdel',
    code: 95,
    positionals: [key],
    tail: [field],
    help: 'The values of fields (list), which are deleted.',
  },
  {
    ...WRITE,
    name: 'hgetex',
    code: 96,
    positionals: [key, word('change', 'PERSIST', 'PX', 'PXAT'), time],
    tail: [field],
    help: 'The values of fields (list), whose expiry changes; PERSIST 0 takes it away.',
  },
  {
    ...WRITE,
    name: 'hsetex',
    code: 97,
    positionals: [
      key,
      word('condition', 'ANY', 'FNX', 'FXX'),
      word('expiry', 'NONE', 'KEEPTTL', 'PX', 'PXAT'),
      time,
    ],
    tail: [field, value],
    help: 'Gives fields values and an expiry if none (FNX) or all (FXX) are there (integer: 1 or 0).',
  },
  {
    ...WRITE,
    name: 'hexpire',
    code: 98,
    positionals: [
      key,
      word('condition', 'ANY', 'NX', 'XX', 'GT', 'LT'),
      word('unit', 'PX', 'PXAT'),
      time,
    ],
    tail: [field],
    help: 'Gives fields an expiry (list: -2 not there, 0 condition false, 1 done, 2 deleted).',
  },
  {
    ...READ,
    name: 'hpttl',
    code: 99,
    positionals: [key],
    tail: [field],
    help: 'Milliseconds until fields expire (list: -1 never, -2 not there).',
  },
  {
    ...READ,
    name: 'hpexpiretime',
    code: 100,
    positionals: [key],
    tail: [field],
    help: 'When fields expire, in milliseconds since 1970 (list: -1 never, -2 not there).',
  },
  {
    ...SHRINK,
    name: 'hpersist',
    code: 101,
    positionals: [key],
    tail: [field],
    help: 'Takes the expiry from fields (list: -2 not there, -1 had none, 1 done).',
  },
];
