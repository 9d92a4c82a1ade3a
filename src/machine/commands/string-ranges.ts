/** What commands on parts of strings do; offsets count bytes. */
import { asBuffer, EMPTY_BYTES } from '../../base/bytes.js';
import { parseInteger } from '../../kv/catalog/integer.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { STRING } from '../value-type.js';
import { failed, integer, ZERO } from './replies.js';

/** A checked integer; what leaves the safe range lies beyond every value anyway. */
const integerArg = (call: Call, at: number): number =>
  Number(parseInteger(call.command.args[at] as Uint8Array) ?? 0n);

export function getrange(run: Run, call: Call): Reply {
  const head = run.head(call.wants[0] as Place);
  if (head !== null && head.type !== STRING) return failed('WRONG_TYPE');
  const value = head?.value ?? EMPTY_BYTES;
  const { length } = value;
  let start = integerArg(call, 1);
  let end = integerArg(call, 2);
  if (start < 0 && end < 0 && start > end) return { kind: 'bytes', bytes: EMPTY_BYTES };
  if (start < 0) start = Math.max(start + length, 0);
  if (end < 0) end = Math.max(end + length, 0);
  return {
    kind: 'bytes',
    bytes: value.subarray(start, Math.max(Math.min(end, length - 1) + 1, start)),
  };
}

/** An empty text makes no key; a hole is filled with zeros. */
export function setrange(run: Run, call: Call): Reply {
  const place = call.wants[0] as Place;
  const offset = integerArg(call, 1);
  const text = call.command.args[2] as Uint8Array;
  if (offset < 0) return failed('OUT_OF_RANGE');
  const old = run.head(place);
  if (old !== null && old.type !== STRING) return failed('WRONG_TYPE');
  const before = old?.value ?? EMPTY_BYTES;
  if (text.length === 0) return old === null ? ZERO : integer(before.length);
  const end = offset + text.length;
  if (end > MAX_VALUE_BYTES) return failed('TOO_LARGE');
  const value = Buffer.alloc(Math.max(before.length, end));
  asBuffer(before).copy(value);
  asBuffer(text).copy(value, offset);
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return integer(value.length);
}
