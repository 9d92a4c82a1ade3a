/**
 * What the sessions of a shard hold in memory: records by session and sequence, counted, and a list
 * by second of who may have something to drop when the horizon passes. Adding and dropping are
 * here; when either is due is decided in sessions.ts.
 */
import { assert } from '../../base/assert.js';
import type { EpochMs } from '../../base/ids.js';
import type { ShardState } from '../types.js';
import { recordBytes } from './kept.js';
import { markKey, recordKey } from './rows.js';
import { type RecordPart, Session } from './session.js';

/** The horizon moves in whole seconds. */
const SLOT_MS = 1000;

export const slotOfTime = (time: number): number => Math.floor(time / SLOT_MS);
export const timeOfSlot = (slot: number): EpochMs => (slot * SLOT_MS) as EpochMs;

export interface TableCounts {
  readonly sessions: number;
  readonly records: number;
  readonly bytes: number;
}

export class SessionTable {
  readonly #state: ShardState;
  readonly #sessions = new Map<string, Session>();
  readonly #slots = new Map<number, Set<Session>>();
  #dirty: Session[] = [];
  #records = 0;
  #bytes = 0;

  constructor(state: ShardState) {
    this.#state = state;
  }

  get counts(): TableCounts {
    return { sessions: this.#sessions.size, records: this.#records, bytes: this.#bytes };
  }

  /** The earliest second in which somebody may have something to drop. */
  get oldestSlot(): number {
    assert(this.#slots.size > 0, 'whatever lives is listed by its second');
    return Math.min(...this.#slots.keys());
  }

  get(name: string): Session | undefined {
    return this.#sessions.get(name);
  }

  values(): Iterable<Session> {
    return this.#sessions.values();
  }

  create(name: string, mark: number, markTime: EpochMs): Session {
    const session = new Session(name, mark, markTime);
    this.#sessions.set(name, session);
    return session;
  }

  /** Makes sure that the session is looked at when the horizon passes this time. */
  list(session: Session, time: EpochMs): void {
    const number = slotOfTime(time);
    if (session.listedSlot === number) return;
    session.listedSlot = number;
    const slot = this.#slots.get(number);
    if (slot === undefined) this.#slots.set(number, new Set([session]));
    else slot.add(session);
  }

  /** The session has something that is not stored. */
  touch(session: Session): void {
    if (session.dirty) return;
    session.dirty = true;
    this.#dirty.push(session);
  }

  /** The living sessions touched since the last call. */
  takeTouched(): readonly Session[] {
    const touched = this.#dirty.filter((one) => this.#sessions.get(one.name) === one);
    for (const session of touched) session.dirty = false;
    this.#dirty = [];
    return touched;
  }

  add(session: Session, sequence: number, part: RecordPart): void {
    const records = part.saved ? session.stored : session.young;
    if (part.next !== null && !part.saved) session.stored.delete(sequence);
    records.set(sequence, part);
    this.#records++;
    this.#bytes += recordBytes(part.reply);
    this.list(session, part.firstAttempt);
  }

  drop(session: Session, sequence: number): void {
    let part: RecordPart | null = session.get(sequence) ?? null;
    if (part === null) return;
    if (!session.young.delete(sequence)) session.stored.delete(sequence);
    for (; part !== null; part = part.next) this.#forget(session, sequence, part);
  }

  dropBelow(session: Session, mark: number): void {
    for (const records of [session.young, session.stored]) {
      for (const sequence of records.keys()) {
        if (sequence < mark) this.drop(session, sequence);
      }
    }
  }

  /** Drops records whose first attempt, and sessions whose last sign of life, is older. */
  dropOlder(horizon: EpochMs): void {
    for (const [number, sessions] of this.#slots) {
      if (timeOfSlot(number) >= horizon) continue;
      this.#slots.delete(number);
      for (const session of sessions) this.#expire(session, horizon);
    }
  }

  #expire(session: Session, horizon: EpochMs): void {
    if (this.#sessions.get(session.name) !== session) return;
    session.listedSlot = -1;
    this.#expireRecords(session, session.young, horizon);
    this.#expireRecords(session, session.stored, horizon);
    if (session.size > 0 || session.markTime >= horizon) return;
    this.#sessions.delete(session.name);
    for (const bucket of session.markBuckets) {
      this.#state.deleteRow('s', bucket, markKey(session.name));
    }
  }

  #expireRecords(session: Session, records: Map<number, RecordPart>, horizon: EpochMs): void {
    for (const [sequence, first] of records) {
      let kept: RecordPart | null = null;
      for (let part: RecordPart | null = first; part !== null; part = part.next) {
        if (part.firstAttempt < horizon) this.#forget(session, sequence, part);
        else kept = { ...part, next: kept };
      }
      if (kept === null) records.delete(sequence);
      else records.set(sequence, kept);
    }
  }

  #forget(session: Session, sequence: number, part: RecordPart): void {
    this.#records--;
    this.#bytes -= recordBytes(part.reply);
    if (part.saved) this.#state.deleteRow('s', part.bucket, recordKey(session.name, sequence));
  }
}
