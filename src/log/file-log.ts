/**
 * The node's write-ahead log on disk: one for all its groups (DESIGN section 5). This file opens it
 * (scan, cut, write the tail again into a new segment) and puts the parts together: state says what
 * is there, the writer makes it durable, the reader brings it back, compaction removes old segments.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.js';
import type { GroupId, LogIndex, Term } from '../base/ids.js';
import type { LogFloor } from '../raft/types.js';
import type { Log, LogEntry, LogRecord, LogStats, RestoredLog } from '../replica/ports.js';
import { FrameCache } from './cache.js';
import { Compactor } from './compaction.js';
import { isLogError, type LogError, LogFailure, systemCodeOf } from './errors.js';
import { FRAME_HEADER } from './frame.js';
import { type LogFs, nodeLogFs } from './fs.js';
import type { Item } from './queue.js';
import { fromDisk, fromMemory, pickRefs } from './reader.js';
import { repeated } from './records.js';
import { type MetaRecord, type MetaRef, pendingRef } from './refs.js';
import { mustBeWhole, Replayer } from './replay.js';
import { Retention } from './retention.js';
import { listSegments, type Scan, scanLog } from './scan.js';
import { checkIdentity, SPARE_NAME, segmentName } from './segment.js';
import { Segments } from './segments.js';
import { LogState } from './state.js';
import { FrameWriter } from './writer.js';

const MIB = 1 << 20;

export interface FileLogOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly clock: Clock;
  /** A write, sync or check failed: final, called once; nothing completes afterwards. */
  readonly onFatal: (error: LogError) => void;
  readonly logger?: (line: string) => void;
  readonly files?: LogFs;
  /** 16 MiB. */
  readonly segmentBytes?: number;
  /** 1 MiB, header included; one entry that is larger goes alone. */
  readonly maxFrameBytes?: number;
  /** 16 MiB: released entries above it are let go. */
  readonly maxLogBytesPerGroup?: number;
  /** 8: segments kept for slow followers. */
  readonly keepSegments?: number;
  /** 1 GiB of entries kept for snapshots on their way. */
  readonly maxHeldBytes?: number;
  /** 8 MiB of the newest frames stay in memory. */
  readonly cacheBytes?: number;
}

/** The port, with its optional doors. */
export type CompleteLog = Required<Log>;

/**
 * Opens the log, or begins one. When it resolves, everything in `restored` is durable whatever the
 * page cache held before. Rejects with LogCorruption, LogMismatch or LogFailure.
 */
export async function openFileLog(options: FileLogOptions): Promise<CompleteLog> {
  checkIdentity(options);
  const files = options.files ?? nodeLogFs;
  try {
    return await open(options, files);
  } catch (thrown) {
    if (!/^E[A-Z0-9]+$/.test(systemCodeOf(thrown))) throw thrown;
    throw new LogFailure(options.dir, 'opening', thrown);
  }
}

async function open(options: FileLogOptions, files: LogFs): Promise<CompleteLog> {
  const { dir } = options;
  if (await files.mkdir(dir)) await files.dirsync(path.dirname(dir));
  if ((await files.list(dir)).includes(SPARE_NAME)) {
    await files.unlink(path.join(dir, SPARE_NAME));
  }
  const state = new LogState();
  const replayer = new Replayer(state);
  let tail: Buffer | null = null;
  const pathOf = (number: number) => path.join(dir, segmentName(number));
  const numbers = await listSegments(files, dir);
  const scan = await scanLog(files, numbers, pathOf, options, (segment, found) => {
    const { offset, sequence, payload } = found;
    replayer.frame({ segment, offset, length: payload.length, sequence, payload: null }, payload);
    tail = payload;
  });
  mustBeWhole(state, dir);
  await cutTail(files, scan, options.logger);
  const first = tail === null ? scan.nextSequence : scan.nextSequence - 1;
  const log = new FileLog(options, files, state, scan, first);
  await log.begin(tail, replayer);
  return log;
}

/**
 * The last segment ends with its last good frame from now on; nothing is ever appended to it. Synced
 * in any case, for what a killed process left in the page cache.
 */
async function cutTail(files: LogFs, scan: Scan, logger?: (line: string) => void): Promise<void> {
  const last = scan.segments.at(-1);
  if (last === undefined) return;
  await files.truncate(last.ref.path, last.end);
  if (scan.torn !== null) {
    logger?.(`write-ahead log: torn tail cut, ${last.ref.path} at byte ${last.end}`);
  }
}

class FileLog implements CompleteLog {
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
      const again = repeated(tail);
      replayer.frame(await Promise.race([this.#writer.rewrite(again), failed]), again);
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
    const log = this.#state.groups.get(group);
    const refs = log === undefined ? null : pickRefs(log, { from, to, maxBytes });
    return refs === null ? null : fromMemory(refs);
  }

  async entries(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    maxBytes: number,
  ): Promise<readonly LogEntry[] | null> {
    const log = this.#state.groups.get(group);
    const refs = log === undefined ? null : pickRefs(log, { from, to, maxBytes });
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
    const log = this.#state.groups.get(group);
    if (log !== undefined) log.held = index;
  }

  floor(group: GroupId): LogFloor | null {
    return this.#state.groups.get(group)?.floor ?? null;
  }

  liveBytes(group: GroupId): number {
    return this.#state.groups.get(group)?.bytes ?? 0;
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

  async #load(refs: Parameters<typeof fromDisk>[0]): Promise<LogEntry[]> {
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
