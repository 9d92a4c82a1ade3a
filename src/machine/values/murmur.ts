/** MurmurHash64A (Austin Appleby), little-endian, as Redis's HyperLogLogs use it. */
import { asBuffer } from '../../base/bytes.js';

const M = 0xc6a4a7935bd1e995n;
const SHIFT = 47n;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

export function murmur64(bytes: Uint8Array, seed: bigint): bigint {
  const input = asBuffer(bytes);
  const whole = input.length - (input.length % 8);
  let hash = seed ^ u64(BigInt(input.length) * M);
  for (let at = 0; at < whole; at += 8) {
    let block = u64(input.readBigUInt64LE(at) * M);
    block ^= block >> SHIFT;
    hash = u64((hash ^ u64(block * M)) * M);
  }
  if (whole < input.length) {
    let rest = 0n;
    for (let at = input.length - 1; at >= whole; at--) {
      rest = (rest << 8n) | BigInt(input[at] as number);
    }
    hash = u64((hash ^ rest) * M);
  }
  hash = u64((hash ^ (hash >> SHIFT)) * M);
  return hash ^ (hash >> SHIFT);
}
