/**
 * Exactly once (DESIGN section 6, "Sessions"; Ongaro's thesis §6.3; Lee et al., RIFL, 2015): what
 * a request came to is remembered until its sender says, by its mark, that it waits no longer, or
 * until its first attempt is older than the horizon; an older request is refused, never run.
 *
 * All of it is in memory. Rows are written only right before a flush, and only for what is alive
 * then; so memory and store are the same exact prefix of the log after a crash. Whether something
 * is alive follows from mark, times and horizon alone, never from when a replica cleaned up:
 *
 * - a record lives while sequence ≥ mark and first attempt ≥ horizon;
 * - a session lives while it has records or its mark's time ≥ horizon. Sequences below the mark
 *   were first tried no later than the mark's time, so without it they are refused as expired.
 */
import type { EpochMs } from '../../base/ids.js';
import { SESSION_WINDOW_MS } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { SessionStamp } from '../../kv/request.js';
import type { ShardState } from '../types.js';
import { keptReply } from './kept.js';
import type { Session } from './session.js';
import { finishLoading, loadRow, storeSessions } from './storage.js';
import { SessionTable, slotOfTime, type TableCounts, timeOfSlot } from './table.js';

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

export class Sessions {
  readonly #table: SessionTable;
  readonly #limits: SessionLimits;
  #horizon: EpochMs;

  private constructor(table: SessionTable, limits: SessionLimits, horizon: EpochMs) {
    this.#table = table;
    this.#limits = limits;
    this.#horizon = horizon;
  }

  /** Loads the shard's sessions and hangs on to its flushes. */
  static async open(state: ShardState, limits: SessionLimits): Promise<Sessions> {
    const table = new SessionTable(state);
    const { sessionHorizon } = state.descriptor;
    for await (const row of state.rows('s')) loadRow(table, row);
    finishLoading(table, sessionHorizon);
    state.beforeSeal(() => storeSessions(state, table));
    return new Sessions(table, limits, sessionHorizon);
  }

  get horizon(): EpochMs {
    return this.#horizon;
  }

  get counts(): TableCounts {
    return this.#table.counts;
  }

  /** Cluster time went on: the window moves with it. */
  advance(time: EpochMs): void {
    const horizon = timeOfSlot(slotOfTime(time - SESSION_WINDOW_MS));
    if (horizon > this.#horizon) this.#raiseHorizon(horizon);
  }

  /**
   * The session of a request that may run, its mark raised. `expired` also for a first attempt more
   * than a window ahead of cluster time: its record would outlive every bound.
   */
  admit(stamp: SessionStamp, time: EpochMs): Session | 'settled' | 'expired' {
    const { firstAttempt, mark } = stamp;
    if (firstAttempt < this.#horizon || firstAttempt > time + SESSION_WINDOW_MS) return 'expired';
    const table = this.#table;
    let session = table.get(stamp.session);
    if (session === undefined) {
      session = table.create(stamp.session, mark, firstAttempt);
      table.list(session, firstAttempt);
      table.touch(session);
    } else if (mark > session.mark) {
      this.#raiseMark(session, mark, firstAttempt);
    }
    return stamp.sequence < session.mark ? 'settled' : session;
  }

  /** Remembers the reply of one bucket's part; `settle` follows when the request is through. */
  record(session: Session, stamp: SessionStamp, bucket: number, reply: Reply): void {
    const { sequence, firstAttempt } = stamp;
    const next = session.get(sequence) ?? null;
    const part = { bucket, firstAttempt, reply: keptReply(reply), saved: false, next };
    this.#table.add(session, sequence, part);
    this.#table.touch(session);
  }

  /** Keeps the table inside its bounds. */
  settle(): void {
    while (this.#isOver()) this.#raiseHorizon(timeOfSlot(this.#table.oldestSlot + 1));
  }

  #isOver(): boolean {
    const { maxRecords, maxBytes, maxSessions } = this.#limits;
    const { records, bytes, sessions } = this.#table.counts;
    return records > maxRecords || bytes > maxBytes || sessions > maxSessions;
  }

  #raiseHorizon(horizon: EpochMs): void {
    this.#horizon = horizon;
    this.#table.dropOlder(horizon);
  }

  /** Marks mostly step by one or two; a leap looks at the records instead of the numbers. */
  #raiseMark(session: Session, mark: number, firstAttempt: EpochMs): void {
    const from = session.mark;
    session.mark = mark;
    session.markSaved = false;
    if (firstAttempt > session.markTime) session.markTime = firstAttempt;
    this.#table.list(session, session.markTime);
    this.#table.touch(session);
    if (mark - from > session.size) {
      this.#table.dropBelow(session, mark);
      return;
    }
    for (let sequence = from; sequence < mark; sequence++) this.#table.drop(session, sequence);
  }
}
