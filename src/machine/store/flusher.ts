/**
 * Turns what was applied into synced batches: all changed shards together, one generation at a
 * time, by size or age, filled in slices so that nobody waits for it. A flush starts at the end of
 * a turn or in a microtask, so always between two entries: what it writes is an exact prefix of the
 * apply order.
 */
import type { Timer } from '../../base/clock.js';
import type { GroupId, LogIndex, Term } from '../../base/ids.js';
import type { BatchWriter, CountingBatch } from './batch-writer.js';
import { endOfTurn, type Generations, type StoreContext } from './context.js';
import type { ElementRow } from './element-rows.js';
import { takeElement } from './elements.js';
import { deadlineKey, headKey, NODE_ROWS, nodeKey } from './keys.js';
import { dueOf, encodeRow, headKeyLength } from './row-codec.js';
import type { HeadRow, PlainRow } from './rows.js';
import type { FlushPart, ShardRows } from './shard-rows.js';

export interface FlusherOptions {
  readonly flushBytes: number;
  readonly flushAgeMs: number;
  readonly saturateBytes: number;
}

/** How long one slice of a flush may hold the thread, and how often it looks at the clock. */
const SLICE_MS = 1;
const ROWS_PER_LOOK = 32;
const NOTHING = Buffer.alloc(0);

export class Flusher {
  private readonly options: FlusherOptions;
  private readonly context: () => StoreContext;
  private readonly writer: BatchWriter;
  private readonly generations: Generations;
  private readonly shards: () => Iterable<ShardRows>;
  private readonly onFlushed: (parts: readonly FlushPart[]) => void;
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: Timer | null = null;
  private wanted = false;
  private wasSaturated = false;
  private closed = false;
  flushes = 0;

  constructor(wiring: {
    readonly options: FlusherOptions;
    readonly context: () => StoreContext;
    readonly writer: BatchWriter;
    readonly generations: Generations;
    readonly shards: () => Iterable<ShardRows>;
    readonly onFlushed: (parts: readonly FlushPart[]) => void;
  }) {
    this.options = wiring.options;
    this.context = wiring.context;
    this.writer = wiring.writer;
    this.generations = wiring.generations;
    this.shards = wiring.shards;
    this.onFlushed = wiring.onFlushed;
  }

  /** True: apply must wait for `onDrained`. */
  get saturated(): boolean {
    const full =
      this.running !== null && this.generations.activeBytes >= this.options.saturateBytes;
    if (full) this.wasSaturated = true;
    return full;
  }

  /** Something changed; called for every change, so it must be cheap. */
  onDirty(): void {
    if (this.wanted || this.closed) return;
    const { clock } = this.context();
    if (this.generations.activeBytes >= this.options.flushBytes) {
      this.wanted = true;
      // Not here: we are in the middle of an entry.
      clock.endOfTurn(() => this.begin());
    } else if (this.timer === null) {
      this.timer = clock.after(this.options.flushAgeMs, () => this.begin());
    }
  }

