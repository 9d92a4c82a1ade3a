/**
 * The log while it runs. Puts the parts together: state says what is there, the writer makes it
 * durable, the reader brings it back, compaction removes old segments. The first failure ends it.
 */
import type { GroupId, LogIndex, Term } from '../base/ids.js';
import type { LogFloor } from '../raft/types.js';
import type { LogEntry, LogRecord, LogStats, RestoredLog } from '../replica/ports.js';
import { FrameCache } from './cache.js';
import { Compactor } from './compaction.js';
import { isLogError, type LogError, LogFailure } from './errors.js';
import { FRAME_HEADER } from './frame.js';
import type { LogFs } from './fs.js';
import type { CompleteLog, FileLogOptions } from './options.js';
import type { Item } from './queue.js';
import { fromDisk, fromMemory } from './reader.js';
import { type EntryRef, type MetaRecord, type MetaRef, pendingRef } from './refs.js';
import type { Replayer } from './replay.js';
import { Retention } from './retention.js';
import type { Scan } from './scan.js';
import { Segments } from './segments.js';
import type { LogState } from './state.js';
import { FrameWriter } from './writer.js';

const MIB = 1 << 20;

export class RunningLog implements CompleteLog {
  restored: RestoredLog;
  readonly #state: LogState;
  readonly #segments: Segments;
  readonly #retention: Retention;
  readonly #writer: FrameWriter;
  readonly #compactor: Compactor;
  /** Frames read back for slow followers; the writer's own are in a cache of theirs. */
  readonly #reads: FrameCache;
  readonly #options: FileLogOptions;
  readonly #firstSequence: number;
  #failure: LogError | null = null;
  #tell: (error: LogError) => void;
  readonly #torn: RestoredLog['tornTail'];
  #closing: Promise<void> | null = null;

