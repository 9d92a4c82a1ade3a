/**
 * How much the log keeps. What was not released, and what is above the index of a snapshot on its
 * way, must stay (`must`). Released entries stay for slow followers while their group is within its
 * bound and their segment is not the oldest of too many. The rule for "too many" bounds both the
 * disk and the copying: `keepSegments`, plus one and a half times what must stay.
 */
import type { LogIndex } from '../base/ids.js';
import { ZERO_INDEX } from '../base/ids.js';
import type { LogFloor } from '../raft/types.js';
import { type GroupLog, termAt } from './group-log.js';
import type { SegmentRef } from './refs.js';

export interface RetentionLimits {
  readonly segmentBytes: number;
  /** Segments kept for slow followers beside those that must stay. */
  readonly keepSegments: number;
  readonly maxLogBytesPerGroup: number;
  /** Above this much in held entries the holds are ignored: those followers begin again. */
  readonly maxHeldBytes: number;
}

const bytesAbove = (log: GroupLog, index: number): number => {
  let bytes = 0;
  for (let i = log.last; i > index && i > log.floor.index; i--) bytes += log.get(i)?.size ?? 0;
  return bytes;
};

const heldCut = (log: GroupLog): number =>
  Math.min(log.released.index, log.held ?? Number.MAX_SAFE_INTEGER);

export class Retention {
  readonly #limits: RetentionLimits;
  #ignoreHolds = false;

  constructor(limits: RetentionLimits) {
    this.#limits = limits;
  }

  get keepSegments(): number {
    return this.#limits.keepSegments;
  }

  /** The highest index the group's floor may have. */
  cut(log: GroupLog): LogIndex {
    const cut = this.#ignoreHolds ? log.released.index : heldCut(log);
    return Math.min(cut, log.last) as LogIndex;
  }

  /** How many segments may be there before the oldest goes. */
  maxSegments(groups: Iterable<GroupLog>): number {
    let must = 0;
    let held = 0;
    for (const log of groups) {
      const bytes = bytesAbove(log, heldCut(log));
      must += bytes;
      if (log.held !== null) held += bytes;
    }
    this.#ignoreHolds = held > this.#limits.maxHeldBytes;
    const { keepSegments, segmentBytes } = this.#limits;
    return keepSegments + Math.ceil((1.5 * must) / segmentBytes);
  }

  /** The floor a group over its bound should get; null when it is within, or may not move. */
  overBound(log: GroupLog): LogFloor | null {
    const cut = this.cut(log);
    let bytes = log.bytes;
    let index: number = log.floor.index;
    while (bytes > this.#limits.maxLogBytesPerGroup && index < cut) {
      index += 1;
      bytes -= log.get(index)?.size ?? 0;
    }
    return floorAt(log, index as LogIndex);
  }

  /** The floor that frees a group's released entries from a segment; null when none is there. */
  outOf(log: GroupLog, segment: SegmentRef): LogFloor | null {
    for (let i: number = this.cut(log); i > log.floor.index; i--) {
      if (log.get(i)?.frame?.segment === segment) return floorAt(log, i as LogIndex);
    }
    return null;
  }
}

function floorAt(log: GroupLog, index: LogIndex): LogFloor | null {
  if (index <= log.floor.index || index === ZERO_INDEX) return null;
  const term = termAt(log, index);
  return term === null ? null : { index, term };
}
