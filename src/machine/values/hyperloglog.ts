/**
 * HyperLogLogs as Redis stores them in strings: 16 bytes of header ("HYLL", form, three zeros, the
 * last count with its highest bit set while it is not right), then 16384 registers of 6 bits, or
 * their sparse form (`hll-sparse.ts`). The count is Otmar Ertl's improved estimate ("New
 * cardinality estimation algorithms for HyperLogLog sketches", 2017, section 4), so it equals
 * Redis's for equal registers.
 */
import { asBuffer } from '../../base/bytes.js';
import { emptySparse, REGISTERS, raise, runAt } from './hll-sparse.js';
import { murmur64 } from './murmur.js';

const MAGIC = Buffer.from('HYLL', 'latin1');
const HEADER_BYTES = 16;
const FORM_AT = 4;
const COUNT_TOP_AT = 15;
const DENSE = 0;
const SPARSE = 1;
const REGISTER_BITS = 6;
const DENSE_BYTES = HEADER_BYTES + (REGISTERS * REGISTER_BITS) / 8;
/** Beyond this a sparse form becomes dense; Redis's default of hll-sparse-max-bytes. */
const MAX_SPARSE_BYTES = 3000;
const SEED = 0xadc83b19n;
const INDEX_BITS = 14n;
/** Bits of the hash that are no index; so no register is larger than one more. */
const HASH_BITS = 50;
const ALPHA = 0.7213475204444817;

/** Whether a string can be taken for one at all. */
export function isHyperLogLog(value: Uint8Array): boolean {
  if (value.length < HEADER_BYTES || !asBuffer(value).subarray(0, 4).equals(MAGIC)) return false;
  const form = value[FORM_AT] as number;
  return form === SPARSE || (form === DENSE && value.length === DENSE_BYTES);
}

export function emptyHyperLogLog(): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header[FORM_AT] = SPARSE;
  return Buffer.concat([header, emptySparse()]);
}

/** The count in the header no longer holds. Changes `value`. */
export function forgetCount(value: Buffer): void {
  value[COUNT_TOP_AT] = (value[COUNT_TOP_AT] as number) | 0x80;
}

function denseAt(value: Uint8Array, register: number): number {
  const bit = register * REGISTER_BITS;
  const at = HEADER_BYTES + Math.floor(bit / 8);
  const pair = (value[at] as number) | ((value[at + 1] ?? 0) << 8);
  return (pair >> (bit % 8)) & 0x3f;
}

function putDense(value: Buffer, register: number, count: number): void {
  const bit = register * REGISTER_BITS;
  const at = HEADER_BYTES + Math.floor(bit / 8);
  const shift = bit % 8;
  const pair = (value[at] as number) | ((value[at + 1] ?? 0) << 8);
  const next = (pair & ~(0x3f << shift)) | (count << shift);
  value[at] = next & 0xff;
  if (at + 1 < value.length) value[at + 1] = next >> 8;
}

/** Register by register; null: the sparse form does not come to 16384 of them. */
export function registersOf(value: Uint8Array): Uint8Array | null {
  const registers = new Uint8Array(REGISTERS);
  if (value[FORM_AT] === DENSE) {
    for (let i = 0; i < REGISTERS; i++) registers[i] = denseAt(value, i);
    return registers;
  }
  let register = 0;
  for (let at = HEADER_BYTES; at < value.length; ) {
    const run = runAt(value, at);
    if (register + run.length > REGISTERS) return null;
    registers.fill(run.value, register, register + run.length);
    register += run.length;
    at += run.bytes;
  }
  return register === REGISTERS ? registers : null;
}

/** The dense form of the same; null: it is broken. */
export function toDense(value: Buffer): Buffer | null {
  if (value[FORM_AT] === DENSE) return value;
  const registers = registersOf(value);
  if (registers === null) return null;
  const dense = Buffer.alloc(DENSE_BYTES);
  value.copy(dense, 0, 0, HEADER_BYTES);
  dense[FORM_AT] = DENSE;
  registers.forEach((count, register) => {
    if (count > 0) putDense(dense, register, count);
  });
  return dense;
}

/**
 * Raises one register. The same object: nothing changed (a dense one is changed in place and given
 * back as another view); null: the sparse form is broken.
 */
export function raiseRegister(value: Buffer, register: number, count: number): Buffer | null {
  if (value[FORM_AT] === SPARSE) {
    const sparse = value.subarray(HEADER_BYTES);
    const raised = raise(sparse, register, count, MAX_SPARSE_BYTES - HEADER_BYTES);
    if (raised === null) return null;
    if (raised === sparse) return value;
    if (raised !== 'dense') return Buffer.concat([value.subarray(0, HEADER_BYTES), raised]);
    const dense = toDense(value);
    return dense === null ? null : raiseRegister(dense, register, count);
  }
  if (denseAt(value, register) >= count) return value;
  putDense(value, register, count);
  return value.subarray(0);
}

/** Which register an element raises, and to what. */
export function placeOfElement(element: Uint8Array): { register: number; count: number } {
  const hash = murmur64(element, SEED);
  const register = Number(hash & (BigInt(REGISTERS) - 1n));
  let rest = hash >> INDEX_BITS;
  let count = 1;
  while (count <= HASH_BITS && (rest & 1n) === 0n) {
    rest >>= 1n;
    count++;
  }
  return { register, count };
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = x;
  for (let before = Number.NaN; z !== before; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = Number.NaN; z !== before; ) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}

/** About how many distinct elements raised these registers. */
export function estimate(registers: Uint8Array): number {
  const histogram = new Float64Array(64);
  for (const count of registers) histogram[count] = (histogram[count] as number) + 1;
  const m = REGISTERS;
  let z = m * tau((m - (histogram[HASH_BITS + 1] as number)) / m);
  for (let j = HASH_BITS; j >= 1; j--) z = (z + (histogram[j] as number)) * 0.5;
  z += m * sigma((histogram[0] as number) / m);
  return Math.round((ALPHA * m * m) / z);
}
