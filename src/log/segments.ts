/**
 * The segment files of one log: the one that is written, the older ones that are only read, and the
 * spare for the next. A segment gets its name only when the last frame of the one before is synced:
 * header written and synced, renamed, directory synced. Removal is oldest first, one at a time,
 * each made durable, so that no gap can appear after a power cut.
 */
import path from 'node:path';
import { assert, must } from '../base/assert.js';
import { LogCorruption, LogFailure } from './errors.js';
import { FRAME_HEADER, readFrame } from './frame.js';
import { readAll, writeAll } from './fs.js';
import type { FrameRef, SegmentRef } from './refs.js';
import type { ScannedSegment } from './scan.js';
import {
  encodeSegmentHeader,
  type Identity,
  newHeader,
  SEGMENT_HEADER,
  segmentKey,
  segmentName,
} from './segment.js';
import { SpareFiller, type SpareOptions } from './spare.js';

export interface LiveSegment {
  readonly ref: SegmentRef;
  /** Of the file. */
  readonly size: number;
  /** Opened at the first read of an old segment; always open on the one that is written. */
  fd: number | null;
  /** Where the next frame goes. */
  end: number;
  readers: number;
  removed: boolean;
}

export interface SegmentsOptions extends SpareOptions {
  readonly identity: Identity;
  readonly segmentBytes: number;
}

export class Segments {
  readonly #options: SegmentsOptions;
  /** Oldest first; the last is the one that is written, once `rotate` was called. */
  readonly #all: LiveSegment[] = [];
  readonly #byRef = new Map<SegmentRef, LiveSegment>();
  #spare: SpareFiller;
  #bytes = 0;
  /** Syncs of headers and directories, for the statistics. */
  syncs = 0;

  constructor(options: SegmentsOptions, scanned: readonly ScannedSegment[]) {
    this.#options = options;
    for (const { ref, end } of scanned) this.#add(ref, end, end, null);
    this.#spare = new SpareFiller(options, options.segmentBytes);
  }

  get count(): number {
    return this.#all.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get current(): LiveSegment {
    return must(this.#all.at(-1), 'a segment to write');
  }

  /** The oldest segment that is no longer written; null when there is none. */
  get oldest(): SegmentRef | null {
    return this.#all.length > 1 ? (this.#all[0]?.ref ?? null) : null;
  }

  /** The next segment waits for the disk to have room. */
  get starved(): boolean {
    return this.#spare.starved;
  }

  /** Whether a frame of `bytes` (header included) fits into the segment that is written. */
  fits(bytes: number): boolean {
    const { end, size } = this.current;
    return end + bytes <= size;
  }

  /** Makes the next segment the one that is written; it takes a frame of `frameBytes` at least. */
  async rotate(firstSequence: number, frameBytes: number, repeats = false): Promise<void> {
    const { files, dir, identity, segmentBytes } = this.#options;
    const size = Math.max(segmentBytes, SEGMENT_HEADER + frameBytes);
    const spare = await this.#spare.take(size);
    if (spare === null) throw new LogFailure(dir, 'closed while making a segment in', null);
    const number = (this.#all.at(-1)?.ref.number ?? 0) + 1;
    const header = newHeader(identity, { number, firstSequence, repeats });
    const file = path.join(dir, segmentName(number));
    try {
      await this.#writeSynced(spare.fd, encodeSegmentHeader(header), 0);
      await files.rename(spare.path, file);
      await files.dirsync(dir);
    } catch (thrown) {
      throw new LogFailure(file, 'making', thrown);
    }
    this.syncs += 2;
    const ref = { number, path: file, key: segmentKey(header) };
    this.#add(ref, spare.size, SEGMENT_HEADER, spare.fd);
    this.#spare = new SpareFiller(this.#options, segmentBytes);
  }

  /** Removes the oldest segment for good. Nothing live may be in it. */
  async removeOldest(): Promise<void> {
    const { files, dir } = this.#options;
    assert(this.#all.length > 1, 'the segment that is written is never removed');
    const oldest = must(this.#all[0], 'the oldest segment');
    try {
      await files.unlink(oldest.ref.path);
      await files.dirsync(dir);
    } catch (thrown) {
      throw new LogFailure(oldest.ref.path, 'removing', thrown);
    }
    this.syncs += 1;
    this.#all.shift();
    this.#bytes -= oldest.size;
    oldest.removed = true;
    if (oldest.readers === 0) await this.#forget(oldest);
  }

  /** Keeps the segment readable, even when it is removed, until `unpin`. */
  pin(ref: SegmentRef): void {
    must(this.#byRef.get(ref), 'the segment of a live frame').readers += 1;
  }

  async unpin(ref: SegmentRef): Promise<void> {
    const segment = must(this.#byRef.get(ref), 'a pinned segment');
    segment.readers -= 1;
    if (segment.removed && segment.readers === 0) await this.#forget(segment);
  }

  /** A pinned frame's payload from the disk, checked again. Rejects with a LogError. */
  async readPayload(frame: FrameRef): Promise<Buffer> {
    const segment = must(this.#byRef.get(frame.segment), 'the segment of a pinned frame');
    const bytes = Buffer.allocUnsafeSlow(FRAME_HEADER + frame.length);
    const got = await this.#readFrom(segment, bytes, frame.offset);
    const found = readFrame(bytes.subarray(0, got), 0, frame.segment.key, frame.offset);
    if (found === null || found.sequence !== frame.sequence) {
      throw new LogCorruption(frame.segment.path, frame.offset, 'a frame read back is bad');
    }
    return found.payload;
  }

  async close(): Promise<void> {
    await this.#spare.cancel();
    for (const segment of this.#byRef.values()) await this.#closeFd(segment);
  }

  #add(ref: SegmentRef, size: number, end: number, fd: number | null): void {
    const segment: LiveSegment = { ref, size, fd, end, readers: 0, removed: false };
    this.#all.push(segment);
    this.#byRef.set(ref, segment);
    this.#bytes += size;
  }

  async #readFrom(segment: LiveSegment, into: Buffer, position: number): Promise<number> {
    const { files } = this.#options;
    try {
      if (segment.fd === null) {
        const fd = await files.open(segment.ref.path, 'read');
        if (segment.fd === null) segment.fd = fd;
        else await files.close(fd);
      }
      return await readAll(files, must(segment.fd, 'an open segment'), into, position);
    } catch (thrown) {
      throw new LogFailure(segment.ref.path, 'reading', thrown);
    }
  }

  async #forget(segment: LiveSegment): Promise<void> {
    this.#byRef.delete(segment.ref);
    await this.#closeFd(segment);
  }

  async #closeFd(segment: LiveSegment): Promise<void> {
    const fd = segment.fd;
    segment.fd = null;
    if (fd !== null) await this.#options.files.close(fd);
  }

  #writeSynced(fd: number, bytes: Buffer, position: number): Promise<void> {
    const { files } = this.#options;
    return new Promise((resolve, reject) => {
      writeAll(files, fd, bytes, 0, bytes.length, position, (failed) => {
        if (failed) return reject(failed);
        if (files.durableWrites) return resolve();
        files.datasync(fd, (error) => (error ? reject(error) : resolve()));
      });
    });
  }
}
