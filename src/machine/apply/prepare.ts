/**
 * An entry made ready: decoded once, its commands looked up in the catalogue, and the rows named
 * that must be in memory before it is applied.
 */
import type { BucketRange } from '../../shard/descriptor.js';
import { decodeConfig, decodeEntry } from '../../wire/entry/codec.js';
import type { EntryPayload } from '../../wire/entry/types.js';
import { memberName } from '../collections/names.js';
import type { CommittedEntry, Want } from '../types.js';
import { type Call, placeOf, prepareCall } from './call.js';

export interface Prepared {
  /** Null for the no-op that opens a term. */
  readonly payload: EntryPayload | null;
  /** One per command of a `commands` entry; null where the arguments are wrong. */
  readonly calls: readonly (Call | null)[];
  /**
   * Of `expire`, `expireFields`: one per due key. Of `effects`: of its reads, then of its effects.
   */
  readonly places: readonly Want[];
  /** Those of the wants that ask for a whole collection. */
  readonly wholes: readonly Want[];
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

function wholesOf(calls: readonly (Call | null)[]): readonly Want[] {
  let wholes: Want[] | null = null;
  for (const call of calls) {
    for (const want of call?.wants ?? NOTHING) {
      if (want.whole !== true) continue;
      wholes ??= [];
      wholes.push(want);
    }
  }
  return wholes ?? NOTHING;
}

export function prepareEntry(entry: CommittedEntry): Prepared {
  const payload = payloadOf(entry);
  switch (payload?.kind) {
    case 'commands': {
      const calls = payload.commands.map(({ command }) => prepareCall(command));
      return { payload, calls, places: NOTHING, wholes: wholesOf(calls) };
    }
    case 'expire': {
      const places = payload.due.map((due) => placeOf(due.database, due.key, 'header'));
      return { payload, calls: NOTHING, places, wholes: NOTHING };
    }
    case 'expireFields': {
      const places = payload.hashes.map(({ database, key, fields }) => ({
        ...placeOf(database, key, 'head'),
        elements: fields.map(({ field }) => memberName(field)),
      }));
      return { payload, calls: NOTHING, places, wholes: NOTHING };
    }
    case 'effects': {
      const named = [...payload.reads, ...payload.effects];
      const places = named.map((one) => placeOf(one.database, one.key, 'header'));
      return { payload, calls: NOTHING, places, wholes: NOTHING };
    }
    default:
      return { payload, calls: NOTHING, places: NOTHING, wholes: NOTHING };
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
