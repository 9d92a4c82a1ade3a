/**
 * Cluster clients (base + 4) go to the leader of a key themselves: a key that is led elsewhere is
 * answered with MOVED. Keys of several slots are served here, as on the plain listener.
 */
import { bucketOfSlot, slotOf } from '../../shard/slot.js';
import type { Client } from './client.js';
import { type Entry, keyIndexes } from './registry.js';
import { endpointOf } from './topology.js';
import type { DoorNode } from './types.js';

/** The slot of all keys; null: none, or several. */
function slotOfAll(entry: Entry, args: readonly Uint8Array[]): ReturnType<typeof slotOf> | null {
  if (entry.onlyKey >= 0) return slotOf(args[entry.onlyKey] as Uint8Array);
  const indexes = keyIndexes(entry, args);
  const first = indexes?.[0];
  if (indexes === null || first === undefined) return null;
  const slot = slotOf(args[first] as Uint8Array);
  return indexes.every((i) => slotOf(args[i] as Uint8Array) === slot) ? slot : null;
}

/** The text of the MOVED error, or null: here is right, or as right as anywhere. */
export function misdirected(
  node: DoorNode,
  client: Client,
  entry: Entry,
  args: readonly Uint8Array[],
): string | null {
  if (client.mode === 'standalone') return null;
  const slot = slotOfAll(entry, args);
  if (slot === null) return null;
  const bucket = bucketOfSlot(slot);
  const leader = node.leaderOf(bucket);
  // without a known leader the request waits for one inside its deadline
  if (leader === null || leader === node.nodeId) return null;
  if (client.readonlyReads && !entry.writes && node.holds(bucket)) return null;
  const peer = node.nodes().find((one) => one.id === leader);
  const endpoint = peer === undefined ? null : endpointOf(node, peer, client);
  return endpoint === null ? null : `MOVED ${slot} ${endpoint.host}:${endpoint.port}`;
}
