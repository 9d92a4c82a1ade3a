/** `cluster status`: the shape of the CLI contract, from a live supervisor or from the record. */
import type { Addresses } from '../kv/status.js';
import { clusterDir } from './home.js';
import type { LastExit, SupervisedNode } from './node.js';
import { type ClusterRecord, isSupervised, type NodeRecord } from './record.js';

export interface NodeView {
  readonly id: number;
  readonly pid: number | null;
  readonly state: 'up' | 'starting' | 'stopping' | 'restarting' | 'down' | 'failed';
  readonly restarts: number;
  readonly lastExit: LastExit | null;
  readonly addresses: Addresses;
  readonly log: string;
  /** Present when the node has failed: why. */
  readonly reason?: string;
}

export interface ClusterView {
  readonly name: string;
  readonly dir: string;
  readonly state: 'running' | 'starting' | 'stopped' | 'failed';
  readonly supervisor: { readonly pid: number } | null;
  /** Present when its nodes reach each other through proxies and take faults. */
  readonly proxied?: boolean;
  readonly nodes: readonly NodeView[];
}

export function viewOf(
  home: string,
  record: ClusterRecord,
  nodes: readonly SupervisedNode[],
): ClusterView {
  const hopeless = nodes.length > 0 && nodes.every((node) => node.state.kind === 'failed');
  return {
    name: record.name,
    dir: clusterDir(home, record.name),
    state: record.state === 'running' && hopeless ? 'failed' : record.state,
    supervisor: record.supervisor === null ? null : { pid: record.supervisor.pid },
    ...(record.proxied === true ? { proxied: true } : {}),
    nodes: record.nodes.map((entry) => {
      const node = nodes.find(({ id }) => id === entry.id);
      return node === undefined ? stoppedNode(entry) : liveNode(entry, node);
    }),
  };
}

/** What is left of a cluster that nobody runs. */
export function recordedView(home: string, record: ClusterRecord): ClusterView {
  const view = viewOf(home, record, []);
  if (isSupervised(record)) return view;
  // a supervisor that was killed could not write that it is gone
  const state = record.state === 'failed' ? 'failed' : 'stopped';
  return { ...view, state, supervisor: null };
}

function liveNode(entry: NodeRecord, node: SupervisedNode): NodeView {
  return {
    id: entry.id,
    pid: node.pid,
    state: node.state.kind,
    restarts: node.restarts,
    lastExit: node.lastExit,
    addresses: node.state.kind === 'up' ? node.state.addresses : addressesOf(entry),
    log: entry.log,
    ...(node.state.kind === 'failed' ? { reason: node.state.error.message } : {}),
  };
}

function stoppedNode(entry: NodeRecord): NodeView {
  return {
    id: entry.id,
    pid: null,
    state: 'down',
    restarts: 0,
    lastExit: null,
    addresses: addressesOf(entry),
    log: entry.log,
  };
}

/** Where the node was, or will be. */
function addressesOf(entry: NodeRecord): Addresses {
  if (entry.addresses !== null) return entry.addresses;
  const at = (port: number | undefined): string | null =>
    port === undefined ? null : `127.0.0.1:${port}`;
  return {
    grpc: at(entry.ports?.grpc),
    redis: at(entry.ports?.redis),
    http: null,
    peer: at(entry.ports?.peer),
    redisCluster: at(entry.ports?.redisCluster),
  };
}
