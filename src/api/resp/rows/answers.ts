/** Answers that many rows give, from the canonical reply to one RESP value. */
import { unreachable } from '../../../base/assert.js';
import { RkvError } from '../../../kv/errors.js';
import type { ProperReply, ReplyOut } from './row.js';

/** A reply that this row's command cannot give: a bug, told as one. */
export function unexpected(reply: ProperReply): never {
  throw new RkvError('INTERNAL', `a reply of kind ${reply.kind} was not expected here`);
}

export const ok = (out: ReplyOut): void => out.simple('OK');

export function answerInteger(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind === 'integer') out.integer(reply.value);
  else unexpected(reply);
}

/** A value or null. */
export function answerValue(reply: ProperReply, out: ReplyOut): void {
  switch (reply.kind) {
    case 'item':
      out.bulk(reply.value);
      return;
    case 'bytes':
      out.bulk(reply.bytes);
      return;
    case 'null':
      out.null();
      return;
    case 'integer':
    case 'written':
    case 'list':
    case 'page':
      unexpected(reply);
      break;
    default:
      unreachable(reply);
  }
}

/** Values or nulls in the order asked for. */
export function answerValues(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind !== 'list') unexpected(reply);
  out.array(reply.items.length);
  for (const item of reply.items) {
    if (item.kind === 'failed' || item.kind === 'applied') out.null();
    else answerValue(item, out);
  }
}

/** OK, or null when the condition was false. */
export function answerWritten(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind !== 'written') unexpected(reply);
  if (reply.applied) out.simple('OK');
  else out.null();
}

/** The value before, or null. */
export function answerPrevious(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind !== 'written') unexpected(reply);
  if (reply.previous === null) out.null();
  else out.bulk(reply.previous);
}
