/**
 * Rows of one replica: the `ShardState` that apply and reads work on. Memory (dirty rows, pinned
 * rows, cached headers) first, the store behind it. All changes are synchronous; what they came to
 * is written by the node's next flush, together with the descriptor as it stands at that moment.
 */
import { assert, must } from '../../base/assert.js';
import type { ByteKey } from '../../base/bytes.js';
import type { EpochMs, LogIndex, Revision, SpaceId, Term } from '../../base/ids.js';
import { META_GROUP } from '../../base/ids.js';
import { PROBE_DATABASE } from '../../kv/limits.js';
import type { Descriptor } from '../../shard/descriptor.js';
import type {
  DueRow,
  ElementPage,
  ElementRange,
  Head,
  Header,
  NewHead,
  Place,
  ScanPage,
  ScanRange,
  ShardState,
  Table,
  Want,
} from '../types.js';
import type { StoreContext } from './context.js';
import type { Counts } from './counts.js';
import { Deadlines } from './deadlines.js';
import { encodeDescriptor } from './descriptor-codec.js';
import { digestText } from './digest-text.js';
import { readElements } from './element-pages.js';
import type { ElementRow } from './element-rows.js';
import { Elements } from './elements.js';
import type { Grave } from './graves.js';
import { Loader } from './loader.js';
import { mapSpaces } from './pieces.js';
import { PlainRows } from './plain-rows.js';
import { assertHead, bytesOf, digestOf, dueOf, encodeHead } from './row-codec.js';
import { HeadRow, type PlainRow } from './rows.js';
import { scanShard } from './scan.js';
import { streamTable } from './table-stream.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What one flush writes for one replica, as of the flush's start. */
export interface FlushPart {
  readonly shard: ShardRows;
  readonly heads: readonly HeadRow[];
  readonly plain: readonly PlainRow[];
  readonly elements: readonly ElementRow[];
  /** Generations that this flush buries. */
  readonly graves: readonly Grave[];
  readonly descriptor: Buffer;
  /** Null: no count has changed. */
  readonly counts: Buffer | null;
  readonly index: LogIndex;
  readonly term: Term;
}

const ROW_BYTES = 200;
const DESCRIPTOR_BYTES = 512;

export class ShardRows implements ShardState {
  readonly context: StoreContext;
  readonly counted: Counts;
  readonly plain: PlainRows;
  readonly deadlines: Deadlines;
  readonly elementRows: Elements;
  readonly loader: Loader;
  /** Dirty in the active generation, and in the one that is being flushed. */
  dirtyHeads: HeadRow[] = [];
  flushingHeads: HeadRow[] = [];
  /** Changed in the active generation. */
  changed = false;
  /** Replaced by a snapshot or dropped: nothing of it may be written any more. */
  dead = false;
  /** Set until the first flush has written this replica's rows of the node. */
  unwritten: boolean;
  private readonly record: Mutable<Descriptor>;
  private readonly collectors: (() => void)[] = [];
  /** By database; a key's bucket follows from the key. */
  private readonly heads: (Map<ByteKey, HeadRow> | undefined)[] = [];
  private readonly spaces = new Uint32Array(256);
  /** Tells these rows' entries in the header table from those of all rows before them. */
  private salt: number;

  constructor(context: StoreContext, descriptor: Descriptor, counts: Counts, unwritten: boolean) {
    this.context = context;
    this.record = { ...descriptor };
    this.counted = counts;
    this.salt = context.table.newSalt();
    this.unwritten = unwritten;
    this.plain = new PlainRows(context.generations, counts);
    this.deadlines = new Deadlines(this);
    this.elementRows = new Elements(this);
    this.loader = new Loader(this);
    mapSpaces(this.spaces, this.record.pieces);
  }

  get descriptor(): Descriptor {
    return this.record;
  }

  update(change: Partial<Descriptor>): void {
    assert(!this.dead, 'no change to a replica that was replaced or dropped');
    assert(this.elementRows.settled, 'a collection changed without its head');
    Object.assign(this.record, change);
    if (change.pieces !== undefined) {
      mapSpaces(this.spaces, this.record.pieces);
      // Buckets may leave, change elsewhere, and come back.
      this.salt = this.context.table.newSalt();
      this.context.onPieces(this);
    }
    this.markChanged(0);
  }

  header(place: Place): Header | null | undefined {
    const row = this.row(place);
    return row === undefined ? undefined : row.header;
  }

  head(place: Place): Head | null | undefined {
    return this.row(place)?.head();
  }

