/**
 * The bounded queue of clean rows lately written or read, a young part before the header table. The
 * rows lie in their shards' maps; this keeps the clean ones in a clock (second chance) and tells
 * the owner of the coldest one to forget it when the estimate goes over the bound; the owner leaves
 * its header in the table.
 */
import type { HeadRow } from './rows.js';

/** A row, its header, its boxed numbers and its place in a map, measured on V8, rounded up. */
const ROW_BYTES = 360;

/** Rows looked at for one that comes in: more than one, or the cache could only grow. */
const MAX_LOOKS = 4;

const costOf = (row: HeadRow): number => ROW_BYTES + row.key.length;

export class RowCache {
  private readonly limitBytes: number;
  private queue: HeadRow[] = [];
  private first = 0;
  bytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The row is clean now. */
  add(row: HeadRow): void {
    if (!row.queued) {
      row.queued = true;
      this.queue.push(row);
      this.bytes += costOf(row);
    }
    if (this.bytes > this.limitBytes) this.evict();
  }

  get size(): number {
    return this.queue.length - this.first;
  }

  private evict(): void {
    // A few looks at a time: when everything is pinned or was just used, the bound gives way for
    // now. A whole round for each row that comes in would be a round times a round.
    const most = Math.min(this.size, MAX_LOOKS);
    for (let looks = most; looks > 0 && this.bytes > this.limitBytes; looks--) {
      const row = this.queue[this.first++] as HeadRow;
      this.bytes -= costOf(row);
      row.queued = false;
      // Dirty rows are the overlay's; they come back when they are clean.
      if (row.generation !== 0) continue;
      if (row.referenced || row.owner.isPinned(row)) {
        row.referenced = false;
        row.queued = true;
        this.queue.push(row);
        this.bytes += costOf(row);
      } else {
        row.owner.forget(row);
      }
    }
    if (this.first > 4096 && this.first > this.queue.length / 2) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
  }
}
