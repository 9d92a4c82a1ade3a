/**
 * Who a data directory is: cluster, node, disk, boot count, hard options, and the lock that keeps a
 * second process out. Opened before anything else of a node; the log and the store lie inside.
 *
 * node.json is durable before wal/ or db/ hold their first byte, so a directory with data but
 * without it has lost it, and is refused instead of being taken for a new one.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile, syncDirectory } from '../base/atomic-file.js';
import type { NodeId } from '../base/ids.js';
import { lockHolder, takeLock } from '../base/lockfile.js';
import type { HardOptions } from '../config/options.js';
import { RkvError } from '../kv/errors.js';
import { BALLAST_NAME } from '../log/space.js';
import {
  decodeIdentity,
  decodePeerBoots,
  encodeIdentity,
  encodePeerBoots,
  IDENTITY_FORMAT,
  type Identity,
  type PeerBoot,
} from './identity-file.js';

export type { Identity } from './identity-file.js';

export interface OpenDataDir {
  readonly dir: string;
  readonly nodeId: NodeId;
  /** Null: whatever the directory says. */
  readonly clusterId: string | null;
  /** The id a fresh directory gets when `clusterId` is null; default: a random one. */
  readonly freshClusterId?: string;
  readonly fingerprint: HardOptions;
  /**
   * The memory engine: log and state do not outlive the process, so neither may the identity under
   * which this node has voted. Nothing but the lock is written; each start is another disk.
   */
  readonly ephemeral?: boolean;
}

export interface DataDir {
  readonly identity: Identity;
  /** The directory had no identity before this start. */
  readonly fresh: boolean;
  /** Random, of this process's start: tells two boots apart that carry the same count. */
  readonly bootId: string;
  /** The last boot seen of a peer, also by earlier starts of this node. */
  peerBoot(peer: NodeId): PeerBoot | null;
  /** Remembers a peer's boot, durably. */
  recordPeerBoot(peer: NodeId, boot: PeerBoot): Promise<void>;
  /** The groups of a new cluster exist in the log: `--bootstrap` is not looked at again. */
  markBootstrapped(): Promise<void>;
  /** Lets another process in. After log and store are closed. */
  release(): Promise<void>;
}

const IDENTITY_FILE = 'node.json';
const PEERS_FILE = 'peers.json';
const LOCK_FILE = 'LOCK';
const FILES = [IDENTITY_FILE, PEERS_FILE, LOCK_FILE, BALLAST_NAME];
const FOLDERS = ['wal', 'db', 'incoming'];

/**
 * Rejects with IN_USE (another process has it), WRONG_IDENTITY (another cluster, node, format or
 * hard option), CORRUPT (identity unreadable or lost), CONFLICT (no data directory at all), FULL
 * (no space even without the ballast, which is what such a start works with).
 */
export async function openDataDir(request: OpenDataDir): Promise<DataDir> {
  const { dir } = request;
  try {
    return await openWithin(request).catch(async (error: unknown) => {
      if (!isFull(error) || !(await freeBallast(dir))) throw error;
      return openWithin(request);
    });
  } catch (error) {
    if (!isFull(error)) throw error;
    throw new RkvError('FULL', `no space left to open the data directory ${dir}`, { cause: error });
  }
}

const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException)?.code === 'ENOSPC';

/** False: there is none, or it belongs to a process that runs. */
async function freeBallast(dir: string): Promise<boolean> {
  const file = join(dir, BALLAST_NAME);
  const held = await stat(file).catch(() => null);
  if (held === null || (await lockHolder(join(dir, LOCK_FILE))) !== null) return false;
  await rm(file, { force: true });
  return true;
}

async function openWithin(request: OpenDataDir): Promise<DataDir> {
  const { dir } = request;
  await makePrivate(dir);
  await mustBeDataDir(dir);
  const result = await takeLock(join(dir, LOCK_FILE));
  if (result.kind === 'in-use') {
    throw new RkvError(
      'IN_USE',
      `the data directory ${dir} is in use by process ${result.holder.pid}`,
    );
  }
  try {
    const { identity, fresh } = await bootIdentity(request);
    const peerBoots = request.ephemeral ? new Map() : await readPeerBoots(dir);
    const release = () => result.lock.release();
    return new OpenedDataDir(request, { identity, fresh, peerBoots, release });
  } catch (error) {
    await result.lock.release();
    throw error;
  }
}

/** The identity as it stands, without opening: what a directory was born with. Null: none yet. */
export async function readIdentity(dir: string): Promise<Identity | null> {
  const text = await readFile(join(dir, IDENTITY_FILE), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw error;
    },
  );
  return text === null ? null : decodeIdentity(text, join(dir, IDENTITY_FILE));
}

async function makePrivate(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if (((await stat(dir)).mode & 0o077) !== 0) await chmod(dir, 0o700);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RkvError('CONFLICT', `cannot use ${dir} as data directory: ${code ?? message}`);
  }
}

