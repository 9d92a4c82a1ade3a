/**
 * Deletes what no descriptor lists: spaces of dropped and replaced replicas and of snapshots that were
 * broken off. In slices, each a batch of the one writer, so that a flush never waits long behind it.
 */

import { asBuffer } from '../../base/bytes.js';
import type { SpaceId } from '../../base/ids.js';
import type { Piece } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';
import type { StoreRange } from '../ports.js';
import type { BatchWriter } from './batch-writer.js';
import type { StoreContext } from './context.js';
import { bucketOfKey, bucketStart, spaceOfKey } from './keys.js';

const SLICE_ROWS = 1000;
const READ_AHEAD_BYTES = 256 * 1024;

export interface DeadPieces {
  /** Deletes the rows of these pieces but for what `listed` names by then. */
  remove(pieces: readonly Piece[]): Promise<void>;
  /** Looks through the whole store; once after the start. */
  sweep(): Promise<void>;
}

export function createDeadPieces(
  context: StoreContext,
  writer: BatchWriter,
  ask: {
    /** What must not be deleted, as of now. */
    readonly listed: () => readonly Piece[];
    /** The node closes: what is left is found by the next sweep. */
    readonly stopped: () => boolean;
  },
): DeadPieces {
  const isListed = (space: number, bucket: number): boolean =>
    ask
      .listed()
      .some(
        (piece) =>
          piece.space === space && piece.range.first <= bucket && bucket <= piece.range.last,
      );

  /** Deletes one slice; false when the range holds nothing more. */
  const removeSlice = async (range: StoreRange): Promise<boolean> => {
    let more = false;
    await writer.write(async (batch) => {
      // Read in the writer's turn: a flush that still put rows here is behind us.
      const iterator = context.store.iterate({ ...range, readAheadBytes: READ_AHEAD_BYTES });
      try {
        const pairs = await iterator.next(SLICE_ROWS);
        more = pairs.length > 0;
        for (const [key] of pairs) batch.del(key);
      } finally {
        await iterator.close();
      }
    });
    return more;
  };

  const removeBucket = async (space: SpaceId, bucket: number): Promise<void> => {
    const range = { gte: bucketStart(space, bucket), lt: bucketStart(space, bucket + 1) };
    do {
      if (ask.stopped() || isListed(space, bucket)) return;
    } while (await removeSlice(range));
  };

  /** The first bucket at or after this place that has a row. */
  const firstAt = async (from: Buffer, to: Buffer) => {
    const iterator = context.store.iterate({ gte: from, lt: to });
    try {
      const [pair] = await iterator.next(1);
      if (pair === undefined) return null;
      const key = asBuffer(pair[0]);
      return { space: spaceOfKey(key) as SpaceId, bucket: bucketOfKey(key) };
    } finally {
      await iterator.close();
    }
  };

  const removeBetween = async (from: Buffer, to: Buffer): Promise<void> => {
    let at = from;
    for (;;) {
      const found = await firstAt(at, to);
      if (found === null || ask.stopped()) return;
      await removeBucket(found.space, found.bucket);
      at = bucketStart(found.space, found.bucket + 1);
    }
  };

  return {
    async remove(pieces) {
      for (const { space, range } of pieces) {
        await removeBetween(bucketStart(space, range.first), bucketStart(space, range.last + 1));
      }
    },
    sweep: () =>
      removeBetween(bucketStart(1 as SpaceId, 0), bucketStart(0xffff_ffff as SpaceId, BUCKETS)),
  };
}
