/**
 * Fields that have come due, found by the leader: it reads the rows in the order of deadlines, and
 * where the next one lies. Not part of apply: it waits for the store.
 */
import { fromByteKey } from '../base/bytes.js';
import type { EpochMs } from '../base/ids.js';
import type { DueFields } from '../wire/entry/types.js';
import { decodeHashHead } from './collections/field-codec.js';
import { DUE_FROM, DUE_TO, dueDeadline, dueMember } from './collections/names.js';
import type { Head, Place, ShardState } from './types.js';
import { HASH } from './value-type.js';

/** About as large as an entry of commands may be. */
const ENTRY_BYTES = 256 * 1024;

/** What is due of these hashes, at most `count` fields together and about 256 KiB. */
export async function dueHashes(
  state: ShardState,
  places: readonly Place[],
  now: EpochMs,
  count: number,
): Promise<DueFields[]> {
  const hashes: DueFields[] = [];
  let left = count;
  let bytes = ENTRY_BYTES;
  for (const place of places) {
    if (left <= 0 || bytes <= 0) break;
    await state.load([{ ...place, need: 'head' }]);
    const head = state.head(place);
    const found = head ? await dueFieldsOf(state, place, head, now, left, bytes) : null;
    if (found === null) continue;
    hashes.push(found);
    left -= found.fields.length;
    for (const { field } of found.fields) bytes -= field.length;
    bytes -= found.key.length;
  }
  return hashes;
}

/** Null: nothing can be said of it now. */
async function dueFieldsOf(
  state: ShardState,
  place: Place,
  head: Head,
  now: EpochMs,
  count: number,
  bytes: number,
): Promise<DueFields | null> {
  if (head.type !== HASH) return null;
  const range = { from: DUE_FROM, to: DUE_TO, count: count + 1, bytes };
  const page = await state.elements(place, head.generation, range);
  if (page === null) return null;
  const due = page.items.slice(0, count).filter(({ name }) => dueDeadline(name) <= now);
  const behind = page.items[due.length];
  const last = due.at(-1);
  // A page that ended says of what is behind it only that it is not before its last row.
  const next = behind ?? (page.done ? undefined : last);
  return {
    database: place.database,
    key: fromByteKey(place.key),
    generation: head.generation,
    seen: decodeHashHead(head.value).dueRevision,
    next: next === undefined ? null : dueDeadline(next.name),
    fields: due.map(({ name }) => ({
      field: fromByteKey(dueMember(name)),
      deadline: dueDeadline(name),
    })),
  };
}
