/**
 * Exactly once (DESIGN section 6, "Sessions"; Ongaro's thesis §6.3, Lee et al., RIFL, 2015): what
 * a request came to is remembered until its sender says, by its mark, that it waits no longer, or
 * until its first attempt is older than the horizon; an older request is refused, never run.
 *
 * All of it is in memory. Rows are written only by `collect`, right before a flush, and only for
 * what is alive then; so memory and store are the same exact prefix of the log after a crash.
 * Whether something is alive follows from mark, times and horizon alone, never from when a
 * replica happened to clean up:
 *
 * - a record lives while sequence ≥ mark and first attempt ≥ horizon;
 * - a session lives while it has records or its mark's time ≥ horizon. Sequences below the mark
 *   were first tried no later than the mark's time, so without it they are refused as expired.
 *
 * The horizon moves in whole seconds; `slots` lists by second who may have something to drop.
 */
import { assert } from '../../base/assert.js';
import type { EpochMs } from '../../base/ids.js';
import { SESSION_WINDOW_MS } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { SessionStamp } from '../../kv/request.js';
import type { ShardState } from '../types.js';
import { keptReply, recordBytes } from './kept.js';
import {
  decodeKey,
  decodeMark,
  decodeRecord,
  encodeMark,
  encodeRecord,
  markKey,
  recordKey,
} from './rows.js';
import { type RecordPart, Session } from './session.js';

/** Bounds of one shard's table; at them the oldest second goes, by a raised horizon. */
export interface SessionLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly maxSessions: number;
}

/** Part of the rules, not of a node's options: all replicas must drop the same. */
export const SESSION_LIMITS: SessionLimits = {
  maxRecords: 131_072,
  maxBytes: 64 * 1024 * 1024,
  maxSessions: 131_072,
};

const SLOT_MS = 1000;
const slotOfTime = (time: number): number => Math.floor(time / SLOT_MS);

export class Sessions {
  readonly #state: ShardState;
  readonly #limits: SessionLimits;
  readonly #sessions = new Map<string, Session>();
  readonly #slots = new Map<number, Set<Session>>();
  readonly #dirty: Session[] = [];
  #horizon: EpochMs;
  #records = 0;
  #bytes = 0;

  private constructor(state: ShardState, limits: SessionLimits) {
    this.#state = state;
    this.#limits = limits;
    this.#horizon = state.descriptor.sessionHorizon;
  }

  /** Loads the shard's sessions and hangs on to its flushes. */
  static async open(state: ShardState, limits: SessionLimits): Promise<Sessions> {
    const sessions = new Sessions(state, limits);
    for await (const row of state.rows('s')) sessions.#load(row.bucket, row.key, row.value);
    sessions.#dropSettled();
    sessions.#sweep();
    state.beforeSeal(() => sessions.#collect());
    return sessions;
  }

  get horizon(): EpochMs {
    return this.#horizon;
  }

  get counts(): { readonly sessions: number; readonly records: number; readonly bytes: number } {
    return { sessions: this.#sessions.size, records: this.#records, bytes: this.#bytes };
  }

  /** Cluster time went on: the window moves with it. */
  advance(time: EpochMs): void {
    const slot = slotOfTime(time - SESSION_WINDOW_MS);
    if (slot * SLOT_MS > this.#horizon) this.#raise(slot);
  }

  /**
   * The session of a request that may run, its mark raised. `expired` also for a first attempt more
   * than a window ahead of cluster time: its record would outlive every bound.
   */
  admit(stamp: SessionStamp, time: EpochMs): Session | 'settled' | 'expired' {
    const { firstAttempt, mark } = stamp;
    if (firstAttempt < this.#horizon || firstAttempt > time + SESSION_WINDOW_MS) return 'expired';
    let session = this.#sessions.get(stamp.session);
    if (session === undefined) {
      session = new Session(stamp.session, mark, firstAttempt);
      this.#sessions.set(stamp.session, session);
      this.#list(session, firstAttempt);
      this.#touch(session);
    } else if (mark > session.mark) {
      this.#raiseMark(session, mark, firstAttempt);
    }
    return stamp.sequence < session.mark ? 'settled' : session;
  }

  /** Remembers the reply of one bucket's part; `settle` follows when the request is through. */
  record(session: Session, stamp: SessionStamp, bucket: number, reply: Reply): void {
    const { sequence, firstAttempt } = stamp;
    const kept = keptReply(reply);
    const next = session.get(sequence) ?? null;
    if (next !== null) session.stored.delete(sequence);
    session.young.set(sequence, { bucket, firstAttempt, reply: kept, saved: false, next });
    this.#records++;
    this.#bytes += recordBytes(kept);
    this.#list(session, firstAttempt);
    this.#touch(session);
  }

  /** Keeps the table inside its bounds. */
  settle(): void {
    const { maxRecords, maxBytes, maxSessions } = this.#limits;
    while (
      this.#records > maxRecords ||
      this.#bytes > maxBytes ||
      this.#sessions.size > maxSessions
    ) {
      assert(this.#slots.size > 0, 'whatever lives is listed by its second');
      this.#raise(Math.min(...this.#slots.keys()) + 1);
    }
  }

  #touch(session: Session): void {
    if (session.dirty) return;
    session.dirty = true;
    this.#dirty.push(session);
  }

  #list(session: Session, time: EpochMs): void {
    const number = slotOfTime(time);
    if (session.listedSlot === number) return;
    session.listedSlot = number;
    const slot = this.#slots.get(number);
    if (slot === undefined) this.#slots.set(number, new Set([session]));
    else slot.add(session);
  }

  #raiseMark(session: Session, mark: number, firstAttempt: EpochMs): void {
    const from = session.mark;
    session.mark = mark;
    session.markSaved = false;
    if (firstAttempt > session.markTime) session.markTime = firstAttempt;
    this.#list(session, session.markTime);
    this.#touch(session);
    if (mark - from <= session.size) {
      for (let sequence = from; sequence < mark; sequence++) this.#drop(session, sequence);
    } else {
      this.#dropBelow(session, mark);
    }
  }

  #dropBelow(session: Session, mark: number): void {
    for (const records of [session.young, session.stored]) {
      for (const sequence of records.keys()) {
        if (sequence < mark) this.#drop(session, sequence);
      }
    }
  }

  /** A merge brings the source's records under the target's larger marks. */
  #dropSettled(): void {
    for (const session of this.#sessions.values()) this.#dropBelow(session, session.mark);
  }

  #drop(session: Session, sequence: number): void {
    let part: RecordPart | null = session.get(sequence) ?? null;
    if (part === null) return;
    if (!session.young.delete(sequence)) session.stored.delete(sequence);
    for (; part !== null; part = part.next) this.#forget(session, sequence, part);
  }

