/**
 * The few file operations the log needs, as a port: the real adapter is below, tests bring one that
 * fails, writes short, or crashes and forgets what was not synced. The hot path (`write`,
 * `datasync`) takes callbacks, the rest are promises.
 */
import fs from 'node:fs';
import fsp from 'node:fs/promises';

export type Done = (error: Error | null) => void;
export type Written = (error: Error | null, bytes: number) => void;

/**
 * `read`: an existing file. `fill`: made new, writes are synced by `datasync`. `durable`: an
 * existing file whose writes are on disk when they complete, where `durableWrites` says so.
 */
export type OpenMode = 'read' | 'fill' | 'durable';

export interface LogFs {
  /** Whether a write through a `durable` descriptor reaches the disk by itself. */
  readonly durableWrites: boolean;
  /** May take fewer bytes than asked. */
  write(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
    done: Written,
  ): void;
  datasync(fd: number, done: Done): void;
  /** May give fewer bytes than asked; 0 is the end of the file. */
  read(
    fd: number,
    buffer: Uint8Array,
    at: number,
    length: number,
    position: number,
  ): Promise<number>;
  open(path: string, mode: OpenMode): Promise<number>;
  close(fd: number): Promise<void>;
  size(path: string): Promise<number>;
  /** Cuts the file and syncs the cut. */
  truncate(path: string, size: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Names in a directory. */
  list(dir: string): Promise<readonly string[]>;
  /** Makes the directory if it is missing; true when it was. */
  mkdir(dir: string): Promise<boolean>;
  /** Makes renames, creations and removals in the directory durable. */
  dirsync(dir: string): Promise<void>;
}

/** Where O_DSYNC exists and reaches the disk (not on macOS: there write, then fdatasync). */
const DSYNC = process.platform === 'linux' ? (fs.constants.O_DSYNC ?? 0) : 0;

const FLAGS: Record<OpenMode, number> = {
  read: fs.constants.O_RDONLY,
  fill: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_TRUNC,
  durable: fs.constants.O_RDWR | DSYNC,
};

const openFd = (path: string, flags: number, mode?: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.open(path, flags, mode, (error, fd) => (error ? reject(error) : resolve(fd)));
  });

const settle = (run: (done: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    run((error) => (error ? reject(error) : resolve()));
  });

async function syncDirectory(dir: string): Promise<void> {
  const fd = await openFd(dir, fs.constants.O_RDONLY);
  try {
    await settle((done) => fs.fsync(fd, done));
  } finally {
    await settle((done) => fs.close(fd, done));
  }
}

async function truncateSynced(path: string, size: number): Promise<void> {
  const fd = await openFd(path, fs.constants.O_RDWR);
  try {
    await settle((done) => fs.ftruncate(fd, size, done));
    await settle((done) => fs.fsync(fd, done));
  } finally {
    await settle((done) => fs.close(fd, done));
  }
}

async function makeDirectory(dir: string): Promise<boolean> {
  return (await fsp.mkdir(dir, { recursive: true, mode: 0o700 })) !== undefined;
}

export const nodeLogFs: LogFs = {
  durableWrites: DSYNC !== 0,
  write: (fd, buffer, at, length, position, done) =>
    fs.write(fd, buffer, at, length, position, done),
  datasync: (fd, done) => fs.fdatasync(fd, done),
  read: (fd, buffer, at, length, position) =>
    new Promise((resolve, reject) => {
      fs.read(fd, buffer, at, length, position, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    }),
  open: (path, mode) => openFd(path, FLAGS[mode], 0o600),
  close: (fd) => settle((done) => fs.close(fd, done)),
  size: async (path) => (await fsp.stat(path)).size,
  truncate: truncateSynced,
  rename: (from, to) => fsp.rename(from, to),
  unlink: (path) => fsp.unlink(path),
  list: (dir) => fsp.readdir(dir),
  mkdir: makeDirectory,
  dirsync: syncDirectory,
};

/** Writes all of `length` bytes, continuing short writes at their position. */
export function writeAll(
  files: LogFs,
  fd: number,
  buffer: Uint8Array,
  at: number,
  length: number,
  position: number,
  done: Done,
): void {
  files.write(fd, buffer, at, length, position, (error, bytes) => {
    if (error) return done(error);
    if (bytes >= length) return done(null);
    if (bytes <= 0) return done(new Error('the system took no byte of a write'));
    writeAll(files, fd, buffer, at + bytes, length - bytes, position + bytes, done);
  });
}

/** Fills `buffer` from `position` on; returns how many bytes there were. */
export async function readAll(
  files: LogFs,
  fd: number,
  buffer: Uint8Array,
  position: number,
): Promise<number> {
  let got = 0;
  while (got < buffer.length) {
    const bytes = await files.read(fd, buffer, got, buffer.length - got, position + got);
    if (bytes === 0) break;
    got += bytes;
  }
  return got;
}

/** A whole file in memory; for segments, whose size the log itself bounds. */
export async function readFile(files: LogFs, path: string): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(await files.size(path));
  const fd = await files.open(path, 'read');
  try {
    return buffer.subarray(0, await readAll(files, fd, buffer, 0));
  } finally {
    await files.close(fd);
  }
}