  readHead(place: Place): Head | null | undefined {
    const row = this.rowInMemory(place);
    return row === undefined ? this.loader.read(place, this.salt) : row.head();
  }

  load(wants: readonly Want[]): Promise<void> | undefined {
    return this.loader.load(wants);
  }

  endRun(): void {
    this.loader.endRun();
  }

  putHead(place: Place, head: NewHead): Header {
    assertHead(head);
    const row = this.changeable(place);
    const facts = this.elementRows.factsFor(row, head);
    const { header, record } = encodeHead(this.spaceOf(place.bucket), place, head, facts);
    const before = this.beginHeadChange(row);
    this.elementRows.settle(row, header.generation);
    const { bucket, database, key } = row;
    const bytes = key.length + bytesOf(header);
    this.counted.add(bucket, database, bytes, digestOf(header), header.deadline !== null);
    row.header = header;
    row.record = record;
    row.value = null;
    this.deadlines.onPut(row, dueOf(header));
    this.markChanged(record.length - before);
    return header;
  }

  deleteHead(place: Place, revision: Revision): void {
    const row = this.changeable(place);
    if (row.header === null) return;
    const before = this.beginHeadChange(row);
    this.counted.markRemoved(row.bucket, row.database, revision);
    this.elementRows.settle(row, 0);
    row.header = null;
    row.record = null;
    row.value = null;
    this.deadlines.onPut(row, null);
    this.markChanged(-before);
  }

  wipe(database: number | null, revision: Revision): void {
    assert(!this.dead, 'no change to a replica that was replaced or dropped');
    // What memory knows is deleted row by row, so that it is never older than the store.
    for (const [of, map] of this.heads.entries()) {
      if (map === undefined || (database === null ? of === PROBE_DATABASE : of !== database))
        continue;
      for (const row of map.values()) if (row.header !== null) this.deleteHead(row, revision);
    }
    this.counted.wipe(database, revision);
    this.salt = this.context.table.newSalt();
    this.markChanged(0);
    this.context.onWiped(this);
  }

  /**
   * A row that came from the store, though it was wiped: it is deleted like any other, but for the
   * counts, which forgot it already.
   */
  deleteWiped(row: HeadRow): void {
    if (row.beginChange(this.context.generations.active)) this.dirtyHeads.push(row);
    this.elementRows.settle(row, 0);
    row.header = null;
    row.record = null;
    row.value = null;
    this.deadlines.onPut(row, null);
    this.markChanged(ROW_BYTES + row.key.length);
  }

  element(place: Place, generation: number, name: ByteKey): Uint8Array | null | undefined {
    return this.elementRows.get(place, generation, name);
  }

  readElement(place: Place, generation: number, name: ByteKey): Uint8Array | null {
    return this.elementRows.read(place, generation, name);
  }

  knowElement(place: Place, generation: number, name: ByteKey, value: Uint8Array | null): void {
    this.elementRows.know(place, generation, name, value);
  }

  putElement(place: Place, generation: number, name: ByteKey, payload: Uint8Array): void {
    assert(!this.dead, 'no change to a replica that was replaced or dropped');
    this.elementRows.put(place, generation, name, payload);
  }

  deleteElement(place: Place, generation: number, name: ByteKey): void {
    assert(!this.dead, 'no change to a replica that was replaced or dropped');
    this.elementRows.delete(place, generation, name);
  }

  wholeElements(place: Place, generation: number): ElementPage['items'] | null {
    return this.elementRows.whole(place, generation);
  }

  elements(place: Place, generation: number, range: ElementRange): Promise<ElementPage | null> {
    return this.context.scans.run(range.deadline ?? null, async () => {
      // It may have waited for its turn.
      const isThere = this.rowInMemory(place)?.header?.generation === generation;
      return isThere ? readElements(this, place, generation, range) : null;
    });
  }

  putRow(table: Table, bucket: number, key: ByteKey, value: Uint8Array, fresh: boolean): void {
    assert(table !== 'm' || this.record.shard === META_GROUP, 'meta rows are the meta group’s');
    assert(this.spaceOf(bucket) !== 0, 'the bucket is this shard’s');
    this.plain.put(table, bucket, key, value, fresh);
    this.markChanged(0);
  }

  deleteRow(table: Table, bucket: number, key: ByteKey): void {
    this.plain.delete(table, bucket, key);
    this.markChanged(0);
  }

  beforeSeal(collect: () => void): void {
    this.collectors.push(collect);
  }

  rows(
    table: Table,
  ): AsyncIterable<{ readonly bucket: number; readonly key: ByteKey; readonly value: Uint8Array }> {
    return streamTable(this, table);
  }

