/**
 * Runs of rows, each named by the prefix of its keys, read in ascending order through one iterator.
 * What a page brought along of later runs is used and not read again, so that a small replica with
 * its many empty buckets costs few reads.
 */
import { asBuffer } from '../../base/bytes.js';
import type { StoreIterator } from '../ports.js';

type Row = readonly [Uint8Array, Uint8Array];

export class RunReader {
  private readonly iterator: StoreIterator;
  private readonly count: number;
  /** Behind this everything up to the end of the page is known and not used yet. */
  private from: Buffer | null = null;
  private page: readonly Row[] = [];
  private at = 0;
  private ended = false;

  /** `count`: rows of a page. The iterator is this reader's alone. */
  constructor(iterator: StoreIterator, count: number) {
    this.iterator = iterator;
    this.count = count;
  }

  /** All rows of the run. One that is not above the last one is read anew. */
  async read(prefix: Buffer, each: (key: Buffer, stored: Buffer) => void): Promise<void> {
    this.moveTo(prefix);
    while (await this.inRun(prefix)) {
      const [key, stored] = this.page[this.at] as Row;
      this.at++;
      each(asBuffer(key), asBuffer(stored));
    }
  }

  /** The first row of the run; null when it has none. */
  async first(prefix: Buffer): Promise<readonly [Buffer, Buffer] | null> {
    this.moveTo(prefix);
    if (!(await this.inRun(prefix))) return null;
    const [key, stored] = this.page[this.at] as Row;
    return [asBuffer(key), asBuffer(stored)];
  }

  private moveTo(prefix: Buffer): void {
    const last = this.page[this.page.length - 1];
    const known =
      this.from !== null &&
      this.from.compare(prefix) < 0 &&
      (this.ended || (last !== undefined && prefix.compare(last[0]) <= 0));
    this.from = prefix;
    if (known) {
      const { page } = this;
      while (this.at < page.length && prefix.compare((page[this.at] as Row)[0]) > 0) this.at++;
      return;
    }
    this.iterator.seek(prefix);
    this.page = [];
    this.at = 0;
    this.ended = false;
  }

  /** Whether the row at hand is of the run; reads on when the page is used up. */
  private async inRun(prefix: Buffer): Promise<boolean> {
    if (this.at === this.page.length && !this.ended) {
      const last = this.page[this.page.length - 1];
      const page = await this.iterator.next(this.count);
      if (last !== undefined) this.from = asBuffer(last[0]);
      if (page.length === 0) this.ended = true;
      else {
        this.page = page;
        this.at = 0;
      }
    }
    const row = this.page[this.at];
    return row !== undefined && prefix.compare(row[0], 0, prefix.length) === 0;
  }
}
