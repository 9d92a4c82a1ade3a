/** What commands on single bits and ranges of bits do. Expiry stays. */
import { asBuffer, EMPTY_BYTES } from '../../base/bytes.js';
import { bitOffset } from '../../kv/catalog/bitfield.js';
import { integerOption } from '../../kv/catalog/grammar.js';
import { parseInteger } from '../../kv/catalog/integer.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Head, Place } from '../types.js';
import { STRING } from '../value-type.js';
import { failed, integer, ONE, ZERO } from './replies.js';

const MINUS_ONE = integer(-1);
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
});

const keyOf = (call: Call): Place => call.wants[0] as Place;

/** A bit by its words, 0 or 1; null for anything else. */
function bitArg(call: Call, at: number): 0 | 1 | null {
  const value = parseInteger(call.command.args[at] as Uint8Array);
  return value === 0n ? 0 : value === 1n ? 1 : null;
}

/** The string, empty when the key is not there; null for another type. */
export function stringOf(head: Head | null): Uint8Array | null {
  if (head === null) return EMPTY_BYTES;
  return head.type === STRING ? head.value : null;
}

/** A copy of at least so many bytes, zeros behind what was there. */
export function grown(value: Uint8Array, length: number): Buffer {
  const copy = Buffer.alloc(Math.max(value.length, length));
  asBuffer(value).copy(copy);
  return copy;
}

export function setbit(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const offset = bitOffset(call.command.args[1] as Uint8Array);
  const bit = bitArg(call, 2);
  if (offset === null || bit === null) return failed('OUT_OF_RANGE');
  const old = run.head(place);
  const before = stringOf(old);
  if (before === null) return failed('WRONG_TYPE');
  const at = Math.floor(offset / 8);
  if (at >= MAX_VALUE_BYTES) return failed('TOO_LARGE');
  const mask = 0x80 >> (offset % 8);
  const value = grown(before, at + 1);
  const was = ((value[at] as number) & mask) !== 0;
  value[at] = bit === 1 ? (value[at] as number) | mask : (value[at] as number) & ~mask;
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return was ? ONE : ZERO;
}

export function getbit(run: Run, call: Call): Reply {
  const offset = bitOffset(call.command.args[1] as Uint8Array);
  if (offset === null) return failed('OUT_OF_RANGE');
  const value = stringOf(run.head(keyOf(call)));
  if (value === null) return failed('WRONG_TYPE');
  const byte = value[Math.floor(offset / 8)] ?? 0;
  return (byte & (0x80 >> (offset % 8))) === 0 ? ZERO : ONE;
}

/** The range as bits, ends included; null: it is empty. */
function bitRange(call: Call, length: number): { from: number; to: number } | null {
  const inBits = call.options.has('BIT');
  const total = inBits ? length * 8 : length;
  let start = integerOption(call.options, 'START') ?? 0;
  let end = integerOption(call.options, 'END') ?? total - 1;
  if (start < 0) start = Math.max(start + total, 0);
  if (end < 0) end = Math.max(end + total, 0);
  end = Math.min(end, total - 1);
  if (start > end) return null;
  return inBits ? { from: start, to: end } : { from: start * 8, to: end * 8 + 7 };
}

/** Both ends counted from the end of the value and crossed: nothing, for BITCOUNT alone. */
function endsCrossed({ options }: Call): boolean {
  const start = integerOption(options, 'START') ?? 0;
  const end = integerOption(options, 'END') ?? 0;
  return start < 0 && end < 0 && start > end;
}

/** A byte with the bits before `from` and behind `to` taken out, by the bits' numbers. */
function maskOf(at: number, from: number, to: number): number {
  let mask = 0xff;
  if (at * 8 < from) mask &= 0xff >> (from - at * 8);
  if (at * 8 + 7 > to) mask &= 0xff << (at * 8 + 7 - to);
  return mask;
}

export function bitcount(run: Run, call: Call): Reply {
  const value = stringOf(run.head(keyOf(call)));
  if (value === null) return failed('WRONG_TYPE');
  const range = endsCrossed(call) ? null : bitRange(call, value.length);
  if (range === null) return ZERO;
  const { from, to } = range;
  const first = Math.floor(from / 8);
  const last = Math.floor(to / 8);
  let count = 0;
  for (let at = first; at <= last; at++) {
    const mask = at === first || at === last ? maskOf(at, from, to) : 0xff;
    count += ONES[(value[at] as number) & mask] as number;
  }
  return integer(count);
}

/** Beyond the end of a value, and without END, all bits are 0. */
export function bitpos(run: Run, call: Call): Reply {
  const bit = bitArg(call, 1);
  if (bit === null) return failed('OUT_OF_RANGE');
  const head = run.head(keyOf(call));
  if (head === null) return bit === 1 ? MINUS_ONE : ZERO;
  const value = stringOf(head);
  if (value === null) return failed('WRONG_TYPE');
  const range = bitRange(call, value.length);
  if (range === null) return MINUS_ONE;
  const { from, to } = range;
  const last = Math.floor(to / 8);
  for (let at = Math.floor(from / 8); at <= last; at++) {
    const byte = bit === 1 ? (value[at] as number) : ~(value[at] as number);
    const found = byte & maskOf(at, from, to);
    if (found !== 0) return integer(at * 8 + Math.clz32(found) - 24);
  }
  return bit === 0 && !call.options.has('END') ? integer(value.length * 8) : MINUS_ONE;
}
