/**
 * Values of the store. Every value, of whatever table, ends in a CRC-32 over its key (from the
 * bucket on, so that it stays right in another space) and the bytes before it: LevelDB as we use it
 * verifies nothing, so a row that does not fit its CRC is the only sign of rot. A head is encoded
 * once, key and value in one buffer, and that buffer is what the overlay keeps and the flush
 * writes.
 */
import { Arena } from '../../base/arena.js';
import { assert } from '../../base/assert.js';
import { asBuffer } from '../../base/bytes.js';
import { crc32 } from '../../base/checksum.js';
import type { EpochMs, Revision, SpaceId } from '../../base/ids.js';
import type { Header, NewHead, Place } from '../types.js';
import { getUint32, getUint56, putUint32, putUint56, UINT56_BYTES } from './integers.js';
import { HEAD_KEY_BYTES, putHeadKey, SPACE_BYTES } from './keys.js';

export const ROW_VERSION = 1;

/** Records live from apply to flush, so those of a chunk die together. */
const records = new Arena(64 * 1024);

/** version, type, flags, then revision, created, deadline, generation of 7 bytes each */
export const HEADER_BYTES = 3 + 4 * UINT56_BYTES;
export const CRC_BYTES = 4;

const REVISION_AT = 3;
const CREATED_AT = REVISION_AT + UINT56_BYTES;
const DEADLINE_AT = CREATED_AT + UINT56_BYTES;
const GENERATION_AT = DEADLINE_AT + UINT56_BYTES;
/** No deadline: one above the largest safe integer. */
const NO_DEADLINE = 2 ** 53;

/** A head as the overlay keeps it. */
export interface HeadRecord {
  readonly header: Header;
  /** Store key, header, value, CRC. */
  readonly record: Buffer;
}

export const headKeyLength = (keyLength: number): number => HEAD_KEY_BYTES + keyLength;

/** Encodes and copies: nothing of `head.value` is kept. */
export function encodeHead(space: SpaceId, place: Place, head: NewHead): HeadRecord {
  const keyLength = headKeyLength(place.key.length);
  const { value } = head;
  const record = records.cut(keyLength + HEADER_BYTES + value.length + CRC_BYTES);
  putHeadKey(record, space, place.bucket, place.database, place.key);
  record[keyLength] = ROW_VERSION;
  record[keyLength + 1] = head.type;
  record[keyLength + 2] = head.flags;
  putUint56(record, keyLength + REVISION_AT, head.revision);
  putUint56(record, keyLength + CREATED_AT, head.created);
  putUint56(record, keyLength + DEADLINE_AT, head.deadline ?? NO_DEADLINE);
  putUint56(record, keyLength + GENERATION_AT, head.generation);
  record.set(value, keyLength + HEADER_BYTES);
  const end = record.length - CRC_BYTES;
  const crc = crc32(record.subarray(SPACE_BYTES, end));
  putUint32(record, end, crc);
  return {
    record,
    header: {
      type: head.type,
      flags: head.flags,
      revision: head.revision,
      created: head.created,
      deadline: head.deadline,
      generation: head.generation,
      size: value.length,
      crc,
    },
  };
}

export const headValue = (stored: Buffer): Buffer =>
  stored.subarray(HEADER_BYTES, stored.length - CRC_BYTES);

/** The CRC that the row carries, when it is right; null when the row is not what was written. */
export function checkedCrc(key: Uint8Array, value: Uint8Array): number | null {
  const end = value.length - CRC_BYTES;
  // The shortest value has a version byte.
  if (end < 1) return null;
  const crc = crc32(value.subarray(0, end), crc32(key.subarray(SPACE_BYTES)));
  return crc === getUint32(value, end) ? crc : null;
}

/** Header of a stored head; null when its CRC, version or a number is wrong. */
export function decodeHead(key: Uint8Array, stored: Uint8Array): Header | null {
  if (stored.length < HEADER_BYTES + CRC_BYTES || stored[0] !== ROW_VERSION) return null;
  const crc = checkedCrc(key, stored);
  if (crc === null) return null;
  const deadline = getUint56(stored, DEADLINE_AT);
  const header: Header = {
    type: stored[1] as number,
    flags: stored[2] as number,
    revision: getUint56(stored, REVISION_AT) as Revision,
    created: getUint56(stored, CREATED_AT) as Revision,
    deadline: deadline === NO_DEADLINE ? null : (deadline as EpochMs),
    generation: getUint56(stored, GENERATION_AT),
    size: stored.length - HEADER_BYTES - CRC_BYTES,
    crc,
  };
  const numbers = [header.revision, header.created, header.deadline ?? 0, header.generation];
  return numbers.every(Number.isSafeInteger) ? header : null;
}

/** Any other row: version, payload, CRC. */
export function encodeRow(key: Uint8Array, payload: Uint8Array): Buffer {
  const stored = Buffer.allocUnsafe(1 + payload.length + CRC_BYTES);
  stored[0] = ROW_VERSION;
  stored.set(payload, 1);
  const end = stored.length - CRC_BYTES;
  putUint32(stored, end, crc32(stored.subarray(0, end), crc32(key.subarray(SPACE_BYTES))));
  return stored;
}

/** What `encodeRow` makes, behind the key of `keyLength` bytes that the record begins with. */
export function fillRow(record: Buffer, keyLength: number, payload: Uint8Array): void {
  record[keyLength] = ROW_VERSION;
  record.set(payload, keyLength + 1);
  const end = record.length - CRC_BYTES;
  putUint32(record, end, crc32(record.subarray(SPACE_BYTES, end)));
}

export const rowLength = (payload: number): number => 1 + payload + CRC_BYTES;

export const crcOfStored = (stored: Uint8Array): number =>
  getUint32(stored, stored.length - CRC_BYTES);

/** Payload of a row of `encodeRow`, a view; null when it is not what was written. */
export function decodeRow(key: Uint8Array, stored: Uint8Array): Buffer | null {
  if (stored[0] !== ROW_VERSION || checkedCrc(key, stored) === null) return null;
  return asBuffer(stored).subarray(1, stored.length - CRC_BYTES);
}

/** What a writer may ask for; the numbers must fit their fields. */
export function assertHead(head: NewHead): void {
  assert(head.type >= 0 && head.type <= 255, 'a head type has one byte');
  assert(head.flags >= 0 && head.flags <= 255, 'head flags have one byte');
  assert(Number.isSafeInteger(head.revision), 'a revision is a safe integer');
  assert(head.deadline === null || head.deadline >= 0, 'a deadline is not negative');
}
