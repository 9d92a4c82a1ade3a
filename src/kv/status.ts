/** The shapes of status, shards and jobs as every door shows them (CLI contract: never rename). */

export interface Addresses {
  readonly grpc: string | null;
  readonly redis: string | null;
  readonly http: string | null;
  readonly peer: string | null;
  readonly redisCluster: string | null;
}

export type ShardStateName =
  | 'serving'
  | 'no-leader'
  | 'frozen'
  | 'splitting'
  | 'merging'
  | 'moving';

export interface MemberStatus {
  readonly node: number;
  readonly replica: number;
  readonly role: 'voter' | 'learner';
  readonly state: 'replicate' | 'probe' | 'snapshot' | 'down';
  readonly match: number;
  readonly applied: number;
  readonly lag: number;
  readonly digest: { readonly index: number; readonly value: string } | null;
  /** Present when the replica is fenced: it logs and votes, but never answers. */
  readonly fenced?: boolean;
}

export interface ShardStatus {
  readonly id: number;
  readonly slots: readonly [number, number];
  readonly rangeEpoch: number;
  readonly membersEpoch: number;
  readonly state: ShardStateName;
  readonly leader: number | null;
  readonly term: number;
  readonly commit: number;
  readonly applied: number;
  readonly keys: number;
  readonly bytes: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly members: readonly MemberStatus[];
}

export interface NodeStatus {
  readonly id: number;
  readonly state: 'up' | 'down' | 'draining' | 'joining';
  readonly addresses: Addresses;
  readonly labels: Readonly<Record<string, string>>;
  readonly leaders: number;
  readonly replicas: number;
  readonly version: string | null;
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  readonly engine?: string;
  readonly sync?: boolean;
  /** A torn tail was cut at the last start. */
  readonly tornTail?: { readonly segment: string; readonly offset: number };
  /** Present when the node takes injected faults: those it has now. */
  readonly faults?: {
    readonly disk: { readonly kind: 'none' | 'slow' | 'hang' | 'error'; readonly delayMs?: number };
    readonly clockOffsetMs: number;
  };
}

export interface ClusterStatus {
  readonly cluster: {
    readonly name: string;
    readonly id: string;
    readonly version: number;
    readonly health: 'ok' | 'degraded' | 'unavailable';
  };
  readonly meta: ShardStatus;
  readonly nodes: readonly NodeStatus[];
  readonly shards: readonly ShardStatus[];
}

/** What a client needs to go to the right node; pushed on its stream when it changes. */
export interface Topology {
  readonly clusterId: string;
  readonly version: number;
  readonly nodes: readonly { readonly id: number; readonly grpc: string | null }[];
  readonly shards: readonly {
    readonly id: number;
    readonly firstBucket: number;
    readonly lastBucket: number;
    readonly rangeEpoch: number;
    readonly leader: number | null;
  }[];
}
