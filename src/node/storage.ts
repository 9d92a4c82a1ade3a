/** Log and store of a node: opened together, compared with each other, closed in order. */
import { join } from 'node:path';
import type { Clock } from '../base/clock.js';
import type { GroupId, NodeId } from '../base/ids.js';
import type { Options } from '../config/options.js';
import { RkvError } from '../kv/errors.js';
import { openFileLog } from '../log/file-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { type OpenedNodeState, openNodeState } from '../machine/store/node-state.js';
import type { NodeState, NodeStateHooks } from '../machine/types.js';
import type { Logger } from '../observe/logger.js';
import type { Log } from '../replica/ports.js';
import type { Environment } from './environment.js';

/** As far as the system's randomness goes. */
const MAX_SEED = 2 ** 48 - 1;

export interface StorageRequest {
  readonly dir: string;
  readonly clusterId: string;
  readonly nodeId: NodeId;
  readonly options: Options;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly hooks: NodeStateHooks;
  /** The node's first groups are not all made yet: a log without a store is a start that died. */
  readonly newborn: boolean;
  readonly onFatal: (error: unknown) => void;
}

export interface Storage {
  readonly log: Log;
  readonly state: OpenedNodeState;
  close(): Promise<void>;
}

/** Rejects with the log's or the store's own errors; `toNodeError` names them. */
export async function openStorage(request: StorageRequest): Promise<Storage> {
  const { options, clock, hooks, onFatal, environment } = request;
  const opened = await openLog(request);
  const log = environment.witness?.log(opened) ?? opened;
  const store = await environment.openStore(request.dir, options);
  const state = await openNodeState({
    store,
    clock,
    hooks,
    flushBytes: options.flushBytes,
    flushAgeMs: options.flushAgeMs,
    saturateBytes: options.saturateBytes,
    headerCacheBytes: options.headerCacheBytes,
    hashSeed: environment.random(MAX_SEED),
    ...(environment.cleanUpRows === undefined ? {} : { cleanUpRows: environment.cleanUpRows }),
  });
  if (state.lostBatch) {
    const lost = state.damage ?? 'the store has lost a synced batch';
    throw new RkvError('CORRUPT', `${lost}: this state is not used`, { hint: 'rkv wal verify' });
  }
  await compare(log, state, request);
  // Pieces that no descriptor lists are deleted behind the start, in slices.
  state.sweep().catch(onFatal);
  return {
    log,
    state,
    async close() {
      await log.close();
      await state.close();
      await store.close();
    },
  };
}

function openLog(request: StorageRequest): Promise<Log> {
  const { dir, clusterId, nodeId, options, clock, logger, onFatal, environment } = request;
  if (options.engine === 'memory') return Promise.resolve(openMemoryLog({ clock }));
  return openFileLog({
    dir: join(dir, 'wal'),
    clusterId,
    nodeId,
    clock,
    files: environment.files,
    randomBytes: environment.randomBytes,
    onFatal,
    logger: (line) => logger.warn({ part: 'log' }, line),
    segmentBytes: options.segmentBytes,
    maxFrameBytes: options.frameBytes,
    maxLogBytesPerGroup: options.logBytesPerGroup,
    maxHeldBytes: options.snapshotLogBytes,
  });
}

/**
 * The store may lag behind the log, never lead it: what it has applied and the log does not hold
 * was acknowledged once and is lost (DESIGN section 5, "Log and store are compared at start"). A
 * snapshot whose record is durable in the log is finished first.
 */
async function compare(log: Log, state: NodeState, request: StorageRequest): Promise<void> {
  for (const [group, held] of log.restored.groups) {
    const { snapshot } = held;
    if (snapshot === null) continue;
    await state.install(group, state.decodeDescriptor(snapshot.descriptor));
  }
  if (!request.newborn && state.descriptors.size === 0 && log.restored.groups.size > 0) {
    const db = join(request.dir, 'db');
    throw new RkvError(
      'CORRUPT',
      `the store in ${db} is empty, but the log holds replicas: it is lost`,
    );
  }
  for (const [group, descriptor] of state.descriptors) {
    const held = log.restored.groups.get(group);
    const end = held === undefined ? 0 : (held.entries.at(-1)?.index ?? held.floor.index);
    if (descriptor.applied.index > end && held !== undefined)
      throw logLost(group, end, descriptor.applied.index);
  }
}

const logLost = (group: GroupId, end: number, applied: number): RkvError =>
  new RkvError(
    'CORRUPT',
    `the log of group ${group} ends at index ${end}, but the store has applied ${applied}: ` +
      'the log has lost synced data',
  );
