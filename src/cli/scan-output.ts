/** A scan as it is printed: page by page, so that a long one needs the memory of one page. */
import type { KeyValue, Page } from '../client/types.js';
import { printable } from './bytes.js';
import { writeStdout } from './output.js';
import { encodeCursor, itemShape } from './shapes.js';

export interface ScanView {
  readonly keysOnly: boolean;
  readonly hex: boolean;
  /** Ends each record: newline, or NUL for `-0`. */
  readonly end: string;
}

const TAB = Buffer.from('\t');

export function recordsOf(items: readonly KeyValue[], view: ScanView): Buffer {
  const end = Buffer.from(view.end, 'latin1');
  const parts: Buffer[] = [];
  for (const item of items) {
    parts.push(printable(item.key, view.hex));
    if (!view.keysOnly) parts.push(TAB, printable(item.value, view.hex));
    parts.push(end);
  }
  return Buffer.concat(parts);
}

/** At most `limit` items of the pages, and where to go on behind them. */
export async function* limited(
  pages: AsyncIterable<Page>,
  limit: number | null,
): AsyncGenerator<Page, void, void> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const page of pages) {
    const cut = page.items.length > left;
    const items = cut ? page.items.slice(0, left) : page.items;
    yield { items, cursor: cut ? (items.at(-1)?.key ?? page.cursor) : page.cursor };
    left -= items.length;
    if (left <= 0) return;
  }
}

/** Prints records and returns the cursor behind them. */
export async function printRecords(
  pages: AsyncIterable<Page>,
  view: ScanView,
): Promise<string | null> {
  let cursor: string | null = null;
  for await (const page of pages) {
    await writeStdout(recordsOf(page.items, view));
    cursor = page.cursor === null ? null : encodeCursor(page.cursor);
  }
  return cursor;
}

/**
 * Prints `{"items":[…],"cursor":…}` as the pages come. An error in their midst leaves the document
 * open, so that no reader takes a part for the whole.
 */
export async function printJson(pages: AsyncIterable<Page>, keysOnly: boolean): Promise<void> {
  let cursor: string | null = null;
  let text = '{"items":[';
  let first = true;
  for await (const page of pages) {
    for (const item of page.items) {
      text += (first ? '' : ',') + JSON.stringify(itemShape(item, keysOnly));
      first = false;
    }
    cursor = page.cursor === null ? null : encodeCursor(page.cursor);
    await writeStdout(text);
    text = '';
  }
  await writeStdout(`${text}],"cursor":${JSON.stringify(cursor)}}\n`);
}
