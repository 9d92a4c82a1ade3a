/**
 * The scrub: reads a replica's stored rows at a bounded rate and compares them with their CRCs and
 * with the digests that apply has kept. Bucket by bucket, each under a store snapshot of its own,
 * so that no old state is held back for long.
 */
import type { Clock } from '../../base/clock.js';
import type { GroupId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import { Auditor } from './auditor.js';
import { corrupt, type StoreContext } from './context.js';
import { piecePages, readReplica } from './outgoing-snapshot.js';
import { bucketsOf } from './shard-iterator.js';

export interface ScrubOptions {
  /** About how many bytes of rows are read in a second. */
  readonly bytesPerSecond: number;
  /** Asked between buckets; true ends the scrub early. */
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
  for (let bucket = 0; bucket < 256; bucket++) {
    if (options.stopped?.()) break;
    const found = await scrubBucket(context, group, bucket, pace);
    if (found === null) continue;
    buckets++;
    rows += found.auditor.rows;
    bytes += found.auditor.bytes;
    if (found.wrong !== null) return { group, buckets, rows, bytes, wrong: found.wrong };
  }
  return { group, buckets, rows, bytes, wrong: null };
}

/** Null: the bucket is not this replica's. */
async function scrubBucket(
  context: StoreContext,
  group: GroupId,
  bucket: number,
  pace: (bytes: number) => Promise<void>,
): Promise<{ readonly auditor: Auditor; readonly wrong: string | null } | null> {
  const snapshot = context.store.snapshot();
  const auditor = new Auditor();
  try {
    const { descriptor, counts } = await readReplica(context, snapshot, group);
    if (!bucketsOf(descriptor).includes(bucket)) return null;
    const piece = descriptor.pieces.find(
      ({ range }) => range.first <= bucket && bucket <= range.last,
    );
    if (piece === undefined) return null;
    const only = { space: piece.space, range: { first: bucket, last: bucket } };
    for await (const page of piecePages(snapshot, only)) {
      const before = auditor.bytes;
      for (const [key, value] of page) {
        const wrong = auditor.add(key, value);
        if (wrong !== null) return fail(context, group, auditor, wrong);
      }
      await pace(auditor.bytes - before);
    }
    const wrong = auditor.difference(counts, bucket);
    return wrong === null ? { auditor, wrong } : fail(context, group, auditor, wrong);
  } catch (error) {
    if (!(error instanceof RkvError) || error.code !== 'CORRUPT') throw error;
    return { auditor, wrong: error.message };
  } finally {
    await snapshot.close();
  }
}

function fail(context: StoreContext, group: GroupId, auditor: Auditor, wrong: string) {
  corrupt(context, group, wrong);
  return { auditor, wrong };
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
