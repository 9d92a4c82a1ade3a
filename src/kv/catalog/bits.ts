/** Rows of commands on the bits of strings: bit 0 is the highest of the first byte. */
import type { CommandRow, OptionWord } from './row.js';

const key = { name: 'key', type: 'key' } as const;
const offset = { name: 'offset', type: 'integer' } as const;
const bit = { name: 'bit', type: 'integer' } as const;
const ONE = { routing: 'one', merge: 'only' } as const;

export const BIT_OPERATIONS = ['AND', 'OR', 'XOR', 'NOT', 'DIFF', 'DIFF1', 'ANDOR', 'ONE'] as const;

const RANGE: readonly OptionWord[] = [
  {
    word: 'START',
    takes: 'integer',
    min: Number.MIN_SAFE_INTEGER,
    help: 'from this byte on, negative from the end',
  },
  {
    word: 'END',
    takes: 'integer',
    min: Number.MIN_SAFE_INTEGER,
    help: 'to this byte, included, negative from the end',
  },
  { word: 'BIT', help: 'START and END count bits' },
];

export const BIT_ROWS: readonly CommandRow[] = [
  {
    ...ONE,
    name: 'setbit',
    code: 40,
    access: 'write',
    positionals: [key, offset, bit],
    reads: 'value',
    grows: true,
    help: 'Sets a bit of a value, zeros before it; expiry stays (integer: the bit before).',
  },
  {
    ...ONE,
    name: 'getbit',
    code: 41,
    access: 'read',
    positionals: [key, offset],
    reads: 'value',
    grows: false,
    help: 'A bit of a value, 0 beyond its end (integer).',
  },
  {
    ...ONE,
    name: 'bitcount',
    code: 42,
    access: 'read',
    positionals: [key],
    options: RANGE,
    reads: 'value',
    grows: false,
    help: 'How many bits of a value, or of a range of it, are 1 (integer).',
  },
  {
    ...ONE,
    name: 'bitpos',
    code: 43,
    access: 'read',
    positionals: [key, bit],
    options: RANGE,
    reads: 'value',
    grows: false,
    help: 'The first such bit of a value, or of a range of it (integer: -1 if there is none).',
  },
  {
    name: 'bitop',
    code: 44,
    access: 'write',
    positionals: [key, { name: 'operation', type: 'word', words: BIT_OPERATIONS }],
    tail: [{ name: 'source', type: 'key' }],
    routing: 'together',
    merge: 'only',
    reads: 'value',
    grows: true,
    help: 'Sets a key to what comes of the bits of others in its shard (integer: its length).',
  },
  {
    ...ONE,
    name: 'bitfield',
    code: 45,
    access: 'write',
    positionals: [key],
    tail: [{ name: 'word', type: 'bytes' }],
    tailMin: 0,
    reads: 'value',
    grows: true,
    help: 'Reads and writes integers of any width in a value (list).',
  },
  {
    ...ONE,
    name: 'bitfieldro',
    code: 46,
    access: 'read',
    positionals: [key],
    tail: [{ name: 'word', type: 'bytes' }],
    tailMin: 0,
    reads: 'value',
    grows: false,
    help: 'Reads integers of any width in a value (list).',
  },
];
