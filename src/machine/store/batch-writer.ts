/**
 * The one writer of a node's store. Every write, of whatever kind, is a synced batch with a number
 * of its own, one at a time, in the order asked for. The numbers of the last 64 MiB stay in the
 * store: LevelDB drops a damaged record of its log in silence, and then a number is missing at the
 * next start. A failed write is final: nothing after it is written.
 */
import { assert } from '../../base/assert.js';
import type { OrderedStore, StoreBatch } from '../ports.js';
import { getUint56, putUint56 } from './integers.js';
import { NODE_ROWS, nodeKey } from './keys.js';
import { decodeRow, encodeRow } from './row-codec.js';

/** More than LevelDB's two logs can hold: what is older lies in tables. */
export const NUMBERED_BYTES = 64 * 1024 * 1024;

export interface BatchNumber {
  readonly number: number;
  readonly bytes: number;
}

export interface BatchNumbers {
  /** In order; the last one is the newest. */
  readonly kept: readonly BatchNumber[];
  readonly next: number;
}

export interface SpaceCounter {
  /** The next space to give out, and what the store knows of it. */
  next: number;
  durable: number;
}

/** A batch that counts its bytes. */
export interface CountingBatch extends StoreBatch {
  readonly bytes: number;
}

export interface BatchWriterOptions {
  readonly store: OrderedStore;
  readonly numbers: BatchNumbers;
  readonly spaces: SpaceCounter;
  readonly onFatal: (error: unknown) => void;
  /** For tests; see NUMBERED_BYTES. */
  readonly numberedBytes?: number;
}

export class BatchWriter {
  private readonly options: BatchWriterOptions;
  private readonly kept: BatchNumber[];
  private keptBytes: number;
  private nextNumber: number;
  private tail: Promise<void> = Promise.resolve();
  private failed: { readonly error: unknown } | null = null;
  /** Batches written since the start. */
  written = 0;

  constructor(options: BatchWriterOptions) {
    this.options = options;
    this.kept = [...options.numbers.kept];
    this.keptBytes = this.kept.reduce((sum, { bytes }) => sum + bytes, 0);
    this.nextNumber = options.numbers.next;
  }

  /**
   * Fills a batch when its turn has come and writes it. Resolves when it is synced (at once when
   * nothing was put). An error thrown by `fill` is the caller's; nothing is written then.
   */
  write(fill: (batch: CountingBatch) => Promise<void> | void): Promise<void> {
    const job = this.tail.then(() => this.run(fill));
    this.tail = job.catch(() => undefined);
    return job;
  }

  /** What ended the writing; null while all is well. */
  get failure(): { readonly error: unknown } | null {
    return this.failed;
  }

  /** Resolves when everything asked for so far is done. */
  idle(): Promise<void> {
    return this.tail;
  }

  private async run(fill: (batch: CountingBatch) => Promise<void> | void): Promise<void> {
    if (this.failed) throw this.failed.error;
    const batch = new Counting(this.options.store.batch());
    try {
      await fill(batch);
    } catch (error) {
      await batch.abandon();
      throw error;
    }
    if (batch.length === 0) {
      await batch.abandon();
      return;
    }
    this.seal(batch);
    try {
      await batch.write();
    } catch (error) {
      this.failed = { error };
      this.options.onFatal(error);
      throw error;
    }
    this.options.spaces.durable = Math.max(this.options.spaces.durable, batch.spaces);
    this.written++;
  }

  /** Adds the batch's number, drops numbers that are old enough, and writes the space counter. */
  private seal(batch: Counting): void {
    const { spaces, numberedBytes = NUMBERED_BYTES } = this.options;
    const number = this.nextNumber++;
    const { bytes } = batch;
    this.kept.push({ number, bytes });
    this.keptBytes += bytes;
    for (;;) {
      const oldest = this.kept[0] as BatchNumber;
      if (this.kept.length === 1 || this.keptBytes - oldest.bytes < numberedBytes) break;
      this.kept.shift();
      this.keptBytes -= oldest.bytes;
      batch.del(nodeKey(NODE_ROWS.batch, oldest.number));
    }
    const key = nodeKey(NODE_ROWS.batch, number);
    batch.put(key, encodeRow(key, encodeNumber(bytes, (this.kept[0] as BatchNumber).number)));
    batch.spaces = spaces.next;
    if (spaces.next > spaces.durable) {
      const counter = nodeKey(NODE_ROWS.nextSpace, 0);
      const value = Buffer.alloc(7);
      putUint56(value, 0, spaces.next);
      batch.put(counter, encodeRow(counter, value));
    }
  }
}

/** Seven bytes of size, seven of the oldest number that is kept beside this one. */
function encodeNumber(bytes: number, oldest: number): Buffer {
  const value = Buffer.alloc(14);
  putUint56(value, 0, bytes);
  putUint56(value, 7, oldest);
  return value;
}

/** Rows of batch numbers, as found, and what is wrong with them (null: nothing is). */
export function readNumbers(
  rows: readonly {
    readonly key: Uint8Array;
    readonly number: number;
    readonly stored: Uint8Array;
  }[],
): { readonly numbers: BatchNumbers; readonly lost: string | null } {
  const kept: BatchNumber[] = [];
  let oldest = 0;
  for (const { key, number, stored } of rows) {
    const value = decodeRow(key, stored);
    if (value === null || value.length !== 14) {
      return { numbers: { kept, next: number + 1 }, lost: `batch number ${number} is damaged` };
    }
    kept.push({ number, bytes: getUint56(value, 0) });
    oldest = getUint56(value, 7);
  }
  const last = kept.at(-1);
  if (last === undefined) return { numbers: { kept, next: 1 }, lost: null };
  const numbers = { kept, next: last.number + 1 };
  const missing = firstMissing(kept, oldest, last.number);
  return { numbers, lost: missing === null ? null : `batch ${missing} of the store is missing` };
}

function firstMissing(kept: readonly BatchNumber[], from: number, to: number): number | null {
  const there = new Set(kept.map(({ number }) => number));
  for (let number = from; number <= to; number++) if (!there.has(number)) return number;
  return null;
}

/**
 * A class, and not closures over each batch: code compiled for one flush then serves the next.
 */
class Counting implements CountingBatch {
  bytes = 0;
  /** The space counter as this batch writes it. */
  spaces = 0;
  private readonly batch: StoreBatch;

  constructor(batch: StoreBatch) {
    this.batch = batch;
  }

  get length(): number {
    return this.batch.length;
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.bytes += key.length + value.length;
    this.batch.put(key, value);
  }

  del(key: Uint8Array): void {
    this.bytes += key.length;
    this.batch.del(key);
  }

  write(): Promise<void> {
    assert(this.batch.length > 0, 'an empty batch is not written');
    return this.batch.write();
  }

  abandon(): Promise<void> {
    return this.batch.abandon();
  }
}