  scan(range: ScanRange): Promise<ScanPage> {
    return scanShard(this, range);
  }

  due(until: EpochMs, count: number): Promise<readonly DueRow[]> {
    return this.deadlines.due(until, count);
  }

  nextDeadline(): EpochMs | null {
    return this.deadlines.next();
  }

  counts(database?: number): { readonly keys: number; readonly bytes: number } {
    return this.counted.total(database);
  }

  removedAt(place: Pick<Place, 'bucket' | 'database'>): number {
    return this.counted.removedAt(place.bucket, place.database);
  }

  expiring(database: number): number {
    return this.counted.expiring(database);
  }

  keysIn(bucket: number, database: number): number {
    return this.counted.keysIn(bucket, database);
  }

  digest(): string {
    return digestText(this.record, this.counted.digest());
  }

  // What the rest of the store half needs.

  get rowsInMemory(): number {
    let rows = 0;
    for (const map of this.heads) rows += map?.size ?? 0;
    return rows;
  }

  row(place: Place): HeadRow | undefined {
    return this.rowInMemory(place) ?? this.rowOfTable(place);
  }

  /** The same, but what only the header table knows stays there. */
  rowInMemory(place: Place): HeadRow | undefined {
    return this.heads[place.database]?.get(place.key);
  }

  /** A clean row comes into memory. */
  adopt(row: HeadRow): void {
    const { database } = row;
    while (this.heads.length <= database) this.heads.push(undefined);
    const map = this.heads[database] ?? new Map<ByteKey, HeadRow>();
    this.heads[database] = map;
    map.set(row.key, row);
  }

  /** A clean row leaves memory; its header goes to the table. */
  forget(row: HeadRow): void {
    const map = this.heads[row.database];
    if (map?.get(row.key) !== row) return;
    assert(row.generation === 0, 'a dirty row stays in memory');
    map.delete(row.key);
    if (this.dead || row.header?.facts) return;
    this.context.table.put(this.salt, row, row.header);
  }

  /** The space of a bucket; 0 when it is not this replica's. */
  spaceOf(bucket: number): SpaceId {
    return this.spaces[bucket] as SpaceId;
  }

  /** Starts a flush: what is active becomes what is written. Runs between entries. */
  swap(): FlushPart {
    for (const collect of this.collectors) collect();
    this.flushingHeads = this.dirtyHeads;
    this.dirtyHeads = [];
    this.changed = false;
    const writeCounts = this.counted.changed || this.unwritten;
    this.unwritten = false;
    return {
      shard: this,
      heads: this.flushingHeads,
      plain: this.plain.swap(),
      ...this.elementRows.swap(),
      descriptor: encodeDescriptor(this.record),
      counts: writeCounts ? this.counted.encode() : null,
      index: this.record.applied.index,
      term: this.record.applied.term,
    };
  }

  /** The flush is durable: what was not changed since is clean. */
  releaseHead(row: HeadRow, generation: number): void {
    if (row.generation !== generation) return;
    row.generation = 0;
    this.deadlines.onClean(row);
    if (!this.loader.isPinned(row)) {
      this.forget(row);
      return;
    }
    row.readValue();
    row.record = null;
  }

  markChanged(bytes: number): void {
    const { generations } = this.context;
    generations.activeBytes += bytes;
    if (!this.changed) {
      this.changed = true;
      generations.activeBytes += DESCRIPTOR_BYTES;
    }
    this.context.onDirty();
  }

  private changeable(place: Place): HeadRow {
    assert(!this.dead, 'no change to a replica that was replaced or dropped');
    return must(this.row(place), 'the old header of a key that is written');
  }

  private rowOfTable(place: Place): HeadRow | undefined {
    const header = this.context.table.take(this.salt, place);
    if (header === undefined) return undefined;
    const row = new HeadRow(place);
    row.becomeStored(header);
    this.adopt(row);
    this.loader.pin(row);
    return row;
  }

  /** Takes the old state out of the counts; returns the overlay's bytes that it frees. */
  private beginHeadChange(row: HeadRow): number {
    const old = row.header;
    if (old !== null) {
      const { bucket, database, key } = row;
      const bytes = key.length + bytesOf(old);
      this.counted.remove(bucket, database, bytes, digestOf(old), old.deadline !== null);
    }
    const before = row.record?.length ?? 0;
    if (!row.beginChange(this.context.generations.active)) return before;
    this.dirtyHeads.push(row);
    return -(ROW_BYTES + row.key.length);
  }
}
