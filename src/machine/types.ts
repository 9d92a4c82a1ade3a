/**
 * The state machine as the replica sees it, and the rows as the commands see them.
 *
 * Two halves meet here. `machine/store/` keeps rows: key layout, header codec, two-generation
 * overlay, flush, snapshots, digests (it implements `NodeState` and `ShardState`). `machine/apply/`
 * and `machine/commands/` decide what an entry does to them (they implement `Machine`). Everything
 * between `load` and the end of `apply` is synchronous and deterministic.
 */
import type { ByteKey } from '../base/bytes.js';
import type {
  EpochMs,
  GroupId,
  LogIndex,
  MonoMs,
  ReplicaId,
  Revision,
  SpaceId,
  Term,
} from '../base/ids.js';
import type { Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import type { EntryKind } from '../raft/types.js';
import type { Descriptor } from '../shard/descriptor.js';
import type { EntryPayload } from '../wire/entry/types.js';

/**
 * Tables of DESIGN section 6: heads, collection parts, deadlines, sessions, history, locks, meta;
 * and `b`, the generations of collections that are buried: their heads are gone, their elements are
 * deleted behind.
 */
export type Table = 'b' | 'd' | 'c' | 'x' | 's' | 'h' | 'l' | 'm';

/** What a collection's head says of its element rows; the store keeps all but `wake`. */
export interface Facts {
  readonly rows: number;
  /** Names and payloads of the element rows. */
  readonly bytes: number;
  /** Sum of the element rows' CRCs modulo 2^52. */
  readonly digest: number;
  /** No element is due before; null: none has a deadline. */
  readonly wake: EpochMs | null;
}

/** What a head row says of its key without its value. */
export interface Header {
  readonly type: number;
  readonly flags: number;
  readonly revision: Revision;
  readonly created: Revision;
  readonly deadline: EpochMs | null;
  /** Element generation of a collection; 0 for strings. */
  readonly generation: number;
  /** Bytes of the value. */
  readonly size: number;
  /** CRC-32 of the row, the unit of a bucket's digest. */
  readonly crc: number;
  /** Of a collection; null for strings. */
  readonly facts: Facts | null;
}

export interface Head extends Header {
  readonly value: Uint8Array;
}

/** What a writer says of a head; size, CRC and facts are computed below. */
export interface NewHead extends Omit<Head, 'size' | 'crc' | 'facts'> {
  /** Of a collection: no element is due before; left out: as it was. */
  readonly wake?: EpochMs | null;
}

/** A key with its place: bucket of its slot, database, name. */
export interface Place {
  readonly bucket: number;
  readonly database: number;
  readonly key: ByteKey;
}

/** `header`: enough to overwrite or delete · `head`: the value too. */
export interface Want extends Place {
  readonly need: 'header' | 'head';
  /** Names of element rows, if the key is a collection. */
  readonly elements?: readonly ByteKey[];
  /** All its elements, if it has no more bytes than MAX_WHOLE_BYTES. */
  readonly whole?: boolean;
}

/** A part of a collection, in the order of names. */
export interface ElementRange {
  /** First name, included. */
  readonly from: ByteKey;
  /** First name no longer of the range; null: to the end. */
  readonly to: ByteKey | null;
  readonly count: number;
  /** Names and payloads; a page has at least one element. */
  readonly bytes: number;
  /** As of a scan. */
  readonly deadline?: MonoMs;
}

export interface ElementPage {
  readonly items: readonly { readonly name: ByteKey; readonly value: Uint8Array }[];
  /** False: more may follow the last item. */
  readonly done: boolean;
  /** Applied cluster time at the page's instant. */
  readonly time: EpochMs;
}

/** Rows of one replica: memory first, the store behind it. */
export interface ShardState {
  readonly descriptor: Descriptor;
  /** Replaces fields of the descriptor; becomes durable with the flush of this generation. */
  update(change: Partial<Descriptor>): void;

  /** `undefined`: not in memory, `load` it first · `null`: the key surely is not there. */
  header(place: Place): Header | null | undefined;
  head(place: Place): Head | null | undefined;
  /**
   * For a read of one key: as `head`, but what memory does not have comes straight from the store,
   * and nothing of it stays in memory. `undefined`: `load` it, the turn's read budget is spent.
   * Throws an RkvError CORRUPT when the row is wrong.
   */
  readHead(place: Place): Head | null | undefined;
  /**
   * Brings these into memory and pins them until `endRun`. Returns undefined when nothing is left
   * to wait for: all in memory, or read synchronously within the turn's read budget. Rejects
   * with an RkvError CORRUPT when a row's CRC is wrong.
   */
  load(wants: readonly Want[]): Promise<void> | undefined;
  endRun(): void;

  /**
   * Both need the old header in memory (asserted); they keep digest, counts and table `x` right.
   */
  putHead(place: Place, head: NewHead): Header;
  deleteHead(place: Place, revision: Revision): void;
  /** Revision at which a key of the place's bucket and database was last removed; 0: never. */
  removedAt(place: Pick<Place, 'bucket' | 'database'>): number;
  /**
   * All keys of a database (null: of every one but the probes') are gone, with their elements; what
   * the store still has of them is no larger than `revision` and is cleaned up behind.
   */
  wipe(database: number | null, revision: Revision): void;

  /**
   * Rows of one generation of a collection, by names that the collection's type gives them. The
   * head must be in memory; `generation` is its own, or the one it is about to be put with, which
   * is empty. A head put with another generation, or deleted, takes all elements of the old one
   * with it, at once. As for `head`: `undefined`: not in memory · `null`: surely not there.
   */
  element(place: Place, generation: number, name: ByteKey): Uint8Array | null | undefined;
  /** The same, read synchronously when it is not in memory. Throws CORRUPT. */
  readElement(place: Place, generation: number, name: ByteKey): Uint8Array | null;
  /** Tells what an element surely is, because another one says so; instead of a load. */
  knowElement(place: Place, generation: number, name: ByteKey, payload: Uint8Array | null): void;
  /**
   * Both need the old element in memory (asserted). The head must be put after them and before the
   * entry ends (asserted): it takes over what they came to.
   */
  putElement(place: Place, generation: number, name: ByteKey, payload: Uint8Array): void;
  deleteElement(place: Place, generation: number, name: ByteKey): void;
  /** All elements in order of names; null: they are not all in memory. */
  wholeElements(place: Place, generation: number): ElementPage['items'] | null;
  /**
   * A part of a live collection as of one instant, overlay and store merged; its head is in memory.
   * Null: it had to wait, and the head has gone or left memory meanwhile. Rejects CORRUPT; as a
   * scan: OVERLOADED, TIMEOUT, and NOT_READY when the replica is replaced meanwhile.
   */
  elements(place: Place, generation: number, range: ElementRange): Promise<ElementPage | null>;

  /**
   * Rows of the other tables. `fresh`: surely not in the store, so that put and delete before a
   * flush cost nothing.
   */
  putRow(table: Table, bucket: number, key: ByteKey, value: Uint8Array, fresh: boolean): void;
  deleteRow(table: Table, bucket: number, key: ByteKey): void;
  /**
   * `collect` runs synchronously, between two entries, right before the active generation is sealed
   * (by flush and snapshot too, when an entry was applied since the last seal); the rows it puts
   * belong to that generation. So session records are encoded only when still alive at a seal.
   */
  beforeSeal(collect: () => void): void;
  /** All rows of a table, in key order, overlay included; for opening (sessions, meta). */
  rows(
    table: Table,
  ): AsyncIterable<{ readonly bucket: number; readonly key: ByteKey; readonly value: Uint8Array }>;

  /**
   * Heads of one database in key order across the shard's buckets: bucket by bucket streams merged
   * by one iterator that seeks, overlay included, at most `count` keys or `bytes`, within about
   * `budgetMs`. `done` false: more may follow `items`' last key (or `resume` when it is set).
   */
  scan(range: ScanRange): Promise<ScanPage>;
  /** The earliest deadlines not after `until`, at most `count`. */
  due(until: EpochMs, count: number): Promise<readonly DueRow[]>;
  /** A lower bound of the next deadline, null when there is none; cheap. */
  nextDeadline(): EpochMs | null;

  /** Keys and bytes of a database (all without one), the digest of everything replicated. */
  counts(database?: number): { readonly keys: number; readonly bytes: number };
  /** Of the keys of a database those that have a deadline, passed ones too. */
  expiring(database: number): number;
  /** Keys of one bucket and database, expired ones included until their entry comes. */
  keysIn(bucket: number, database: number): number;
  digest(): string;
}

/** A key that is due, or a collection of which elements may be: its header tells. */
export interface DueRow {
  readonly place: Place;
  readonly deadline: EpochMs;
}

export interface ScanRange {
  readonly database: number;
  /** First key, included. */
  readonly from: Uint8Array;
  /** First key no longer of the range; null: to the end. */
  readonly to: Uint8Array | null;
  /** The same range from its end: the next page has the last key as its `to`. */
  readonly reverse: boolean;
  readonly count: number;
  readonly bytes: number;
  readonly budgetMs: number;
  readonly keysOnly: boolean;
  /** Keys of this bucket alone. */
  readonly bucket?: number;
  /** Nobody waits for the page after this: one that has not begun by then is not read. */
  readonly deadline?: MonoMs;
}

export interface ScanPage {
  readonly items: readonly {
    readonly key: Uint8Array;
    readonly header: Header;
    readonly value: Uint8Array | null;
  }[];
  readonly done: boolean;
  /**
   * The last key looked at when the budget ended beyond the last item: exclusive start of the next
   * page.
   */
  readonly resume?: Uint8Array;
}

/** All replicas' rows on one node: the store, the overlay, the one flushing writer. */
export interface NodeState {
  /** Descriptors found at open, by group. */
  readonly descriptors: ReadonlyMap<GroupId, Descriptor>;
  shard(group: GroupId): ShardState;
  /**
   * A new replica with this descriptor (bootstrap, child of a split): written by the next flush.
   */
  create(descriptor: Descriptor): ShardState;
  allocateSpace(): SpaceId;
  /** Flushes everything applied so far; resolves when it is synced. */
  flush(): Promise<void>;
  /** True: the active generation is full while the other still flushes; apply must wait. */
  readonly saturated: boolean;
  /** Durable applied index of a group: the log may be released up to it. */
  flushed(group: GroupId): { readonly index: LogIndex; readonly term: Term };
  /** Reads the replica under one store snapshot, after a flush. */
  snapshot(group: GroupId): Promise<OutgoingSnapshot>;
  /** Receives into a new space; rows are checked; nothing is visible before `install`. */
  receive(group: GroupId, replica: ReplicaId, descriptor: Uint8Array): IncomingSnapshot;
  /**
   * Switches a group to a received space (after the log's record is durable); idempotent at start.
   */
  install(group: GroupId, descriptor: Descriptor): Promise<ShardState>;
  /** Forgets a replica; its pieces are deleted in slices behind. */
  drop(group: GroupId): void;
  encodeDescriptor(descriptor: Descriptor): Uint8Array;
  decodeDescriptor(bytes: Uint8Array): Descriptor;
  close(): Promise<void>;
}

export interface SnapshotSummary {
  readonly chunks: number;
  readonly rows: number;
  /** Sum of all rows' CRCs modulo 2^52. */
  readonly digest: number;
  /** What no row tells: when keys were last removed (`Counts.encodeRemovals`). */
  readonly removals: Uint8Array;
}

export interface OutgoingSnapshot {
  readonly descriptor: Descriptor;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Valid when `chunks` has ended. */
  summary(): SnapshotSummary;
  close(): Promise<void>;
}

export interface IncomingSnapshot {
  readonly space: SpaceId;
  /** Durable when resolved. */
  chunk(bytes: Uint8Array): Promise<void>;
  /** Checks count and digest; returns the descriptor to install, with its pieces in `space`. */
  finish(summary: SnapshotSummary): Promise<Descriptor>;
  abort(): Promise<void>;
}

export interface NodeStateHooks {
  /** A flush finished: these groups are durable up to these indexes. */
  onFlushed(
    groups: readonly { readonly group: GroupId; readonly index: LogIndex; readonly term: Term }[],
  ): void;
  /** The store failed (exit 8, or 5 when the disk is full): nothing after it is trusted. */
  onFatal(error: unknown): void;
  /** Saturation ended: apply may go on. */
  onDrained(): void;
  /** A row of this group failed its check: fence the replica. */
  onCorrupt(group: GroupId, what: string): void;
}

export interface CommittedEntry {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly bytes: Uint8Array;
  /** Already decoded on the leader that made it. */
  readonly payload?: EntryPayload;
}

/** What one command of an entry came to. */
export type Outcome =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** The key has left the range: nothing changed, no session record. */
  | { readonly kind: 'moved' }
  /** Below its session's mark: a late copy of what is settled. */
  | { readonly kind: 'settled' }
  /** Older than the horizon: refused, never run. */
  | { readonly kind: 'expired' }
  /** Effects that no longer fit what they read. */
  | { readonly kind: 'conflict' };

export interface AppliedEntry {
  /** One per command of the entry; one for effects; none for time, expire, digest, config. */
  readonly outcomes: readonly Outcome[];
  /** Of a digest entry: this replica's digest at its index. */
  readonly digest?: string;
  /** Of a meta entry: one reply per command. */
  readonly meta?: readonly Uint8Array[];
  readonly payload: EntryPayload | null;
}

/** Deterministic apply and local reads of one replica. */
export interface Machine {
  readonly state: ShardState;
  readonly clusterTime: EpochMs;
  /** Undefined: ready to apply now. */
  prefetch(entry: CommittedEntry): Promise<void> | undefined;
  apply(entry: CommittedEntry): AppliedEntry;
  /**
   * Runs a read on the state as of now (its read index is applied). `now` is the cluster clock: a
   * passed deadline that the log does not know yet answers 'needs-time', and the replica proposes a
   * time entry, waits and asks again with `settled` true (then applied cluster time decides).
   */
  read(
    command: Command,
    now: EpochMs,
    settled: boolean,
    deadline?: MonoMs,
  ): ReadResult | Promise<ReadResult>;
  /** Expiry the leader should propose now, at most `count`. */
  due(now: EpochMs, count: number): Promise<EntryPayload | null>;
}

export type ReadResult =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'needs-time' }
  | { readonly kind: 'moved' };

/** The state machine of the meta group, handed in: its catalogue is no business here. */
export interface MetaRunner {
  /** Deterministic: its only inputs are the command, the context and rows of table `m`. */
  apply(command: Uint8Array, context: MetaContext): Uint8Array;
}

export interface MetaContext {
  /** Cluster time as of this entry. */
  readonly time: EpochMs;
  readonly index: LogIndex;
  readonly state: ShardState;
}
