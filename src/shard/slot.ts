/**
 * Key → slot → bucket, as Redis Cluster does it (Redis Cluster specification, "Key distribution
 * model" and "Hash tags"; CRC-16/XMODEM, polynomial 0x1021).
 */
import type { Bucket, Slot } from '../base/ids.js';

export const SLOTS = 16_384;
export const BUCKETS = 256;
export const SLOTS_PER_BUCKET = SLOTS / BUCKETS;

const TABLE = new Uint16Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  TABLE[byte] = crc & 0xffff;
}

export function crc16(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ (bytes[i] as number)) & 0xff] as number);
  }
  return crc;
}

const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The slot of a key: of what stands between the first `{` and the next `}`, unless that is empty.
 */
export function slotOf(key: Uint8Array): Slot {
  // Most keys have no tag: one pass looks for it and sums up the key; native search costs more.
  let crc = 0;
  for (let i = 0; i < key.length; i++) {
    const byte = key[i] as number;
    if (byte === OPEN) return slotOfTag(key, i);
    crc = ((crc << 8) & 0xffff) ^ (TABLE[((crc >> 8) ^ byte) & 0xff] as number);
  }
  return (crc & (SLOTS - 1)) as Slot;
}

function slotOfTag(key: Uint8Array, open: number): Slot {
  const close = key.indexOf(CLOSE, open + 1);
  const crc = close > open + 1 ? crc16(key, open + 1, close) : crc16(key);
  return (crc & (SLOTS - 1)) as Slot;
}

export const bucketOfSlot = (slot: Slot): Bucket => Math.floor(slot / SLOTS_PER_BUCKET) as Bucket;
export const bucketOf = (key: Uint8Array): Bucket => bucketOfSlot(slotOf(key));
