/** Deadlines of single fields: what is set and told, field by field, in a list. */

import type { EpochMs } from '../../base/ids.js';
import { elementsOf } from '../../kv/catalog/elements.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Field } from '../collections/field-codec.js';
import { Hash } from '../collections/hash.js';
import type { Place } from '../types.js';
import { deadlineAt, putDeadline, wordAt } from './hashes.js';
import { failed, integer, ONE, ZERO } from './replies.js';

const ABSENT = integer(-2);
const NEVER = integer(-1);
const DELETED = integer(2);

/** One answer per field; those of a hash that is not there are not there. */
function eachField(
  run: Run,
  call: Call,
  answer: (field: Uint8Array, found: Field, hash: Hash) => Reply,
): Reply {
  const hash = Hash.open(run, call.wants[0] as Place);
  if (hash === null) return failed('WRONG_TYPE');
  const items = elementsOf(call.row, call.command.args).map((field) => {
    const found = hash.get(field);
    return found === null ? ABSENT : answer(field, found, hash);
  });
  hash.commit();
  return { kind: 'list', items };
}

/** No deadline counts as an infinite one, as in Redis. */
function mayExpire(condition: string, before: EpochMs | null, wanted: EpochMs): boolean {
  switch (condition) {
    case 'NX':
      return before === null;
    case 'XX':
      return before !== null;
    case 'GT':
      return before !== null && wanted > before;
    case 'LT':
      return before === null || wanted < before;
    default:
      return true;
  }
}

export function hexpire(run: Run, call: Call): Reply {
  const condition = wordAt(call, 1);
  const wanted = deadlineAt(call, 2);
  if (wanted === null) return failed('SYNTAX');
  return eachField(run, call, (field, found, hash) => {
    if (!mayExpire(condition, found.deadline, wanted)) return ZERO;
    putDeadline(run, hash, field, found, wanted);
    return wanted <= run.time ? DELETED : ONE;
  });
}

/** Counted from the reader's clock; a field that is still there has at least a millisecond. */
export const hpttl = (run: Run, call: Call): Reply =>
  eachField(run, call, (_field, { deadline }) =>
    deadline === null ? NEVER : integer(Math.max(deadline - run.now, 1)),
  );

export const hpexpiretime = (run: Run, call: Call): Reply =>
  eachField(run, call, (_field, { deadline }) => (deadline === null ? NEVER : integer(deadline)));

export const hpersist = (run: Run, call: Call): Reply =>
  eachField(run, call, (field, found, hash) => {
    if (found.deadline === null) return NEVER;
    putDeadline(run, hash, field, found, null);
    return ONE;
  });
