/**
 * The hot path of the log: what was written gathers, one frame at a time goes out with one write
 * and one sync, completions are told in order. A failure is final. Calls of one turn share a frame:
 * a frame is begun when the turn's code has run, not at the first call.
 */
import { Arena } from '../base/arena.js';
import { must } from '../base/assert.js';
import type { Clock, Timer } from '../base/clock.js';
import { ByteWriter } from './bytes.js';
import type { FrameCache } from './cache.js';
import { type LogError, LogFailure } from './errors.js';
import { FRAME_HEADER, sealFrame } from './frame.js';
import { type LogFs, writeAll } from './fs.js';
import { FrameQueue, type Unit } from './queue.js';
import type { FrameRef } from './refs.js';
import type { Segments } from './segments.js';

/** How long what needs no sync of its own may wait, and after how long the tail is sealed. */
export const LINGER_MS = 100;

/** Of frames that stay readable in memory. */
const CHUNK_BYTES = 1 << 20;

export interface WriterOptions {
  readonly files: LogFs;
  readonly clock: Clock;
  readonly segments: Segments;
  readonly cache: FrameCache;
  /** Header included. */
  readonly maxFrameBytes: number;
  readonly nextSequence: number;
  readonly onFail: (error: LogError) => void;
  readonly onRotated: () => void;
}

/** One frame on its way, or a segment being made for it. */
interface Flight {
  readonly since: number;
  readonly done: readonly (() => void)[];
}

