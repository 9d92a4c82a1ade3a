/** A simulated disk as one process sees it: the log's file port and the watcher of free space. */
import path from 'node:path';
import type { Done, LogFs, OpenMode, Written } from '../../../src/log/fs.js';
import type { SpaceFs } from '../../../src/log/space.js';
import type { Process } from '../world/process.js';
import type { Disk } from './disk.js';
import { SimFile } from './file.js';

interface OpenFile {
  readonly file: SimFile;
  readonly name: string;
  readonly mode: OpenMode;
}

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: simulated`), { code });

export class ProcessFiles implements LogFs, SpaceFs {
  readonly durableWrites: boolean;
  readonly #disk: Disk;
  readonly #process: Process;
  readonly #open = new Map<number, OpenFile>();
  #nextFd = 3;

  constructor(disk: Disk, process: Process) {
    this.#disk = disk;
    this.#process = process;
    this.durableWrites = disk.durableWrites;
  }

  write(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
    done: Written,
  ): void {
    if (!this.#process.alive) return;
    const { file, mode } = this.#file(fd);
    const { mood, coverage } = this.#disk;
    if (mood.fails) {
      this.#fail('write', file, (error) => done(error, 0));
      return;
    }
    if (mood.freeBytes === 0 && position + length > file.cache.length) {
      coverage.hit('disk: a write finds no space');
      this.#disk.submit(this.#process, 'disk no-space', () => done(systemError('ENOSPC'), 0));
      return;
    }
    const short = length > 1 && this.#disk.chance.permille(mood.shortWrites);
    if (short) coverage.hit('disk: a short write');
    const taken = short ? 1 + this.#disk.chance.below(length - 1) : length;
    const bytes = Buffer.from(buffer.subarray(at, at + taken));
    this.#process.timeline.trace.bytes(bytes);
    const write = file.write(position, bytes);
    // Who dies now leaves a write behind that was under way.
    if (!this.#process.acts()) return;
    this.#disk.submit(this.#process, 'disk write', () => {
      if (mode === 'durable' && this.durableWrites) file.settle([write]);
      done(null, taken);
    });
  }

  datasync(fd: number, done: Done): void {
    if (!this.#process.acts()) return;
    const { file } = this.#file(fd);
    if (this.#disk.mood.fails) {
      this.#fail('sync', file, done);
      return;
    }
    const covered = [...file.unsynced];
    this.#disk.submit(this.#process, 'disk sync', () => {
      file.settle(covered);
      done(null);
    });
  }

  async read(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): Promise<number> {
    const { file } = this.#file(fd);
    await this.#step('read');
    const bytes = file.cache.subarray(position, position + length);
    buffer.set(bytes, at);
    const { mood, chance, coverage } = this.#disk;
    const spoils = bytes.length > 0 && chance.permille(mood.misreads);
    if (spoils && this.#disk.isClosedSegment(file)) {
      coverage.hit('disk: a read gives other bytes');
      const place = at + chance.below(bytes.length);
      buffer[place] = (buffer[place] ?? 0) ^ (1 << chance.below(8));
      this.#disk.misreadsGiven++;
    }
    return bytes.length;
  }

  async open(name: string, mode: OpenMode): Promise<number> {
    await this.#step('open');
    if (mode === 'fill') {
      if (this.#disk.mood.freeBytes === 0) {
        this.#disk.coverage.hit('disk: a write finds no space');
        throw systemError('ENOSPC');
      }
      const made = new SimFile(Buffer.alloc(0));
      this.#disk.rename((names) => names.set(name, made));
    }
    const file = this.#disk.names.get(name);
    if (file === undefined) throw systemError('ENOENT');
    const fd = this.#nextFd++;
    this.#open.set(fd, { file, name, mode });
    return fd;
  }

  async close(fd: number): Promise<void> {
    this.#open.delete(fd);
  }

  async size(name: string): Promise<number> {
    await this.#step('size');
    return this.#named(name).cache.length;
  }

  async truncate(name: string, size: number): Promise<void> {
    await this.#step('truncate');
    this.#named(name).truncate(size);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename');
    const file = this.#named(from);
    this.#disk.rename((names) => {
      names.delete(from);
      names.set(to, file);
    });
    this.#disk.onNamed(to);
  }

  async unlink(name: string): Promise<void> {
    await this.#step('unlink');
    this.#named(name);
    if (name.endsWith('.wal')) this.#disk.coverage.hit('log: a segment is removed');
    this.#disk.rename((names) => names.delete(name));
  }

  async list(dir: string): Promise<readonly string[]> {
    await this.#step('list');
    const inside = [...this.#disk.names.keys()].filter((name) => path.dirname(name) === dir);
    return inside.map((name) => path.basename(name));
  }

  async mkdir(): Promise<boolean> {
    await this.#step('mkdir');
    return false;
  }

  async dirsync(): Promise<void> {
    await this.#step('dirsync');
    this.#disk.dirsync();
  }

  // What the watcher of free space asks.

  async freeBytes(): Promise<number> {
    await this.#step('statfs');
    return this.#disk.free;
  }

  async sizeOf(name: string): Promise<number> {
    await this.#step('size');
    return this.#disk.names.get(name)?.cache.length ?? 0;
  }

  async fill(name: string, bytes: number): Promise<void> {
    await this.#step('fill');
    if (this.#disk.mood.freeBytes !== null) throw systemError('ENOSPC');
    const made = new SimFile(Buffer.alloc(bytes));
    this.#disk.rename((names) => names.set(name, made));
  }

  async remove(name: string): Promise<void> {
    await this.#step('unlink');
    this.#disk.rename((names) => names.delete(name));
  }

  /** Both halves of an operation may be where the process dies: before it and after it. */
  #step(kind: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.acts()) this.#disk.submit(this.#process, `disk ${kind}`, resolve);
    });
  }

  #fail(what: string, file: SimFile, done: Done): void {
    const { mood, coverage } = this.#disk;
    mood.fails = false;
    coverage.hit(`disk: a ${what} fails`);
    file.forsake();
    this.#disk.submit(this.#process, 'disk error', () => done(systemError('EIO')));
  }

  #file(fd: number): OpenFile {
    const file = this.#open.get(fd);
    if (file === undefined) throw new Error(`descriptor ${fd} is not open`);
    return file;
  }

  #named(name: string): SimFile {
    const file = this.#disk.names.get(name);
    if (file === undefined) throw systemError('ENOENT');
    return file;
  }
}
