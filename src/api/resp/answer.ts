/** One routed answer as one RESP value: bad news in Redis's words, good news by its row. */
import { RkvError } from '../../kv/errors.js';
import type { Reply } from '../../kv/reply.js';
import type { RoutedAnswer } from '../../router/types.js';
import { errorText, FAILURE_TEXT, REPLY_NOT_KEPT } from './errors.js';
import type { Asked, DataRow, ReplyOut } from './rows/row.js';

/** The error that is the answer, or null: it is good news. */
export function problemOf(row: DataRow, answer: RoutedAnswer): string | null {
  if (answer instanceof RkvError) return errorText(answer);
  if (answer.kind === 'failed') return row.failures?.[answer.code] ?? FAILURE_TEXT[answer.code];
  return answer.kind === 'applied' && row.whenApplied === undefined ? REPLY_NOT_KEPT : null;
}

/** Writes an answer of which `problemOf` says that it is good news. */
export function writeReply(row: DataRow, reply: Reply, out: ReplyOut, asked: Asked): void {
  if (reply.kind === 'applied') row.whenApplied?.(out);
  else if (reply.kind !== 'failed') row.answer(reply, out, asked);
}

/** Bytes that an answer keeps in memory until it is sent, roughly. */
export function answerBytes(answer: RoutedAnswer): number {
  if (answer instanceof RkvError) return 64;
  switch (answer.kind) {
    case 'item':
      return answer.value.length;
    case 'bytes':
      return answer.bytes.length;
    case 'list': {
      let bytes = 0;
      for (const item of answer.items) bytes += answerBytes(item);
      return bytes;
    }
    case 'page': {
      let bytes = 0;
      for (const item of answer.items) bytes += item.key.length + item.value.length;
      return bytes;
    }
    default:
      return 16;
  }
}
