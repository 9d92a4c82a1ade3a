/**
 * All groups of the node's log in memory, and the one place that says what a record does to them.
 * Written records pass here on their way into a frame, replayed ones on their way out of it.
 */
import { unreachable } from '../base/assert.js';
import type { GroupId, LogIndex, ReplicaId } from '../base/ids.js';
import { ZERO_INDEX, ZERO_TERM } from '../base/ids.js';
import type { HardState, LogFloor } from '../raft/types.js';
import type { RestoredGroup, RestoredLog } from '../replica/ports.js';
import { GroupLog } from './group-log.js';
import { pickRefs, type Wanted } from './reader.js';
import type { EntryRef, MetaRef, Owner } from './refs.js';

const NO_HARD_STATE: HardState = { term: ZERO_TERM, vote: null, commit: ZERO_INDEX };

export class LogState {
  readonly groups = new Map<GroupId, GroupLog>();
  /** The newest tombstone of each group; kept for good, a ReplicaId must never come back. */
  readonly tombstones = new Map<GroupId, MetaRef>();

  append(owner: Owner, refs: readonly EntryRef[]): void {
    this.#living(owner)?.append(refs);
  }

  copy(owner: Owner, ref: EntryRef): void {
    this.#living(owner)?.copy(ref);
  }

  meta(ref: MetaRef): void {
    const { record } = ref;
    if (record.kind === 'tombstone') {
      this.#bury(record, ref);
      return;
    }
    const log = this.#living(record);
    if (log === null) return;
    switch (record.kind) {
      case 'hard-state':
        log.hardState = ref;
        return;
      case 'floor':
        log.raiseFloor({ index: record.index, term: record.term }, ref);
        return;
      case 'snapshot':
        log.installSnapshot(record, ref);
        return;
      case 'installed':
        log.finishSnapshot(record.index);
        return;
      default:
        unreachable(record);
    }
  }

  /** The living log of this replica; null when the replica is dead or replaced. */
  find(owner: Owner): GroupLog | null {
    const log = this.groups.get(owner.group);
    return log !== undefined && log.replica === owner.replica ? log : null;
  }

  hold(group: GroupId, index: LogIndex | null): void {
    const log = this.groups.get(group);
    if (log !== undefined) log.held = index;
  }

  floor(group: GroupId): LogFloor | null {
    return this.groups.get(group)?.floor ?? null;
  }

  liveBytes(group: GroupId): number {
    return this.groups.get(group)?.bytes ?? 0;
  }

  /** Null: a part was released, or the group is not known. */
  pick(group: GroupId, wanted: Wanted): EntryRef[] | null {
    const log = this.groups.get(group);
    return log === undefined ? null : pickRefs(log, wanted);
  }

  restored(tornTail: RestoredLog['tornTail']): RestoredLog {
    const groups = new Map<GroupId, RestoredGroup>();
    for (const log of this.groups.values()) groups.set(log.group, restoreGroup(log));
    const tombstones = new Map<GroupId, ReplicaId>();
    for (const [group, ref] of this.tombstones) tombstones.set(group, ref.record.replica);
    return { groups, tombstones, tornTail };
  }

  /**
   * A record of a newer replica replaces the older one's state; one of an older changes nothing.
   */
  #living(owner: Owner): GroupLog | null {
    const { group, replica } = owner;
    const log = this.groups.get(group);
    if (log !== undefined && log.replica === replica) return log;
    const buried = this.tombstones.get(group);
    if (buried !== undefined && replica <= buried.record.replica) return null;
    if (log !== undefined && replica < log.replica) return null;
    const born = new GroupLog(group, replica);
    this.groups.set(group, born);
    return born;
  }

  #bury(owner: Owner, ref: MetaRef): void {
    const buried = this.tombstones.get(owner.group);
    if (buried !== undefined && buried.record.replica > owner.replica) return;
    this.tombstones.set(owner.group, ref);
    const log = this.groups.get(owner.group);
    if (log !== undefined && log.replica <= owner.replica) this.groups.delete(owner.group);
  }
}

function restoreGroup(log: GroupLog): RestoredGroup {
  const entries: RestoredGroup['entries'][number][] = [];
  for (let i = log.floor.index + 1; i <= log.last; i++) {
    const ref = log.get(i);
    if (ref === undefined) continue;
    entries.push({ index: i as LogIndex, term: ref.term, kind: ref.kind, size: ref.size });
  }
  const hard = log.hardState?.record;
  const snapshot = log.snapshotRef?.record;
  return {
    group: log.group,
    replica: log.replica,
    hardState: hard?.kind === 'hard-state' ? hard.state : NO_HARD_STATE,
    floor: log.floor,
    entries,
    snapshot: snapshot?.kind === 'snapshot' ? snapshot : null,
  };
}
