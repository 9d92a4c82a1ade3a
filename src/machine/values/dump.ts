/**
 * Values as DUMP gives them: Redis's own form (an object of an RDB file), so that they can be taken
 * to a Redis and back. Behind it the RDB version (u16) and a CRC-64 of all before, little-endian.
 */
import { asBuffer } from '../../base/bytes.js';
import { crc64 } from '../../base/crc64.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import { type DumpedField, decodeHash, encodeHash, HASH_FORMS } from './dump-hash.js';
import { encodeString, RdbReader } from './rdb-strings.js';

const STRING_FORM = 0;
/** Of Redis 7.0: everyone from there on reads it. */
const WRITTEN_VERSION = 10;
/** Of Redis 7.4, which brought deadlines of fields. */
const DEADLINES_VERSION = 12;
/** Strings and hashes have not changed up to here. */
const READ_VERSION = 13;
const VERSION_BYTES = 2;
const CHECKSUM_BYTES = 8;

export type Restored =
  | { readonly kind: 'string'; readonly value: Buffer }
  | { readonly kind: 'hash'; readonly fields: readonly DumpedField[] };

/** What is wrong with a payload: Redis has an error for the first two, the limit is ours. */
export type BadDump = 'BAD_PAYLOAD' | 'BAD_FORMAT' | 'TOO_LARGE';

function sealed(parts: readonly Uint8Array[], version: number): Buffer {
  const body = Buffer.concat([...parts, Buffer.of(version, 0)]);
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeBigUInt64LE(crc64(body));
  return Buffer.concat([body, checksum]);
}

export const dumpString = (value: Uint8Array): Buffer =>
  sealed([Buffer.of(STRING_FORM), ...encodeString(value)], WRITTEN_VERSION);

/** Of at least one field. */
export function dumpHash(fields: readonly DumpedField[]): Buffer {
  const hasDeadlines = fields.some(({ deadline }) => deadline !== null);
  return sealed(encodeHash(fields), hasDeadlines ? DEADLINES_VERSION : WRITTEN_VERSION);
}

function restoreForm(form: number | undefined, reader: RdbReader): Restored | BadDump {
  if (form === STRING_FORM) {
    const value = reader.string();
    const fits = value !== null && value.length <= MAX_VALUE_BYTES;
    return fits ? { kind: 'string', value } : 'BAD_FORMAT';
  }
  if (form === undefined || !HASH_FORMS.includes(form)) return 'BAD_FORMAT';
  const fields = decodeHash(form, reader);
  return typeof fields === 'string' ? fields : { kind: 'hash', fields };
}

/** The value, checked to its last byte, or what is wrong with the payload. */
export function restoreValue(payload: Uint8Array): Restored | BadDump {
  const bytes = asBuffer(payload);
  const end = bytes.length - VERSION_BYTES - CHECKSUM_BYTES;
  if (end < 0 || bytes.readUInt16LE(end) > READ_VERSION) return 'BAD_PAYLOAD';
  const summed = end + VERSION_BYTES;
  if (crc64(bytes.subarray(0, summed)) !== bytes.readBigUInt64LE(summed)) return 'BAD_PAYLOAD';
  const reader = new RdbReader(bytes.subarray(0, end));
  const found = restoreForm(reader.take(1)?.[0], reader);
  return typeof found === 'string' || reader.ended ? found : 'BAD_FORMAT';
}
