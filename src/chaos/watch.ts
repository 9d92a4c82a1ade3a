/**
 * Looks at the cluster while it is under fire: who leads, how often that changes, and replicas that
 * were fenced. No fault of chaos damages data, so a fenced replica has found what must not be.
 */
import type { Client } from '../client/client.js';
import type { ClusterStatus, Topology } from '../kv/status.js';

const LEADERS_EVERY_MS = 50;
const STATUS_EVERY_MS = 500;
const STATUS_TIMEOUT_MS = 2_000;

export class LeaderWatch {
  readonly #topology: () => Topology | null;
  readonly #leaders = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  /** How often a shard was found under another leader than before. */
  changes = 0;

  constructor(topology: () => Topology | null) {
    this.#topology = topology;
    this.#timer = setInterval(() => this.look(), LEADERS_EVERY_MS);
  }

  look(): void {
    for (const { id, leader } of this.#topology()?.shards ?? []) {
      if (leader === null) continue;
      const before = this.#leaders.get(id);
      if (before !== undefined && before !== leader) this.changes += 1;
      this.#leaders.set(id, leader);
    }
  }

  /** Last known leaders, one for each shard. */
  get leaders(): number[] {
    return [...this.#leaders.values()];
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Fenced replicas of a status, in words. */
export function fencedIn(status: ClusterStatus): string[] {
  return [status.meta, ...status.shards].flatMap((shard) =>
    shard.members
      .filter((member) => member.fenced === true)
      .map((member) => `the replica of shard ${shard.id} on node ${member.node} was fenced`),
  );
}

export class FenceWatch {
  readonly #client: Client;
  readonly #timer: NodeJS.Timeout;
  readonly found = new Set<string>();
  #asking = false;

  constructor(client: Client) {
    this.#client = client;
    this.#timer = setInterval(() => void this.#ask(), STATUS_EVERY_MS);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const status = await this.#client.admin.status({ timeoutMs: STATUS_TIMEOUT_MS });
      for (const what of fencedIn(status)) this.found.add(what);
    } catch {
      // under faults a node need not answer; the next look will
    } finally {
      this.#asking = false;
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
