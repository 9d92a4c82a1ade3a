/**
 * All rows of one table without cache, for opening: overlay and store as of the first row asked
 * for, bucket by bucket in key order.
 */
import type { ByteKey } from '../../base/bytes.js';
import type { Table } from '../types.js';
import { corrupt } from './context.js';
import { PREFIX_BYTES, TABLE_CODES, tableStart } from './keys.js';
import { decodeRow } from './row-codec.js';
import { RunReader } from './run-reader.js';
import { bucketsOf, iterateShard } from './shard-iterator.js';
import type { ShardRows } from './shard-rows.js';

export interface TableRow {
  readonly bucket: number;
  readonly key: ByteKey;
  readonly value: Uint8Array;
}

const PAGE = 500;
const READ_AHEAD_BYTES = 256 * 1024;

export async function* streamTable(shard: ShardRows, table: Table): AsyncGenerator<TableRow> {
  const buckets = bucketsOf(shard.descriptor);
  const overlay = new Map(buckets.map((bucket) => [bucket, shard.plain.overlay(table, bucket)]));
  const snapshot = shard.context.store.snapshot();
  const iterator = iterateShard(shard.descriptor, snapshot, { readAheadBytes: READ_AHEAD_BYTES });
  const reader = new RunReader(iterator, PAGE);
  try {
    for (const bucket of buckets) {
      const rows = await storedRows(shard, reader, table, bucket);
      for (const { key, value } of overlay.get(bucket) ?? []) {
        if (value === null) rows.delete(key);
        else rows.set(key, value);
      }
      const keys = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
      for (const key of keys) yield { bucket, key, value: rows.get(key) as Uint8Array };
    }
  } finally {
    await iterator.close();
    await snapshot.close();
  }
}

/** The rows of one bucket as the store has them, without the overlay; checked. */
export async function storedRows(
  shard: ShardRows,
  reader: RunReader,
  table: Table,
  bucket: number,
): Promise<Map<ByteKey, Uint8Array>> {
  const rows = new Map<ByteKey, Uint8Array>();
  const prefix = tableStart(shard.spaceOf(bucket), bucket, TABLE_CODES[table]);
  await reader.read(prefix, (key, stored) => {
    const payload = decodeRow(key, stored);
    if (payload === null) {
      const what = `a row of table ${table} in bucket ${bucket} fails its check`;
      throw corrupt(shard.context, shard.descriptor.shard, what);
    }
    rows.set(key.toString('latin1', PREFIX_BYTES), payload);
  });
  return rows;
}
