/**
 * Bucket → address of the node that leads its shard, from the newest topology a node has pushed. It
 * is a hint: whoever is asked finds the right node by itself.
 */
import type { Topology } from '../kv/status.js';
import { BUCKETS } from '../shard/slot.js';

export class Steering {
  #leaders = new Array<string | null>(BUCKETS).fill(null);
  #addresses: readonly string[] = [];
  #topology: Topology | null = null;
  #source: string | null = null;

  get topology(): Topology | null {
    return this.#topology;
  }

  /** Addresses of all nodes whose door is open. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  leaderOf(bucket: number): string | null {
    return this.#leaders[bucket] ?? null;
  }

  addressOf(node: number): string | null {
    return this.#topology?.nodes.find((one) => one.id === node)?.grpc ?? null;
  }

  /**
   * Two nodes may know different versions; the higher one counts. What comes from the node that
   * told the present one always counts: its versions may have begun anew.
   */
  adopt(topology: Topology, from: string): boolean {
    const present = this.#topology;
    if (present !== null && from !== this.#source && topology.version < present.version) {
      return false;
    }
    this.#topology = topology;
    this.#source = from;
    this.#addresses = topology.nodes.flatMap((node) => (node.grpc === null ? [] : [node.grpc]));
    const leaders = new Array<string | null>(BUCKETS).fill(null);
    for (const shard of topology.shards) {
      const address = shard.leader === null ? null : this.addressOf(shard.leader);
      const last = Math.min(shard.lastBucket, BUCKETS - 1);
      for (let bucket = shard.firstBucket; bucket <= last; bucket++) leaders[bucket] = address;
    }
    this.#leaders = leaders;
    return true;
  }

  /** The node that told us is gone: whatever version the next one has is news. */
  onGone(address: string): void {
    if (this.#source === address) this.#source = null;
    if (this.#source === null && this.#topology !== null) {
      this.#topology = { ...this.#topology, version: 0 };
    }
  }
}
