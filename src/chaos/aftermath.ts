/**
 * After the last fault: does every shard serve in time, do all replicas hold the same, has a node
 * given up? Asked of the cluster itself, again and again until it says so or time is up.
 */
import type { Client } from '../client/client.js';
import { toRkvError } from '../kv/errors.js';
import type { ClusterStatus, ShardStatus } from '../kv/status.js';
import type { ReplicaFinding } from './types.js';
import { fencedIn } from './watch.js';

const ASK_EVERY_MS = 100;
const TIMEOUT_MS = 2_000;
/** Digests come by themselves, in this many of their own intervals. */
const DIGEST_ROUNDS = 3;
const DIGEST_SLACK_MS = 5_000;
const DIGEST_EVERY_MS = 10_000;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));

/** Null when a write and a read have gone through every shard by then; else what did not. */
export async function whoDoesNotServe(client: Client, deadline: number): Promise<string | null> {
  let why = 'no time was left to ask';
  for (;;) {
    const left = deadline - performance.now();
    if (left <= 0) return why;
    try {
      await client.admin.probe({ timeoutMs: Math.max(1, Math.min(TIMEOUT_MS, Math.round(left))) });
      return null;
    } catch (error) {
      why = toRkvError(error).message;
    }
    await pause();
  }
}

/**
 * Waits until every replica has told its digest of an index that all writes of the run are below.
 */
export async function compareReplicas(client: Client): Promise<ReplicaFinding> {
  let why = 'no status could be read';
  const floors = new Map<number, number>();
  const deadline = performance.now() + (await digestPatience(client));
  do {
    const status = await client.admin.status({ timeoutMs: TIMEOUT_MS }).catch(() => null);
    if (status !== null) {
      const groups = [status.meta, ...status.shards];
      for (const { id, commit } of groups) if (!floors.has(id)) floors.set(id, commit);
      const differing = [...fencedIn(status), ...groups.flatMap(differences)];
      if (differing.length > 0) return { kind: 'differ', what: differing };
      const missing = groups.find((group) => !compared(group, floors.get(group.id) ?? 0));
      if (missing === undefined) return { kind: 'equal', replicas: replicasOf(status) };
      why = `the replicas of shard ${missing.id} did not all tell a digest of the same index`;
    }
    await pause();
  } while (performance.now() < deadline);
  return { kind: 'not-compared', why };
}

async function digestPatience(client: Client): Promise<number> {
  const options = await client.admin.options().catch(() => null);
  const every = options?.digestEveryMs;
  return DIGEST_ROUNDS * (typeof every === 'number' ? every : DIGEST_EVERY_MS) + DIGEST_SLACK_MS;
}

const replicasOf = ({ meta, shards }: ClusterStatus): number =>
  [meta, ...shards].reduce((sum, { members }) => sum + members.length, 0);

function compared({ members }: ShardStatus, floor: number): boolean {
  const indexes = new Set(members.map(({ digest }) => digest?.index ?? -1));
  const [index] = indexes;
  return indexes.size === 1 && index !== undefined && index >= floor;
}

/** Unequal digests of one index. */
export function differences({ id, members }: ShardStatus): string[] {
  const values = new Map<number, Map<string, number[]>>();
  for (const { node, digest } of members) {
    if (digest === null) continue;
    const here = values.get(digest.index) ?? new Map<string, number[]>();
    here.set(digest.value, [...(here.get(digest.value) ?? []), node]);
    values.set(digest.index, here);
  }
  return [...values]
    .filter(([, here]) => here.size > 1)
    .map(([index, here]) => {
      const sides = [...here].map(([value, nodes]) => `${value} on node ${nodes.join(', ')}`);
      return `shard ${id} at index ${index}: ${sides.join(' against ')}`;
    });
}