/** A typing error must not turn somebody's home directory into a data directory. */
async function mustBeDataDir(dir: string): Promise<void> {
  const names = await readdir(dir);
  if (names.includes(IDENTITY_FILE)) return;
  const foreign = names.find(
    (name) => !FOLDERS.includes(name) && !FILES.some((ours) => name.startsWith(ours)),
  );
  if (foreign === undefined) return;
  throw new RkvError('CONFLICT', `${dir} is no data directory of rkv: it holds '${foreign}'`);
}

async function bootIdentity(request: OpenDataDir): Promise<{ identity: Identity; fresh: boolean }> {
  const { dir } = request;
  const old = await readIdentity(dir);
  if (request.ephemeral) {
    if (old === null) return { identity: newIdentity(request), fresh: true };
    throw new RkvError(
      'WRONG_IDENTITY',
      `${dir} holds data of the engine 'level'; the memory engine would not see it`,
    );
  }
  if (old !== null) {
    mustMatch(old, request);
    const identity = { ...old, bootCount: old.bootCount + 1 };
    await replaceFile(join(dir, IDENTITY_FILE), encodeIdentity(identity));
    return { identity, fresh: false };
  }
  await mustHoldNoData(dir);
  const identity = newIdentity(request);
  for (const folder of FOLDERS) await mkdir(join(dir, folder), { recursive: true, mode: 0o700 });
  await replaceFile(join(dir, IDENTITY_FILE), encodeIdentity(identity));
  await syncDirectory(join(dir, '..'));
  return { identity, fresh: true };
}

function newIdentity(request: OpenDataDir): Identity {
  return {
    format: IDENTITY_FORMAT,
    clusterId: request.clusterId ?? request.freshClusterId ?? randomUUID(),
    nodeId: request.nodeId,
    diskId: randomUUID(),
    bootCount: 1,
    bootstrapped: false,
    hard: request.fingerprint,
  };
}

async function mustHoldNoData(dir: string): Promise<void> {
  for (const folder of FOLDERS) {
    const names = await readdir(join(dir, folder)).catch(() => []);
    if (names.length === 0) continue;
    throw new RkvError(
      'CORRUPT',
      `${dir} holds data in ${folder}/ but has lost ${IDENTITY_FILE}: it cannot say whose they are`,
    );
  }
}

function mustMatch(old: Identity, request: OpenDataDir): void {
  const { dir, clusterId, nodeId, fingerprint } = request;
  const refuse = (what: string): never => {
    throw new RkvError('WRONG_IDENTITY', `the data directory ${dir} belongs to ${what}`);
  };
  if (clusterId !== null && clusterId !== old.clusterId) {
    refuse(`cluster ${old.clusterId}, not to ${clusterId}`);
  }
  if (nodeId !== old.nodeId) refuse(`node ${old.nodeId}, not to node ${nodeId}`);
  for (const name of new Set([...Object.keys(old.hard), ...Object.keys(fingerprint)])) {
    if (old.hard[name] === fingerprint[name]) continue;
    refuse(`a cluster born with ${name} ${old.hard[name]}, not ${fingerprint[name]}`);
  }
}

async function readPeerBoots(dir: string): Promise<Map<NodeId, PeerBoot>> {
  const path = join(dir, PEERS_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? new Map() : decodePeerBoots(text, path);
}

interface Opened {
  readonly identity: Identity;
  readonly fresh: boolean;
  readonly peerBoots: Map<NodeId, PeerBoot>;
  readonly release: () => Promise<void>;
}

class OpenedDataDir implements DataDir {
  identity: Identity;
  readonly fresh: boolean;
  readonly bootId = randomUUID();
  readonly release: () => Promise<void>;
  readonly #request: OpenDataDir;
  readonly #peerBoots: Map<NodeId, PeerBoot>;
  /** One replacement of a file at a time, in the order of the calls. */
  #writing: Promise<void> = Promise.resolve();

  constructor(request: OpenDataDir, opened: Opened) {
    this.#request = request;
    this.identity = opened.identity;
    this.fresh = opened.fresh;
    this.release = () => this.#writing.catch(() => undefined).then(opened.release);
    this.#peerBoots = opened.peerBoots;
  }

  peerBoot(peer: NodeId): PeerBoot | null {
    return this.#peerBoots.get(peer) ?? null;
  }

  recordPeerBoot(peer: NodeId, boot: PeerBoot): Promise<void> {
    const known = this.#peerBoots.get(peer);
    if (known?.count === boot.count && known.bootId === boot.bootId) return this.#writing;
    this.#peerBoots.set(peer, boot);
    return this.#replace(PEERS_FILE, () => encodePeerBoots(this.#peerBoots));
  }

  markBootstrapped(): Promise<void> {
    this.identity = { ...this.identity, bootstrapped: true };
    return this.#replace(IDENTITY_FILE, () => encodeIdentity(this.identity));
  }

  #replace(name: string, text: () => string): Promise<void> {
    if (this.#request.ephemeral) return Promise.resolve();
    // a failed write is told to its caller; a later one may still succeed
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => replaceFile(join(this.#request.dir, name), text()));
    return this.#writing;
  }
}
