/**
 * All replicas' rows on one node: opens the store, owns the one writer and the flusher, and hands
 * out each replica's rows. Host and replicas see `NodeState`; scrub, sweep and what was found wrong
 * at the start are for the node.
 */
import { assert, must } from '../../base/assert.js';
import type { Clock } from '../../base/clock.js';
import {
  type GroupId,
  type LogIndex,
  META_GROUP,
  type ReplicaId,
  type SpaceId,
  spaceId,
  type Term,
  ZERO_INDEX,
  ZERO_TERM,
} from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { Descriptor, Piece } from '../../shard/descriptor.js';
import type { OrderedStore } from '../ports.js';
import type {
  IncomingSnapshot,
  NodeState,
  NodeStateHooks,
  OutgoingSnapshot,
  ShardState,
} from '../types.js';
import { BatchWriter, type SpaceCounter } from './batch-writer.js';
import { corrupt as foundCorrupt, type Generations, type StoreContext } from './context.js';
import { Counts, decodeCounts } from './counts.js';
import { DeadPieces } from './dead-pieces.js';
import { decodeDescriptor, encodeDescriptor } from './descriptor-codec.js';
import { Flusher, positionsOf, putNodeRow } from './flusher.js';
import { Graves } from './graves.js';
import { HeaderTable } from './header-table.js';
import { openIncoming } from './incoming-snapshot.js';
import { NODE_ROWS, nodeKey, rowKey } from './keys.js';
import { type OpenedStore, readNodeRows } from './open.js';
import { openOutgoing } from './outgoing-snapshot.js';
import { overlap, samePieces, wholeSpace } from './pieces.js';
import { metaName } from './plain-rows.js';
import { ReadBudget } from './read-budget.js';
import { crcOfStored, decodeRow, encodeRow } from './row-codec.js';
import { ScanSlots } from './scan-slots.js';
import { type ScrubOptions, type ScrubResult, scrubReplica } from './scrub.js';
import { type FlushPart, ShardRows } from './shard-rows.js';
import type { StoreStats } from './stats.js';
import { watchedHooks } from './watched-hooks.js';
import { Wipes } from './wipes.js';

export interface NodeStateOptions {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly hooks: NodeStateHooks;
  /** A generation of this size is flushed at once. */
  readonly flushBytes?: number;
  /** A smaller one is flushed when its first change is this old. */
  readonly flushAgeMs?: number;
  /** Apply pauses when the active generation has this size while the other still flushes. */
  readonly saturateBytes?: number;
  /** What the table of clean headers takes. */
  readonly headerCacheBytes?: number;
  /** Seed of the table's hash, below 2^53; random, so that no other process has its collisions. */
  readonly hashSeed: number;
  /** How long synchronous look-ups may block a turn. */
  readonly syncReadBudgetMs?: number;
  /** Rows that one slice of a clean-up has; for tests. */
  readonly cleanUpRows?: number;
  /** How many bytes of batches keep their numbers; for tests. */
  readonly numberedBytes?: number;
}

/** NodeState as the node sees it. */
export interface OpenedNodeState extends NodeState {
  /**
   * True: the store has lost a batch or a row of the node itself. Nothing of this state may be
   * used: delete the store and take snapshots from peers, or refuse to start (exit 8).
   */
  readonly lostBatch: boolean;
  /** What was found, in words; null when all is well. */
  readonly damage: string | null;
  /** Groups of which a wrong row has been found so far, at the opening too: to be fenced. */
  readonly corrupt: ReadonlyMap<GroupId, string>;
  /**
   * Deletes pieces that no descriptor lists. Call once after the start, when unfinished snapshot
   * records of the log have been installed.
   */
  sweep(): Promise<void>;
  scrub(group: GroupId, options: ScrubOptions): Promise<ScrubResult>;
  stats(): StoreStats;
}

const MIB = 1024 * 1024;
const ROWS_BEGIN = { index: ZERO_INDEX, term: ZERO_TERM };

/** Opens the state of a node over an open store; the store stays the caller's to close. */
export async function openNodeState(options: NodeStateOptions): Promise<OpenedNodeState> {
  const opened = await readNodeRows(options.store);
  const state = new StoreBackedState(options, opened);
  if (opened.damage === null) await state.openShards(opened);
  return state;
}

class StoreBackedState implements OpenedNodeState {
  readonly damage: string | null;
  readonly descriptors = new Map<GroupId, Descriptor>();
  readonly corrupt = new Map<GroupId, string>();
  private readonly context: StoreContext;
  private readonly writer: BatchWriter;
  private readonly flusher: Flusher;
  private readonly dead: DeadPieces;
  private readonly graves: Graves;
  private readonly wipes: Wipes;
  private readonly shards = new Map<GroupId, ShardRows>();
  private readonly positions = new Map<GroupId, { index: LogIndex; term: Term }>();
  private readonly spaces: SpaceCounter;
  /** Spaces that are being received or wait for their descriptor; counts once whole. */
  private readonly incoming = new Map<SpaceId, Counts | null>();
  private readonly behind = new Set<Promise<void>>();
  private closed = false;

