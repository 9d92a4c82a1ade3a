/** What the router needs: where shards are, the replicas of this node, and the other nodes. */
import type { Epoch, EpochMs, GroupId, MonoMs, NodeId } from '../base/ids.js';
import type { Forward, RouteAnswer } from '../kv/forward.js';
import type { Command, ShardWrite } from '../kv/request.js';

export interface ShardPlace {
  readonly group: GroupId;
  readonly rangeEpoch: Epoch;
  /** Nodes that hold a voter. */
  readonly nodes: readonly NodeId[];
}

/** A replica on this node. */
export interface LocalShard {
  readonly leads: boolean;
  /** Can serve linearizable reads by a read index. */
  readonly readable: boolean;
  write(pending: {
    readonly write: ShardWrite;
    readonly deadline: MonoMs;
    readonly done: (answer: RouteAnswer) => void;
  }): void;
  read(pending: {
    readonly command: Command;
    readonly mode: 'confirmed' | 'lease';
    readonly deadline: MonoMs;
    readonly done: (answer: RouteAnswer) => void;
  }): void;
}

export interface RouterPorts {
  readonly node: NodeId;
  monotonic(): MonoMs;
  clusterNow(): EpochMs;
  after(ms: number, run: () => void): void;
  endOfTurn(run: () => void): void;
  /** Where the bucket's shard is; null: no routing table yet. */
  place(bucket: number): ShardPlace | null;
  /** Every shard's first bucket, in order. */
  firstBuckets(): readonly number[];
  leader(group: GroupId): NodeId | null;
  alive(node: NodeId): boolean;
  local(group: GroupId): LocalShard | null;
  forward(
    node: NodeId,
    forward: Forward,
    timeoutMs: number,
    done: (answer: RouteAnswer) => void,
  ): void;
  /** Calls back when a leader, a shard's place or a node's life changed. */
  onChange(listener: () => void): void;
  /** 16 random bytes as a latin1 string. */
  newSession(): string;
}
