/** What commands on hashes do. A hash is there as long as it has a field. */
import type { EpochMs } from '../../base/ids.js';
import { elementsOf } from '../../kv/catalog/elements.js';
import { formatInteger, INT64_MAX, INT64_MIN, parseInteger } from '../../kv/catalog/integer.js';
import {
  addLongDoubles,
  formatLongDouble,
  LONG_DOUBLE_ZERO,
  parseLongDouble,
} from '../../kv/catalog/long-double.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Field } from '../collections/field-codec.js';
import { Hash } from '../collections/hash.js';
import type { Place } from '../types.js';
import { failed, integer, NULL, ONE, ZERO } from './replies.js';

const WRONG_TYPE = failed('WRONG_TYPE');

const keyOf = (call: Call): Place => call.wants[0] as Place;
const arg = (call: Call, at: number): Uint8Array => call.command.args[at] as Uint8Array;
const fieldsOf = (call: Call): readonly Uint8Array[] => elementsOf(call.row, call.command.args);
const valueReply = (field: Field | null): Reply =>
  field === null ? NULL : { kind: 'bytes', bytes: field.value };

export function hset(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const { args } = call.command;
  let added = 0;
  for (let at = 1; at < args.length; at += 2) {
    if (hash.get(arg(call, at)) === null) added++;
    hash.set(arg(call, at), arg(call, at + 1), null);
  }
  hash.commit();
  return integer(added);
}

export function hsetnx(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  if (hash.get(arg(call, 1)) !== null) return ZERO;
  hash.set(arg(call, 1), arg(call, 2), null);
  hash.commit();
  return ONE;
}

export function hget(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  return hash === null ? WRONG_TYPE : valueReply(hash.get(arg(call, 1)));
}

export function hmget(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  return { kind: 'list', items: fieldsOf(call).map((field) => valueReply(hash.get(field))) };
}

export function hdel(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  let deleted = 0;
  for (const field of fieldsOf(call)) if (hash.delete(field)) deleted++;
  hash.commit();
  return integer(deleted);
}

export function hlen(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  return hash === null ? WRONG_TYPE : integer(hash.count);
}

export function hexists(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  return hash.get(arg(call, 1)) === null ? ZERO : ONE;
}

export function hstrlen(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  return hash === null ? WRONG_TYPE : integer(hash.get(arg(call, 1))?.value.length ?? 0);
}

export function hincrby(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const old = hash.get(arg(call, 1));
  const by = parseInteger(arg(call, 2));
  const before = old === null ? 0n : parseInteger(old.value);
  if (by === null || before === null) return failed('NOT_INTEGER');
  const value = before + by;
  if (value < INT64_MIN || value > INT64_MAX) return failed('OVERFLOW');
  hash.set(arg(call, 1), formatInteger(value), old?.deadline ?? null);
  hash.commit();
  return integer(value);
}

export function hincrbyfloat(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const old = hash.get(arg(call, 1));
  const by = parseLongDouble(arg(call, 2));
  const before = old === null ? LONG_DOUBLE_ZERO : parseLongDouble(old.value);
  if (by === null || before === null) return failed('NOT_FLOAT');
  const sum = addLongDoubles(before, by);
  if (sum === null) return failed('NAN_OR_INFINITY');
  const value = Buffer.from(formatLongDouble(sum), 'latin1');
  hash.set(arg(call, 1), value, old?.deadline ?? null);
  hash.commit();
  return { kind: 'bytes', bytes: value };
}

export function hgetdel(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const items = fieldsOf(call).map((field) => {
    const reply = valueReply(hash.get(field));
    hash.delete(field);
    return reply;
  });
  hash.commit();
  return { kind: 'list', items };
}

/** Sets a field's deadline; one that has passed deletes it. */
export function putDeadline(
  run: Run,
  hash: Hash,
  field: Uint8Array,
  old: Field,
  deadline: EpochMs | null,
): void {
  if (deadline !== null && deadline <= run.time) hash.delete(field);
  else hash.set(field, old.value, deadline);
}

export function hgetex(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const deadline = deadlineAt(call, 1);
  const items = fieldsOf(call).map((field) => {
    const old = hash.get(field);
    if (old !== null && old.deadline !== deadline) putDeadline(run, hash, field, old, deadline);
    return valueReply(old);
  });
  hash.commit();
  return { kind: 'list', items };
}

export function hsetex(run: Run, call: Call): Reply {
  const hash = Hash.open(run, keyOf(call));
  if (hash === null) return WRONG_TYPE;
  const condition = wordAt(call, 1);
  const fields = fieldsOf(call);
  if (condition === 'FNX' && fields.some((field) => hash.get(field) !== null)) return ZERO;
  if (condition === 'FXX' && fields.some((field) => hash.get(field) === null)) return ZERO;
  const keeps = wordAt(call, 2) === 'KEEPTTL';
  const wanted = deadlineAt(call, 2);
  fields.forEach((field, i) => {
    const deadline = keeps ? (hash.get(field)?.deadline ?? null) : wanted;
    if (deadline !== null && deadline <= run.time) hash.delete(field);
    else hash.set(field, arg(call, 5 + 2 * i), deadline);
  });
  hash.commit();
  return ONE;
}

/** The word at a position, in capitals. */
export const wordAt = (call: Call, at: number): string =>
  Buffer.from(arg(call, at)).toString('latin1').toUpperCase();

/** The deadline of unit and number at a position; null where the unit says that there is none. */
export function deadlineAt(call: Call, at: number): EpochMs | null {
  if (wordAt(call, at) !== 'PXAT') return null;
  const time = Number(parseInteger(arg(call, at + 1)) ?? 0n);
  return Math.min(Math.max(time, 0), Number.MAX_SAFE_INTEGER) as EpochMs;
}