  constructor(
    options: FileLogOptions,
    files: LogFs,
    state: LogState,
    scan: Scan,
    firstSequence: number,
  ) {
    const { dir, clock, logger = () => {}, segmentBytes = 16 * MIB } = options;
    const cacheBytes = options.cacheBytes ?? 8 * MIB;
    this.#state = state;
    this.#torn = scan.torn;
    this.restored = state.restored(scan.torn);
    this.#options = options;
    this.#firstSequence = firstSequence;
    this.#tell = options.onFatal;
    const fail = (error: unknown) => this.#fail(error);
    this.#retention = new Retention({
      segmentBytes,
      keepSegments: options.keepSegments ?? 8,
      maxLogBytesPerGroup: options.maxLogBytesPerGroup ?? 16 * MIB,
      maxHeldBytes: options.maxHeldBytes ?? 1024 * MIB,
    });
    const onStarved = () => this.#writer.onStarved();
    const making = { files, dir, clock, logger, onStarved, segmentBytes, identity: options };
    this.#segments = new Segments(making, scan.segments);
    this.#reads = new FrameCache(cacheBytes / 2);
    this.#writer = new FrameWriter({
      files,
      clock,
      segments: this.#segments,
      cache: new FrameCache(cacheBytes),
      maxFrameBytes: options.maxFrameBytes ?? MIB,
      nextSequence: firstSequence,
      onFail: fail,
      onRotated: () => this.#compactor.maybeRun(),
    });
    this.#compactor = new Compactor({
      state,
      segments: this.#segments,
      retention: this.#retention,
      push: (unit) => this.#writer.push(unit, false),
      load: async (refs) => (await this.#load(refs)).map((entry) => entry.bytes),
      onError: fail,
    });
  }

  /** Makes the new segment, and the tail durable in it, before anybody is promised anything. */
  async begin(tail: Buffer | null, replayer: Replayer): Promise<void> {
    const { onFatal } = this.#options;
    try {
      const bytes = FRAME_HEADER + (tail?.length ?? 0);
      await this.#segments.rotate(this.#firstSequence, bytes, tail !== null);
      if (tail === null) return;
      const failed = new Promise<never>((_, reject) => {
        this.#tell = reject;
      });
      replayer.frame(await Promise.race([this.#writer.rewrite(tail), failed]), tail, true);
      this.restored = this.#state.restored(this.#torn);
    } catch (thrown) {
      this.#writer.stop();
      await this.#segments.close().catch(() => {});
      throw thrown;
    } finally {
      this.#tell = onFatal;
    }
  }

  get busy(): boolean {
    return this.#writer.busy;
  }

  frameAgeMs(): number {
    return this.#writer.frameAgeMs();
  }

  write(records: readonly LogRecord[], sync: boolean, onDurable: () => void): void {
    if (this.#closing !== null || this.#failure !== null) return;
    const items = records.map((record) => this.#item(ownDescriptor(record)));
    this.#writer.push({ items, onDurable }, sync);
  }

  recent(group: GroupId, from: LogIndex, to: LogIndex, maxBytes: number): LogEntry[] | null {
    const refs = this.#state.pick(group, { from, to, maxBytes });
    return refs === null ? null : fromMemory(refs);
  }

  async entries(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    maxBytes: number,
  ): Promise<readonly LogEntry[] | null> {
    const refs = this.#state.pick(group, { from, to, maxBytes });
    if (refs === null) return null;
    try {
      return await this.#load(refs);
    } catch (thrown) {
      this.#fail(thrown);
      throw thrown;
    }
  }

  release(group: GroupId, index: LogIndex, term: Term): void {
    const log = this.#state.groups.get(group);
    if (log === undefined || this.#closing !== null) return;
    if (index > log.released.index) log.released = { index, term };
    const floor = this.#retention.overBound(log);
    if (floor !== null) {
      const record: MetaRecord = { kind: 'floor', group, replica: log.replica, ...floor };
      this.#writer.push({ items: [this.#item(record)], onDurable: null }, false);
    }
    this.#compactor.maybeRun();
  }

  hold(group: GroupId, index: LogIndex | null): void {
    this.#state.hold(group, index);
  }

  floor(group: GroupId): LogFloor | null {
    return this.#state.floor(group);
  }

  liveBytes(group: GroupId): number {
    return this.#state.liveBytes(group);
  }

  stats(): LogStats {
    const { count, bytes, syncs } = this.#segments;
    return {
      segments: count,
      bytes,
      frames: this.#writer.frames,
      syncs: this.#writer.syncs + syncs,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** What a record does to the state happens now; its place is known when its frame is filled. */
  #item(record: LogRecord): Item {
    if (record.kind === 'append') {
      const refs = record.entries.map(pendingRef);
      this.#state.append(record, refs);
      return { kind: 'append', owner: record, refs };
    }
    const ref: MetaRef = { record, carried: false, frame: null };
    this.#state.meta(ref);
    return { kind: 'meta', ref };
  }

  async #load(refs: readonly EntryRef[]): Promise<LogEntry[]> {
    return fromMemory(refs) ?? fromDisk(refs, this.#segments, this.#reads);
  }

  #fail(thrown: unknown): void {
    if (this.#failure !== null) return;
    const { dir } = this.#options;
    const error = isLogError(thrown) ? thrown : new LogFailure(dir, 'working on', thrown);
    this.#failure = error;
    this.#writer.stop();
    this.#compactor.abandon();
    this.#tell(error);
  }

  async #close(): Promise<void> {
    this.#compactor.stop();
    await this.#writer.seal();
    if (this.#failure === null && !this.#segments.starved) await this.#compactor.settled();
    this.#writer.stop();
    await this.#segments.close();
  }
}

/** What is kept for longer than a frame is copied, never a slice of somebody's receive buffer. */
const ownDescriptor = (record: LogRecord): LogRecord =>
  record.kind === 'snapshot' ? { ...record, descriptor: Buffer.from(record.descriptor) } : record;
