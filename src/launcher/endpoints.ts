/**
 * "Finding a cluster" of the CLI contract. On the way of every command, so it reads one small file
 * and loads nothing.
 */
import { RkvError } from '../kv/errors.js';
import { DEFAULT_CLUSTER, type Environment, mustBeClusterName, rkvHome } from './home.js';
import { noCluster, readLive } from './record.js';

export interface EndpointFlags {
  /** host:port,… */
  readonly endpoints?: string | undefined;
  /** Name of a local cluster. */
  readonly cluster?: string | undefined;
}

/** A lone `rkv serve` listens here. */
export const LONE_NODE = '127.0.0.1:7410';

/**
 * --endpoints, RKV_ENDPOINTS, --cluster, RKV_CLUSTER, a live local cluster `default`, else a lone
 * node. Rejects with NO_CLUSTER when a cluster is named that does not run, USAGE for a list that
 * names nobody.
 */
export async function resolveEndpoints(
  flags: EndpointFlags,
  env: Environment = process.env,
): Promise<string[]> {
  if (flags.endpoints !== undefined) return split(flags.endpoints, '--endpoints');
  if (flags.cluster === undefined && env.RKV_ENDPOINTS) {
    return split(env.RKV_ENDPOINTS, 'RKV_ENDPOINTS');
  }
  const home = rkvHome(env);
  const named = flags.cluster ?? (env.RKV_CLUSTER || undefined);
  if (named !== undefined) {
    const found = liveEndpoints(home, mustBeClusterName(named));
    if (found === null) throw noCluster(named);
    return found;
  }
  return liveEndpoints(home, DEFAULT_CLUSTER) ?? [LONE_NODE];
}

/** Client addresses of the cluster's nodes, or null when its supervisor does not live. */
function liveEndpoints(home: string, name: string): string[] | null {
  const record = readLive(home, name);
  if (record === null) return null;
  const found: string[] = [];
  for (const { addresses, ports } of record.nodes) {
    if (addresses?.grpc) found.push(addresses.grpc);
    else if (ports !== null) found.push(`127.0.0.1:${ports.grpc}`);
  }
  return found.length > 0 ? found : null;
}

function split(list: string, source: string): string[] {
  const found = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const part of found) {
    if (/^\S+:\d{1,5}$/.test(part)) continue;
    throw new RkvError('USAGE', `${source}: '${part}' is no address like 127.0.0.1:7410`);
  }
  if (found.length > 0) return found;
  throw new RkvError('USAGE', `${source} names no address`);
}
