/**
 * Reading a log from end to end: at start, and by the offline tools. At most one frame was ever
 * un-synced, so what may be wrong without being corruption is the very end and nothing else: only
 * zeros behind the last good frame are a clean end; other bytes are a torn tail when no good frame
 * follows them anywhere, and corruption when one does. A start repeats the last good frame, under
 * its own sequence, in a new segment: what the disk lost of the first writing after all is no loss
 * then. Reads only.
 */
import path from 'node:path';
import { LogCorruption } from './errors.js';
import { type FoundFrame, FRAME_HEADER, readFrame, searchFrame, zeroFrom } from './frame.js';
import type { LogFs } from './fs.js';
import { readFile } from './fs.js';
import type { SegmentRef } from './refs.js';
import {
  decodeSegmentHeader,
  type Identity,
  mustBelong,
  SEGMENT_HEADER,
  type SegmentHeader,
  segmentKey,
  segmentNumber,
} from './segment.js';

export interface ScannedSegment {
  readonly ref: SegmentRef;
  readonly header: SegmentHeader;
  /** Of the file. */
  readonly size: number;
  /** Where the last good frame ends. */
  readonly end: number;
  readonly frames: number;
}

export interface Scan {
  readonly segments: readonly ScannedSegment[];
  /** Sequence for the next frame. */
  readonly nextSequence: number;
  readonly torn: { readonly segment: string; readonly offset: number } | null;
}

/** `again`: the same frame was visited in the segment before. */
export type VisitFrame = (segment: SegmentRef, frame: FoundFrame, again: boolean) => void;

/** Numbers of the segments in a directory, ascending; a missing one between them is corruption. */
export async function listSegments(files: LogFs, dir: string): Promise<readonly number[]> {
  const numbers = (await files.list(dir))
    .map(segmentNumber)
    .filter((number) => number !== null)
    .sort((a, b) => a - b);
  numbers.forEach((number, i) => {
    const expected = (numbers[0] ?? 0) + i;
    if (number !== expected) throw new LogCorruption(dir, 0, `segment ${expected} is missing`);
  });
  return numbers;
}

/**
 * Visits every good frame in order. Throws LogCorruption, or LogMismatch when `identity` is given
 * and a segment is another's. `pathOf` names a segment's file.
 */
export async function scanLog(
  files: LogFs,
  numbers: readonly number[],
  pathOf: (number: number) => string,
  identity: Identity | null,
  visit: VisitFrame,
): Promise<Scan> {
  const segments: ScannedSegment[] = [];
  let torn: Scan['torn'] = null;
  let expected: number | null = null;
  for (const number of numbers) {
    const file = pathOf(number);
    const bytes = await readFile(files, file);
    const header = decodeSegmentHeader(bytes, file);
    if (identity !== null) mustBelong(header, identity, file);
    const first = header.firstSequence;
    const ref: SegmentRef = { number, path: file, key: segmentKey(header) };
    if (expected !== null) mustFollow(header, expected, file);
    const walked = walkSegment(bytes, ref, first, (frame) => {
      visit(ref, frame, expected !== null && frame.sequence < expected);
    });
    const lost = first === expected && header.repeats && walked.frames === 0;
    if (lost || (torn !== null && !header.repeats)) {
      const offset = torn?.offset ?? segments.at(-1)?.end ?? 0;
      throw new LogCorruption(pathOf(number - 1), offset, 'a bad frame, and a later segment');
    }
    torn = walked.torn ? { segment: path.basename(file), offset: walked.end } : null;
    expected = Math.max(expected ?? first, walked.next);
    segments.push({ ref, header, size: bytes.length, end: walked.end, frames: walked.frames });
  }
  return { segments, nextSequence: expected ?? 1, torn };
}

/**
 * A segment begins where the one before ended. One made by a start begins a frame earlier: it
 * repeats the last good frame; or at that frame, if the disk lost the first writing of it after
 * all.
 */
function mustFollow(header: SegmentHeader, expected: number, file: string): void {
  const first = header.firstSequence;
  if (first === expected || (header.repeats && first === expected - 1)) return;
  throw new LogCorruption(file, 0, `begins at frame ${first}, expected ${expected}`);
}

interface Walked {
  readonly end: number;
  readonly next: number;
  readonly frames: number;
  readonly torn: boolean;
}

function walkSegment(
  bytes: Buffer,
  ref: SegmentRef,
  first: number,
  visit: (frame: FoundFrame) => void,
): Walked {
  let at = SEGMENT_HEADER;
  let next = first;
  for (;;) {
    const frame = readFrame(bytes, at, ref.key, at);
    if (frame === null) break;
    if (frame.sequence !== next) {
      throw new LogCorruption(ref.path, at, `frame ${frame.sequence} where ${next} belongs`);
    }
    visit(frame);
    next += 1;
    at += FRAME_HEADER + frame.payload.length;
  }
  const torn = !zeroFrom(bytes, at);
  const later = torn ? searchFrame(bytes, at + 1, ref.key) : null;
  if (later !== null) {
    throw new LogCorruption(ref.path, at, `a bad frame, and a good one at byte ${later.offset}`);
  }
  return { end: at, next, frames: next - first, torn };
}
