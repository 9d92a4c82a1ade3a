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
import type { Facts, Head, Header, NewHead, Place } from '../types.js';
import {
  DIGEST_MODULUS,
  digestPlus,
  getUint32,
  getUint56,
  putUint32,
  putUint56,
  UINT56_BYTES,
} from './integers.js';
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
/** Before the value of a head with a generation: rows, bytes, digest, wake of 7 bytes each. */
export const FACTS_BYTES = 4 * UINT56_BYTES;
/** No deadline: one above the largest safe integer. */
const NO_DEADLINE = 2 ** 53;

/** A head as the overlay keeps it. */
export interface HeadRecord {
  readonly header: Header;
  /** Store key, header, value, CRC. */
  readonly record: Buffer;
}

export const headKeyLength = (keyLength: number): number => HEAD_KEY_BYTES + keyLength;

/** What a head means to its bucket: those of its elements are in its care. */
export const digestOf = ({ crc, facts }: Header): number =>
  facts === null ? crc : digestPlus(facts.digest, crc);
export const bytesOf = ({ size, facts }: Header): number =>
  facts === null ? size : size + facts.bytes;

/** When somebody must look at the key: it is due, or one of its elements may be. */
export function dueOf(header: Header | null): EpochMs | null {
  if (header === null) return null;
  const wake = header.facts === null ? null : header.facts.wake;
  if (wake === null || header.deadline === null) return wake ?? header.deadline;
  return wake < header.deadline ? wake : header.deadline;
}

function putFacts(to: Buffer, at: number, facts: Facts): void {
  putUint56(to, at, facts.rows);
  putUint56(to, at + UINT56_BYTES, facts.bytes);
  putUint56(to, at + 2 * UINT56_BYTES, facts.digest);
  putUint56(to, at + 3 * UINT56_BYTES, facts.wake ?? NO_DEADLINE);
}

/** Null: they cannot have been written. */
function getFacts(from: Uint8Array, at: number): Facts | null {
  const wake = getUint56(from, at + 3 * UINT56_BYTES);
  const facts: Facts = {
    rows: getUint56(from, at),
    bytes: getUint56(from, at + UINT56_BYTES),
    digest: getUint56(from, at + 2 * UINT56_BYTES),
    wake: wake === NO_DEADLINE ? null : (wake as EpochMs),
  };
  if (facts.digest >= DIGEST_MODULUS || wake > NO_DEADLINE) return null;
  return Number.isSafeInteger(facts.rows) && Number.isSafeInteger(facts.bytes) ? facts : null;
}

/**
 * Encodes and copies: nothing of `head.value` is kept. `facts` belong to a head with a generation
 * and to no other.
 */
export function encodeHead(
  space: SpaceId,
  place: Place,
  head: NewHead,
  facts: Facts | null = null,
): HeadRecord {
  const keyLength = headKeyLength(place.key.length);
  const { value } = head;
  const size = value.length + (facts === null ? 0 : FACTS_BYTES);
  const record = records.cut(keyLength + HEADER_BYTES + size + CRC_BYTES);
  putHeadKey(record, space, place.bucket, place.database, place.key);
  record[keyLength] = ROW_VERSION;
  record[keyLength + 1] = head.type;
  record[keyLength + 2] = head.flags;
  putUint56(record, keyLength + REVISION_AT, head.revision);
  putUint56(record, keyLength + CREATED_AT, head.created);
  putUint56(record, keyLength + DEADLINE_AT, head.deadline ?? NO_DEADLINE);
  putUint56(record, keyLength + GENERATION_AT, head.generation);
  if (facts !== null) putFacts(record, keyLength + HEADER_BYTES, facts);
  record.set(value, keyLength + HEADER_BYTES + size - value.length);
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
      size,
      crc,
      facts,
    },
  };
}

export function headOf(header: Header, value: Uint8Array): Head {
  const { type, flags, revision, created, deadline, generation, size, crc, facts } = header;
  return { type, flags, revision, created, deadline, generation, size, crc, facts, value };
}

/** The value as its writer gave it: without facts. */
export function headValue(stored: Buffer): Buffer {
  const isString = getUint56(stored, GENERATION_AT) === 0;
  return stored.subarray(
    isString ? HEADER_BYTES : HEADER_BYTES + FACTS_BYTES,
    stored.length - CRC_BYTES,
  );
}

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
  const generation = getUint56(stored, GENERATION_AT);
  const size = stored.length - HEADER_BYTES - CRC_BYTES;
  let facts: Facts | null = null;
  if (generation !== 0) {
    facts = size < FACTS_BYTES ? null : getFacts(stored, HEADER_BYTES);
    if (facts === null) return null;
  }
  const header: Header = {
    type: stored[1] as number,
    flags: stored[2] as number,
    revision: getUint56(stored, REVISION_AT) as Revision,
    created: getUint56(stored, CREATED_AT) as Revision,
    deadline: deadline === NO_DEADLINE ? null : (deadline as EpochMs),
    generation,
    size,
    crc,
    facts,
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
