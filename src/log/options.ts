/** How the log on disk is opened, and what both adapters give. */
import type { Clock } from '../base/clock.js';
import type { Log } from '../replica/ports.js';
import type { LogError } from './errors.js';
import type { LogFs } from './fs.js';

export interface FileLogOptions {
  /** Made when missing. */
  readonly dir: string;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly clock: Clock;
  /** A write, sync or check failed: final, called once; nothing completes afterwards. */
  readonly onFatal: (error: LogError) => void;
  readonly logger?: (line: string) => void;
  readonly files?: LogFs;
  /** For the salts of segments; default: the system's. */
  readonly randomBytes?: (count: number) => Buffer;
  /** 16 MiB. */
  readonly segmentBytes?: number;
  /** 1 MiB, header included; one entry that is larger goes alone. */
  readonly maxFrameBytes?: number;
  /** 16 MiB: released entries above it are let go. */
  readonly maxLogBytesPerGroup?: number;
  /** 8: segments kept for slow followers. */
  readonly keepSegments?: number;
  /** 1 GiB of entries kept for snapshots on their way. */
  readonly maxHeldBytes?: number;
  /** 8 MiB of the newest frames stay in memory. */
  readonly cacheBytes?: number;
}

/** The port, with its optional doors. */
export type CompleteLog = Required<Log>;
