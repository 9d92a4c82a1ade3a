/** The callers of a run, by the door that they go through. */
import type { Client } from '../client/client.js';
import { RkvError } from '../kv/errors.js';
import type { ClusterView } from '../launcher/view.js';
import { GrpcCaller } from './grpc-caller.js';
import { RedisCaller, type RedisDoors } from './redis-caller.js';
import type { Caller, Via } from './via.js';

export interface CallerSettings {
  readonly view: ClusterView;
  /** One for each node; callers of gRPC share them. */
  readonly connections: readonly Client[];
  readonly clients: number;
  readonly timeoutMs: number;
}

type Maker = (settings: CallerSettings) => (index: number) => Caller;

function redisDoors({ nodes, name }: ClusterView): readonly RedisDoors[] {
  const doors = nodes.flatMap(({ addresses: { redis, redisCluster } }) =>
    redis === null || redisCluster === null ? [] : [{ plain: redis, cluster: redisCluster }],
  );
  if (doors.length > 0) return doors;
  throw new RkvError('USAGE', `--via redis: the nodes of '${name}' have no Redis door`);
}

const MAKERS: Readonly<Record<Via, Maker>> = {
  grpc:
    ({ connections, timeoutMs }) =>
    (index) =>
      new GrpcCaller(connections[index % connections.length] as Client, timeoutMs),
  redis: ({ view, timeoutMs }) => {
    const doors = redisDoors(view);
    return (index) => new RedisCaller(doors, index, timeoutMs);
  },
};

/** Rejects with USAGE when the cluster has no such door. */
export function callersOf(via: Via, settings: CallerSettings): readonly Caller[] {
  const make = MAKERS[via](settings);
  return Array.from({ length: settings.clients }, (_, index) => make(index));
}
