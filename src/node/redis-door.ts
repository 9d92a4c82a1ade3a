/** The Redis door of a node: what it knows of this node and the cluster, and where it listens. */
import { type Gate, MAX_USER_DATABASE } from '../api/gate/gate.js';
import type { Admin } from '../api/ports.js';
import type {
  DoorLogger,
  DoorNode,
  RespDoor,
  RespDoorOptions,
  RespLimits,
} from '../api/resp/types.js';
import type { Clock } from '../base/clock.js';
import { type EpochMs, META_GROUP, type NodeId, nodeId, shardId } from '../base/ids.js';
import type { Options } from '../config/options.js';
import { splitAddress } from '../config/parse.js';
import { OFF } from '../config/row.js';
import type { Host } from '../host/host.js';
import type { MetaState } from '../meta/meta-state.js';
import type { RouterPorts } from '../router/ports.js';
import type { Router } from '../router/types.js';
import { SLOTS_PER_BUCKET } from '../shard/slot.js';
import type { PeerCalls } from './peer-calls.js';
import { RELEASE } from './release.js';

export interface RedisDoorParts {
  readonly node: NodeId;
  readonly clusterId: string;
  readonly options: Options;
  readonly clock: Clock;
  readonly logger: DoorLogger;
  readonly host: Host;
  readonly meta: MetaState;
  readonly calls: PeerCalls;
  readonly router: Router;
  readonly routing: RouterPorts;
  readonly admin: Admin;
  readonly gate: Gate;
  /** Peers with a connection, and since when. */
  readonly connected: ReadonlyMap<NodeId, EpochMs>;
}

const DATABASES = Array.from({ length: MAX_USER_DATABASE + 1 }, (_, database) => database);

function redisLimits(options: Options): Partial<RespLimits> {
  return {
    connections: options.maxConnections,
    inFlight: options.redisPipelineRequests,
    inFlightBytes: options.redisPipelineBytes,
    unsentBytes: options.redisUnsentBytes,
    outputBytes: options.redisOutputBytes,
    timeoutMs: options.requestTimeoutMs,
  };
}

function doorNode(parts: RedisDoorParts): DoorNode {
  const { node, clusterId, clock, host, meta, calls, admin, routing, connected } = parts;
  return {
    nodeId: node,
    clusterId,
    release: RELEASE,
    shards: () =>
      meta.catalogue.shards.map(({ id, range, rangeEpoch, members }) => ({
        id,
        firstSlot: range.first * SLOTS_PER_BUCKET,
        lastSlot: (range.last + 1) * SLOTS_PER_BUCKET - 1,
        rangeEpoch,
        leader: host.leaders.of(shardId(id)),
        nodes: members.filter(({ role }) => role === 'voter').map((member) => member.node),
      })),
    nodes: () =>
      meta.catalogue.nodes.map(({ id, addresses }) => ({
        id,
        redis: addresses.redis,
        redisCluster: addresses.redisCluster,
        host: addresses.peer === null ? null : (splitAddress(addresses.peer)?.host ?? null),
        alive: id === node || host.beats.alive(nodeId(id)),
        connectedAt: connected.get(nodeId(id)) ?? null,
      })),
    leaderOf(bucket) {
      const place = routing.place(bucket);
      return place === null ? null : routing.leader(place.group);
    },
    holds: (bucket) => routing.place(bucket)?.nodes.includes(node) ?? false,
    status: (timeoutMs) => admin.status(timeoutMs),
    own: () => ({
      shards: [...host.replicas.values()]
        .filter((replica) => replica.group !== META_GROUP && replica.machine !== null)
        .map((replica) => ({
          id: replica.group,
          leads: replica.leads,
          applied: replica.applied,
          bytes: replica.machine?.state.counts().bytes ?? 0,
          keys: DATABASES.map((database) => replica.machine?.state.counts(database).keys ?? 0),
          expires: DATABASES.map((database) => replica.machine?.state.expiring(database) ?? 0),
          members: replica.descriptor.members.length,
        })),
      forwarded: calls.forwarded,
    }),
    now: () => (host.clusterClock.trusted ? host.clusterClock.now() : clock.wall()),
  };
}

/** Null: both listeners are off. */
export async function openRedisDoor(
  parts: RedisDoorParts,
  open: (options: RespDoorOptions) => Promise<RespDoor>,
): Promise<RespDoor | null> {
  const { options, router, gate, clock, logger } = parts;
  const { listenRedis, listenRedisCluster } = options;
  if (listenRedis === OFF && listenRedisCluster === OFF) return null;
  return open({
    listen: listenRedis === OFF ? null : listenRedis,
    listenCluster: listenRedisCluster === OFF ? null : listenRedisCluster,
    router,
    gate,
    clock,
    logger,
    node: doorNode(parts),
    debugCommand: options.enableDebugCommand,
    limits: redisLimits(options),
  });
}
