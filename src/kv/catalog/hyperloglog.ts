/** Rows of HyperLogLogs: strings in Redis's own format that count distinct elements roughly. */
import type { CommandRow } from './row.js';

const key = { name: 'key', type: 'key' } as const;

export const HYPERLOGLOG_ROWS: readonly CommandRow[] = [
  {
    name: 'pfadd',
    code: 50,
    access: 'write',
    positionals: [key],
    tail: [{ name: 'element', type: 'bytes' }],
    tailMin: 0,
    routing: 'one',
    merge: 'only',
    reads: 'value',
    grows: true,
    help: 'Counts elements in a HyperLogLog; expiry stays (integer: 1 if it changed).',
  },
  {
    name: 'pfcount',
    code: 51,
    access: 'read',
    positionals: [key],
    repeats: true,
    routing: 'together',
    merge: 'only',
    reads: 'value',
    grows: false,
    help: 'About how many distinct elements HyperLogLogs of one shard have seen (integer).',
  },
  {
    name: 'pfmerge',
    code: 52,
    access: 'write',
    positionals: [key],
    tail: [{ name: 'source', type: 'key' }],
    tailMin: 0,
    routing: 'together',
    merge: 'only',
    reads: 'value',
    grows: true,
    help: 'Adds what HyperLogLogs have seen to the first, all of one shard (integer: 1).',
  },
];
