/** What a swarm is made of: its options, its replicas and their disks. */
import type { LogIndex, ReplicaId, Term } from '../../../src/base/ids.js';
import type {
  EntryMeta,
  HardState,
  LogFloor,
  Members,
  Message,
  Raft,
  RaftConfig,
  Ready,
} from '../../../src/raft/types.js';

export interface SwarmOptions {
  readonly seed: number;
  readonly replicas: number;
  readonly steps: number;
  readonly voters?: readonly number[];
  readonly config?: Partial<RaftConfig>;
  /** Chances in a thousand. */
  readonly drop?: number;
  readonly double?: number;
  readonly crash?: number;
  readonly changes?: boolean;
  readonly transfers?: boolean;
  readonly compaction?: boolean;
  /** Clocks run alike (needed for leases): every replica ticks once before any ticks again. */
  readonly lockstep?: boolean;
  /** A planted bug: nothing waits for the disk. */
  readonly impatient?: boolean;
}

export interface Disk {
  hardState: HardState;
  floor: LogFloor;
  entries: EntryMeta[];
  /** The state machine as of its last flush. */
  applied: LogIndex;
  members: Members;
}

export interface Replica {
  readonly id: ReplicaId;
  readonly disk: Disk;
  raft: Raft | null;
  /** Mirror of the log in memory, from the floor on. */
  log: EntryMeta[];
  writing: Ready[];
  applied: LogIndex;
  members: Members;
  paused: ReplicaId[];
  /** Offered to this boot; if it crashes, the sender hears that its stream broke. */
  offered: Message[];
}

export const NONE = 0 as LogIndex;
export const key = (index: number, term: number): string => `${index}/${term}`;

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`broken: ${what}`);
}

export interface Stats {
  commits: number;
  elections: number;
  crashes: number;
  reads: number;
  snapshots: number;
  changes: number;
  stalls: number;
}

export function newReplica(id: ReplicaId, members: Members): Replica {
  return {
    id,
    disk: {
      hardState: { term: 0 as Term, vote: null, commit: NONE },
      floor: { index: NONE, term: 0 as Term },
      entries: [],
      applied: NONE,
      members,
    },
    raft: null,
    log: [],
    writing: [],
    applied: NONE,
    members,
    paused: [],
    offered: [],
  };
}
