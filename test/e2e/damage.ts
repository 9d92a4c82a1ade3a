/** What disks and people do to a stopped node's files, and a node stopped and started for it. */
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'vitest';
import { openLevelStore } from '../../src/engine/level-store.js';
import { type FoundFrame, searchFrame } from '../../src/log/frame.js';
import { decodeSegmentHeader, SEGMENT_HEADER, segmentKey } from '../../src/log/segment.js';
import { type LocalCluster, type Ran, type Sandbox, waitFor } from './support.js';

export interface WalFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly frames: readonly FoundFrame[];
}

/** The segments of a data directory with their good frames, oldest first. */
export async function walOf(dataDir: string): Promise<WalFile[]> {
  const wal = join(dataDir, 'wal');
  const names = (await readdir(wal)).filter((name) => name.endsWith('.wal')).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(wal, name);
      const bytes = await readFile(path);
      const key = segmentKey(decodeSegmentHeader(bytes, path));
      const frames: FoundFrame[] = [];
      let at = SEGMENT_HEADER;
      for (;;) {
        const frame = searchFrame(bytes, at, key);
        if (frame === null) return { path, bytes, frames };
        frames.push(frame);
        at = endOf(frame);
      }
    }),
  );
}

const FRAME_HEADER_BYTES = 24;
export const endOf = (frame: FoundFrame): number =>
  frame.offset + FRAME_HEADER_BYTES + frame.payload.length;

/** A frame that good ones follow, from the middle of the longest segment. */
export async function innerFrame(dataDir: string): Promise<{ path: string; frame: FoundFrame }> {
  const files = await walOf(dataDir);
  const [longest] = [...files].sort((a, b) => b.frames.length - a.frames.length);
  const frame = longest?.frames[Math.floor((longest.frames.length - 1) / 2)];
  if (longest === undefined || frame === undefined || longest.frames.length < 3) {
    expect.fail(`${dataDir} has no segment of three frames`);
  }
  return { path: longest.path, frame };
}

/** The last good frame of the log; every later segment is empty. */
export async function lastFrame(dataDir: string): Promise<{ file: WalFile; frame: FoundFrame }> {
  for (const file of (await walOf(dataDir)).reverse()) {
    const frame = file.frames.at(-1);
    if (frame !== undefined) return { file, frame };
  }
  return expect.fail(`${dataDir} has no frame`);
}

/** Changes a file; what comes back puts it back as it was. */
export async function damage(
  path: string,
  change: (bytes: Buffer) => Uint8Array,
): Promise<() => Promise<void>> {
  const before = await readFile(path);
  await writeFile(path, change(Buffer.from(before)));
  return () => writeFile(path, before);
}

export const flipBit =
  (at: number, bit = 0) =>
  (bytes: Buffer): Buffer => {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    return bytes;
  };

/** Files of the store that hold these bytes, each with the place. */
export async function storeFilesWith(
  dataDir: string,
  wanted: Buffer,
): Promise<{ path: string; at: number }[]> {
  const db = join(dataDir, 'db');
  const found: { path: string; at: number }[] = [];
  for (const name of await readdir(db)) {
    if (!/\.(ldb|log)$/.test(name)) continue;
    const path = join(db, name);
    const at = (await readFile(path)).indexOf(wanted);
    if (at >= 0) found.push({ path, at });
  }
  return found;
}

const SPACE_BYTES = 4;
const CRC_BYTES = 4;

/** Changes one byte of a value in the store, and its checksum with it: nothing looks wrong. */
export async function editRow(dataDir: string, key: string, value: Buffer): Promise<void> {
  const store = await openLevelStore(join(dataDir, 'db'));
  try {
    const all = store.iterate({ gte: Buffer.alloc(0), lt: Buffer.alloc(12, 0xff) });
    for (;;) {
      const rows = await all.next(500);
      if (rows.length === 0) expect.fail(`${dataDir} has no row of ${key} with its value`);
      const found = rows.find(([name, row]) => {
        return Buffer.from(name).includes(key) && Buffer.from(row).includes(value);
      });
      if (found === undefined) continue;
      await all.close();
      const [name, row] = found.map((bytes) => Buffer.from(bytes)) as [Buffer, Buffer];
      const end = row.length - CRC_BYTES;
      row[end - 1] = (row[end - 1] ?? 0) ^ 1;
      row.writeUInt32BE(
        crc32(Buffer.concat([name.subarray(SPACE_BYTES), row.subarray(0, end)])),
        end,
      );
      const batch = store.batch();
      batch.put(name, row);
      await batch.write();
      return;
    }
  } finally {
    await store.close();
  }
}

/** Puts `other` in the place of `dir`; what comes back undoes it. */
export async function exchange(dir: string, other: string): Promise<() => Promise<void>> {
  const aside = `${dir}.aside`;
  await rename(dir, aside);
  await cp(other, dir, { recursive: true });
  return async () => {
    await rm(dir, { recursive: true });
    await rename(aside, dir);
  };
}

/** One node of a cluster, as those meet it who damage its files. */
export class Victim {
  readonly id: number;
  readonly dir: string;
  readonly #sandbox: Sandbox;
  readonly #name: string;

  constructor(sandbox: Sandbox, cluster: LocalCluster, id: number) {
    this.id = id;
    this.dir = join(cluster.dir, `node-${id}`);
    this.#sandbox = sandbox;
    this.#name = cluster.name;
  }

  async #status() {
    const { nodes } = await this.#sandbox.cluster(this.#name);
    return nodes.find((node) => node.id === this.id) ?? expect.fail(`no node ${this.id}`);
  }

  #command(...args: string[]): Promise<Ran> {
    return this.#sandbox.rkv(['cluster', ...args, '--name', this.#name]);
  }

  /** Kills it; it stays down. */
  async kill(): Promise<void> {
    const ran = await this.#command('kill', `${this.id}`);
    if (ran.code !== 0) expect.fail(ran.stderr);
  }

  /** Starts it; returns when every shard serves. */
  async start(): Promise<void> {
    const ran = await this.#command('restart', `${this.id}`);
    if (ran.code !== 0) expect.fail(`node ${this.id}: ${ran.stderr}${ran.stdout}`);
  }

  /** Starts it and waits for its end with this exit code; gives what it wrote to its log. */
  async refuses(code: number): Promise<string> {
    const before = (await this.logs()).length;
    const earlier = (await this.#status()).lastExit?.at;
    await this.#command('restart', `${this.id}`, '--timeout', '1s');
    await waitFor(`node ${this.id} to exit with ${code}`, async () => {
      const { pid, lastExit } = await this.#status();
      return pid === null && lastExit?.at !== earlier && lastExit?.code === code;
    });
    return (await this.logs()).slice(before);
  }

  async logs(): Promise<string> {
    return (await this.#command('logs', `${this.id}`)).stdout;
  }
}
