/**
 * The cluster as cluster clients see it: nodes by the ids and addresses Redis gives them, slots by
 * who leads them. A node is announced with its listener for cluster clients; a node that listens on
 * every address is announced with the one the asker came in on.
 */
import type { Client } from './client.js';
import { redisNodeId } from './info.js';
import type { DoorNode, DoorPeer, DoorShard } from './types.js';

export interface Endpoint {
  readonly node: number;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly alive: boolean;
}

export interface SlotRange {
  readonly shard: DoorShard;
  /** The leader first; at least one. */
  readonly endpoints: readonly Endpoint[];
}

const WILDCARDS = ['0.0.0.0', '::', '*'];

function split(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/, '');
  return { host, port: Number(address.slice(colon + 1)) };
}

const isWildcard = (host: string): boolean => WILDCARDS.includes(host);

/** Null: that node has no listener for cluster clients, or has not told of it yet. */
export function endpointOf(node: DoorNode, peer: DoorPeer, asker: Client): Endpoint | null {
  if (peer.redisCluster === null) return null;
  const { host, port } = split(peer.redisCluster);
  const beside = peer.host === null || isWildcard(peer.host) ? null : peer.host;
  const cameIn = split(asker.localAddress).host;
  const elsewhere = peer.id === node.nodeId ? cameIn : (beside ?? cameIn);
  return {
    node: peer.id,
    id: redisNodeId(node.clusterId, peer.id),
    host: isWildcard(host) ? elsewhere : host,
    port,
    alive: peer.alive,
  };
}

export function endpoints(node: DoorNode, asker: Client): Map<number, Endpoint> {
  const found = new Map<number, Endpoint>();
  for (const peer of node.nodes()) {
    const endpoint = endpointOf(node, peer, asker);
    if (endpoint !== null) found.set(peer.id, endpoint);
  }
  return found;
}

/** Slots one behind the other. */
export interface SlotRun {
  readonly first: number;
  readonly last: number;
}

/** Neighbours become one, if `same` says so of what stands beside them. */
export function joined<T extends SlotRun>(runs: readonly T[], same: (a: T, b: T) => boolean): T[] {
  const found: T[] = [];
  for (const run of runs) {
    const before = found.at(-1);
    if (before !== undefined && before.last + 1 === run.first && same(before, run)) {
      found[found.length - 1] = { ...before, last: run.last };
    } else found.push(run);
  }
  return found;
}

/** Shards in the order of their slots; one without any announced node is left out. */
export function slotRanges(node: DoorNode, asker: Client): SlotRange[] {
  const known = endpoints(node, asker);
  const ranges: SlotRange[] = [];
  for (const shard of [...node.shards()].sort((a, b) => a.firstSlot - b.firstSlot)) {
    const rank = (id: number): number =>
      id === shard.leader ? 0 : known.get(id)?.alive === true ? 1 : 2;
    const members = [...new Set([...(shard.leader === null ? [] : [shard.leader]), ...shard.nodes])]
      .sort((a, b) => rank(a) - rank(b) || a - b)
      .flatMap((id) => known.get(id) ?? []);
    if (members.length > 0) ranges.push({ shard, endpoints: members });
  }
  return ranges;
}
