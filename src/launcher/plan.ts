/**
 * What `up` will do: the spec laid over what is recorded of the cluster. A recorded cluster keeps
 * its nodes, ports, id and hard options; only soft options may change from one `up` to the next.
 */
import { join, resolve } from 'node:path';
import { must } from '../base/assert.js';
import { defaultOptions, type Options } from '../config/options.js';
import type { OptionName } from '../config/rows.js';
import { RkvError } from '../kv/errors.js';
import { clusterDir, clusterNames, DEFAULT_CLUSTER } from './home.js';
import {
  baseOf,
  candidateBases,
  DEFAULT_BASE,
  type NodePorts,
  portsOf,
  systemPorts,
} from './ports.js';
import { type ClusterRecord, readRecord } from './record.js';
import { type ClusterSpec, changedOptions } from './spec.js';
import type { NodeSpec } from './spec-file.js';

/** How the ports of a first start are found; those of a recorded cluster stay. */
export type PortPlan =
  | { readonly kind: 'fixed'; readonly ports: readonly NodePorts[] }
  | { readonly kind: 'search'; readonly bases: readonly number[] }
  | { readonly kind: 'system' };

export interface NodePlan {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly log: string;
  /** Its own ports, when the spec names them; they go before the cluster's. */
  readonly ports: NodePorts | 'auto' | null;
}

export interface ClusterPlan {
  readonly home: string;
  readonly name: string;
  /** Null: made when the cluster is born. */
  readonly clusterId: string | null;
  readonly createdAt: string | null;
  /**
   * What the last run left: processes of a killed supervisor, data of a start that never came up.
   */
  readonly previous: ClusterRecord | null;
  readonly options: Partial<Record<OptionName, Options[OptionName]>>;
  readonly nodes: readonly NodePlan[];
  readonly ports: PortPlan;
  readonly born: boolean;
  readonly waitMs: number;
  readonly readyFile: string | null;
  readonly envFile: string | null;
  /** Nodes reach each other through the supervisor's proxies and take faults. */
  readonly proxied: boolean;
}

export interface PlanSettings {
  readonly home: string;
  readonly waitMs: number;
  readonly readyFile?: string | undefined;
  readonly envFile?: string | undefined;
  readonly proxied?: boolean | undefined;
}

export function optionsOf(plan: Pick<ClusterPlan, 'options'>): Options {
  return defaultOptions(plan.options as Partial<Options>);
}

/** Throws CONFLICT when the recorded cluster has another shape. */
export function planCluster(
  spec: ClusterSpec,
  record: ClusterRecord | null,
  settings: PlanSettings,
): ClusterPlan {
  const common = {
    home: settings.home,
    name: spec.name,
    waitMs: settings.waitMs,
    readyFile: settings.readyFile === undefined ? null : resolve(settings.readyFile),
    envFile: settings.envFile === undefined ? null : resolve(settings.envFile),
    proxied: settings.proxied ?? false,
  };
  // one that never came up holds nothing that anybody was told of: it is made anew
  if (record?.born) {
    mustHaveShape(record, spec);
    return {
      ...common,
      clusterId: record.clusterId,
      createdAt: record.createdAt,
      previous: record,
      options: mergeOptions(record, spec),
      nodes: record.nodes.map(({ id, labels, dataDir, log }) => ({
        id,
        labels,
        dataDir,
        log,
        ports: null,
      })),
      ports: { kind: 'fixed', ports: record.nodes.map((node) => must(node.ports, 'ports')) },
      born: true,
    };
  }
  const folder = clusterDir(settings.home, spec.name);
  return {
    ...common,
    clusterId: null,
    createdAt: null,
    previous: record,
    options: changedOptions(spec.options),
    nodes: spec.nodes.map((node) => ({
      id: node.id,
      labels: node.labels,
      dataDir: dataDirOf(node, spec, folder),
      log: join(folder, `node-${node.id}.log`),
      ports: node.ports,
    })),
    ports: portPlan(spec, settings.home),
    born: false,
  };
}

