/** HyperLogLogs (Redis documentation, group "hyperloglog"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import { answerInteger, ok } from './answers.js';
import type { DataRow } from './row.js';

const PFADD = codeOf('pfadd');
const PFCOUNT = codeOf('pfcount');
const PFMERGE = codeOf('pfmerge');

const DATA = { kind: 'data', group: 'hyperloglog', since: '2.8.9' } as const;
const ONE_SHARD = 'All keys in one shard.';

export const HYPERLOGLOG_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'pfadd',
    arity: -2,
    flags: ['write', 'denyoom', 'fast'],
    keys: { first: 1, last: 1, step: 1, flags: ['RW', 'INSERT'] },
    acl: ['@write', '@hyperloglog', '@fast'],
    complexity: 'O(1) for each element',
    summary: 'Counts elements in a HyperLogLog.',
    translate: (args, database) => ({ code: PFADD, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'pfcount',
    arity: -2,
    flags: ['readonly'],
    keys: { first: 1, last: -1, step: 1, flags: ['RO', 'ACCESS'] },
    acl: ['@read', '@hyperloglog', '@slow'],
    complexity: 'O(N) with N keys',
    summary: 'Returns about how many distinct elements HyperLogLogs have seen.',
    differs: `${ONE_SHARD} The count is not kept in the value, so GET may differ in bytes 8 to 15.`,
    translate: (args, database) => ({ code: PFCOUNT, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'pfmerge',
    arity: -2,
    flags: ['write', 'denyoom'],
    keys: {
      first: 1,
      last: -1,
      step: 1,
      flags: ['RW', 'ACCESS', 'INSERT'],
      others: ['RO', 'ACCESS'],
    },
    acl: ['@write', '@hyperloglog', '@slow'],
    complexity: 'O(N) with N keys',
    summary: 'Adds what HyperLogLogs have seen to the first one.',
    differs: ONE_SHARD,
    translate: (args, database) => ({ code: PFMERGE, database, args }),
    answer: (_reply, out) => ok(out),
  },
];
