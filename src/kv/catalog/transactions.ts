/** Rows of commands that carry commands (`exec.ts`). */
import { EXEC_CODE } from './exec.js';
import type { CommandRow } from './row.js';

export const TRANSACTION_ROWS: readonly CommandRow[] = [
  {
    name: 'exec',
    code: EXEC_CODE,
    access: 'write',
    positionals: [{ name: 'plan', type: 'bytes' }],
    tail: [{ name: 'argument', type: 'bytes' }],
    tailMin: 0,
    nests: true,
    routing: 'together',
    merge: 'only',
    reads: 'header',
    grows: true,
    help: 'Runs commands on keys of one shard as one (list), or none if a key changed (null).',
  },
];