function dataDirOf(node: NodeSpec, spec: ClusterSpec, folder: string): string {
  if (node.dataDir !== null) return resolve(node.dataDir);
  return join(spec.dataDir === null ? folder : resolve(spec.dataDir), `node-${node.id}`);
}

/** Soft options that are named now win over the recorded ones. */
function mergeOptions(record: ClusterRecord, spec: ClusterSpec): ClusterPlan['options'] {
  const merged: Record<string, Options[OptionName]> = { ...record.options };
  for (const name of spec.named) merged[name] = spec.options[name];
  return merged;
}

/** What somebody named must be as the cluster is. */
export function mustHaveShape(record: ClusterRecord, spec: ClusterSpec): void {
  const differ = (what: string, is: unknown, asked: unknown): never => {
    throw new RkvError(
      'CONFLICT',
      `cluster '${record.name}' has ${what} ${is}, not ${asked}; a running cluster is not reshaped by up`,
      {
        hint:
          'rkv node add (in a later version); or give the data up: ' +
          `rkv cluster down --wipe --name ${record.name}`,
      },
    );
  };
  const ids = record.nodes.map((node) => node.id).join(' ');
  const asked = spec.nodes.map((node) => node.id).join(' ');
  if (spec.nodesNamed && ids !== asked) {
    differ('nodes', record.nodes.length, spec.nodes.length);
  }
  const recorded = defaultOptions(record.options as Partial<Options>);
  for (const name of ['shards', 'replicas', 'engine', 'leaseReads'] as const) {
    if (spec.named.includes(name) && spec.options[name] !== recorded[name]) {
      differ(name, recorded[name], spec.options[name]);
    }
  }
  const first = record.nodes[0];
  if (spec.basePort !== null && first?.ports) {
    const base = baseOf(first.id, first.ports);
    if (base !== spec.basePort) differ('the base port', base, spec.basePort);
  }
}

function portPlan(spec: ClusterSpec, home: string): PortPlan {
  const ids = spec.nodes.map((node) => node.id);
  const counted = spec.nodes.some((node) => node.ports === null);
  if (!counted) return { kind: 'system' };
  const base = spec.basePort ?? (spec.name === DEFAULT_CLUSTER ? DEFAULT_BASE : null);
  if (base !== null) return { kind: 'fixed', ports: ids.map((id) => portsOf(base, id)) };
  return { kind: 'search', bases: candidateBases(ownedBases(home)) };
}

/** Bases of all other recorded clusters, running or not. */
function ownedBases(home: string): Set<number> {
  const owned = new Set<number>();
  for (const name of clusterNames(home)) {
    let record: ClusterRecord | null;
    try {
      record = readRecord(home, name);
    } catch {
      continue;
    }
    for (const { id, ports } of record?.nodes ?? []) {
      if (ports !== null) owned.add(baseOf(id, ports));
    }
  }
  return owned;
}

/**
 * The ports to try, one layout after the other; each is asked for only when the one before failed.
 */
export async function* layouts(plan: ClusterPlan): AsyncGenerator<readonly NodePorts[]> {
  const own = async (counted: readonly NodePorts[]): Promise<NodePorts[]> => {
    const system = await systemPorts(plan.nodes.filter(({ ports }) => ports === 'auto').length);
    return plan.nodes.map((node, index) => {
      if (node.ports === 'auto') return system.shift() as NodePorts;
      return node.ports ?? (counted[index] as NodePorts);
    });
  };
  switch (plan.ports.kind) {
    case 'fixed':
      yield await own(plan.ports.ports);
      return;
    case 'search':
      for (const base of plan.ports.bases) {
        yield await own(plan.nodes.map((node) => portsOf(base, node.id)));
      }
      return;
    case 'system':
      // a port may be lost between the choice and the child's bind, hardly five times in a row
      for (let attempt = 0; attempt < 5; attempt += 1) yield await own([]);
      return;
  }
}
