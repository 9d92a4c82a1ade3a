/** CRC-32 (IEEE 802.3), continued from `seed`; native code, about 1 GB/s. */
import { crc32 as zlibCrc32 } from 'node:zlib';

export function crc32(bytes: Uint8Array, seed = 0): number {
  // zlib takes no bytes at all for a request of its initial value, and forgets the seed.
  return bytes.length === 0 ? seed : zlibCrc32(bytes, seed);
}
