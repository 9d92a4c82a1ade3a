/** What replicas tell each other to find out whether they hold the same. */
import { crc32 } from '../../base/checksum.js';
import type { Descriptor } from '../../shard/descriptor.js';
import { putUint56, UINT56_BYTES } from './integers.js';

/**
 * Thirteen hex digits: sum of the CRCs of all heads and meta rows; eight: CRC of the facts beside
 * them that every replica must share. Session records are left out: their replies follow from the
 * rows, and their lifetime in memory is not the same on every replica.
 */
export function digestText(record: Descriptor, rows: number): string {
  const { revision, clusterTime, rangeEpoch, membersEpoch, range } = record;
  const numbers = [revision, clusterTime, rangeEpoch, membersEpoch, range.first, range.last];
  const facts = Buffer.alloc(numbers.length * UINT56_BYTES);
  for (const [i, number] of numbers.entries()) putUint56(facts, i * UINT56_BYTES, number);
  return rows.toString(16).padStart(13, '0') + crc32(facts).toString(16).padStart(8, '0');
}
