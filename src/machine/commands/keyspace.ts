/** What commands on all keys of a shard do; those that read page by page are in machine/walk. */
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import { integer } from './replies.js';

export function flush(run: Run, call: Call): Reply {
  return integer(run.wipe(call.options.has('ALL') ? null : call.command.database));
}
