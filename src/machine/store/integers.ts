/** Fixed-width unsigned integers in the rows of the store, big-endian, safe up to 2^53 − 1. */

const LOW = 0x1_0000_0000;

/** Seven bytes hold every safe integer with three bits to spare. */
export const UINT56_BYTES = 7;

export function putUint56(to: Uint8Array, at: number, value: number): void {
  const high = Math.floor(value / LOW);
  const low = value >>> 0;
  to[at] = high >>> 16;
  to[at + 1] = high >>> 8;
  to[at + 2] = high;
  to[at + 3] = low >>> 24;
  to[at + 4] = low >>> 16;
  to[at + 5] = low >>> 8;
  to[at + 6] = low;
}

/** May be more than a safe integer when the bytes were not ours; callers check. */
export function getUint56(from: Uint8Array, at: number): number {
  const high =
    ((from[at] as number) << 16) | ((from[at + 1] as number) << 8) | (from[at + 2] as number);
  return high * LOW + getUint32(from, at + 3);
}

export function putUint32(to: Uint8Array, at: number, value: number): void {
  to[at] = value >>> 24;
  to[at + 1] = value >>> 16;
  to[at + 2] = value >>> 8;
  to[at + 3] = value;
}

export function getUint32(from: Uint8Array, at: number): number {
  return (
    (((from[at] as number) << 24) |
      ((from[at + 1] as number) << 16) |
      ((from[at + 2] as number) << 8) |
      (from[at + 3] as number)) >>>
    0
  );
}

/** Eight bytes, for what is part of a key and must sort as a number. */
export function putUint64(to: Uint8Array, at: number, value: number): void {
  putUint32(to, at, Math.floor(value / LOW));
  putUint32(to, at + 4, value >>> 0);
}

export function getUint64(from: Uint8Array, at: number): number {
  return getUint32(from, at) * LOW + getUint32(from, at + 4);
}

/** Digests are sums modulo 2^52: two of them still add up to a safe integer. */
export const DIGEST_MODULUS = 2 ** 52;

export function digestPlus(digest: number, crc: number): number {
  const sum = digest + crc;
  return sum >= DIGEST_MODULUS ? sum - DIGEST_MODULUS : sum;
}

export function digestMinus(digest: number, crc: number): number {
  const rest = digest - crc;
  return rest < 0 ? rest + DIGEST_MODULUS : rest;
}
