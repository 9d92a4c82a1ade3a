/**
 * An entry made ready: decoded once, its commands looked up in the catalogue, and the rows named
 * that must be in memory before it is applied.
 */
import type { BucketRange } from '../../shard/descriptor.js';
import { decodeConfig, decodeEntry } from '../../wire/entry/codec.js';
import type { EntryPayload } from '../../wire/entry/types.js';
import type { CommittedEntry, Want } from '../types.js';
import { type Call, placeOf, prepareCall } from './call.js';

export interface Prepared {
  /** Null for the no-op that opens a term. */
  readonly payload: EntryPayload | null;
  /** One per command of a `commands` entry; null where the arguments are wrong. */
  readonly calls: readonly (Call | null)[];
  /** Of `expire`: one per due key. Of `effects`: of its reads, then of its effects. */
  readonly places: readonly Want[];
}

const NOTHING: readonly never[] = [];

export const inRange = (range: BucketRange, { bucket }: Want): boolean =>
  bucket >= range.first && bucket <= range.last;

function payloadOf(entry: CommittedEntry): EntryPayload | null {
  if (entry.payload !== undefined) return entry.payload;
  switch (entry.kind) {
    case 'noop':
      return null;
    case 'config':
      return decodeConfig(entry.bytes);
    case 'normal':
      return decodeEntry(entry.bytes);
  }
}

export function prepareEntry(entry: CommittedEntry): Prepared {
  const payload = payloadOf(entry);
  switch (payload?.kind) {
    case 'commands': {
      const calls = payload.commands.map(({ command }) => prepareCall(command));
      return { payload, calls, places: NOTHING };
    }
    case 'expire': {
      const places = payload.due.map((due) => placeOf(due.database, due.key, 'header'));
      return { payload, calls: NOTHING, places };
    }
    case 'effects': {
      const named = [...payload.reads, ...payload.effects];
      const places = named.map((one) => placeOf(one.database, one.key, 'header'));
      return { payload, calls: NOTHING, places };
    }
    default:
      return { payload, calls: NOTHING, places: NOTHING };
  }
}

/** What apply will look at: keys that have left the range are answered `moved` unseen. */
export function wantsOf({ calls, places }: Prepared, range: BucketRange): readonly Want[] {
  const wants: Want[] = [];
  for (const call of calls) {
    if (call === null) continue;
    for (const want of call.wants) if (inRange(range, want)) wants.push(want);
  }
  for (const place of places) if (inRange(range, place)) wants.push(place);
  return wants;
}
