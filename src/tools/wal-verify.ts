/**
 * `rkv wal verify`: reads a stopped node's log from end to end as a start would, and says what it
 * found. Writes nothing, cuts nothing, and needs no identity.
 */
import path from 'node:path';
import { isLogError } from '../log/errors.js';
import type { LogFs } from '../log/fs.js';
import { nodeLogFs } from '../log/fs.js';
import { describeGap, Replayer } from '../log/replay.js';
import { listSegments, type ScannedSegment, scanLog } from '../log/scan.js';
import { segmentName } from '../log/segment.js';
import { LogState } from '../log/state.js';

export interface WalGroupReport {
  readonly group: number;
  readonly replica: number;
  readonly term: number;
  readonly commit: number;
  /** Index of the log's lower end. */
  readonly floor: number;
  readonly last: number;
  readonly bytes: number;
  /** Index of a snapshot record whose installation was not finished. */
  readonly unfinishedSnapshot: number | null;
}

export interface WalSegmentReport {
  readonly file: string;
  readonly frames: number;
  readonly bytes: number;
  readonly usedBytes: number;
}

export interface WalReport {
  readonly clusterId: string | null;
  readonly nodeId: number | null;
  readonly segments: readonly WalSegmentReport[];
  readonly frames: number;
  readonly groups: readonly WalGroupReport[];
  readonly tombstones: readonly { readonly group: number; readonly replica: number }[];
  /** Not a problem: the next start cuts it, nobody was told of it. */
  readonly tornTail: { readonly segment: string; readonly offset: number } | null;
  /** Empty: a node would start on this log. Each names file and offset. */
  readonly problems: readonly string[];
}

/** Walks the log in `dir`. Corruption comes as `problems`; only an unreadable disk rejects. */
export async function verifyWal(dir: string, files: LogFs = nodeLogFs): Promise<WalReport> {
  const state = new LogState();
  const replayer = new Replayer(state);
  const problems: string[] = [];
  let frames = 0;
  let segments: readonly ScannedSegment[] = [];
  let tornTail: WalReport['tornTail'] = null;
  try {
    const numbers = await listSegments(files, dir);
    const pathOf = (number: number) => path.join(dir, segmentName(number));
    const scan = await scanLog(files, numbers, pathOf, null, (segment, found, again) => {
      const { offset, sequence, payload } = found;
      const frame = { segment, offset, length: payload.length, sequence, payload: null };
      replayer.frame(frame, payload, again);
      frames += 1;
    });
    segments = scan.segments;
    tornTail = scan.torn;
    for (const log of state.groups.values()) {
      const missing = log.gap();
      if (missing !== null) problems.push(`${dir}: ${describeGap(log, missing)}`);
    }
  } catch (thrown) {
    if (!isLogError(thrown)) throw thrown;
    problems.push(thrown.message);
  }
  const first = segments[0]?.header;
  return {
    clusterId: first?.clusterId ?? null,
    nodeId: first?.nodeId ?? null,
    segments: segments.map(reportSegment),
    frames,
    groups: reportGroups(state),
    tombstones: [...state.tombstones].map(([group, ref]) => ({
      group,
      replica: ref.record.replica,
    })),
    tornTail,
    problems,
  };
}

const reportSegment = (segment: ScannedSegment): WalSegmentReport => ({
  file: segmentName(segment.ref.number),
  frames: segment.frames,
  bytes: segment.size,
  usedBytes: segment.end,
});

function reportGroups(state: LogState): WalGroupReport[] {
  const groups = [...state.groups.values()].sort((a, b) => a.group - b.group);
  return groups.map((log) => {
    const hard = log.hardState?.record;
    const snapshot = log.snapshotRef?.record;
    return {
      group: log.group,
      replica: log.replica,
      term: hard?.kind === 'hard-state' ? hard.state.term : 0,
      commit: hard?.kind === 'hard-state' ? hard.state.commit : 0,
      floor: log.floor.index,
      last: log.last,
      bytes: log.bytes,
      unfinishedSnapshot: snapshot?.kind === 'snapshot' ? snapshot.index : null,
    };
  });
}
