/**
 * The sparse form of a HyperLogLog: its 16384 registers as runs. One byte 00xxxxxx: x + 1 zeros;
 * two bytes 01xxxxxx yyyyyyyy: xy + 1 zeros; one byte 1vvvvvxx: x + 1 registers of value v + 1.
 *
 * A register is raised by cutting its run in place and joining equal neighbours, at the places and
 * in the order Redis does it, so that the same elements give the same bytes.
 */

export const REGISTERS = 16_384;
export const MAX_SPARSE_VALUE = 32;
const MAX_VALUE_RUN = 4;
const MAX_SHORT_ZEROS = 64;
/** Runs looked at for joining, from the one before the change on. */
const JOIN_REACH = 5;

/** What begins at a byte: value 0 for zeros. */
interface Run {
  readonly value: number;
  readonly length: number;
  readonly bytes: number;
}

export function runAt(bytes: Uint8Array, at: number): Run {
  const first = bytes[at] as number;
  if ((first & 0x80) !== 0) {
    return { value: ((first >> 2) & 0x1f) + 1, length: (first & 3) + 1, bytes: 1 };
  }
  if ((first & 0x40) === 0) return { value: 0, length: (first & 0x3f) + 1, bytes: 1 };
  return { value: 0, length: (((first & 0x3f) << 8) | (bytes[at + 1] ?? 0)) + 1, bytes: 2 };
}

function encodeRun(value: number, length: number): number[] {
  if (length === 0) return [];
  if (value > 0) return [0x80 | ((value - 1) << 2) | (length - 1)];
  if (length <= MAX_SHORT_ZEROS) return [length - 1];
  return [0x40 | ((length - 1) >> 8), (length - 1) & 0xff];
}

export const emptySparse = (): Buffer => Buffer.from(encodeRun(0, REGISTERS));

/** Where the run of a register begins, and the one before; null: the form is broken. */
function find(sparse: Uint8Array, register: number) {
  let at = 0;
  let first = 0;
  let before = 0;
  while (at < sparse.length) {
    const run = runAt(sparse, at);
    if (register < first + run.length) return { at, first, before, run };
    before = at;
    at += run.bytes;
    first += run.length;
  }
  return null;
}

/** Joins neighbours of one value while the joined run can be said in one byte. */
function join(sparse: Buffer, from: number): Buffer {
  let bytes = sparse;
  let at = from;
  for (let left = JOIN_REACH; left > 0 && at < bytes.length; left--) {
    const run = runAt(bytes, at);
    if (run.value === 0) {
      at += run.bytes;
      continue;
    }
    const next = at + 1 < bytes.length ? runAt(bytes, at + 1) : null;
    const length = run.length + (next?.length ?? 0);
    if (next === null || next.value !== run.value || length > MAX_VALUE_RUN) {
      at++;
      continue;
    }
    const joined = Buffer.from(encodeRun(run.value, length));
    bytes = Buffer.concat([bytes.subarray(0, at), joined, bytes.subarray(at + 2)]);
  }
  return bytes;
}

/**
 * The form with the register raised to `value`; the same object: it has that already; `dense`: this
 * form cannot say it in `maxBytes`; null: it is broken.
 */
export function raise(
  sparse: Buffer,
  register: number,
  value: number,
  maxBytes: number,
): Buffer | 'dense' | null {
  if (value > MAX_SPARSE_VALUE) return 'dense';
  const found = find(sparse, register);
  if (found === null) return null;
  const { at, first, before, run } = found;
  if (run.value >= value) return sparse;
  const cut = [
    ...encodeRun(run.value, register - first),
    ...encodeRun(value, 1),
    ...encodeRun(run.value, first + run.length - 1 - register),
  ];
  const growth = cut.length - run.bytes;
  if (growth > 0 && sparse.length + growth > maxBytes) return 'dense';
  const rest = sparse.subarray(at + run.bytes);
  return join(Buffer.concat([sparse.subarray(0, at), Buffer.from(cut), rest]), before);
}
