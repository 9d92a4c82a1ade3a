/** What the doors need from the node besides the router: administration and topology. */
import type { ClusterStatus, Topology } from '../kv/status.js';

/** Administrative operations; each rejects with an RkvError. */
export interface Admin {
  status(timeoutMs: number): Promise<ClusterStatus>;
  topology(): Topology;
  /** Calls back at once and whenever the topology changes; returns the way to stop that. */
  watchTopology(onChange: (topology: Topology) => void): () => void;
  transferLeader(shard: number, toNode: number, timeoutMs: number): Promise<void>;
  /** A linearizable write and read through every shard, in the reserved database. */
  probe(timeoutMs: number): Promise<{ readonly shards: readonly number[] }>;
  /** Effective options of this node, for the bench's printed configuration. */
  options(): Readonly<Record<string, string | number | boolean | null>>;
  /** Reads a key from this node's own replica at its applied index (kill-loop, verification). */
  localRead(database: number, key: Uint8Array): Promise<Uint8Array | null>;
}