  constructor(options: NodeStateOptions, opened: OpenedStore) {
    const { store, clock } = options;
    const hooks = watchedHooks(options.hooks, this.corrupt);
    this.damage = opened.damage;
    this.spaces = { next: opened.nextSpace, durable: opened.nextSpace };
    const generations: Generations = { active: 1, activeBytes: 0, flushingBytes: 0, finished: 0 };
    this.writer = new BatchWriter({
      store,
      numbers: opened.numbers,
      spaces: this.spaces,
      onFatal: (error) => hooks.onFatal(error),
      ...(options.numberedBytes === undefined ? {} : { numberedBytes: options.numberedBytes }),
    });
    this.flusher = new Flusher({
      options: {
        flushBytes: options.flushBytes ?? 4 * MIB,
        flushAgeMs: options.flushAgeMs ?? 1000,
        saturateBytes: options.saturateBytes ?? 16 * MIB,
      },
      context: () => this.context,
      writer: this.writer,
      generations,
      shards: () => this.shards.values(),
      onFlushed: (parts) => this.onFlushed(parts),
    });
    const headerBytes = options.headerCacheBytes ?? 16 * MIB;
    this.context = {
      store,
      clock,
      hooks,
      generations,
      table: new HeaderTable(headerBytes, options.hashSeed),
      budget: new ReadBudget(clock, options.syncReadBudgetMs ?? 3),
      scans: new ScanSlots(clock),
      onDirty: () => this.flusher.onDirty(),
      onPieces: (shard) => this.graves.open(shard),
      onWiped: (shard) => this.wipes.open(shard),
    };
    const { writer } = this;
    const inBackground = (work: () => Promise<void>) => this.inBackground(work);
    const behind = { stopped: () => this.closed, inBackground, sliceRows: options.cleanUpRows };
    this.graves = new Graves({ store, writer, ...behind });
    this.wipes = new Wipes({ flush: () => this.flush(), ...behind });
    this.dead = new DeadPieces({
      store,
      writer,
      listed: () => this.listedPieces(),
      stopped: () => this.closed,
    });
  }

  async openShards(opened: OpenedStore): Promise<void> {
    for (const { descriptor, counts } of opened.replicas) {
      const shard = new ShardRows(this.context, descriptor, counts, false);
      this.positions.set(descriptor.shard, { ...descriptor.applied });
      try {
        await this.adopt(shard);
      } catch (error) {
        if (!(error instanceof RkvError) || error.code !== 'CORRUPT') throw error;
        // Named in `corrupt`: the replica is there to be fenced, the others go on.
        this.show(shard);
      }
    }
  }

  get lostBatch(): boolean {
    return this.damage !== null;
  }

  get saturated(): boolean {
    return this.flusher.saturated;
  }

  shard(group: GroupId): ShardState {
    return must(this.shards.get(group), `a replica of shard ${group} in the store`);
  }

  create(descriptor: Descriptor): ShardState {
    const group = descriptor.shard;
    assert(!this.shards.has(group), `no second replica of shard ${group} on this node`);
    const taken = this.listedPieces();
    const isTaken = descriptor.pieces.some((piece) => taken.some((other) => overlap(piece, other)));
    assert(!isTaken, 'a new replica has spaces of its own');
    const shard = new ShardRows(this.context, descriptor, new Counts(), true);
    this.show(shard);
    shard.markChanged(0);
    return shard;
  }

  allocateSpace(): SpaceId {
    return spaceId(this.spaces.next++);
  }

  flush(): Promise<void> {
    return this.flusher.flush();
  }

  flushed(group: GroupId): { readonly index: LogIndex; readonly term: Term } {
    return this.positions.get(group) ?? ROWS_BEGIN;
  }

  async snapshot(group: GroupId): Promise<OutgoingSnapshot> {
    await this.flush();
    await this.wipes.settle(() => this.shards.get(group));
    return openOutgoing(this.context, group);
  }

  receive(group: GroupId, replica: ReplicaId, descriptor: Uint8Array): IncomingSnapshot {
    const space = this.allocateSpace();
    this.incoming.set(space, null);
    return openIncoming({
      context: this.context,
      writer: this.writer,
      group,
      replica,
      space,
      descriptor,
      onWhole: (of, counts) => void this.incoming.set(of, counts),
      onAbort: async (of) => {
        // Installed by now: it is the replica's.
        if (!this.incoming.delete(of)) return;
        await this.writer.write((batch) => batch.del(nodeKey(NODE_ROWS.incoming, of)));
        await this.dead.remove([wholeSpace(of)]);
      },
    });
  }

