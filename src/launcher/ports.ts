/**
 * Which ports the nodes of a local cluster take. A look at whether a port is free only skips what
 * cannot work; the children's own bind decides, and a lost race tries the next candidate.
 */
import { createServer, type Server } from 'node:net';

/** The HTTP door comes in a later version; its port is kept free for it. */
export interface NodePorts {
  readonly grpc: number;
  readonly redis: number;
  readonly http: number;
  readonly peer: number;
  readonly redisCluster: number;
}

export const PORT_NAMES = ['grpc', 'redis', 'http', 'peer', 'redisCluster'] as const;
export const DEFAULT_BASE = 7400;
export const FIRST_BASE = 7500;
export const LAST_BASE = 9400;
export const BASE_STEP = 100;
/** base + 10 · id must stay below the next base. */
export const MAX_NODES_PER_BASE = 9;

export const portsAt = (first: number): NodePorts => ({
  grpc: first,
  redis: first + 1,
  http: first + 2,
  peer: first + 3,
  redisCluster: first + 4,
});

export const portsOf = (base: number, id: number): NodePorts => portsAt(base + 10 * id);

function bind(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

/** The ports of this list that another process holds right now. */
export async function takenPorts(ports: readonly number[]): Promise<number[]> {
  const servers = await Promise.all(ports.map(bind));
  await Promise.all(servers.map((server) => (server === null ? undefined : close(server))));
  return ports.filter((_, index) => servers[index] === null);
}

/** Free ports chosen by the system, all different: they are held together before any is let go. */
export async function systemPorts(nodes: number): Promise<NodePorts[]> {
  const servers: Server[] = [];
  for (let i = 0; i < nodes * PORT_NAMES.length; i += 1) {
    const server = await bind(0);
    if (server === null) throw new Error('the system has no free port on 127.0.0.1');
    servers.push(server);
  }
  const numbers = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map(close));
  return Array.from({ length: nodes }, (_, node) => {
    const of = (index: number): number => numbers[node * PORT_NAMES.length + index] as number;
    return { grpc: of(0), redis: of(1), http: of(2), peer: of(3), redisCluster: of(4) };
  });
}

/**
 * Bases to try for a cluster whose name is not `default`, in order, leaving out those that other
 * recorded clusters own (they may be stopped and want their ports back).
 */
export function candidateBases(owned: ReadonlySet<number>): number[] {
  const bases: number[] = [];
  for (let base = FIRST_BASE; base <= LAST_BASE; base += BASE_STEP) {
    if (!owned.has(base)) bases.push(base);
  }
  return bases;
}

/** The base a node's ports were counted from, if they were. */
export const baseOf = (id: number, ports: NodePorts): number => ports.grpc - 10 * id;
