/**
 * Listpacks (Redis, "listpack" specification by S. Sanfilippo): how Redis 7 keeps and dumps small
 * hashes. Read whole or not at all.
 */
import { formatInteger } from '../../kv/catalog/integer.js';

const HEADER_BYTES = 6;
const END = 0xff;
/** The count in the header when there are more, or nobody has counted. */
const UNCOUNTED = 0xffff;

const STRING_32 = 0xf0;
const INT_16 = 0xf1;
const INT_64 = 0xf4;
/** Of INT_16 and its followers. */
const INTEGER_BYTES = [2, 3, 4, 8];

interface Element {
  readonly value: Buffer;
  /** Of encoding and data. */
  readonly bytes: number;
}

function stringAt(pack: Buffer, at: number, header: number, length: number): Element | null {
  const end = at + header + length;
  return end > pack.length
    ? null
    : { value: pack.subarray(at + header, end), bytes: header + length };
}

function integerAt(pack: Buffer, at: number, size: number): Element | null {
  if (at + 1 + size > pack.length) return null;
  const number = size === 8 ? pack.readBigInt64LE(at + 1) : pack.readIntLE(at + 1, size);
  return { value: formatInteger(number), bytes: 1 + size };
}

/** The element that begins at `at`, which lies inside; null: it is none. */
function elementAt(pack: Buffer, at: number): Element | null {
  const first = pack[at] as number;
  const second = pack[at + 1] ?? 0;
  if (first < 0x80) return { value: formatInteger(first), bytes: 1 };
  if (first < 0xc0) return stringAt(pack, at, 1, first & 0x3f);
  if (first < 0xe0) {
    const number = ((first & 0x1f) << 8) | second;
    return { value: formatInteger(number < 4096 ? number : number - 8192), bytes: 2 };
  }
  if (first < STRING_32) return stringAt(pack, at, 2, ((first & 0x0f) << 8) | second);
  if (first === STRING_32) {
    return at + 5 > pack.length ? null : stringAt(pack, at, 5, pack.readUInt32LE(at + 1));
  }
  if (first < INT_16 || first > INT_64) return null;
  return integerAt(pack, at, INTEGER_BYTES[first - INT_16] as number);
}

/** The length of an element as it stands behind it, to be read from its end. */
function lengthBehind(bytes: number): number[] {
  if (bytes <= 127) return [bytes];
  const groups: number[] = [];
  // the borders are one lower than the bits would need, as in Redis
  const width = bytes < 16_383 ? 2 : bytes < 2_097_151 ? 3 : bytes < 268_435_455 ? 4 : 5;
  for (let i = width - 1; i >= 0; i--) {
    groups.push((Math.floor(bytes / 128 ** i) & 127) | (i === width - 1 ? 0 : 128));
  }
  return groups;
}

/** All elements, integers as their text, views where they are strings; null: no listpack. */
export function decodeListpack(pack: Buffer): Buffer[] | null {
  if (pack.length < HEADER_BYTES + 1 || pack.readUInt32LE(0) !== pack.length) return null;
  if (pack[pack.length - 1] !== END) return null;
  const counted = pack.readUInt16LE(4);
  const found: Buffer[] = [];
  let at = HEADER_BYTES;
  while (at < pack.length - 1) {
    const element = elementAt(pack, at);
    if (element === null) return null;
    at += element.bytes;
    for (const byte of lengthBehind(element.bytes)) if (pack[at++] !== byte) return null;
    found.push(element.value);
  }
  const isRight = at === pack.length - 1 && (counted === UNCOUNTED || counted === found.length);
  return isRight ? found : null;
}
