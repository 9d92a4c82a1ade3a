/**
 * A disk in memory that behaves as badly as a disk may: what was not synced can be lost sector by
 * sector when the power goes, renames and removals are lost without a directory sync, writes come
 * short or fail when told to. `powerCut` and `kill` give the disk a restarted process would find;
 * the old one goes silent, as a dead process does.
 */
import path from 'node:path';
import { createPrng, type Prng } from '../../../src/base/prng.js';
import type { Done, LogFs, OpenMode, Written } from '../../../src/log/fs.js';

const SECTOR = 512;

interface PendingWrite {
  readonly position: number;
  readonly bytes: Buffer;
}

interface Inode {
  current: Buffer;
  durable: Buffer;
  pending: PendingWrite[];
}

type Names = Map<string, Inode>;
type NameChange = (names: Names) => void;

interface OpenFile {
  readonly inode: Inode;
  readonly path: string;
  readonly mode: OpenMode;
}

/** What a test may do to an operation: an error to fail it, a count to make a write short. */
export interface Faults {
  write?: (
    path: string,
    position: number,
    length: number,
  ) => Error | number | 'hang' | null | undefined;
  sync?: (path: string) => Error | null | undefined;
  /**
   * Called before every operation; true cuts the power here: it and what follows never completes.
   */
  stopBefore?: (operation: string, path: string) => boolean;
}

