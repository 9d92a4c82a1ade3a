/**
 * What every node's log holds of every group, as far as it was written and as far as it was told to
 * be durable: the ground on which the invariants of the log stand.
 */
import { crc32 } from '../../../src/base/checksum.js';
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { HardState } from '../../../src/raft/types.js';
import type { Log, LogEntry, LogRecord } from '../../../src/replica/ports.js';
import type { Watcher } from './observer.js';

export interface Held {
  readonly term: number;
  readonly crc: number;
}

export class GroupMirror {
  /** Everything up to here lives in the state machine. */
  floor = 0;
  floorTerm = 0;
  last = 0;
  readonly written = new Map<number, Held>();
  /** Told to be durable, and not overwritten since. */
  readonly durable = new Map<number, Held>();
  hardState: HardState | null = null;

  append(entries: readonly LogEntry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    for (let index: number = first.index; index <= this.last; index++) {
      this.written.delete(index);
      this.durable.delete(index);
    }
    for (const { index, term, bytes } of entries) {
      this.written.set(index, { term, crc: crc32(bytes) });
      this.last = index;
    }
  }

  /** These were durable when the call came; what was overwritten meanwhile is not theirs. */
  settle(entries: readonly LogEntry[]): void {
    for (const { index, term } of entries) {
      const held = this.written.get(index);
      if (held !== undefined && held.term === term) this.durable.set(index, held);
    }
  }

  setFloor(index: number, term: number, keepsAbove: boolean): void {
    if (!keepsAbove) {
      this.written.clear();
      this.durable.clear();
      this.last = index;
    } else if (index < this.floor) return;
    this.floor = index;
    this.floorTerm = term;
    this.last = Math.max(this.last, index);
  }

  /** The term of the entry at `index` as far as it is known here. */
  termAt(index: number): number | null {
    if (index === this.floor) return this.floorTerm;
    return this.written.get(index)?.term ?? null;
  }
}

export class LogMirror implements Watcher {
  readonly #groups = new Map<string, GroupMirror>();

  of(node: NodeId, group: GroupId): GroupMirror {
    const key = `${node}/${group}`;
    let mirror = this.#groups.get(key);
    if (mirror === undefined) {
      mirror = new GroupMirror();
      this.#groups.set(key, mirror);
    }
    return mirror;
  }

  /** The disk has spoken: what it gave back is what there is, all of it durable. */
  onRestored(node: NodeId, log: Log): void {
    for (const [group, held] of log.restored.groups) {
      const mirror = this.of(node, group);
      mirror.written.clear();
      mirror.durable.clear();
      mirror.floor = held.floor.index;
      mirror.floorTerm = held.floor.term;
      mirror.last = held.floor.index;
      // Metadata only; bytes of restored entries were seen when they were written.
      for (const { index, term } of held.entries) {
        mirror.written.set(index, { term, crc: 0 });
        mirror.durable.set(index, { term, crc: 0 });
        mirror.last = index;
      }
      mirror.hardState = held.hardState;
    }
  }

  onWrite(node: NodeId, records: readonly LogRecord[]): void {
    for (const record of records) {
      const mirror = this.of(node, record.group);
      if (record.kind === 'append') mirror.append(record.entries);
      else if (record.kind === 'floor') mirror.setFloor(record.index, record.term, false);
      else if (record.kind === 'snapshot') {
        mirror.setFloor(record.index, record.term, record.keepsAbove);
      }
    }
  }

  onDurable(node: NodeId, records: readonly LogRecord[]): void {
    for (const record of records) {
      const mirror = this.of(node, record.group);
      if (record.kind === 'append') mirror.settle(record.entries);
      else if (record.kind === 'hard-state') mirror.hardState = record.state;
    }
  }
}
