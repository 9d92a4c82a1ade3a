/**
 * When all faults are over every shard has a leader, every operation gets its answer, and all
 * replicas come to the same state, within ten election timeouts.
 * Source: FAULTS.md, I10; TigerBeetle's VOPR (safety first, then liveness on a healed core).
 */
import type { Host } from '../../../src/host/host.js';
import { mustHold, type Violation } from './invariant.js';

export const NAME = 'progress after healing';
export const ELECTION_TIMEOUTS = 10;

export interface Survivor {
  readonly id: number;
  readonly host: Host | null;
}

/** Why the cluster has not come to rest yet; null when it has. */
export function missing(groups: number, nodes: readonly Survivor[], busy: number): string | null {
  for (const { id, host } of nodes) if (host === null) return `node ${id} does not run`;
  for (let group = 0; group < groups; group++) {
    const replicas = nodes.flatMap(({ id, host }) => {
      const replica = [...(host?.replicas.values() ?? [])].find((one) => one.group === group);
      return replica === undefined ? [] : [{ id, replica }];
    });
    const leaders = replicas.filter(({ replica }) => replica.leads);
    if (leaders.length === 0) return `group ${group} has no leader`;
    const commit = Math.max(...replicas.map(({ replica }) => replica.view().commit));
    for (const { id, replica } of replicas) {
      if (replica.fenced) return `the replica of group ${group} on node ${id} is fenced`;
      if (replica.machine === null) return `group ${group} on node ${id} is being installed`;
      if (replica.applied !== commit) {
        return `group ${group} on node ${id} has applied ${replica.applied} of ${commit}`;
      }
    }
    const digests = new Set(replicas.map(({ replica }) => replica.machine?.state.digest()));
    if (digests.size !== 1) return `group ${group} has ${digests.size} different states`;
  }
  return busy === 0 ? null : `${busy} operations wait for an answer`;
}

export function mustHaveProgressed(what: string | null): asserts what is null {
  mustHold(NAME, what === null, () => `after ten election timeouts ${what}`);
}

export type { Violation };
