/**
 * A transaction: nothing runs if a watched key has another revision; else every command runs in
 * order and sees what the ones before it did. One that fails does not stop the others, as in Redis.
 */
import { decodeExec } from '../../kv/catalog/exec.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { failed, NULL } from './replies.js';
import type { Handler } from './table.js';

export function execWith(handlerOf: (call: Call) => Handler): Handler {
  return (run: Run, call: Call): Reply => {
    const transaction = decodeExec(call.command.args);
    if (transaction === null || call.inner === undefined) return failed('SYNTAX');
    const changed = transaction.watched.some(({ revision }, i) => {
      return run.mark(call.wants[i] as Place) !== revision;
    });
    if (changed) return NULL;
    run.readAtApply();
    return { kind: 'list', items: call.inner.map((one) => handlerOf(one)(run, one)) };
  };
}
