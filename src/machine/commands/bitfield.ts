/** What BITFIELD does: integers of 1 to 64 bits, anywhere in a string, the highest bit first. */
import {
  type BitfieldOp,
  type BitfieldType,
  type Overflow,
  parseBitfield,
} from '../../kv/catalog/bitfield.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { grown, stringOf } from './bits.js';
import { failed, integer, NULL } from './replies.js';

type Write = Exclude<BitfieldOp, { kind: 'get' }>;

function readField(value: Uint8Array, { signed, bits }: BitfieldType, offset: number): bigint {
  let field = 0n;
  const end = offset + bits;
  const last = Math.floor((end - 1) / 8);
  for (let at = Math.floor(offset / 8); at <= last; at++) {
    field = (field << 8n) | BigInt(value[at] ?? 0);
  }
  field >>= BigInt(last * 8 + 8 - end);
  return signed ? BigInt.asIntN(bits, field) : BigInt.asUintN(bits, field);
}

function writeField(value: Buffer, { bits }: BitfieldType, offset: number, field: bigint): void {
  let rest = BigInt.asUintN(bits, field);
  for (let bit = offset + bits - 1; bit >= offset; bit--) {
    const at = Math.floor(bit / 8);
    const mask = 0x80 >> (bit % 8);
    const byte = value[at] as number;
    value[at] = (rest & 1n) === 1n ? byte | mask : byte & ~mask;
    rest >>= 1n;
  }
}

/** What fits into the field, or null where an overflow fails. */
function fitted(wanted: bigint, { signed, bits }: BitfieldType, overflow: Overflow): bigint | null {
  const width = BigInt(signed ? bits - 1 : bits);
  const max = (1n << width) - 1n;
  const min = signed ? -max - 1n : 0n;
  if (wanted >= min && wanted <= max) return wanted;
  if (overflow === 'FAIL') return null;
  if (overflow === 'SAT') return wanted > max ? max : min;
  return signed ? BigInt.asIntN(bits, wanted) : BigInt.asUintN(bits, wanted);
}

/** SET answers the field before, INCRBY the one after. */
function write(value: Buffer, { kind, type, offset, value: by, overflow }: Write): Reply {
  const before = readField(value, type, offset);
  // As Redis: a negative number set into an unsigned field is a large one.
  const given = type.signed ? by : BigInt.asUintN(64, by);
  const after = fitted(kind === 'set' ? given : before + by, type, overflow);
  if (after === null) return NULL;
  writeField(value, type, offset, after);
  return integer(kind === 'set' ? before : after);
}

function read(value: Uint8Array, ops: readonly BitfieldOp[]): Reply {
  return { kind: 'list', items: ops.map((op) => integer(readField(value, op.type, op.offset))) };
}

export function bitfieldro(run: Run, call: Call): Reply {
  const ops = parseBitfield(call.command.args.slice(1));
  if (typeof ops === 'string' || ops.some((op) => op.kind !== 'get')) return failed('SYNTAX');
  const value = stringOf(run.head(call.wants[0] as Place));
  return value === null ? failed('WRONG_TYPE') : read(value, ops);
}

/** The value grows to the end of the furthest field that is written, even if that write fails. */
export function bitfield(run: Run, call: Call): Reply {
  const place = call.wants[0] as Place;
  const ops = parseBitfield(call.command.args.slice(1));
  if (typeof ops === 'string') return failed('SYNTAX');
  const old = run.head(place);
  const before = stringOf(old);
  if (before === null) return failed('WRONG_TYPE');
  let bits = 0;
  for (const op of ops) if (op.kind !== 'get') bits = Math.max(bits, op.offset + op.type.bits);
  if (bits === 0) return read(before, ops);
  const length = Math.ceil(bits / 8);
  if (length > MAX_VALUE_BYTES) return failed('TOO_LARGE');
  const value = grown(before, length);
  const items = ops.map((op) =>
    op.kind === 'get' ? integer(readField(value, op.type, op.offset)) : write(value, op),
  );
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return { kind: 'list', items };
}
