/**
 * Session rows in and out: all of them into memory when a machine is made, and right before a flush
 * those that are alive and not stored yet.
 */
import { assert } from '../../base/assert.js';
import type { ByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import type { ShardState } from '../types.js';
import {
  decodeKey,
  decodeMark,
  decodeRecord,
  encodeMark,
  encodeRecord,
  markKey,
  recordKey,
} from './rows.js';
import type { RecordPart, Session } from './session.js';
import type { SessionTable } from './table.js';

export interface SessionRow {
  readonly bucket: number;
  readonly key: ByteKey;
  readonly value: Uint8Array;
}

/** Brings one stored row into memory; `finishLoading` follows when all have come. */
export function loadRow(table: SessionTable, { bucket, key, value }: SessionRow): void {
  const { session: name, sequence } = decodeKey(key);
  let session = table.get(name);
  if (session === undefined) {
    session = table.create(name, 0, 0 as EpochMs);
    session.markSaved = true;
  }
  if (sequence !== null) {
    const { firstAttempt, reply } = decodeRecord(value);
    const next = session.stored.get(sequence) ?? null;
    table.add(session, sequence, { bucket, firstAttempt, reply, saved: true, next });
    return;
  }
  const { mark, time } = decodeMark(value);
  session.markBuckets.push(bucket);
  // Two rows after a merge: the larger one speaks.
  if (mark > session.mark) session.mark = mark;
  if (time > session.markTime) session.markTime = time;
  table.list(session, time);
}

/** After a merge records of one shard may lie below the other's mark, or before its horizon. */
export function finishLoading(table: SessionTable, horizon: EpochMs): void {
  for (const session of table.values()) table.dropBelow(session, session.mark);
  table.dropOlder(horizon);
}

/** Runs between two entries, right before a flush takes what was applied so far. */
export function storeSessions(state: ShardState, table: SessionTable): void {
  for (const session of table.takeTouched()) {
    storeRecords(state, session);
    if (!session.markSaved) storeMark(state, session);
  }
}

function storeRecords(state: ShardState, session: Session): void {
  for (const [sequence, first] of session.young) {
    assert(!session.stored.has(sequence), 'a record is young or stored');
    session.stored.set(sequence, first);
    for (let part: RecordPart | null = first; part !== null; part = part.next) {
      if (part.saved) continue;
      part.saved = true;
      const value = encodeRecord(part.firstAttempt, part.reply);
      state.putRow('s', part.bucket, recordKey(session.name, sequence), value, false);
    }
  }
  session.young.clear();
}

/** Under the shard's first bucket, so that it moves with the shard and a split can copy it. */
function storeMark(state: ShardState, session: Session): void {
  const bucket = state.descriptor.range.first;
  const key = markKey(session.name);
  for (const old of session.markBuckets) {
    if (old !== bucket) state.deleteRow('s', old, key);
  }
  state.putRow('s', bucket, key, encodeMark(session.mark, session.markTime), false);
  session.markBuckets = [bucket];
  session.markSaved = true;
}
