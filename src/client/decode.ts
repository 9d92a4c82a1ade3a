/**
 * Replies as the typed calls give them: bytes copied, so that a value does not pin a whole frame.
 */
import { unreachable } from '../base/assert.js';
import { ownCopy } from '../base/bytes.js';
import { ERRORS, RkvError } from '../kv/errors.js';
import type { PageItem, Reply } from '../kv/reply.js';
import type { KeyValue, Page, Value, WriteResult } from './types.js';

/** Throws what the reply says went wrong, or that it is not of this command. */
function wrongReply(reply: Reply): RkvError {
  if (reply.kind === 'failed') return new RkvError(reply.code, ERRORS[reply.code].help);
  if (reply.kind === 'applied') {
    return new RkvError(
      'OUTCOME_UNKNOWN',
      'the write ran once, but its reply was too large to be kept for a retry',
    );
  }
  return new RkvError('INTERNAL', `a reply of kind ${reply.kind} does not fit the command`);
}

export function integerOf(reply: Reply): bigint {
  if (reply.kind === 'integer') return reply.value;
  throw wrongReply(reply);
}

export const countOf = (reply: Reply): number => Number(integerOf(reply));

export function itemOf(reply: Reply): Value | null {
  if (reply.kind === 'null') return null;
  if (reply.kind !== 'item') throw wrongReply(reply);
  return { value: ownCopy(reply.value), revision: reply.revision, expiresAt: reply.expiresAt };
}

export function itemsOf(reply: Reply): (Value | null)[] {
  if (reply.kind === 'list') return reply.items.map(itemOf);
  throw wrongReply(reply);
}

export function writtenOf(reply: Reply): WriteResult {
  if (reply.kind !== 'written') throw wrongReply(reply);
  const { applied, revision, previous } = reply;
  return { applied, revision, previous: previous === null ? null : ownCopy(previous) };
}

const rowOf = (item: PageItem): KeyValue => ({
  key: ownCopy(item.key),
  value: ownCopy(item.value),
  revision: item.revision,
  expiresAt: item.expiresAt,
});

export function pageOf(reply: Reply): Page {
  if (reply.kind !== 'page') throw wrongReply(reply);
  return {
    items: reply.items.map(rowOf),
    cursor: reply.next === null ? null : ownCopy(reply.next),
  };
}

/** How many keys a page has, and where the next one goes on. */
export function countPageOf(reply: Reply): { count: number; cursor: Buffer | null } {
  if (reply.kind !== 'list' || reply.items.length !== 2) throw wrongReply(reply);
  const [count, cursor] = reply.items as [Reply, Reply];
  switch (cursor.kind) {
    case 'null':
      return { count: countOf(count), cursor: null };
    case 'bytes':
      return { count: countOf(count), cursor: ownCopy(cursor.bytes) };
    case 'integer':
    case 'item':
    case 'written':
    case 'list':
    case 'page':
    case 'applied':
    case 'failed':
      throw wrongReply(cursor);
    default:
      return unreachable(cursor);
  }
}