export const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: injected`), { code });

export class CrashFs implements LogFs {
  readonly durableWrites: boolean;
  faults: Faults = {};
  /**
   * False: a sync at a cut reaches nothing that was written before, as after a failed sync that
   * left the page cache clean and the disk without the bytes.
   */
  honest = true;
  /** Syncs of files: durable writes and datasyncs. */
  syncs = 0;
  /** Names of all operations so far, for tests that stop at each. */
  readonly trail: string[] = [];
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #nameChanges: NameChange[] = [];
  #open = new Map<number, OpenFile>();
  #nextFd = 3;
  #dead = false;

  constructor(durableWrites = true) {
    this.durableWrites = durableWrites;
  }

  get dead(): boolean {
    return this.#dead;
  }

  write(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
    done: Written,
  ): void {
    const file = this.#file(fd);
    const fault = this.faults.write?.(file.path, position, length);
    if (fault === 'hang') return;
    const taken = typeof fault === 'number' ? fault : length;
    if (fault instanceof Error) {
      this.#later('write-failed', file.path, () => done(fault, 0));
      return;
    }
    const bytes = Buffer.from(buffer.subarray(at, at + taken));
    const pending = { position, bytes };
    const synced = file.mode === 'durable' && this.durableWrites;
    file.inode.pending.push(pending);
    file.inode.current = overlay(file.inode.current, pending);
    this.#later('write', file.path, () => {
      if (synced) {
        this.syncs += 1;
        settle(file.inode, [pending]);
      }
      done(null, taken);
    });
  }

  datasync(fd: number, done: Done): void {
    const file = this.#file(fd);
    const covered = [...file.inode.pending];
    this.#later('datasync', file.path, () => {
      const fault = this.faults.sync?.(file.path);
      if (fault) return done(fault);
      this.syncs += 1;
      settle(file.inode, covered);
      return done(null);
    });
  }

  async read(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): Promise<number> {
    const file = this.#file(fd);
    await this.#step('read', file.path);
    const bytes = file.inode.current.subarray(position, position + length);
    buffer.set(bytes, at);
    return bytes.length;
  }

  async open(name: string, mode: OpenMode): Promise<number> {
    await this.#step(`open-${mode}`, name);
    if (mode === 'fill') {
      const inode = { current: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [] };
      this.#rename((names) => names.set(name, inode));
    }
    const inode = this.#names.get(name);
    if (inode === undefined) throw systemError('ENOENT');
    const fd = this.#nextFd++;
    this.#open.set(fd, { inode, path: name, mode });
    return fd;
  }

  async close(fd: number): Promise<void> {
    this.#file(fd);
    this.#open.delete(fd);
  }

  async size(name: string): Promise<number> {
    await this.#step('size', name);
    return this.#inode(name).current.length;
  }

  async truncate(name: string, size: number): Promise<void> {
    await this.#step('truncate', name);
    const inode = this.#inode(name);
    inode.current = Buffer.from(inode.current.subarray(0, size));
    inode.durable = Buffer.from(inode.durable.subarray(0, size));
    if (this.honest) settle(inode, inode.pending);
    inode.current = Buffer.from(inode.current.subarray(0, size));
    inode.durable = Buffer.from(inode.durable.subarray(0, size));
    inode.pending = this.honest ? [] : inode.pending;
    this.syncs += 1;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename', to);
    const inode = this.#inode(from);
    this.#rename((names) => {
      names.delete(from);
      names.set(to, inode);
    });
  }

  async unlink(name: string): Promise<void> {
    await this.#step('unlink', name);
    this.#inode(name);
    this.#rename((names) => names.delete(name));
  }

  async list(dir: string): Promise<readonly string[]> {
    await this.#step('list', dir);
    return [...this.#names.keys()].filter((it) => path.dirname(it) === dir).map(base);
  }

  async mkdir(dir: string): Promise<boolean> {
    await this.#step('mkdir', dir);
    return false;
  }

  async dirsync(dir: string): Promise<void> {
    await this.#step('dirsync', dir);
    this.#durableNames = new Map(this.#names);
    this.#nameChanges = [];
  }

  /** The power goes: any part of what was not synced is lost. */
  powerCut(seed: number): CrashFs {
    this.#dead = true;
    const prng = createPrng(seed);
    const names = new Map(this.#durableNames);
    const kept = prng.below(this.#nameChanges.length + 1);
    for (const change of this.#nameChanges.slice(0, kept)) change(names);
    const after = new CrashFs(this.durableWrites);
    for (const [name, inode] of names) {
      const bytes = torn(inode, prng);
      const copy = { current: bytes, durable: Buffer.from(bytes), pending: [] };
      after.#names.set(name, copy);
    }
    after.#durableNames = new Map(after.#names);
    return after;
  }

  /** The process dies, the page cache stays: nothing is lost, and nothing more is synced. */
  kill(): CrashFs {
    this.#dead = true;
    const after = new CrashFs(this.durableWrites);
    after.honest = this.honest;
    after.#names = this.#names;
    after.#durableNames = this.#durableNames;
    after.#nameChanges = this.#nameChanges;
    return after;
  }

  /** A copy to damage or reopen without touching this one; everything in it is durable. */
  clone(): CrashFs {
    const copy = new CrashFs(this.durableWrites);
    for (const [name, { current }] of this.#names) copy.put(name, Buffer.from(current));
    return copy;
  }

  put(name: string, bytes: Buffer): void {
    this.#names.set(name, { current: bytes, durable: Buffer.from(bytes), pending: [] });
    this.#durableNames = new Map(this.#names);
  }

  /** Bits of a byte flip under a running process. */
  rot(name: string, at: number, bits: number): void {
    const { current } = this.#inode(name);
    current[at] = (current[at] ?? 0) ^ bits;
  }

  remove(name: string): void {
    this.#names.delete(name);
    this.#durableNames.delete(name);
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.#inode(name).current);
  }

  names(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  #file(fd: number): OpenFile {
    const file = this.#open.get(fd);
    if (file === undefined) throw new Error(`descriptor ${fd} is not open`);
    for (const [name, inode] of this.#names)
      if (inode === file.inode) return { ...file, path: name };
    return file;
  }

  #inode(name: string): Inode {
    const inode = this.#names.get(name);
    if (inode === undefined) throw systemError('ENOENT');
    return inode;
  }

  #rename(change: NameChange): void {
    change(this.#names);
    this.#nameChanges.push(change);
  }

  #begins(operation: string, name: string): boolean {
    if (this.#dead) return false;
    this.trail.push(`${operation} ${base(name)}`);
    if (this.faults.stopBefore?.(operation, name)) this.#dead = true;
    return !this.#dead;
  }

  #later(operation: string, name: string, run: () => void): void {
    if (!this.#begins(operation, name)) return;
    setImmediate(() => {
      if (!this.#dead) run();
    });
  }

  #step(operation: string, name: string): Promise<void> {
    return new Promise((resolve) => this.#later(operation, name, resolve));
  }
}

const base = (name: string): string => path.basename(name);

function overlay(bytes: Buffer, write: PendingWrite): Buffer {
  const end = write.position + write.bytes.length;
  const into =
    end > bytes.length ? Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]) : bytes;
  write.bytes.copy(into, write.position);
  return into;
}

function settle(inode: Inode, writes: readonly PendingWrite[]): void {
  for (const write of writes) inode.durable = overlay(inode.durable, write);
  inode.pending = inode.pending.filter((it) => !writes.includes(it));
}

/** Each sector of a write that was not synced is there or not, on its own. */
function torn(inode: Inode, prng: Prng): Buffer {
  let bytes: Buffer = Buffer.from(inode.durable);
  for (const { position, bytes: written } of inode.pending) {
    for (let at = 0; at < written.length; ) {
      const end = Math.min(
        written.length,
        SECTOR * (1 + Math.floor((position + at) / SECTOR)) - position,
      );
      const piece = { position: position + at, bytes: written.subarray(at, end) };
      if (prng.below(2) === 0) bytes = overlay(bytes, piece);
      at = end;
    }
  }
  return bytes;
}
