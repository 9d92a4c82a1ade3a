/**
 * The meta group's state: nodes, shards, cluster version. A value that commands replace; every
 * replica holds the same one, so the routing table is local everywhere (DESIGN section 1).
 */
import type { Addresses } from '../kv/status.js';
import type { BucketRange, MemberRole } from '../shard/descriptor.js';

export const CATALOGUE_VERSION = 1;

export interface NodeRecord {
  readonly id: number;
  /** Null until the node has registered: its identity is pinned then. */
  readonly diskId: string | null;
  readonly addresses: Addresses;
  readonly labels: Readonly<Record<string, string>>;
  readonly release: string | null;
  /** Range of cluster versions the node's build speaks. */
  readonly versions: { readonly min: number; readonly max: number };
}

export interface ShardMember {
  readonly replica: number;
  readonly node: number;
  readonly role: MemberRole;
}

/** A copy of what the shard's own log decided; the larger epochs win. */
export interface ShardRecord {
  readonly id: number;
  readonly range: BucketRange;
  readonly rangeEpoch: number;
  readonly membersEpoch: number;
  readonly members: readonly ShardMember[];
  /** Where an operator wants it led; null: the balancer's own rule. */
  readonly leaderWish: number | null;
}

export interface Catalogue {
  readonly formatVersion: number;
  readonly clusterName: string;
  readonly clusterVersion: number;
  readonly nodes: readonly NodeRecord[];
  readonly shards: readonly ShardRecord[];
  readonly nextShard: number;
}

export const nodeOf = (catalogue: Catalogue, id: number): NodeRecord | undefined =>
  catalogue.nodes.find((node) => node.id === id);

export const shardOf = (catalogue: Catalogue, id: number): ShardRecord | undefined =>
  catalogue.shards.find((shard) => shard.id === id);