  /** Everything applied so far; resolves when it is synced. */
  flush(): Promise<void> {
    const { failure } = this.writer;
    if (failure) return Promise.reject(failure.error);
    if (!this.isDirty()) return this.running ?? Promise.resolve();
    if (this.running === null) return this.start();
    // One run at a time, its release included: rows know of one flushing generation only.
    this.next ??= this.running.then(() => {
      this.next = null;
      return this.flush();
    });
    return this.next;
  }

  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.timer = null;
  }

  private isDirty(): boolean {
    for (const shard of this.shards()) if (shard.changed) return true;
    return false;
  }

  private begin(): void {
    this.wanted = false;
    this.timer?.cancel();
    this.timer = null;
    // A failed write has told the node through the writer's `onFatal`.
    if (!this.closed) this.flush().catch(() => undefined);
  }

  private start(): Promise<void> {
    const run = this.run().finally(() => {
      if (this.running === run) this.running = null;
    });
    this.running = run;
    return run;
  }

  private async run(): Promise<void> {
    let parts: FlushPart[] = [];
    let generation = 0;
    await this.writer.write(async (batch) => {
      generation = this.generations.active;
      parts = this.seal();
      await this.fill(parts, generation, batch);
    });
    this.generations.finished++;
    this.flushes++;
    this.onFlushed(parts);
    await this.release(parts, generation);
    this.generations.flushingBytes = 0;
    this.afterwards();
  }

  /** The active generation becomes the flushing one; runs without a break. */
  private seal(): FlushPart[] {
    const parts: FlushPart[] = [];
    for (const shard of this.shards()) if (shard.changed) parts.push(shard.swap());
    this.generations.active++;
    this.generations.flushingBytes = this.generations.activeBytes;
    this.generations.activeBytes = 0;
    this.timer?.cancel();
    this.timer = null;
    return parts;
  }

  private async fill(
    parts: readonly FlushPart[],
    generation: number,
    batch: CountingBatch,
  ): Promise<void> {
    for (const part of parts) {
      const { shard } = part;
      // Replaced or dropped meanwhile: its rows and its space are going to be deleted. Asked once:
      // rows without the descriptor they belong to would be no prefix of anything.
      if (shard.dead) continue;
      const job = { shard, generation, batch };
      await this.sliced(part.heads, job, takeHead);
      await this.sliced(part.plain, job, takePlain);
      await this.sliced(part.elements, job, takeElementRow);
      const group = shard.descriptor.shard;
      putNodeRow(batch, NODE_ROWS.replica, group, part.descriptor);
      if (part.counts !== null) putNodeRow(batch, NODE_ROWS.counts, group, part.counts);
    }
  }

  private async release(parts: readonly FlushPart[], generation: number): Promise<void> {
    for (const { shard, heads, plain, elements } of parts) {
      const job = { shard, generation };
      await this.sliced(heads, job, releaseHead);
      await this.sliced(plain, job, releasePlain);
      await this.sliced(elements, job, releaseElement);
      shard.flushingHeads = [];
      shard.plain.flushing = [];
    }
  }

  /**
   * `work` is one of a few functions that live as long as the program: a new closure for every
   * flush would be compiled anew each time.
   */
  private async sliced<Row, Job>(
    rows: readonly Row[],
    job: Job,
    work: (job: Job, row: Row) => void,
  ): Promise<void> {
    const { clock } = this.context();
    let until = clock.monotonic() + SLICE_MS;
    for (let at = 0; at < rows.length; at++) {
      work(job, rows[at] as Row);
      if (at % ROWS_PER_LOOK === ROWS_PER_LOOK - 1 && clock.monotonic() >= until) {
        await endOfTurn(clock);
        until = clock.monotonic() + SLICE_MS;
      }
    }
  }

  private afterwards(): void {
    this.running = null;
    if (this.next === null && this.isDirty()) this.onDirty();
    if (this.wasSaturated) {
      this.wasSaturated = false;
      this.context().hooks.onDrained();
    }
  }
}

export function putNodeRow(
  batch: CountingBatch,
  kind: number,
  number: number,
  payload: Uint8Array,
): void {
  const key = nodeKey(kind, number);
  batch.put(key, encodeRow(key, payload));
}

interface Releasing {
  readonly shard: ShardRows;
  readonly generation: number;
}

interface Filling extends Releasing {
  readonly batch: CountingBatch;
}

const takePlain = ({ shard, generation, batch }: Filling, row: PlainRow): void => {
  shard.plain.take(row, generation, shard.spaceOf(row.bucket), batch);
};
const takeElementRow = ({ generation, batch }: Filling, row: ElementRow): void =>
  takeElement(row, generation, batch);
const releaseHead = ({ shard, generation }: Releasing, row: HeadRow): void =>
  shard.releaseHead(row, generation);
const releasePlain = ({ shard, generation }: Releasing, row: PlainRow): void =>
  shard.plain.release(row, generation);
const releaseElement = ({ shard, generation }: Releasing, row: ElementRow): void =>
  shard.elementRows.release(row, generation);

/** Puts a head, as of the flush's start, and its deadline into the batch. */
function takeHead({ shard, generation, batch }: Filling, row: HeadRow): void {
  const { header, record } = row.frozen ?? row;
  row.frozen = null;
  row.taken = generation;
  const { bucket, database, key } = row;
  const space = shard.spaceOf(bucket);
  const deadline = dueOf(header);
  if (record !== null) {
    const keyLength = headKeyLength(key.length);
    batch.put(record.subarray(0, keyLength), record.subarray(keyLength));
  } else if (row.stored) {
    batch.del(headKey(space, bucket, database, key));
  }
  if (row.storedDeadline !== deadline) {
    if (row.storedDeadline !== null) {
      batch.del(deadlineKey(space, bucket, row.storedDeadline, database, key));
    }
    if (deadline !== null) {
      const at = deadlineKey(space, bucket, deadline, database, key);
      batch.put(at, encodeRow(at, NOTHING));
    }
  }
  row.stored = record !== null;
  row.storedDeadline = deadline;
}

/** Durable applied position of every group that a flush wrote. */
export const positionsOf = (
  parts: readonly FlushPart[],
): readonly { group: GroupId; index: LogIndex; term: Term }[] =>
  parts
    .filter(({ shard }) => !shard.dead)
    .map(({ shard, index, term }) => ({ group: shard.descriptor.shard, index, term }));
