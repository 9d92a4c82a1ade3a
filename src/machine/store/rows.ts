/**
 * Rows in memory. A head has one record for all that memory knows of it: the newest state (dirty,
 * or clean as a cached header), the state a running flush still has to write, and what the store
 * holds. A generation number says whose the newest state is: 0 = the store has it too, else the
 * overlay's active or flushing generation.
 *
 * A flush writes the state as of its start. So a row that is changed while it waits in the flushing
 * generation first sets that state aside (`frozen`), until the writer has taken it.
 */
import type { ByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import type { Head, Header, Place, Table } from '../types.js';
import type { CollectionRows } from './element-rows.js';
import { dueOf, headKeyLength, headOf, headValue } from './row-codec.js';

export class HeadRow implements Place {
  readonly bucket: number;
  readonly database: number;
  readonly key: ByteKey;
  /** Null: the key is not there. */
  header: Header | null = null;
  /** Key, header, value, CRC as the flush writes them; only while dirty. */
  record: Buffer | null = null;
  /** The value alone, when it was asked for or read. */
  value: Buffer | null = null;
  generation = 0;
  /** The generation whose flush has put this row into its batch. */
  taken = 0;
  frozen: { readonly header: Header | null; readonly record: Buffer | null } | null = null;
  /**
   * Whether the store (with all flushes taken so far) has the key, and under which deadline row.
   */
  stored = false;
  storedDeadline: EpochMs | null = null;
  /**
   * What memory has of the elements of a collection, and of the one that is about to replace it.
   */
  collection: CollectionRows | null = null;
  nextCollection: CollectionRows | null = null;
  /** The run that asked for it last; pinned rows stay. */
  pinned = 0;

  constructor(place: Place) {
    this.bucket = place.bucket;
    this.database = place.database;
    this.key = place.key;
  }

  /** Clean: what the store has. For a row that comes into memory. */
  becomeStored(header: Header | null): void {
    this.header = header;
    this.stored = header !== null;
    this.storedDeadline = dueOf(header);
  }

  /** Whether `head` can be answered. */
  hasValue(): boolean {
    return this.header === null || this.value !== null || this.record !== null;
  }

  /** Undefined: the value is not in memory. */
  head(): Head | null | undefined {
    const { header } = this;
    if (header === null) return null;
    const value = this.readValue();
    return value === null ? undefined : headOf(header, value);
  }

  readValue(): Buffer | null {
    if (this.value === null && this.record !== null) {
      this.value = headValue(this.record.subarray(headKeyLength(this.key.length)));
    }
    return this.value;
  }

  /** Before a change in generation `active`. True when it is the first one there. */
  beginChange(active: number): boolean {
    if (this.generation === active) return false;
    if (this.generation !== 0 && this.taken !== this.generation) {
      this.frozen = { header: this.header, record: this.record };
    }
    this.generation = active;
    return true;
  }
}

/** A row of a table without cache: in memory only while it is dirty. */
export class PlainRow {
  readonly table: Table;
  readonly bucket: number;
  readonly key: ByteKey;
  /** Null: deleted. Kept by reference: whoever puts it owns it and leaves it alone. */
  value: Uint8Array | null = null;
  generation = 0;
  taken = 0;
  frozen: { readonly value: Uint8Array | null } | null = null;
  /** Surely not in the store: deleted before a flush it costs nothing. */
  fresh: boolean;

  constructor(table: Table, bucket: number, key: ByteKey, fresh: boolean) {
    this.table = table;
    this.bucket = bucket;
    this.key = key;
    this.fresh = fresh;
  }

  beginChange(active: number): boolean {
    if (this.generation === active) return false;
    if (this.generation !== 0 && this.taken !== this.generation) {
      this.frozen = { value: this.value };
    }
    this.generation = active;
    return true;
  }
}

/** Put and deleted again before any flush: the writer skips it. */
export const CANCELLED = -1;