  async install(group: GroupId, descriptor: Descriptor): Promise<ShardState> {
    const before = this.shards.get(group);
    if (before && samePieces(before.descriptor.pieces, descriptor.pieces)) return before;
    const { space } = must(descriptor.pieces[0], 'the piece that was received');
    const counts = this.incoming.get(space) ?? (await this.readIncoming(group, space));
    const shard = new ShardRows(this.context, descriptor, counts, false);
    // From here the old rows are nobody's; a flush that has them in its batch comes before this
    // one.
    if (before) {
      before.dead = true;
      this.shards.delete(group);
    }
    const packed = counts.encode();
    await this.writer.write((batch) => {
      putNodeRow(batch, NODE_ROWS.replica, group, encodeDescriptor(descriptor));
      putNodeRow(batch, NODE_ROWS.counts, group, packed);
      batch.del(nodeKey(NODE_ROWS.incoming, space));
    });
    this.positions.set(group, { ...descriptor.applied });
    this.corrupt.delete(group);
    try {
      await this.adopt(shard);
    } finally {
      // With rows that are wrong too it is the replica: the next snapshot replaces it.
      this.show(shard);
      this.incoming.delete(space);
      if (before) this.inBackground(() => this.dead.remove(before.descriptor.pieces));
    }
    return shard;
  }

  drop(group: GroupId): void {
    const shard = this.shards.get(group);
    if (!shard) return;
    shard.dead = true;
    this.shards.delete(group);
    this.descriptors.delete(group);
    this.positions.delete(group);
    this.corrupt.delete(group);
    this.inBackground(async () => {
      await this.writer.write((batch) => {
        batch.del(nodeKey(NODE_ROWS.replica, group));
        batch.del(nodeKey(NODE_ROWS.counts, group));
      });
      await this.dead.remove(shard.descriptor.pieces);
    });
  }

  encodeDescriptor(descriptor: Descriptor): Uint8Array {
    return encodeDescriptor(descriptor);
  }

  decodeDescriptor(bytes: Uint8Array): Descriptor {
    return decodeDescriptor(bytes);
  }

  sweep(): Promise<void> {
    return this.dead.sweep();
  }

  async scrub(group: GroupId, options: ScrubOptions): Promise<ScrubResult> {
    await this.flush();
    const stopped = () => this.closed || options.stopped?.() === true;
    return scrubReplica(this.context, group, { ...options, stopped });
  }

  stats(): StoreStats {
    const { generations, table } = this.context;
    let rowsInMemory = 0;
    let syncElementReads = 0;
    for (const shard of this.shards.values()) {
      rowsInMemory += shard.rowsInMemory;
      syncElementReads += shard.elementRows.syncReads;
    }
    return {
      flushes: this.flusher.flushes,
      batches: this.writer.written,
      activeBytes: generations.activeBytes,
      flushingBytes: generations.flushingBytes,
      rowsInMemory,
      tabledHeaders: table.size,
      buried: this.graves.size,
      syncElementReads,
    };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.context.scans.close();
    // After a failed write nothing can be flushed; the node was told when it failed.
    await this.flush().catch(() => undefined);
    await Promise.all(this.behind);
    this.flusher.close();
    await this.writer.idle();
  }

  private onFlushed(parts: readonly FlushPart[]): void {
    for (const { shard, graves } of parts) this.graves.add(shard, graves);
    const groups = positionsOf(parts);
    for (const { group, index, term } of groups) this.positions.set(group, { index, term });
    if (groups.length > 0) this.context.hooks.onFlushed(groups);
  }

  /** Reads what must be in memory before the first change, then makes the replica visible. */
  private async adopt(shard: ShardRows): Promise<void> {
    const group = shard.descriptor.shard;
    await shard.deadlines.open();
    if (group === META_GROUP) {
      for await (const { bucket, key, value } of shard.rows('m')) {
        const crc = crcOfStored(encodeRow(rowKey(shard.spaceOf(bucket), bucket, 'm', key), value));
        shard.plain.metaCrcs.set(metaName(bucket, key), crc);
      }
    }
    this.show(shard);
    this.graves.open(shard);
    this.wipes.open(shard);
  }

  private show(shard: ShardRows): void {
    this.shards.set(shard.descriptor.shard, shard);
    this.descriptors.set(shard.descriptor.shard, shard.descriptor);
  }

  private async readIncoming(group: GroupId, space: SpaceId): Promise<Counts> {
    const key = nodeKey(NODE_ROWS.incoming, space);
    const stored = this.context.store.getSync(key);
    const row = stored === undefined ? null : decodeRow(key, stored);
    const counts = row === null ? null : decodeCounts(row);
    if (counts === null) {
      throw foundCorrupt(this.context, group, `the snapshot in space ${space} is not whole`);
    }
    return counts;
  }

  /** What must not be deleted. */
  private listedPieces(): readonly Piece[] {
    const pieces = [...this.incoming.keys()].map(wholeSpace);
    for (const shard of this.shards.values()) pieces.push(...shard.descriptor.pieces);
    return pieces;
  }

  private inBackground(work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => {
        if (!(error instanceof RkvError)) this.context.hooks.onFatal(error);
      })
      .finally(() => this.behind.delete(running));
    this.behind.add(running);
  }
}
