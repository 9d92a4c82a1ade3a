/**
 * Deletes what no descriptor lists: spaces of dropped and replaced replicas and of snapshots that
 * were broken off. In slices, each a batch of the one writer, so that a flush never waits long
 * behind it.
 */
import { asBuffer } from '../../base/bytes.js';
import type { SpaceId } from '../../base/ids.js';
import type { Piece } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';
import type { OrderedStore, StoreRange } from '../ports.js';
import type { BatchWriter } from './batch-writer.js';
import { bucketOfKey, bucketStart, spaceOfKey } from './keys.js';

const SLICE_ROWS = 1000;
const READ_AHEAD_BYTES = 256 * 1024;
const MAX_SPACE = 0xffff_ffff as SpaceId;

export interface DeadPiecesWiring {
  readonly store: OrderedStore;
  readonly writer: BatchWriter;
  /** What must not be deleted, as of now. */
  readonly listed: () => readonly Piece[];
  /** The node closes: what is left is found by the next sweep. */
  readonly stopped: () => boolean;
}

export class DeadPieces {
  private readonly wiring: DeadPiecesWiring;

  constructor(wiring: DeadPiecesWiring) {
    this.wiring = wiring;
  }

  /** Deletes the rows of these pieces but for what is listed by then. */
  async remove(pieces: readonly Piece[]): Promise<void> {
    for (const { space, range } of pieces) {
      const from = bucketStart(space, range.first);
      await this.removeBetween(from, bucketStart(space, range.last + 1));
    }
  }

  /** Looks through the whole store; once after the start. */
  sweep(): Promise<void> {
    return this.removeBetween(bucketStart(1 as SpaceId, 0), bucketStart(MAX_SPACE, BUCKETS));
  }

  private async removeBetween(from: Buffer, to: Buffer): Promise<void> {
    let at = from;
    for (;;) {
      const found = await this.firstAt(at, to);
      if (found === null || this.wiring.stopped()) return;
      await this.removeBucket(found.space, found.bucket);
      at = bucketStart(found.space, found.bucket + 1);
    }
  }

  private async removeBucket(space: SpaceId, bucket: number): Promise<void> {
    const range = { gte: bucketStart(space, bucket), lt: bucketStart(space, bucket + 1) };
    do {
      if (this.wiring.stopped() || this.isListed(space, bucket)) return;
    } while (await this.removeSlice(range));
  }

  /** Deletes one slice; false when the range holds nothing more. */
  private async removeSlice(range: StoreRange): Promise<boolean> {
    const { store, writer } = this.wiring;
    let more = false;
    await writer.write(async (batch) => {
      // Read in the writer's turn: a flush that still put rows here is behind us.
      const iterator = store.iterate({ ...range, readAheadBytes: READ_AHEAD_BYTES });
      try {
        const pairs = await iterator.next(SLICE_ROWS);
        more = pairs.length > 0;
        for (const [key] of pairs) batch.del(key);
      } finally {
        await iterator.close();
      }
    });
    return more;
  }

  /** The first bucket at or after this place that has a row. */
  private async firstAt(from: Buffer, to: Buffer) {
    const iterator = this.wiring.store.iterate({ gte: from, lt: to });
    try {
      const [pair] = await iterator.next(1);
      if (pair === undefined) return null;
      const key = asBuffer(pair[0]);
      return { space: spaceOfKey(key) as SpaceId, bucket: bucketOfKey(key) };
    } finally {
      await iterator.close();
    }
  }

  private isListed(space: number, bucket: number): boolean {
    return this.wiring
      .listed()
      .some(
        (piece) =>
          piece.space === space && piece.range.first <= bucket && bucket <= piece.range.last,
      );
  }
}
