/**
 * The log without a disk, for `--engine memory`, tests and the simulator. What was completed lives
 * in a MemoryDisk, which a later `openMemoryLog` may be given again: the same as a restart.
 * Completions come at the end of the turn, in order, as from a very fast disk.
 */
import type { Clock } from '../base/clock.js';
import type { GroupId, LogIndex, Term } from '../base/ids.js';
import type { LogFloor } from '../raft/types.js';
import type { LogEntry, LogRecord, LogStats, RestoredLog } from '../replica/ports.js';
import type { GroupLog } from './group-log.js';
import type { CompleteLog } from './options.js';
import { fromMemory } from './reader.js';
import { type EntryRef, type MetaRecord, pendingRef } from './refs.js';
import { Retention } from './retention.js';
import { LogState } from './state.js';

export interface MemoryDisk {
  readonly durable: LogState;
}

export const createMemoryDisk = (): MemoryDisk => ({ durable: new LogState() });

export interface MemoryLogOptions {
  readonly clock: Clock;
  /** A fresh one by default. */
  readonly disk?: MemoryDisk;
  /** 16 MiB: released entries above it are let go. */
  readonly maxLogBytesPerGroup?: number;
  /** 1 GiB of entries kept for snapshots on their way. */
  readonly maxHeldBytes?: number;
}

/** Opens what the disk holds. Never fails. */
export async function openMemoryLog(options: MemoryLogOptions): Promise<CompleteLog> {
  return new MemoryLog(options);
}

interface Waiting {
  readonly records: readonly LogRecord[];
  readonly onDurable: () => void;
}

class MemoryLog implements CompleteLog {
  readonly restored: RestoredLog;
  readonly #clock: Clock;
  readonly #disk: MemoryDisk;
  readonly #state: LogState;
  readonly #retention: Retention;
  #waiting: Waiting[] = [];
  #since: number | null = null;
  #frames = 0;
  #closed = false;

  constructor(options: MemoryLogOptions) {
    const { clock, disk = createMemoryDisk() } = options;
    this.#clock = clock;
    this.#disk = disk;
    this.#state = cloneState(disk.durable);
    this.restored = this.#state.restored(null);
    this.#retention = new Retention({
      segmentBytes: 1,
      keepSegments: 0,
      maxLogBytesPerGroup: options.maxLogBytesPerGroup ?? 16 << 20,
      maxHeldBytes: options.maxHeldBytes ?? 1 << 30,
    });
  }

  get busy(): boolean {
    return this.#since !== null;
  }

  frameAgeMs(): number {
    return this.#since === null ? 0 : this.#clock.monotonic() - this.#since;
  }

  write(records: readonly LogRecord[], _sync: boolean, onDurable: () => void): void {
    if (this.#closed) return;
    const owned = records.map(ownRecord);
    for (const record of owned) apply(this.#state, record);
    this.#waiting.push({ records: owned, onDurable });
    if (this.#since !== null) return;
    this.#since = this.#clock.monotonic();
    this.#clock.endOfTurn(() => this.#complete());
  }

  recent(group: GroupId, from: LogIndex, to: LogIndex, maxBytes: number): LogEntry[] | null {
    const refs = this.#state.pick(group, { from, to, maxBytes });
    return refs === null ? null : fromMemory(refs);
  }

  async entries(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    maxBytes: number,
  ): Promise<readonly LogEntry[] | null> {
    return this.recent(group, from, to, maxBytes);
  }

  release(group: GroupId, index: LogIndex, term: Term): void {
    const log = this.#state.groups.get(group);
    if (log === undefined || this.#closed) return;
    if (index > log.released.index) log.released = { index, term };
    this.#retention.maxSegments(this.#state.groups.values());
    const floor = this.#retention.overBound(log);
    if (floor !== null) {
      this.write([{ kind: 'floor', group, replica: log.replica, ...floor }], false, () => {});
    }
  }

  hold(group: GroupId, index: LogIndex | null): void {
    this.#state.hold(group, index);
  }

  floor(group: GroupId): LogFloor | null {
    return this.#state.floor(group);
  }

  liveBytes(group: GroupId): number {
    return this.#state.liveBytes(group);
  }

  stats(): LogStats {
    let bytes = 0;
    for (const log of this.#state.groups.values()) bytes += log.bytes;
    return { segments: 1, bytes, frames: this.#frames, syncs: this.#frames };
  }

  /** Completes what waits, then nothing more. */
  async close(): Promise<void> {
    this.#complete();
    this.#closed = true;
  }

  #complete(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0 || this.#closed) return;
    this.#waiting = [];
    this.#since = null;
    this.#frames += 1;
    for (const { records } of waiting) {
      for (const record of records) apply(this.#disk.durable, record);
    }
    for (const { onDurable } of waiting) onDurable();
  }
}

/** Bytes that outlive a turn are copied, never a slice of somebody's receive buffer. */
function ownRecord(record: LogRecord): LogRecord {
  switch (record.kind) {
    case 'append': {
      const entries = record.entries.map((entry) => ({
        ...entry,
        bytes: Buffer.from(entry.bytes),
      }));
      return { ...record, entries };
    }
    case 'snapshot':
      return { ...record, descriptor: Buffer.from(record.descriptor) };
    default:
      return record;
  }
}

function apply(state: LogState, record: LogRecord): void {
  if (record.kind === 'append') state.append(record, record.entries.map(pendingRef));
  else state.meta({ record, carried: false, frame: null });
}

function cloneState(from: LogState): LogState {
  const state = new LogState();
  for (const ref of from.tombstones.values()) state.meta({ ...ref });
  for (const log of from.groups.values()) cloneGroup(log, state);
  return state;
}

function cloneGroup(log: GroupLog, into: LogState): void {
  const meta = (record: MetaRecord) => into.meta({ record, carried: true, frame: null });
  const { group, replica, floor } = log;
  meta({ kind: 'floor', group, replica, ...floor });
  if (log.snapshotRef !== null) meta(log.snapshotRef.record);
  if (log.hardState !== null) meta(log.hardState.record);
  const refs: EntryRef[] = [];
  for (let i = floor.index + 1; i <= log.last; i++) {
    const ref = log.get(i);
    if (ref !== undefined) refs.push({ ...ref });
  }
  into.append({ group, replica }, refs);
}
