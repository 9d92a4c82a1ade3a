/**
 * Hashes as DUMP gives and RESTORE takes them: Redis's own forms. Without deadlines of fields every
 * Redis reads what is written; with them Redis 7.4 and later. Read are those two and the packed
 * ones of Redis 7.0 (listpack) and 7.4 (listpack with deadlines).
 */
import { toByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import { parseInteger } from '../../kv/catalog/integer.js';
import { MAX_ELEMENT_BYTES } from '../../kv/limits.js';
import { fitsWhole } from '../whole.js';
import { decodeListpack } from './listpack.js';
import { encodeLength, encodeString, type RdbReader } from './rdb-strings.js';

export interface DumpedField {
  readonly field: Uint8Array;
  readonly value: Uint8Array;
  readonly deadline: EpochMs | null;
}

/** Number of a value's form, the first byte of a dump. */
const PLAIN = 4;
const PACKED = 16;
const WITH_DEADLINES = 24;
const PACKED_WITH_DEADLINES = 25;

const TIME_BYTES = 8;

export const HASH_FORMS: readonly number[] = [PLAIN, PACKED, WITH_DEADLINES, PACKED_WITH_DEADLINES];

/** The form and what follows it. */
export function encodeHash(fields: readonly DumpedField[]): readonly Uint8Array[] {
  const deadlines = fields.flatMap(({ deadline }) => deadline ?? []);
  const first = deadlines.reduce<number>((least, one) => Math.min(least, one), Infinity);
  const parts: Uint8Array[] = [Buffer.of(deadlines.length === 0 ? PLAIN : WITH_DEADLINES)];
  if (deadlines.length > 0) {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeBigInt64LE(BigInt(first));
    parts.push(time);
  }
  parts.push(encodeLength(fields.length));
  for (const { field, value, deadline } of fields) {
    // 0: none; else counted from the first one
    if (deadlines.length > 0)
      parts.push(encodeLength(deadline === null ? 0 : deadline - first + 1));
    parts.push(...encodeString(field), ...encodeString(value));
  }
  return parts;
}

/** Takes fields as they come, and refuses what could never be a hash here. */
class Gathering {
  readonly fields: DumpedField[] = [];
  readonly #names = new Set<string>();
  #bytes = 0;

  /** False: there twice, or no time. */
  add(field: Uint8Array | null, value: Uint8Array | null, deadline: number | null): boolean {
    if (field === null || value === null) return false;
    if (deadline !== null && !(Number.isSafeInteger(deadline) && deadline >= 0)) return false;
    const name = toByteKey(field);
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    this.#bytes += field.length + value.length;
    this.fields.push({ field, value, deadline: deadline as EpochMs | null });
    return true;
  }

  get tooLarge(): boolean {
    const last = this.fields.at(-1);
    if (last !== undefined && last.field.length > MAX_ELEMENT_BYTES) return true;
    return !fitsWhole({ rows: this.fields.length, bytes: this.#bytes });
  }
}

type Found = readonly DumpedField[] | 'BAD_FORMAT' | 'TOO_LARGE';

function readPlain(reader: RdbReader, withDeadlines: boolean): Found {
  const time = withDeadlines ? reader.take(TIME_BYTES) : null;
  if (withDeadlines && time === null) return 'BAD_FORMAT';
  const first = time === null ? 0 : Number(time.readBigInt64LE());
  const count = reader.number();
  if (count === null) return 'BAD_FORMAT';
  const gathering = new Gathering();
  for (let i = 0; i < count; i++) {
    const behind = withDeadlines ? reader.number() : 0;
    if (behind === null) return 'BAD_FORMAT';
    const deadline = behind === 0 ? null : first + behind - 1;
    if (!gathering.add(reader.string(), reader.string(), deadline)) return 'BAD_FORMAT';
    if (gathering.tooLarge) return 'TOO_LARGE';
  }
  return gathering.fields;
}

function readPacked(reader: RdbReader, withDeadlines: boolean): Found {
  // the first deadline follows from the fields
  if (withDeadlines && reader.take(TIME_BYTES) === null) return 'BAD_FORMAT';
  const pack = reader.string();
  const elements = pack === null ? null : decodeListpack(pack);
  const width = withDeadlines ? 3 : 2;
  if (elements === null || elements.length % width !== 0) return 'BAD_FORMAT';
  const gathering = new Gathering();
  for (let i = 0; i < elements.length; i += width) {
    const [field = null, value = null, time] = elements.slice(i, i + width);
    const at = time === undefined ? 0 : Number(parseInteger(time) ?? Number.NaN);
    if (!gathering.add(field, value, at === 0 ? null : at)) return 'BAD_FORMAT';
    if (gathering.tooLarge) return 'TOO_LARGE';
  }
  return gathering.fields;
}

/** The fields of a hash of this form, of which there is at least one; the reader is behind it. */
export function decodeHash(form: number, reader: RdbReader): Found {
  const withDeadlines = form === WITH_DEADLINES || form === PACKED_WITH_DEADLINES;
  const isPacked = form === PACKED || form === PACKED_WITH_DEADLINES;
  const found = isPacked ? readPacked(reader, withDeadlines) : readPlain(reader, withDeadlines);
  return found.length === 0 ? 'BAD_FORMAT' : found;
}
