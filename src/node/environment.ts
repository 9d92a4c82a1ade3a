/**
 * What a node takes from the machine it runs on: time, chance, files, peers, a door for clients.
 * `systemEnvironment` is the real one; the simulator brings one of its own and runs the very same
 * node in it (docs/simulation.md).
 */
import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';
import { startGrpcDoor } from '../api/grpc/door.js';
import type { GrpcDoor, GrpcDoorOptions } from '../api/grpc/types.js';
import { startRespDoor } from '../api/resp/door.js';
import type { RespDoor, RespDoorOptions } from '../api/resp/types.js';
import { type Clock, systemClock } from '../base/clock.js';
import type { GroupId } from '../base/ids.js';
import type { Options } from '../config/options.js';
import { openLevelStore } from '../engine/level-store.js';
import { openMemoryStore } from '../engine/memory-store.js';
import type { Host } from '../host/host.js';
import { type LogFs, nodeLogFs } from '../log/fs.js';
import { nodeSpaceFs, type SpaceFs } from '../log/space.js';
import type { OrderedStore } from '../machine/ports.js';
import type { Machine } from '../machine/types.js';
import type { TraceEvent } from '../raft/types.js';
import type { Log } from '../replica/ports.js';
import { type GrpcTransport, openGrpcTransport } from '../transport/grpc-transport.js';
import type { GrpcTransportOptions } from '../transport/types.js';
import { type DataDir, type OpenDataDir, openDataDir } from './identity.js';

/** Who looks on; each may put itself between the node and one of its parts. */
export interface Witness {
  /** What the Raft core of a group tells of itself. */
  trace(group: GroupId, event: TraceEvent): void;
  /** Before its replicas are opened. */
  host(host: Host): void;
  log(log: Log): Log;
  machine(group: GroupId, machine: Machine): Machine;
}

export interface Environment {
  readonly clock: Clock;
  /** A whole number from 0 to `bound` − 1. */
  random(bound: number): number;
  randomBytes(count: number): Buffer;
  openDataDir(request: OpenDataDir): Promise<DataDir>;
  /** The disk under the log, and the room left on it. */
  readonly files: LogFs;
  readonly space: SpaceFs;
  /** The ordered store of a data directory. */
  openStore(dir: string, options: Options): Promise<OrderedStore>;
  openTransport(options: GrpcTransportOptions): Promise<GrpcTransport>;
  openDoor(options: GrpcDoorOptions): Promise<GrpcDoor>;
  /** Rows that one slice of a clean-up in the store has; absent: as many as suit a real disk. */
  readonly cleanUpRows?: number;
  /** Absent: this machine has no place for Redis clients. */
  openRedisDoor?(options: RespDoorOptions): Promise<RespDoor>;
  readonly witness: Witness | null;
}

function openStore(dir: string, options: Options): Promise<OrderedStore> {
  if (options.engine === 'memory') return openMemoryStore();
  return openLevelStore(join(dir, 'db'), {
    blockCacheBytes: options.levelBlockCacheBytes,
    writeBufferBytes: options.levelWriteBufferBytes,
    readSlots: Math.max(1, options.threadPoolSize - 2),
  });
}

export const systemEnvironment: Environment = {
  clock: systemClock,
  random: (bound) => randomInt(bound),
  randomBytes: (count) => randomBytes(count),
  openDataDir,
  files: nodeLogFs,
  space: nodeSpaceFs,
  openStore,
  openTransport: openGrpcTransport,
  openDoor: startGrpcDoor,
  openRedisDoor: startRespDoor,
  witness: null,
};
