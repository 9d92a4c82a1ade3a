/** CRC-32 (IEEE 802.3), continued from `seed`; native code, about 1 GB/s. */
import { crc32 as zlibCrc32 } from 'node:zlib';

export function crc32(bytes: Uint8Array, seed = 0): number {
  return zlibCrc32(bytes, seed);
}
