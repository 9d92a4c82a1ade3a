/**
 * What the other `cluster` commands do: look up the record, then ask the supervisor or act on what
 * is left.
 */
import { constants } from 'node:os';
import { RkvError } from '../kv/errors.js';
import { askControl, type ControlRequest } from './control.js';
import type { Fault, FaultOutcome } from './fault-types.js';
import { clusterNames, mustBeClusterName } from './home.js';
import { type ClusterRecord, isSupervised, noCluster, readRecord } from './record.js';
import { endOrphans, wipeCluster } from './remains.js';
import { type ClusterView, recordedView } from './view.js';

/** The name a command means: --name, else RKV_CLUSTER, else `default`. */
export interface ClusterName {
  readonly home: string;
  readonly name: string;
}

function mustRecord({ home, name }: ClusterName): ClusterRecord {
  const record = readRecord(home, mustBeClusterName(name));
  if (record === null) throw noCluster(name);
  return record;
}

/** The socket of a running cluster. Throws NO_CLUSTER. */
function mustControl(cluster: ClusterName): string {
  const record = mustRecord(cluster);
  if (!isSupervised(record) || record.control === null) throw noCluster(cluster.name);
  return record.control;
}

const ask = async (cluster: ClusterName, request: ControlRequest): Promise<ClusterView> =>
  (await askControl(mustControl(cluster), request)) as ClusterView;

/** Of a stopped cluster too; NO_CLUSTER when none of this name is recorded. */
export async function statusOf(cluster: ClusterName): Promise<ClusterView> {
  const record = mustRecord(cluster);
  if (!isSupervised(record) || record.control === null) return recordedView(cluster.home, record);
  try {
    return (await askControl(record.control, { op: 'status' })) as ClusterView;
  } catch (error) {
    // it may have ended between the look and the question
    const again = readRecord(cluster.home, cluster.name);
    if (again === null || isSupervised(again)) throw error;
    return recordedView(cluster.home, again);
  }
}

export async function listAll(home: string): Promise<ClusterView[]> {
  const views: ClusterView[] = [];
  for (const name of clusterNames(home)) {
    if (readRecord(home, name) !== null) views.push(await statusOf({ home, name }));
  }
  return views;
}

export function waitFor(cluster: ClusterName, timeoutMs: number): Promise<ClusterView> {
  return ask(cluster, { op: 'wait', timeoutMs });
}

export function restart(
  cluster: ClusterName,
  node: number | null,
  timeoutMs: number,
): Promise<ClusterView> {
  return ask(cluster, { op: 'restart', node, timeoutMs });
}

/** Throws USAGE for a signal that this system does not have. */
export function mustSignal(text: string): NodeJS.Signals {
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  if (Object.hasOwn(constants.signals, name)) return name as NodeJS.Signals;
  throw new RkvError('USAGE', `there is no signal '${text}'`, { hint: '--signal TERM' });
}

export function killNode(
  cluster: ClusterName,
  node: number,
  signal: NodeJS.Signals,
  respawn: boolean,
): Promise<ClusterView> {
  return ask(cluster, { op: 'kill', node, signal, respawn });
}

/** Resolves when the fault is over. Rejects with USAGE when the cluster cannot have it. */
export async function injectFault(cluster: ClusterName, fault: Fault): Promise<FaultOutcome> {
  return (await askControl(mustControl(cluster), { op: 'fault', fault })) as FaultOutcome;
}

/** Ends all faults of a cluster, whoever asked for them. */
export function healFaults(cluster: ClusterName): Promise<ClusterView> {
  return ask(cluster, { op: 'heal' });
}

/**
 * Stops a cluster, and with `wipe` removes all of it. One that is stopped already is fine; one that
 * nobody has heard of is NO_CLUSTER.
 */
export async function down(cluster: ClusterName, wipe: boolean): Promise<ClusterView> {
  const record = mustRecord(cluster);
  if (isSupervised(record) && record.control !== null) {
    await askControl(record.control, { op: 'stop' }, { untilGone: true });
  } else {
    await endOrphans(record);
  }
  const after = mustRecord(cluster);
  const view = recordedView(cluster.home, after);
  if (wipe) await wipeCluster(cluster.home, after);
  return view;
}

/** The recorded clusters that nobody runs; with `dry` they stay. */
export async function prune(home: string, dry: boolean): Promise<string[]> {
  const removed: string[] = [];
  for (const name of clusterNames(home)) {
    const record = readRecord(home, name);
    if (record === null || isSupervised(record)) continue;
    if (!dry) await wipeCluster(home, record);
    removed.push(name);
  }
  return removed;
}

/** What a shell needs to find this cluster. */
export function environmentOf(view: ClusterView): Record<string, string> {
  const endpoints = view.nodes.flatMap(({ addresses }) => addresses.grpc ?? []);
  return { RKV_CLUSTER: view.name, RKV_ENDPOINTS: endpoints.join(',') };
}
