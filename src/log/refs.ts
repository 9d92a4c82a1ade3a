/**
 * Where things of the log are: an entry or record knows its frame, a frame its segment and place.
 * One entry has one EntryRef; when compaction copies it, the same ref points to the new frame.
 */
import type { GroupId, LogIndex, ReplicaId, Term } from '../base/ids.js';
import type { EntryKind } from '../raft/types.js';
import type { LogRecord } from '../replica/ports.js';
import type { SegmentKey } from './segment.js';

export interface SegmentRef {
  readonly number: number;
  readonly path: string;
  readonly key: SegmentKey;
}

export interface FrameRef {
  readonly segment: SegmentRef;
  /** Of the frame's header in the segment. */
  readonly offset: number;
  /** Of the payload; known once it is filled. */
  length: number;
  readonly sequence: number;
  /** The payload while a cache holds it. */
  payload: Buffer | null;
}

export interface EntryRef {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly size: number;
  /** Null until the entry was put into a frame. */
  frame: FrameRef | null;
  /** Of the entry's bytes in the frame's payload. */
  position: number;
  /** The caller's bytes until the entry is in a frame. */
  bytes: Uint8Array | null;
}

export type AppendRecord = Extract<LogRecord, { kind: 'append' }>;
export type SnapshotRecord = Extract<LogRecord, { kind: 'snapshot' }>;
export type MetaRecord = Exclude<LogRecord, { kind: 'append' }>;

/** A record that is no entry, and the frame of its newest writing. */
export interface MetaRef {
  readonly record: MetaRecord;
  /** A snapshot record written again by compaction: it drops no entries at replay. */
  readonly carried: boolean;
  frame: FrameRef | null;
}

/** Which replica of which group. */
export interface Owner {
  readonly group: GroupId;
  readonly replica: ReplicaId;
}

/** An entry not yet in a frame. */
export function pendingRef(entry: AppendRecord['entries'][number]): EntryRef {
  const { index, term, kind, bytes } = entry;
  return { index, term, kind, size: bytes.length, frame: null, position: 0, bytes };
}
