/**
 * The next segment, made ahead of its time: zeros written in pieces and synced under a spare name,
 * so that a frame never waits for space to be allocated. A full disk only delays it: it is tried
 * again until there is room. Never recycled from an old segment.
 */
import path from 'node:path';
import type { Clock } from '../base/clock.js';
import { LogFailure, systemCodeOf } from './errors.js';
import { type LogFs, writeAll } from './fs.js';
import { SPARE_NAME } from './segment.js';

const PIECE_BYTES = 1 << 20;
const ZEROS = Buffer.alloc(PIECE_BYTES);
/** Between pieces, so that frames get the disk in between; nobody waits for this segment yet. */
const PAUSE_MS = 2;
const RETRY_MS = 200;

export interface SpareFile {
  readonly path: string;
  /** Opened as `durable`. */
  readonly fd: number;
  readonly size: number;
}

export interface SpareOptions {
  readonly files: LogFs;
  readonly dir: string;
  readonly clock: Clock;
  readonly logger: (line: string) => void;
  /** The disk is full: nobody should wait for this segment without end. */
  readonly onStarved: () => void;
}

export class SpareFiller {
  readonly #options: SpareOptions;
  readonly #path: string;
  #size: number;
  /** Waits for the disk to have room. */
  starved = false;
  #hurried = false;
  #cancelled = false;
  #wake: (() => void) | null = null;
  readonly #made: Promise<SpareFile | null>;

  /** Begins at once. */
  constructor(options: SpareOptions, size: number) {
    this.#options = options;
    this.#path = path.join(options.dir, SPARE_NAME);
    this.#size = size;
    this.#made = this.#make();
    this.#made.catch(() => {}); // told to whoever takes it
  }

  /** The finished file of at least `size` bytes; null when cancelled. Rejects with LogFailure. */
  async take(size: number): Promise<SpareFile | null> {
    this.#hurried = true;
    this.#wake?.();
    const made = await this.#made;
    if (made === null || made.size >= size) return made;
    await this.#options.files.close(made.fd);
    this.#size = size;
    return this.#make();
  }

  /** Ends filling and removes the file, unless it was taken. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#wake?.();
    const made = await this.#made.catch(() => null);
    if (made !== null) await this.#options.files.close(made.fd);
    await this.#options.files.unlink(this.#path).catch(() => {});
  }

  async #make(): Promise<SpareFile | null> {
    const { files } = this.#options;
    try {
      if (!(await this.#fill())) return null;
      return { path: this.#path, fd: await files.open(this.#path, 'durable'), size: this.#size };
    } catch (thrown) {
      throw new LogFailure(this.#path, 'preparing', thrown);
    }
  }

  async #fill(): Promise<boolean> {
    const { files, logger } = this.#options;
    const fd = await this.#untilRoom(() => files.open(this.#path, 'fill'));
    if (fd === null) return false;
    try {
      for (let at = 0; at < this.#size && !this.#cancelled; at += PIECE_BYTES) {
        const length = Math.min(PIECE_BYTES, this.#size - at);
        await this.#untilRoom(() => this.#piece(fd, at, length));
        if (!this.#hurried) await this.#pause(PAUSE_MS);
      }
    } finally {
      await files.close(fd).catch((error) => logger(`closing ${this.#path}: ${error}`));
    }
    return !this.#cancelled;
  }

  /** Written and synced piece by piece: one sync of all of it would hold up the frames' syncs. */
  async #piece(fd: number, at: number, length: number): Promise<void> {
    const { files } = this.#options;
    await new Promise<void>((resolve, reject) => {
      writeAll(files, fd, ZEROS, 0, length, at, (failed) => {
        if (failed) return reject(failed);
        files.datasync(fd, (error) => (error ? reject(error) : resolve()));
      });
    });
  }

  /** Runs until it does not fail for want of space; null when cancelled meanwhile. */
  async #untilRoom<T>(run: () => Promise<T>): Promise<T | null> {
    for (let told = false; !this.#cancelled; told = true) {
      try {
        const result = await run();
        this.starved = false;
        return result;
      } catch (thrown) {
        if (systemCodeOf(thrown) !== 'ENOSPC') throw thrown;
        if (!told) this.#options.logger(`no space for the next segment ${this.#path}: waiting`);
        this.starved = true;
        this.#options.onStarved();
      }
      await this.#pause(RETRY_MS);
    }
    return null;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#wake = null;
        resolve();
      };
      const timer = this.#options.clock.after(ms, wake);
      this.#wake = wake;
    });
  }
}
