/**
 * Cleans up behind collections whose heads are gone. A flush that takes a head away puts a grave
 * into table `b` in the same batch; from then on the generation's elements are nobody's, and they
 * are deleted in slices, the grave with the last of them. So a crash at any moment leaves a grave
 * for what is left, and the next start goes on. Not replicated: each store has its own pace.
 */
import { asBuffer, type ByteKey } from '../../base/bytes.js';
import type { SpaceId } from '../../base/ids.js';
import type { OrderedStore, StoreBatch } from '../ports.js';
import type { BatchWriter } from './batch-writer.js';
import { generationEnd, generationPrefix } from './element-codec.js';
import { rowKey } from './keys.js';
import { RunReader } from './run-reader.js';
import { bucketsOf, iterateShard } from './shard-iterator.js';
import type { ShardRows } from './shard-rows.js';
import { storedRows } from './table-stream.js';

const SLICE_ROWS = 1000;
const PAGE = 64;
const READ_AHEAD_BYTES = 256 * 1024;
const ZERO = Buffer.alloc(1);

/** A generation to be deleted; `name` as in `element-codec.ts`. */
export interface Grave {
  readonly bucket: number;
  readonly name: ByteKey;
}

interface Waiting extends Grave {
  readonly shard: ShardRows;
  /** Where the next slice begins; null: at the beginning. */
  from: Buffer | null;
}

export interface GravesWiring {
  readonly store: OrderedStore;
  readonly writer: BatchWriter;
  /** The node closes: what is left is found at the next start. */
  readonly stopped: () => boolean;
  readonly inBackground: (work: () => Promise<void>) => void;
  /** Rows of a slice; undefined: as many as suit a disk. */
  readonly sliceRows: number | undefined;
}

export class Graves {
  private readonly wiring: GravesWiring;
  private waiting: Waiting[] = [];
  private running = false;

  constructor(wiring: GravesWiring) {
    this.wiring = wiring;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** Graves that a flush has made durable. */
  add(shard: ShardRows, graves: readonly Grave[]): void {
    if (graves.length === 0) return;
    for (const { bucket, name } of graves) this.waiting.push({ shard, bucket, name, from: null });
    if (this.running) return;
    this.running = true;
    this.wiring.inBackground(async () => {
      try {
        await this.clean();
      } finally {
        this.running = false;
      }
    });
  }

  /** Finds what is left from before, of a replica that was opened or has got other buckets. */
  open(shard: ShardRows): void {
    this.wiring.inBackground(async () => {
      if (this.wiring.stopped()) return;
      const found: Grave[] = [];
      const snapshot = this.wiring.store.snapshot();
      const iterator = iterateShard(shard.descriptor, snapshot, {});
      const reader = new RunReader(iterator, PAGE);
      try {
        for (const bucket of bucketsOf(shard.descriptor)) {
          // A bucket that left meanwhile is looked after by whoever has it now.
          if (shard.spaceOf(bucket) === 0) continue;
          const rows = await storedRows(shard, reader, 'b', bucket);
          for (const name of rows.keys()) found.push({ bucket, name });
        }
      } finally {
        await iterator.close();
        await snapshot.close();
      }
      this.add(shard, found);
    });
  }

  private async clean(): Promise<void> {
    const { writer, stopped } = this.wiring;
    while (this.waiting.length > 0 && !stopped()) {
      await writer.write((batch) => this.fillSlice(batch));
    }
  }

  /** As many generations as go into one slice; runs in the writer's turn, behind every flush. */
  private async fillSlice(batch: StoreBatch): Promise<void> {
    let left = this.wiring.sliceRows ?? SLICE_ROWS;
    let done = 0;
    for (const grave of this.waiting) {
      if (left <= 0) break;
      const space = grave.shard.dead ? 0 : grave.shard.spaceOf(grave.bucket);
      if (space !== 0) {
        const rows = await this.fillFrom(batch, space as SpaceId, grave, left);
        left -= rows + 1;
        if (grave.from !== null) break;
      }
      done++;
    }
    this.waiting = this.waiting.slice(done);
  }

  /** Deletes up to `count` elements; the grave too, and `from` null, when there were fewer. */
  private async fillFrom(
    batch: StoreBatch,
    space: SpaceId,
    grave: Waiting,
    count: number,
  ): Promise<number> {
    const { bucket, name } = grave;
    const prefix = generationPrefix(space, bucket, name);
    const iterator = this.wiring.store.iterate({
      gte: grave.from ?? prefix,
      lt: generationEnd(prefix),
      readAheadBytes: READ_AHEAD_BYTES,
    });
    try {
      let rows = 0;
      let last: Buffer | null = null;
      // One `next` may bring less than it was asked for.
      while (rows < count) {
        const pairs = await iterator.next(count - rows);
        if (pairs.length === 0) break;
        for (const [key] of pairs) batch.del(key);
        rows += pairs.length;
        last = asBuffer((pairs.at(-1) as (typeof pairs)[number])[0]);
      }
      if (rows < count) {
        grave.from = null;
        batch.del(rowKey(space, bucket, 'b', name));
      } else if (last !== null) {
        grave.from = Buffer.concat([last, ZERO]);
      }
      return rows;
    } finally {
      await iterator.close();
    }
  }
}
