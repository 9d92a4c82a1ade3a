/**
 * What of a reply is remembered for a retry: all of it up to 64 KiB, beyond that only that the
 * command was applied. What is kept owns its bytes, so that no entry or row stays for its sake.
 */
import { unreachable } from '../../base/assert.js';
import { ownCopy } from '../../base/bytes.js';
import { MAX_KEPT_REPLY_BYTES } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import { decodeReply, encodeReply } from '../../wire/entry/reply.js';

/** Memory of a record besides its bytes, roughly; counts against the table's bound. */
const RECORD_BYTES = 128;

/** Bytes of keys and values in a reply. */
export function replyBytes(reply: Reply): number {
  switch (reply.kind) {
    case 'null':
    case 'integer':
    case 'applied':
    case 'failed':
      return 0;
    case 'bytes':
      return reply.bytes.length;
    case 'item':
      return reply.value.length;
    case 'written':
      return reply.previous === null ? 0 : reply.previous.length;
    case 'list':
      return reply.items.reduce((sum, one) => sum + RECORD_BYTES + replyBytes(one), 0);
    case 'page':
      return reply.items.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
    default:
      return unreachable(reply);
  }
}

export const recordBytes = (reply: Reply): number => RECORD_BYTES + replyBytes(reply);

const APPLIED: Reply = { kind: 'applied' };

export function keptReply(reply: Reply): Reply {
  const bytes = replyBytes(reply);
  if (bytes === 0) return reply;
  if (bytes > MAX_KEPT_REPLY_BYTES) return APPLIED;
  if (reply.kind !== 'written' || reply.previous === null) return decodeReply(encodeReply(reply));
  return { ...reply, previous: ownCopy(reply.previous) };
}
