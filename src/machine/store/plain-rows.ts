/**
 * Overlay of the tables without cache: session records, meta rows, and the tables reserved for
 * parts, history and locks. Rows are encoded when they are flushed, so what is put and deleted
 * before costs a map entry; only meta rows, which the digest covers, are hashed at once.
 */
import { assert } from '../../base/assert.js';
import type { ByteKey } from '../../base/bytes.js';
import type { SpaceId } from '../../base/ids.js';
import type { StoreBatch } from '../ports.js';
import type { Table } from '../types.js';
import type { Generations } from './context.js';
import type { Counts } from './counts.js';
import { putRowKey, rowKey, rowKeyLength, TABLE_CODES } from './keys.js';
import { crcOfStored, encodeRow, fillRow, rowLength } from './row-codec.js';
import { CANCELLED, PlainRow } from './rows.js';

const ROW_BYTES = 120;

const indexOf = (table: Table, bucket: number): number => (bucket << 8) | TABLE_CODES[table];
/** The CRC must not depend on the space; any stands for it here. */
const NO_SPACE = 0 as SpaceId;

export class PlainRows {
  private readonly generations: Generations;
  private readonly counts: Counts;
  private readonly maps = new Map<number, Map<ByteKey, PlainRow>>();
  /** CRCs of the meta rows alive, by bucket and key: what the digest must lose with them. */
  readonly metaCrcs = new Map<string, number>();
  dirty: PlainRow[] = [];
  flushing: PlainRow[] = [];

  constructor(generations: Generations, counts: Counts) {
    this.generations = generations;
    this.counts = counts;
  }

  put(table: Table, bucket: number, key: ByteKey, value: Uint8Array, fresh: boolean): void {
    assert(table !== 'd' && table !== 'x', 'heads and deadlines have doors of their own');
    const map = this.mapOf(table, bucket);
    let row = map.get(key);
    if (!row) {
      row = new PlainRow(table, bucket, key, fresh);
      map.set(key, row);
    }
    this.change(row, value);
    if (table === 'm') this.coverMeta(row, value);
  }

  delete(table: Table, bucket: number, key: ByteKey): void {
    const map = this.mapOf(table, bucket);
    let row = map.get(key);
    if (
      row?.fresh &&
      row.generation === this.generations.active &&
      row.taken === 0 &&
      !row.frozen
    ) {
      map.delete(key);
      row.generation = CANCELLED;
      this.generations.activeBytes -= ROW_BYTES + key.length + (row.value?.length ?? 0);
    } else {
      if (!row) {
        row = new PlainRow(table, bucket, key, false);
        map.set(key, row);
      }
      this.change(row, null);
    }
    if (table === 'm') this.coverMeta(row, null);
  }

  /** Newest dirty states of a table, by bucket; for a view beside a store snapshot. */
  overlay(table: Table, bucket: number): { key: ByteKey; value: Uint8Array | null }[] {
    const rows = this.maps.get(indexOf(table, bucket));
    return rows ? [...rows.values()].map(({ key, value }) => ({ key, value })) : [];
  }

  /** The active generation becomes the flushing one. */
  swap(): PlainRow[] {
    this.flushing = this.dirty;
    this.dirty = [];
    return this.flushing;
  }

  /** Puts the state as of the flush's start into the batch; returns its bytes. */
  take(row: PlainRow, generation: number, space: SpaceId, batch: StoreBatch): number {
    if (row.generation === CANCELLED) return 0;
    const value = row.frozen ? row.frozen.value : row.value;
    const wasFresh = row.fresh;
    row.frozen = null;
    row.taken = generation;
    row.fresh = false;
    if (value !== null) {
      // One buffer and one CRC for key and value.
      const keyLength = rowKeyLength(row.key);
      const record = Buffer.allocUnsafe(keyLength + rowLength(value.length));
      putRowKey(record, space, row.bucket, row.table, row.key);
      fillRow(record, keyLength, value);
      batch.put(record.subarray(0, keyLength), record.subarray(keyLength));
      return record.length;
    }
    if (wasFresh) return 0;
    const key = rowKey(space, row.bucket, row.table, row.key);
    batch.del(key);
    return key.length;
  }

  /** The flush is durable: what was not changed since leaves memory. */
  release(row: PlainRow, generation: number): void {
    if (row.generation !== generation) return;
    row.generation = 0;
    this.maps.get(indexOf(row.table, row.bucket))?.delete(row.key);
  }

  private change(row: PlainRow, value: Uint8Array | null): void {
    const before = row.value?.length ?? 0;
    if (row.beginChange(this.generations.active)) {
      this.dirty.push(row);
      this.generations.activeBytes += ROW_BYTES + row.key.length + (value?.length ?? 0);
    } else {
      this.generations.activeBytes += (value?.length ?? 0) - before;
    }
    row.value = value;
  }

  private coverMeta(row: PlainRow, value: Uint8Array | null): void {
    const name = metaName(row.bucket, row.key);
    const old = this.metaCrcs.get(name);
    if (old !== undefined) this.counts.removeDigest(row.bucket, old);
    this.metaCrcs.delete(name);
    if (value === null) return;
    const crc = crcOfStored(encodeRow(rowKey(NO_SPACE, row.bucket, 'm', row.key), value));
    this.metaCrcs.set(name, crc);
    this.counts.addDigest(row.bucket, crc);
  }

  private mapOf(table: Table, bucket: number): Map<ByteKey, PlainRow> {
    const index = indexOf(table, bucket);
    let map = this.maps.get(index);
    if (!map) {
      map = new Map();
      this.maps.set(index, map);
    }
    return map;
  }
}

export const metaName = (bucket: number, key: ByteKey): string => `${bucket}:${key}`;
