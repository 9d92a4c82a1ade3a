/**
 * What a key takes in the store of one replica: keys and values of its rows as docs/formats.md has
 * them, before LevelDB shares beginnings of keys and compresses. For MEMORY USAGE.
 */
import type { Header, Place } from '../types.js';
import { generationName } from './element-codec.js';
import { deadlineKeyLength, PREFIX_BYTES } from './keys.js';
import { CRC_BYTES, dueOf, HEADER_BYTES, headKeyLength, rowLength } from './row-codec.js';

const EMPTY_ROW_BYTES = rowLength(0);

/** Its head, the row of its deadline, and the rows of its elements; O(1). */
export function storedBytes(place: Place, header: Header): number {
  const { key } = place;
  const head = headKeyLength(key.length) + HEADER_BYTES + header.size + CRC_BYTES;
  const deadline = dueOf(header) === null ? 0 : deadlineKeyLength(key) + EMPTY_ROW_BYTES;
  if (header.facts === null) return head + deadline;
  const { rows, bytes } = header.facts;
  const before = PREFIX_BYTES + generationName(place, header.generation).length;
  return head + deadline + rows * (before + EMPTY_ROW_BYTES) + bytes;
}