export class FrameWriter {
  readonly #options: WriterOptions;
  readonly #queue: FrameQueue;
  readonly #arena = new Arena(CHUNK_BYTES);
  #sequence: number;
  #flight: Flight | null = null;
  #scheduled = false;
  /** Something that waits wants a frame now. */
  #urgent = false;
  #failed = false;
  #sealQueued = false;
  #sealed = true;
  #lastFrameAt = 0;
  #lingerTimer: Timer | null = null;
  #sealTimer: Timer | null = null;
  #drained: (() => void)[] = [];
  frames = 0;
  syncs = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#queue = new FrameQueue(options.maxFrameBytes - FRAME_HEADER);
    this.#sequence = options.nextSequence;
  }

  get busy(): boolean {
    return this.#flight !== null || this.#scheduled;
  }

  /** Nothing waits and nothing is on its way. */
  get idle(): boolean {
    return !this.busy && this.#queue.empty;
  }

  frameAgeMs(): number {
    return this.#flight === null ? 0 : this.#options.clock.monotonic() - this.#flight.since;
  }

  push(unit: Unit, sync: boolean): void {
    if (this.#failed) return;
    this.#queue.push(unit);
    if (sync) this.#hurry();
    else this.#lingerTimer ??= this.#options.clock.after(LINGER_MS, () => this.#lingered());
  }

  /** Puts a payload that was read at start into a frame of its own. */
  rewrite(payload: Buffer): Promise<FrameRef> {
    return new Promise((resolve) => {
      const frame = this.#newFrame();
      const buffer = Buffer.allocUnsafeSlow(FRAME_HEADER + payload.length);
      payload.copy(buffer, FRAME_HEADER);
      this.#send(buffer, frame, payload.length, false, [() => resolve(frame)]);
    });
  }

  /** Resolves when all that waits is durable, or cannot be: after a failure, on a full disk. */
  drain(): Promise<void> {
    if (!this.#queue.empty) this.#hurry();
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#maybeDrained();
    });
  }

  /** The last frame becomes one that nobody was told of. */
  async seal(): Promise<void> {
    await this.drain();
    if (this.#failed || this.#sealed || this.#options.segments.starved) return;
    this.#pushSeal();
    await this.drain();
  }

  onStarved(): void {
    this.#maybeDrained();
  }

  /** No further frame; what waits is forgotten. */
  stop(): void {
    this.#failed = true;
    this.#lingerTimer?.cancel();
    this.#sealTimer?.cancel();
    this.#maybeDrained();
  }

  fail(error: LogError): void {
    if (this.#failed) return;
    this.stop();
    this.#options.onFail(error);
  }

  #lingered(): void {
    this.#lingerTimer = null;
    if (!this.#failed && !this.#queue.empty) this.#hurry();
  }

  #hurry(): void {
    this.#urgent = true;
    if (this.#flight !== null || this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  /** Begins the next frame, or a segment for it. */
  #next(): void {
    if (this.#failed || this.#flight !== null) return;
    const room = this.#queue.nextRoom();
    if (this.#queue.empty) this.#rest();
    else if (this.#options.segments.fits(FRAME_HEADER + room)) this.#build(room);
    else this.#rotate(room);
  }

  #rotate(room: number): void {
    const { segments, clock } = this.#options;
    this.#flight = { since: clock.monotonic(), done: [] };
    segments.rotate(this.#sequence, FRAME_HEADER + room).then(
      () => {
        this.#flight = null;
        this.#next();
        this.#options.onRotated();
      },
      (error: LogError) => this.fail(error),
    );
  }

  #newFrame(): FrameRef {
    const { ref, end } = this.#options.segments.current;
    return { segment: ref, offset: end, length: 0, sequence: this.#sequence, payload: null };
  }

  #build(room: number): void {
    const buffer = this.#arena.take(FRAME_HEADER + room);
    const frame = this.#newFrame();
    const out = new ByteWriter(buffer, FRAME_HEADER);
    const done: (() => void)[] = [];
    const sealOnly = this.#sealQueued && this.#queue.length === 1;
    this.#queue.fill({ out, start: FRAME_HEADER, room, frame }, done);
    if (this.#queue.empty) this.#urgent = false;
    const length = out.at - FRAME_HEADER;
    if (length === 0) {
      this.#finish(done);
      return;
    }
    this.#arena.keep(FRAME_HEADER + length);
    this.#send(buffer, frame, length, sealOnly, done);
  }

  #send(
    buffer: Buffer,
    frame: FrameRef,
    length: number,
    sealOnly: boolean,
    done: readonly (() => void)[],
  ): void {
    const { files, clock, segments, cache } = this.#options;
    const { current } = segments;
    frame.length = length;
    sealFrame(buffer, 0, length, frame.segment.key, frame);
    cache.add(frame, buffer.subarray(FRAME_HEADER, FRAME_HEADER + length));
    this.#sequence += 1;
    this.#flight = { since: clock.monotonic(), done };
    this.#sealQueued = false;
    const total = FRAME_HEADER + length;
    const fd = must(current.fd, 'the segment that is written is open');
    const written = (error: Error | null): void => {
      if (error) {
        this.fail(new LogFailure(current.ref.path, 'writing', error));
        return;
      }
      current.end += total;
      this.#sealed = sealOnly;
      this.#lastFrameAt = clock.monotonic();
      this.frames += 1;
      this.syncs += 1;
      this.#finish(done);
    };
    writeAll(files, fd, buffer, 0, total, frame.offset, (error) => {
      if (error || files.durableWrites) written(error);
      else files.datasync(fd, written);
    });
  }

  /** The disk goes on with what has gathered before anybody is told. */
  #finish(done: readonly (() => void)[]): void {
    if (this.#failed) return;
    this.#flight = null;
    if (this.#queue.empty) this.#rest();
    else if (this.#urgent || this.#queue.resuming) this.#next();
    for (const tell of done) tell();
    this.#maybeDrained();
  }

  #rest(): void {
    this.#urgent = false;
    this.#lingerTimer?.cancel();
    this.#lingerTimer = null;
    if (!this.#sealed) this.#sealTimer ??= this.#sealAfter(LINGER_MS);
  }

  #sealAfter(ms: number): Timer {
    return this.#options.clock.after(ms, () => {
      this.#sealTimer = null;
      if (this.#failed || this.#sealed || !this.idle) return;
      const waited = this.#options.clock.monotonic() - this.#lastFrameAt;
      if (waited < LINGER_MS) this.#sealTimer = this.#sealAfter(Math.ceil(LINGER_MS - waited));
      else this.#pushSeal();
    });
  }

  #pushSeal(): void {
    this.#sealQueued = true;
    this.push({ items: [{ kind: 'seal' }], onDurable: null }, true);
  }

  #maybeDrained(): void {
    if (this.#drained.length === 0) return;
    if (!this.#failed && !this.idle && !this.#options.segments.starved) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
