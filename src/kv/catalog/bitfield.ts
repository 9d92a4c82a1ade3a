/**
 * The words behind BITFIELD's key: a program of reads and writes of integers of 1 to 64 bits. Read
 * once at the door for Redis's errors, and again where it runs.
 */
import { toByteKey } from '../../base/bytes.js';
import { parseInteger } from './integer.js';

export interface BitfieldType {
  readonly signed: boolean;
  readonly bits: number;
}

export type Overflow = 'WRAP' | 'SAT' | 'FAIL';

export type BitfieldOp =
  | { readonly kind: 'get'; readonly type: BitfieldType; readonly offset: number }
  | {
      readonly kind: 'set' | 'incrby';
      readonly type: BitfieldType;
      readonly offset: number;
      readonly value: bigint;
      readonly overflow: Overflow;
    };

export type BitfieldProblem = 'SYNTAX' | 'TYPE' | 'OFFSET' | 'OVERFLOW' | 'VALUE';

/** Bits that a string of 512 MB has, Redis's largest. */
export const BIT_OFFSETS = 2 ** 32;

const MAX_WORD_BYTES = 16;
const OVERFLOWS: readonly string[] = ['WRAP', 'SAT', 'FAIL'];

const wordOf = (arg: Uint8Array | undefined): string =>
  arg === undefined || arg.length > MAX_WORD_BYTES ? '' : toByteKey(arg).toUpperCase();

function typeOf(arg: Uint8Array): BitfieldType | null {
  const match = /^([iu])([1-9]\d?)$/.exec(arg.length > 3 ? '' : toByteKey(arg));
  if (match === null) return null;
  const signed = match[1] === 'i';
  const bits = Number(match[2]);
  return bits <= (signed ? 64 : 63) ? { signed, bits } : null;
}

/** A bit's number; null when it is none, or beyond the largest string. */
export function bitOffset(arg: Uint8Array): number | null {
  const value = parseInteger(arg);
  return value !== null && value >= 0n && value < BigInt(BIT_OFFSETS) ? Number(value) : null;
}

/** `#3` counts in fields of this type. */
function offsetOf(arg: Uint8Array, { bits }: BitfieldType): number | null {
  if (arg[0] !== 0x23) return bitOffset(arg);
  const index = bitOffset(arg.subarray(1));
  const offset = index === null ? -1 : index * bits;
  return offset >= 0 && offset < BIT_OFFSETS ? offset : null;
}

/** The operations in order, or what is wrong first. */
export function parseBitfield(
  args: readonly Uint8Array[],
): readonly BitfieldOp[] | BitfieldProblem {
  const ops: BitfieldOp[] = [];
  let overflow: Overflow = 'WRAP';
  let at = 0;
  while (at < args.length) {
    const word = wordOf(args[at]);
    const left = args.length - at - 1;
    if (word === 'OVERFLOW' && left >= 1) {
      const wanted = wordOf(args[at + 1]);
      if (!OVERFLOWS.includes(wanted)) return 'OVERFLOW';
      overflow = wanted as Overflow;
      at += 2;
      continue;
    }
    const isGet = word === 'GET' && left >= 2;
    if (!isGet && !((word === 'SET' || word === 'INCRBY') && left >= 3)) return 'SYNTAX';
    const type = typeOf(args[at + 1] as Uint8Array);
    if (type === null) return 'TYPE';
    const offset = offsetOf(args[at + 2] as Uint8Array, type);
    if (offset === null) return 'OFFSET';
    if (isGet) {
      ops.push({ kind: 'get', type, offset });
      at += 3;
      continue;
    }
    const value = parseInteger(args[at + 3] as Uint8Array);
    if (value === null) return 'VALUE';
    ops.push({ kind: word === 'SET' ? 'set' : 'incrby', type, offset, value, overflow });
    at += 4;
  }
  return ops;
}
