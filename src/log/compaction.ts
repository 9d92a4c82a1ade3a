/**
 * Removal of old segments, oldest first. What the oldest still holds alive is written again in
 * ordinary frames (entries as copies), then the segment goes: but only when everything that was
 * written up to then is durable, because what it holds dead may be dead by a frame still on its
 * way.
 */
import type { GroupLog } from './group-log.js';
import type { Item, Unit } from './queue.js';
import type { EntryRef, MetaRecord, MetaRef, SegmentRef } from './refs.js';
import type { Retention } from './retention.js';
import type { Segments } from './segments.js';
import type { LogState } from './state.js';

/** Entry bytes carried per step: a quarter of a frame, so that nobody's frame is full of them. */
const STEP_BYTES = 256 * 1024;

export interface CompactionOptions {
  readonly state: LogState;
  readonly segments: Segments;
  readonly retention: Retention;
  /** Into the queue of the next frame; needs no sync of its own. */
  readonly push: (unit: Unit) => void;
  /** Bytes of live entries, from memory or disk. */
  readonly load: (refs: readonly EntryRef[]) => Promise<readonly Uint8Array[]>;
  readonly onError: (error: unknown) => void;
}

interface LiveEntry {
  readonly log: GroupLog;
  readonly ref: EntryRef;
}

export class Compactor {
  readonly #options: CompactionOptions;
  #running: Promise<void> | null = null;
  #stopped = false;
  #abandon: () => void = () => {};
  readonly #abandoned = new Promise<void>((resolve) => {
    this.#abandon = resolve;
  });

  constructor(options: CompactionOptions) {
    this.#options = options;
  }

  /** Something was released, or a segment was made: see whether the oldest is to go. */
  maybeRun(): void {
    if (this.#running !== null || this.#stopped || !this.#tooMany()) return;
    this.#running = this.#run()
      .catch((error) => this.#options.onError(error))
      .finally(() => {
        this.#running = null;
      });
  }

  /**
   * Ends after the step under way. Before the last frames are drained, or it would wait for them.
   */
  stop(): void {
    this.#stopped = true;
  }

  /** The log failed: what the step under way waits for will never come. */
  abandon(): void {
    this.#stopped = true;
    this.#abandon();
  }

  /** When the step under way has ended. */
  async settled(): Promise<void> {
    if (this.#running !== null) await Promise.race([this.#running, this.#abandoned]);
  }

  #tooMany(): boolean {
    const { segments, retention, state } = this.#options;
    if (segments.oldest === null || segments.count <= retention.keepSegments) return false;
    return segments.count > retention.maxSegments(state.groups.values());
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#tooMany()) {
      const oldest = this.#options.segments.oldest;
      if (oldest === null) return;
      this.#raiseFloors(oldest);
      while (!this.#stopped && (await this.#carrySome(oldest)));
      if (this.#stopped) return;
      await this.#pushed([]);
      if (this.#stopped) return;
      await this.#options.segments.removeOldest();
    }
  }

  #raiseFloors(oldest: SegmentRef): void {
    const { state, retention } = this.#options;
    for (const log of state.groups.values()) {
      const floor = retention.outOf(log, oldest);
      const { group, replica } = log;
      if (floor !== null) this.#rewrite({ kind: 'floor', group, replica, ...floor }, false);
    }
  }

  /** True when something was alive there, and is now durable elsewhere. */
  async #carrySome(oldest: SegmentRef): Promise<boolean> {
    const metas = this.#liveMetas(oldest);
    for (const ref of metas) this.#rewrite(ref.record, ref.record.kind === 'snapshot');
    const live = this.#liveEntries(oldest);
    for (let at = 0; at < live.length && !this.#stopped; ) {
      const step = takeStep(live, at);
      at += step.length;
      const bytes = await this.#options.load(step.map(({ ref }) => ref));
      if (this.#stopped) return false;
      await this.#pushed(step.map((it, i) => copyItem(it, oldest, bytes[i] ?? null)));
    }
    return metas.length > 0 || live.length > 0;
  }

  #liveMetas(oldest: SegmentRef): readonly MetaRef[] {
    const { state } = this.#options;
    const found = new Set<MetaRef>();
    const look = (ref: MetaRef | null) => {
      if (ref?.frame?.segment === oldest) found.add(ref);
    };
    for (const ref of state.tombstones.values()) look(ref);
    for (const log of state.groups.values()) {
      look(log.hardState);
      look(log.snapshotRef);
      if (log.floorRef !== log.snapshotRef && log.floorRef?.frame?.segment === oldest) {
        const { group, replica, floor } = log;
        found.add({
          record: { kind: 'floor', group, replica, index: floor.index, term: floor.term },
          carried: false,
          frame: null,
        });
      }
    }
    return [...found];
  }

  #liveEntries(oldest: SegmentRef): readonly LiveEntry[] {
    const found: LiveEntry[] = [];
    for (const log of this.#options.state.groups.values()) {
      for (const ref of log.refs()) if (ref.frame?.segment === oldest) found.push({ log, ref });
    }
    return found;
  }

  #rewrite(record: MetaRecord, carried: boolean): void {
    const ref: MetaRef = { record, carried, frame: null };
    this.#options.state.meta(ref);
    this.#options.push({ items: [{ kind: 'meta', ref }], onDurable: null });
  }

  /** Each item is a unit of its own; resolves when they, and all before them, are durable. */
  #pushed(items: readonly (Item | null)[]): Promise<void> {
    for (const item of items) {
      if (item !== null) this.#options.push({ items: [item], onDurable: null });
    }
    return new Promise((resolve) => this.#options.push({ items: [], onDurable: resolve }));
  }
}

function takeStep(live: readonly LiveEntry[], from: number): readonly LiveEntry[] {
  let bytes = 0;
  let to = from;
  for (; to < live.length; to++) {
    bytes += live[to]?.ref.size ?? 0;
    if (to > from && bytes > STEP_BYTES) break;
  }
  return live.slice(from, to);
}

function copyItem({ log, ref }: LiveEntry, oldest: SegmentRef, bytes: Uint8Array | null): Item {
  return {
    kind: 'copy',
    owner: log,
    refs: [ref],
    bytes: bytes ?? Buffer.alloc(0),
    live: () => log.get(ref.index) === ref && ref.frame?.segment === oldest,
  };
}
