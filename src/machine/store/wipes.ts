/**
 * Cleans up behind FLUSHDB and FLUSHALL. The entry only writes down, per bucket and database, up to
 * which revision rows are gone (`Counts.wiped`); here the rows that the store still has are found
 * and deleted through the overlay like any others, a slice and a flush at a time, so that their
 * deadlines and elements go with them. What is written down goes last. A crash at any moment leaves
 * it for what is left, and the next start goes on.
 */
import { asBuffer, type ByteKey } from '../../base/bytes.js';
import { RkvError } from '../../kv/errors.js';
import { corrupt, endOfTurn } from './context.js';
import { HEAD_KEY_BYTES, headKey } from './keys.js';
import { decodeHead } from './row-codec.js';
import { HeadRow } from './rows.js';
import type { ShardRows } from './shard-rows.js';

const SLICE_ROWS = 2000;
const READ_AHEAD_BYTES = 256 * 1024;

export interface WipesWiring {
  readonly flush: () => Promise<void>;
  /** The node closes: what is left is found at the next start. */
  readonly stopped: () => boolean;
  readonly inBackground: (work: () => Promise<void>) => void;
  /** Rows of a slice; undefined: as many as suit a disk. */
  readonly sliceRows: number | undefined;
}

export class Wipes {
  private readonly wiring: WipesWiring;
  private readonly running = new Map<ShardRows, Promise<void>>();

  constructor(wiring: WipesWiring) {
    this.wiring = wiring;
  }

  /** Something was wiped, now or before the last stop. */
  open(shard: ShardRows): void {
    if (shard.counted.wiped.size === 0 || this.running.has(shard)) return;
    this.wiring.inBackground(() => this.clean(shard));
  }

  /** Resolves when the store has no wiped row of this replica, and a flush has said so. */
  async clean(shard: ShardRows): Promise<void> {
    const running = this.running.get(shard) ?? this.begin(shard);
    await running;
    if (shard.counted.wiped.size > 0 && !this.isOver(shard)) await this.clean(shard);
  }

  /**
   * Nothing wiped is left in the store: for a snapshot, whose rows are counted. Rejects NOT_READY
   * when the node closes.
   */
  async settle(current: () => ShardRows | undefined): Promise<void> {
    for (;;) {
      const shard = current();
      if (shard === undefined || shard.counted.wiped.size === 0) return;
      if (this.wiring.stopped()) throw new RkvError('NOT_READY', 'the node is stopping');
      await this.clean(shard);
      await this.wiring.flush();
    }
  }

  private begin(shard: ShardRows): Promise<void> {
    const work = this.run(shard).finally(() => this.running.delete(shard));
    this.running.set(shard, work);
    return work;
  }

  private isOver(shard: ShardRows): boolean {
    return shard.dead || this.wiring.stopped();
  }

  private async run(shard: ShardRows): Promise<void> {
    // Not inside the entry that wiped.
    await endOfTurn(shard.context.clock);
    for (const [index, revision] of [...shard.counted.wiped]) {
      const done = await this.cleanRun(shard, index >>> 8, index & 0xff);
      if (!done) return;
      shard.counted.cleaned(index, revision);
      shard.markChanged(0);
    }
    await this.wiring.flush();
  }

  /** The wiped rows of one bucket and database; false: there was no time for all. */
  private async cleanRun(shard: ShardRows, bucket: number, database: number): Promise<boolean> {
    let from: ByteKey = '';
    for (;;) {
      if (this.isOver(shard)) return false;
      // Another shard's by now: it has the same row of `wiped`, and looks after it.
      if (shard.spaceOf(bucket) === 0) return true;
      const next = await this.cleanSlice(shard, bucket, database, from);
      if (next === from) continue;
      await this.wiring.flush();
      if (next === null) return true;
      from = next;
    }
  }

  /** Where the next slice begins, null: nowhere; `from` itself: a flush came between, once more. */
  private async cleanSlice(
    shard: ShardRows,
    bucket: number,
    database: number,
    from: ByteKey,
  ): Promise<ByteKey | null> {
    const { store, generations } = shard.context;
    const { finished } = generations;
    const space = shard.spaceOf(bucket);
    const prefix = headKey(space, bucket, database, '');
    const end = Buffer.from(prefix);
    // A database's number is below 255, so the byte has room.
    end[end.length - 1] = database + 1;
    const iterator = store.iterate({
      gte: headKey(space, bucket, database, from),
      lt: end,
      readAheadBytes: READ_AHEAD_BYTES,
    });
    try {
      const pairs = await iterator.next(this.wiring.sliceRows ?? SLICE_ROWS);
      if (shard.dead) return null;
      // As in the loader: a row that was read before a flush may be older than what is stored now.
      if (finished !== generations.finished) return from;
      for (const [raw, stored] of pairs) this.cleanRow(shard, bucket, database, raw, stored);
      const last = pairs.at(-1);
      return last === undefined ? null : `${nameOf(last[0])}\0`;
    } finally {
      await iterator.close();
    }
  }

  private cleanRow(
    shard: ShardRows,
    bucket: number,
    database: number,
    raw: Uint8Array,
    stored: Uint8Array,
  ): void {
    const place = { bucket, database, key: nameOf(raw) };
    // In memory it is newer, or deleted already.
    if (shard.row(place) !== undefined) return;
    const header = decodeHead(raw, stored);
    // Were it left, it would be back once nothing says that it is gone.
    if (header === null) {
      const what = `key ${JSON.stringify(place.key)} of bucket ${bucket} fails its check`;
      throw corrupt(shard.context, shard.descriptor.shard, what);
    }
    if (!shard.counted.isWiped(bucket, database, header.revision)) return;
    const row = new HeadRow(place);
    row.becomeStored(header);
    shard.adopt(row);
    shard.deleteWiped(row);
  }
}

const nameOf = (key: Uint8Array): ByteKey => asBuffer(key).toString('latin1', HEAD_KEY_BYTES);
