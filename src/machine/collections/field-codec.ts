/**
 * What the rows of a hash hold beside the store's own bytes. A head: version, count of fields, and
 * the revision at which a field last got a deadline. A field: flags (1: a deadline of seven bytes
 * follows), value.
 */
import { assert } from '../../base/assert.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';

const HEAD_VERSION = 1;
const NUMBER_BYTES = 7;
const HEAD_BYTES = 1 + 2 * NUMBER_BYTES;
const HAS_DEADLINE = 1;
const LOW = 2 ** 32;

export interface HashHead {
  readonly count: number;
  readonly dueRevision: Revision;
}

export interface Field {
  readonly value: Uint8Array;
  readonly deadline: EpochMs | null;
}

function putNumber(to: Buffer, at: number, value: number): void {
  to.writeUIntBE(Math.floor(value / LOW), at, 3);
  to.writeUInt32BE(value >>> 0, at + 3);
}

const getNumber = (from: Buffer, at: number): number =>
  from.readUIntBE(at, 3) * LOW + from.readUInt32BE(at + 3);

const view = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes whose CRC was right and that no build of this version wrote. */
const unknown = (what: string): RkvError => new RkvError('CORRUPT', `${what} of no known form`);

export function encodeHashHead({ count, dueRevision }: HashHead): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES);
  bytes[0] = HEAD_VERSION;
  putNumber(bytes, 1, count);
  putNumber(bytes, 1 + NUMBER_BYTES, dueRevision);
  return bytes;
}

export function decodeHashHead(value: Uint8Array): HashHead {
  const bytes = view(value);
  if (bytes.length !== HEAD_BYTES || bytes[0] !== HEAD_VERSION) throw unknown('the head of a hash');
  return {
    count: getNumber(bytes, 1),
    dueRevision: getNumber(bytes, 1 + NUMBER_BYTES) as Revision,
  };
}

export function encodeField({ value, deadline }: Field): Buffer {
  assert(deadline === null || deadline >= 0, 'a deadline is not negative');
  const at = deadline === null ? 1 : 1 + NUMBER_BYTES;
  const bytes = Buffer.allocUnsafe(at + value.length);
  bytes[0] = deadline === null ? 0 : HAS_DEADLINE;
  if (deadline !== null) putNumber(bytes, 1, deadline);
  bytes.set(value, at);
  return bytes;
}

export function decodeField(payload: Uint8Array): Field {
  const bytes = view(payload);
  if (bytes[0] === 0) return { value: bytes.subarray(1), deadline: null };
  if (bytes[0] !== HAS_DEADLINE || bytes.length < 1 + NUMBER_BYTES) throw unknown('a field');
  return {
    value: bytes.subarray(1 + NUMBER_BYTES),
    deadline: getNumber(bytes, 1) as EpochMs,
  };
}
