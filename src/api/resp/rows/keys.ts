/** Commands on keys of any type (Redis documentation, group "generic"). */
import { codeOf } from '../../../kv/catalog/catalog.js';
import type { Command } from '../../../kv/request.js';
import { answerInteger } from './answers.js';
import { EXPIRY_DOOR_ROWS } from './expiry.js';
import { KEY_MOVE_DOOR_ROWS } from './key-moves.js';
import type { Args, DataRow, KeyPositions } from './row.js';

const DEL = codeOf('del');
const MDEL = codeOf('mdel');
const EXISTS = codeOf('exists');

const READ_ALL: KeyPositions = { first: 1, last: -1, step: 1, flags: ['RO'] };
const DELETE_ALL: KeyPositions = { first: 1, last: -1, step: 1, flags: ['RM', 'DELETE'] };

const DATA = { kind: 'data', group: 'generic', since: '1.0.0', complexity: 'O(1)' } as const;
const WRITE_ACL = ['@keyspace', '@write', '@fast'];
const READ_ACL = ['@keyspace', '@read', '@fast'];
const EACH = 'O(N) with N keys';
const NOT_ATOMIC = 'Keys of several shards: not atomic until the transaction layer.';

const remove = (args: Args, database: number): Command => ({
  code: args.length === 1 ? DEL : MDEL,
  database,
  args,
});

export const KEY_DOOR_ROWS: readonly DataRow[] = [
  {
    ...DATA,
    name: 'del',
    arity: -2,
    flags: ['write'],
    keys: DELETE_ALL,
    acl: ['@keyspace', '@write', '@slow'],
    complexity: EACH,
    summary: 'Deletes keys; collections are cleaned up behind.',
    differs: NOT_ATOMIC,
    translate: remove,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'unlink',
    arity: -2,
    flags: ['write', 'fast'],
    keys: DELETE_ALL,
    acl: WRITE_ACL,
    since: '4.0.0',
    complexity: EACH,
    summary: 'Deletes keys; collections are cleaned up behind.',
    differs: NOT_ATOMIC,
    translate: remove,
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'exists',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: READ_ALL,
    acl: READ_ACL,
    complexity: EACH,
    summary: 'Counts the keys that are there, each as often as it is named.',
    differs:
      'A hash of which all fields are due is there until their deletion has gone through the log.',
    translate: (args, database) => ({ code: EXISTS, database, args }),
    answer: answerInteger,
  },
  {
    ...DATA,
    name: 'touch',
    arity: -2,
    flags: ['readonly', 'fast'],
    keys: READ_ALL,
    acl: READ_ACL,
    since: '3.2.1',
    complexity: EACH,
    summary: 'Counts the keys that are there; access times are not kept.',
    translate: (args, database) => ({ code: EXISTS, database, args }),
    answer: answerInteger,
  },
  ...EXPIRY_DOOR_ROWS,
  ...KEY_MOVE_DOOR_ROWS,
];
