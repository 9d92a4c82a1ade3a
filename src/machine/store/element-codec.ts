/**
 * Rows of collections: where they lie and what they hold. The key of an element is
 * `… | c | database | user's key, escaped | generation | name`, so all elements of one generation
 * are one run in the order of their names. What comes before the name, from the database on, names
 * the generation; the same bytes are the key of its grave in table `b`. See docs/formats.md.
 */
import type { ByteKey } from '../../base/bytes.js';
import { crc32 } from '../../base/checksum.js';
import type { SpaceId } from '../../base/ids.js';
import type { Place } from '../types.js';
import { putUint56, UINT56_BYTES } from './integers.js';
import { PREFIX_BYTES, putPrefix, SPACE_BYTES, TABLE_CODES } from './keys.js';
import { CRC_BYTES, checkedCrc, fillRow, ROW_VERSION, rowLength } from './row-codec.js';

/** A zero byte inside a key is followed by 255, the end of the key by 1. */
const ESCAPED_ZERO = '\0\xff';
const END = '\0\x01';

/** Order-preserving, and no key's escaped form is the beginning of another's. */
export const escapeKey = (key: ByteKey): string =>
  (key.includes('\0') ? key.replaceAll('\0', ESCAPED_ZERO) : key) + END;

/** Database, escaped key and generation: the same wherever the bucket lies. */
export function generationName(place: Place, generation: number): ByteKey {
  const number = Buffer.allocUnsafe(UINT56_BYTES);
  putUint56(number, 0, generation);
  return String.fromCharCode(place.database) + escapeKey(place.key) + number.toString('latin1');
}

/** The beginning of the store keys of a generation's elements. */
export function generationPrefix(space: SpaceId, bucket: number, name: ByteKey): Buffer {
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES + name.length);
  putPrefix(prefix, space, bucket, TABLE_CODES.c);
  prefix.write(name, PREFIX_BYTES, 'latin1');
  return prefix;
}

export function elementKey(prefix: Buffer, name: ByteKey): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + name.length);
  prefix.copy(key);
  key.write(name, prefix.length, 'latin1');
  return key;
}

/** The first key behind all of a generation. */
export function generationEnd(prefix: Buffer): Buffer {
  // The generation's last byte may be 255; what is behind it never is, its first byte is below 32.
  const end = Buffer.from(prefix);
  let at = end.length - 1;
  while (end[at] === 0xff) at--;
  end[at] = (end[at] as number) + 1;
  return end.subarray(0, at + 1);
}

/** Key, version, payload and CRC in one buffer, as the flush writes them. */
export function encodeElement(prefix: Buffer, name: ByteKey, payload: Uint8Array): Buffer {
  const keyLength = prefix.length + name.length;
  const record = Buffer.allocUnsafe(keyLength + rowLength(payload.length));
  prefix.copy(record);
  record.write(name, prefix.length, 'latin1');
  fillRow(record, keyLength, payload);
  return record;
}

export const payloadOf = (record: Buffer, keyLength: number): Buffer =>
  record.subarray(keyLength + 1, record.length - CRC_BYTES);

/** CRC of an element, without writing it down; for elements whose payload is known. */
export function elementCrc(prefix: Buffer, name: ByteKey, payload: Uint8Array): number {
  const key = elementKey(prefix, name).subarray(SPACE_BYTES);
  return crc32(payload, crc32(VERSION, crc32(key)));
}

const VERSION = Buffer.of(ROW_VERSION);

/** A stored element: null when it is not what was written. */
export function decodeElement(
  key: Uint8Array,
  stored: Buffer,
): { readonly payload: Buffer; readonly crc: number } | null {
  const crc = stored[0] === ROW_VERSION ? checkedCrc(key, stored) : null;
  return crc === null ? null : { payload: stored.subarray(1, stored.length - CRC_BYTES), crc };
}

/** Where the name begins in a key of table `c` or ends in one of `b`; -1: no such key. */
export function nameStart(key: Uint8Array): number {
  for (let at = PREFIX_BYTES + 1; at + 1 < key.length; at++) {
    if (key[at] !== 0) continue;
    if (key[at + 1] === 1) {
      const start = at + 2 + UINT56_BYTES;
      return start <= key.length ? start : -1;
    }
    if (key[at + 1] !== 0xff) return -1;
    at++;
  }
  return -1;
}
