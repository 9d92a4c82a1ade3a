/**
 * What was measured, read back from the nodes themselves, and whether that is what `cluster up -n
 * 3` gives: a figure of another configuration must not pass for one of the default.
 */
import type { ClusterStatus } from '../kv/status.js';

export type NodeOptionValues = Readonly<Record<string, string | number | boolean | null>>;

export interface Configuration {
  readonly nodes: number;
  readonly shards: number;
  readonly votersPerShard: readonly number[];
  readonly leadersPerNode: readonly number[];
  readonly engines: readonly string[];
  readonly sync: boolean;
  readonly leaseReads: boolean;
  readonly health: string;
  /** Effective options of the node that was asked. */
  readonly options: NodeOptionValues;
}

const USUAL_NODES = 3;
const USUAL_SHARDS = 4;

export function configurationOf(status: ClusterStatus, options: NodeOptionValues): Configuration {
  const { nodes, shards } = status;
  const voters = shards.map(({ members }) => members.filter((one) => one.role === 'voter').length);
  return {
    nodes: nodes.length,
    shards: shards.length,
    votersPerShard: [...new Set(voters)],
    leadersPerNode: nodes.map(({ leaders }) => leaders),
    engines: [...new Set(nodes.map(({ engine }) => engine ?? 'unknown'))],
    sync: nodes.every(({ sync }) => sync === true),
    leaseReads: options.leaseReads === true,
    health: status.cluster.health,
    options,
  };
}

/** How it differs from `cluster up -n 3` without further flags; empty when it does not. */
export function deviations(configuration: Configuration): string[] {
  const { nodes, shards, votersPerShard, leadersPerNode, engines, sync } = configuration;
  const found: string[] = [];
  if (nodes !== USUAL_NODES) found.push(`${nodes} nodes instead of ${USUAL_NODES}`);
  if (shards !== USUAL_SHARDS) found.push(`${shards} shards instead of ${USUAL_SHARDS}`);
  if (votersPerShard.some((voters) => voters !== 3)) {
    found.push(`${votersPerShard.join(' or ')} voters a shard instead of 3`);
  }
  if (leadersPerNode.some((leaders) => leaders === 0)) found.push('a node leads no shard');
  if (engines.some((engine) => engine !== 'level')) found.push(`engine ${engines.join(', ')}`);
  if (!sync) found.push('sync is off');
  if (configuration.leaseReads) found.push('lease reads are on');
  if (configuration.health !== 'ok') found.push(`health is ${configuration.health}`);
  return found;
}
