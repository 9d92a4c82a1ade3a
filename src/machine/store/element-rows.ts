/**
 * Elements of collections in memory: those a flush has still to write, and those a run has asked
 * for. They hang on their key's head row, which is dirty whenever one of them is, so whoever finds
 * the head finds them, and a collection whose head goes is forgotten as a whole.
 */
import type { ByteKey } from '../../base/bytes.js';
import type { Facts } from '../types.js';

export class ElementRow {
  readonly collection: CollectionRows;
  readonly name: ByteKey;
  /** Payload and CRC of the newest state; null: the element is not there. */
  value: Buffer | null = null;
  crc = 0;
  /** As the flush writes it; only while dirty. */
  record: Buffer | null = null;
  /** As for a head: 0 when the store has it too, else the overlay's generation it belongs to. */
  generation = 0;
  taken = 0;
  frozen: { readonly record: Buffer | null } | null = null;
  stored = false;
  pinned = 0;

  constructor(collection: CollectionRows, name: ByteKey) {
    this.collection = collection;
    this.name = name;
  }

  /** Before a change in the overlay's generation `active`. True when it is the first one there. */
  beginChange(active: number): boolean {
    if (this.generation === active) return false;
    if (this.generation !== 0 && this.taken !== this.generation) {
      this.frozen = { record: this.record };
    }
    this.generation = active;
    return true;
  }
}

/** One generation of one key's elements. */
export class CollectionRows {
  readonly bucket: number;
  readonly generation: number;
  /** The same in every space. */
  readonly name: ByteKey;
  /** Of the store keys of its elements. */
  readonly prefix: Buffer;
  readonly rows = new Map<ByteKey, ElementRow>();
  /** What is not in `rows` is not there. */
  complete: boolean;
  /** The overlay's generation that began it; 0: it was found in the store. */
  readonly bornIn: number;
  /** The overlay's generation in which its head went; 0: it is alive. */
  buriedIn = 0;
  rowCount: number;
  bytes: number;
  digest: number;

  constructor(from: {
    readonly bucket: number;
    readonly generation: number;
    readonly name: ByteKey;
    readonly prefix: Buffer;
    /** Of the stored head; null: it begins now. */
    readonly facts: Facts | null;
    readonly active: number;
  }) {
    this.bucket = from.bucket;
    this.generation = from.generation;
    this.name = from.name;
    this.prefix = from.prefix;
    this.complete = from.facts === null;
    this.bornIn = from.facts === null ? from.active : 0;
    this.rowCount = from.facts?.rows ?? 0;
    this.bytes = from.facts?.bytes ?? 0;
    this.digest = from.facts?.digest ?? 0;
  }

  facts(wake: Facts['wake']): Facts {
    return { rows: this.rowCount, bytes: this.bytes, digest: this.digest, wake };
  }

  /** A row leaves memory. */
  forget(row: ElementRow): void {
    if (this.rows.get(row.name) !== row) return;
    this.rows.delete(row.name);
    if (row.value !== null) this.complete = false;
  }
}