  #forget(session: Session, sequence: number, part: RecordPart): void {
    this.#records--;
    this.#bytes -= recordBytes(part.reply);
    if (part.saved) this.#state.deleteRow('s', part.bucket, recordKey(session.name, sequence));
  }

  /** The horizon becomes the beginning of this second; all before it goes. */
  #raise(slot: number): void {
    this.#horizon = (slot * SLOT_MS) as EpochMs;
    this.#sweep();
  }

  #sweep(): void {
    for (const [number, sessions] of this.#slots) {
      if (number * SLOT_MS >= this.#horizon) continue;
      this.#slots.delete(number);
      for (const session of sessions) this.#expire(session);
    }
  }

  #expire(session: Session): void {
    if (this.#sessions.get(session.name) !== session) return;
    session.listedSlot = -1;
    this.#expireRecords(session, session.young);
    this.#expireRecords(session, session.stored);
    if (session.size > 0 || session.markTime >= this.#horizon) return;
    this.#sessions.delete(session.name);
    for (const bucket of session.markBuckets) {
      this.#state.deleteRow('s', bucket, markKey(session.name));
    }
  }

  #expireRecords(session: Session, records: Map<number, RecordPart>): void {
    for (const [sequence, first] of records) {
      let kept: RecordPart | null = null;
      let part: RecordPart | null = first;
      for (; part !== null; part = part.next) {
        if (part.firstAttempt < this.#horizon) this.#forget(session, sequence, part);
        else kept = { ...part, next: kept };
      }
      if (kept === null) records.delete(sequence);
      else records.set(sequence, kept);
    }
  }

  /** Called right before a flush takes what was applied so far. */
  #collect(): void {
    for (const session of this.#dirty) {
      session.dirty = false;
      if (this.#sessions.get(session.name) !== session) continue;
      this.#storeRecords(session);
      if (!session.markSaved) this.#storeMark(session);
    }
    this.#dirty.length = 0;
  }

  #storeRecords(session: Session): void {
    for (const [sequence, first] of session.young) {
      session.stored.set(sequence, first);
      for (let part: RecordPart | null = first; part !== null; part = part.next) {
        if (part.saved) continue;
        part.saved = true;
        const value = encodeRecord(part.firstAttempt, part.reply);
        this.#state.putRow('s', part.bucket, recordKey(session.name, sequence), value, false);
      }
    }
    session.young.clear();
  }

  /** Under the shard's first bucket, so that it moves with the shard and a split can copy it. */
  #storeMark(session: Session): void {
    const bucket = this.#state.descriptor.range.first;
    const key = markKey(session.name);
    for (const old of session.markBuckets) {
      if (old !== bucket) this.#state.deleteRow('s', old, key);
    }
    this.#state.putRow('s', bucket, key, encodeMark(session.mark, session.markTime), false);
    session.markBuckets = [bucket];
    session.markSaved = true;
  }

  #load(bucket: number, key: string, value: Uint8Array): void {
    const { session: name, sequence } = decodeKey(key);
    let session = this.#sessions.get(name);
    if (session === undefined) {
      session = new Session(name, 0, 0 as EpochMs);
      session.markSaved = true;
      this.#sessions.set(name, session);
    }
    if (sequence === null) {
      const { mark, time } = decodeMark(value);
      session.markBuckets.push(bucket);
      // Two rows after a merge: the larger one speaks.
      if (mark > session.mark) session.mark = mark;
      if (time > session.markTime) session.markTime = time;
      this.#list(session, time);
      return;
    }
    const { firstAttempt, reply } = decodeRecord(value);
    const next = session.stored.get(sequence) ?? null;
    session.stored.set(sequence, { bucket, firstAttempt, reply, saved: true, next });
    this.#records++;
    this.#bytes += recordBytes(reply);
    this.#list(session, firstAttempt);
  }
}
