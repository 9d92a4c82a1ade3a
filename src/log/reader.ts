/**
 * Entries on their way back out of the log: to followers from memory, to slow ones and to a
 * starting node from the disk, frame by frame, each checked again.
 */
import { must } from '../base/assert.js';
import type { LogIndex } from '../base/ids.js';
import type { LogEntry } from '../replica/ports.js';
import type { FrameCache } from './cache.js';
import type { GroupLog } from './group-log.js';
import type { EntryRef, FrameRef, SegmentRef } from './refs.js';
import type { Segments } from './segments.js';

const NOTHING = Buffer.alloc(0);

export interface Wanted {
  readonly from: LogIndex;
  readonly to: LogIndex;
  /** At least one entry is given whatever its size. */
  readonly maxBytes: number;
}

/** The refs of a range, cut at its bytes; null when a part lies below the floor. */
export function pickRefs(log: GroupLog, wanted: Wanted): EntryRef[] | null {
  if (wanted.from <= log.floor.index) return null;
  const refs: EntryRef[] = [];
  const to = Math.min(wanted.to, log.last);
  let bytes = 0;
  for (let i: number = wanted.from; i <= to; i++) {
    const ref = must(log.get(i), 'an entry between floor and end');
    bytes += ref.size;
    if (refs.length > 0 && bytes > wanted.maxBytes) break;
    refs.push(ref);
  }
  return refs;
}

/** The entry's bytes if they are in memory. */
function bytesInMemory(ref: EntryRef): Uint8Array | null {
  if (ref.size === 0) return NOTHING;
  if (ref.bytes !== null) return ref.bytes;
  const payload = ref.frame?.payload ?? null;
  return payload === null ? null : cut(payload, ref);
}

const cut = (payload: Buffer, ref: EntryRef): Buffer =>
  payload.subarray(ref.position, ref.position + ref.size);

const withBytes = ({ index, term, kind }: EntryRef, bytes: Uint8Array): LogEntry => ({
  index,
  term,
  kind,
  bytes,
});

/** All of them without a disk, or null. */
export function fromMemory(refs: readonly EntryRef[]): LogEntry[] | null {
  const entries: LogEntry[] = [];
  for (const ref of refs) {
    const bytes = bytesInMemory(ref);
    if (bytes === null) return null;
    entries.push(withBytes(ref, bytes));
  }
  return entries;
}

interface Place {
  readonly ref: EntryRef;
  readonly frame: FrameRef;
  readonly position: number;
}

/**
 * Reads what is not in memory. Places are taken, and their segments pinned, before the first wait:
 * what happens to the entries meanwhile does not change what is returned.
 */
export async function fromDisk(
  refs: readonly EntryRef[],
  segments: Segments,
  cache: FrameCache,
): Promise<LogEntry[]> {
  const places: (Place | LogEntry)[] = refs.map((ref) => {
    const bytes = bytesInMemory(ref);
    if (bytes !== null) return withBytes(ref, bytes);
    return { ref, frame: must(ref.frame, 'a frame'), position: ref.position };
  });
  const pinned = new Set<SegmentRef>();
  for (const place of places) if ('frame' in place) pinned.add(place.frame.segment);
  for (const segment of pinned) segments.pin(segment);
  try {
    const entries: LogEntry[] = [];
    for (const place of places) {
      if (!('frame' in place)) {
        entries.push(place);
        continue;
      }
      const { ref, frame, position } = place;
      let payload = frame.payload;
      if (payload === null) {
        payload = await segments.readPayload(frame);
        if (frame.payload === null) cache.add(frame, payload);
      }
      entries.push(withBytes(ref, payload.subarray(position, position + ref.size)));
    }
    return entries;
  } finally {
    for (const segment of pinned) await segments.unpin(segment);
  }
}
