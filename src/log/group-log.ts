/**
 * One group's part of the log in memory: hard state, floor, and where each live entry is. The same
 * moves run when a record is written and when it is replayed, so both agree by construction. While
 * replaying, entries may have holes: copies that fill them come later.
 */
import type { GroupId, LogIndex, ReplicaId, Term } from '../base/ids.js';
import { ZERO_INDEX, ZERO_TERM } from '../base/ids.js';
import type { LogFloor } from '../raft/types.js';
import type { EntryRef, MetaRef, SnapshotRecord } from './refs.js';

export const ZERO_FLOOR: LogFloor = { index: ZERO_INDEX, term: ZERO_TERM };

export class GroupLog {
  readonly group: GroupId;
  readonly replica: ReplicaId;
  hardState: MetaRef | null = null;
  floor: LogFloor = ZERO_FLOOR;
  /** The record that says so: a floor or a snapshot record. */
  floorRef: MetaRef | null = null;
  /** A snapshot record without its `installed`. */
  snapshotRef: MetaRef | null = null;
  /** The state machine holds this durably; the floor may follow. */
  released: LogFloor = ZERO_FLOOR;
  /** Entries above it are kept although released. */
  held: LogIndex | null = null;
  /** Index of the newest entry; the floor's when there is none. */
  last = 0;
  /** Bytes of the entries. */
  bytes = 0;
  readonly #entries = new Map<number, EntryRef>();

  constructor(group: GroupId, replica: ReplicaId) {
    this.group = group;
    this.replica = replica;
  }

  get(index: number): EntryRef | undefined {
    return this.#entries.get(index);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** In no particular order. */
  refs(): IterableIterator<EntryRef> {
    return this.#entries.values();
  }

  /** The first missing index between floor and end; null when there is none. */
  gap(): number | null {
    if (this.#entries.size === this.last - this.floor.index) return null;
    for (let i = this.floor.index + 1; i <= this.last; i++) if (!this.#entries.has(i)) return i;
    return null;
  }

  /** Drops what there was from the first entry's index on, then adds. */
  append(refs: readonly EntryRef[]): void {
    const first = refs[0];
    if (first === undefined) return;
    this.#dropFrom(first.index);
    for (const ref of refs) this.#put(ref);
  }

  /** Fills its index and drops nothing. */
  copy(ref: EntryRef): void {
    this.#put(ref);
  }

  /** The log begins after `floor`; one that is below the present floor changes nothing. */
  raiseFloor(floor: LogFloor, ref: MetaRef): void {
    if (floor.index < this.floor.index) return;
    this.floorRef = ref;
    this.#setFloor(floor);
  }

  /** The commit point of a snapshot's installation. */
  installSnapshot(record: SnapshotRecord, ref: MetaRef): void {
    const { index, term } = record;
    this.snapshotRef = ref;
    if (!record.keepsAbove && !ref.carried) {
      this.#dropFrom(0);
      this.floorRef = ref;
      this.floor = { index, term };
      this.last = index;
    } else {
      this.raiseFloor({ index, term }, ref);
    }
  }

  /** The snapshot record up to `index` is finished. */
  finishSnapshot(index: LogIndex): void {
    const record = this.snapshotRef?.record;
    if (record?.kind === 'snapshot' && record.index <= index) this.snapshotRef = null;
  }

  #put(ref: EntryRef): void {
    if (ref.index <= this.floor.index) return;
    const before = this.#entries.get(ref.index);
    if (before !== undefined) this.bytes -= before.size;
    this.#entries.set(ref.index, ref);
    this.bytes += ref.size;
    if (ref.index > this.last) this.last = ref.index;
  }

  #delete(index: number): void {
    const ref = this.#entries.get(index);
    if (ref === undefined) return;
    this.bytes -= ref.size;
    this.#entries.delete(index);
  }

  #dropFrom(index: number): void {
    const first = Math.max(index, this.floor.index + 1);
    if (first > this.last) return;
    this.#dropRange(first, this.last);
    this.last = first - 1;
  }

  #setFloor(floor: LogFloor): void {
    this.#dropRange(this.floor.index + 1, Math.min(floor.index, this.last));
    this.floor = floor;
    if (this.last < floor.index) this.last = floor.index;
  }

  /** A range with many holes (a floor that was not known yet) is left by walking what is there. */
  #dropRange(from: number, to: number): void {
    if (to - from < this.#entries.size) {
      for (let i = from; i <= to; i++) this.#delete(i);
      return;
    }
    for (const index of [...this.#entries.keys()]) {
      if (index >= from && index <= to) this.#delete(index);
    }
  }
}

/** The floor's term for an index inside the log, or on its floor. */
export function termAt(log: GroupLog, index: LogIndex): Term | null {
  if (index === log.floor.index) return log.floor.term;
  return log.get(index)?.term ?? null;
}
