/**
 * The scrub: reads a replica's stored rows at a bounded rate and compares them with their CRCs and
 * with the digests that apply has kept. A few buckets at a time, each run under a store snapshot of
 * its own, so that no old state is held back for long and a small replica costs a few reads.
 */
import type { Clock } from '../../base/clock.js';
import type { GroupId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { BucketRange, Descriptor, Piece } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';
import { Auditor } from './auditor.js';
import { corrupt, type StoreContext } from './context.js';
import { bucketOfCount, type Counts } from './counts.js';
import { piecePages, readReplica } from './outgoing-snapshot.js';

/** Rows under one store snapshot, about. */
const RUN_BYTES = 256 * 1024;

export interface ScrubOptions {
  /** About how many bytes of rows are read in a second. */
  readonly bytesPerSecond: number;
  /** Asked between runs of buckets; true ends the scrub early. */
  readonly stopped?: () => boolean;
}

export interface ScrubResult {
  readonly group: GroupId;
  readonly buckets: number;
  readonly rows: number;
  readonly bytes: number;
  /** What was found wrong; null when every row is what was written. */
  readonly wrong: string | null;
}

/** Call after a flush. Reports through `onCorrupt` and in its result; throws only NOT_FOUND. */
export async function scrubReplica(
  context: StoreContext,
  group: GroupId,
  options: ScrubOptions,
): Promise<ScrubResult> {
  const pace = createPace(context.clock, options.bytesPerSecond);
  let buckets = 0;
  let rows = 0;
  let bytes = 0;
  for (let next = 0; next < BUCKETS && !options.stopped?.(); ) {
    const found = await scrubRun(context, group, next, pace);
    if (found === null) break;
    const { auditor, run, wrong } = found;
    buckets += run.last - run.first + 1;
    rows += auditor.rows;
    bytes += auditor.bytes;
    if (wrong !== null) return { group, buckets, rows, bytes, wrong };
    next = run.last + 1;
  }
  return { group, buckets, rows, bytes, wrong: null };
}

interface ScrubbedRun {
  readonly run: BucketRange;
  readonly auditor: Auditor;
  readonly wrong: string | null;
}

/** The replica's next buckets from `from` on; null: it has none there. */
async function scrubRun(
  context: StoreContext,
  group: GroupId,
  from: number,
  pace: (bytes: number) => Promise<void>,
): Promise<ScrubbedRun | null> {
  const snapshot = context.store.snapshot();
  const auditor = new Auditor();
  let run: BucketRange = { first: from, last: from };
  const ended = (wrong: string | null): ScrubbedRun => {
    if (wrong !== null) corrupt(context, group, wrong);
    return { run, auditor, wrong };
  };
  try {
    const { descriptor, counts } = await readReplica(context, snapshot, group);
    // Rows that are wiped and not cleaned up yet are in no count; the next scrub has its turn.
    if (counts.wiped.size > 0) return ended(null);
    const piece = runFrom(descriptor, counts, from);
    if (piece === null) return null;
    run = piece.range;
    for await (const page of piecePages(snapshot, piece)) {
      const before = auditor.bytes;
      for (const [key, value] of page) {
        const wrong = auditor.add(key, value);
        if (wrong !== null) return ended(wrong);
      }
      await pace(auditor.bytes - before);
    }
    return ended(auditor.difference(counts, run));
  } catch (error) {
    if (!(error instanceof RkvError) || error.code !== 'CORRUPT') throw error;
    return { run, auditor, wrong: error.message };
  } finally {
    await snapshot.close();
  }
}

/** As many buckets of one piece as come to RUN_BYTES; a larger one alone. */
function runFrom(descriptor: Descriptor, counts: Counts, from: number): Piece | null {
  const ahead = descriptor.pieces
    .filter(({ range }) => range.last >= from)
    .sort((a, b) => a.range.first - b.range.first);
  const [piece] = ahead;
  if (piece === undefined) return null;
  const sizes = new Float64Array(BUCKETS);
  for (const [index, { bytes }] of counts.entries) {
    const bucket = bucketOfCount(index);
    sizes[bucket] = (sizes[bucket] as number) + bytes;
  }
  const first = Math.max(from, piece.range.first);
  let last = first;
  let bytes = sizes[first] as number;
  while (last < piece.range.last) {
    bytes += sizes[last + 1] as number;
    if (bytes > RUN_BYTES) break;
    last++;
  }
  return { space: piece.space, range: { first, last } };
}

/** Waits as long as the bytes read so far should have taken. */
function createPace(clock: Clock, bytesPerSecond: number): (bytes: number) => Promise<void> {
  const start = clock.monotonic();
  let read = 0;
  return (bytes) => {
    read += bytes;
    const behindMs = start + (read / bytesPerSecond) * 1000 - clock.monotonic();
    return new Promise((resolve) => {
      if (behindMs > 1) clock.after(behindMs, resolve);
      else clock.endOfTurn(resolve);
    });
  };
}
