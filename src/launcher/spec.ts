/**
 * What a local cluster should be: from a file (configs/cluster.yaml), the environment and flags, in
 * this order of strength. What a running or recorded cluster already is comes later (plan.ts).
 */
import { OptionsDraft } from '../config/load.js';
import type { Options } from '../config/options.js';
import { envOf, type OptionValue } from '../config/row.js';
import { OPTION_NAMES, type OptionName, rowOf } from '../config/rows.js';
import { RkvError } from '../kv/errors.js';
import { DEFAULT_CLUSTER, type Environment, mustBeClusterName } from './home.js';
import { MAX_NODES_PER_BASE } from './ports.js';
import {
  type ClusterFile,
  MAX_NODES,
  type NodeSpec,
  PER_NODE,
  type PortsSpec,
  readClusterFile,
} from './spec-file.js';

export interface ClusterSpec {
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
  /** Resolved for any node; the rows that differ between nodes are at their defaults. */
  readonly options: Options;
  /** Options that somebody named: what a recorded cluster must agree with. */
  readonly named: readonly OptionName[];
  readonly nodesNamed: boolean;
  readonly basePort: number | null;
  /** Folder of the nodes' data directories; null: in the cluster's own. */
  readonly dataDir: string | null;
  /** Sentences for the person who asked. */
  readonly notes: readonly string[];
}

export interface SpecFlags {
  readonly name?: string | undefined;
  readonly nodes?: number | undefined;
  readonly shards?: number | undefined;
  readonly replicas?: number | undefined;
  readonly engine?: string | undefined;
  readonly ports?: string | undefined;
  readonly basePort?: number | undefined;
  readonly dataDir?: string | undefined;
}

export const DEFAULT_NODES = 3;
/** Rejects with USAGE (file and line, variable or flag), CONFLICT (factor above the nodes). */
export async function loadClusterSpec(sources: {
  readonly file?: string | undefined;
  readonly env: Environment;
  readonly flags?: SpecFlags;
  /** For a cluster that neither flag nor file names; default: `default`. */
  readonly fallbackName?: string | undefined;
}): Promise<ClusterSpec> {
  const { flags = {} } = sources;
  const draft = new OptionsDraft();
  const file = sources.file === undefined ? null : await readClusterFile(sources.file, draft);
  const shared = Object.fromEntries(
    Object.entries(sources.env).filter(([name]) => !isPerNodeVariable(name)),
  );
  draft.putEnvironment(shared);
  draft.putFlags({ shards: flags.shards, replicas: flags.replicas, engine: flags.engine });

  const nodes = nodesOf(flags, file);
  const notes: string[] = [];
  fitReplicas(draft, nodes.length, notes);
  const basePort = flags.basePort ?? file?.basePort ?? null;
  mustFitBase(nodes, basePort);
  return {
    name: mustBeClusterName(flags.name ?? file?.name ?? sources.fallbackName ?? DEFAULT_CLUSTER),
    nodes,
    options: draft.finish(),
    named: OPTION_NAMES.filter((name) => draft.origins[name] !== 'default'),
    nodesNamed: flags.nodes !== undefined || file?.nodes !== undefined,
    basePort,
    dataDir: flags.dataDir ?? file?.dataDir ?? null,
    notes,
  };
}

const PER_NODE_VARIABLES = new Set(PER_NODE.map(envOf));
export const isPerNodeVariable = (name: string): boolean => PER_NODE_VARIABLES.has(name);

function nodesOf(flags: SpecFlags, file: ClusterFile | null): NodeSpec[] {
  const listed = file?.nodes;
  if (Array.isArray(listed) && flags.nodes !== undefined && flags.nodes !== listed.length) {
    throw new RkvError(
      'USAGE',
      `--nodes ${flags.nodes}, but the file lists ${listed.length} nodes`,
    );
  }
  if (flags.ports !== undefined && flags.ports !== 'auto') {
    throw new RkvError('USAGE', `--ports: only 'auto' is known, not '${flags.ports}'`);
  }
  if (flags.ports === 'auto' && flags.basePort !== undefined) {
    throw new RkvError('USAGE', '--ports auto and --base-port contradict each other');
  }
  const auto = flags.ports === 'auto' || (file?.ports === 'auto' && flags.basePort === undefined);
  const ports: PortsSpec = auto ? 'auto' : null;
  if (Array.isArray(listed)) {
    return (listed as readonly NodeSpec[]).map((node) => ({ ...node, ports: node.ports ?? ports }));
  }
  const count = flags.nodes ?? (listed as number | undefined) ?? DEFAULT_NODES;
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_NODES) {
    throw new RkvError(
      'USAGE',
      `nodes must be a whole number from 1 to ${MAX_NODES}, not ${count}`,
    );
  }
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    labels: {},
    ports,
    dataDir: null,
  }));
}

/** A factor that nobody asked for is made to fit; one that was asked for must fit. */
function fitReplicas(draft: OptionsDraft, nodes: number, notes: string[]): void {
  const replicas = Number(draft.value('replicas'));
  if (replicas <= nodes) return;
  if (draft.origins.replicas !== 'default') {
    throw new RkvError(
      'CONFLICT',
      `replication factor ${replicas} needs as many nodes; there are ${nodes}`,
    );
  }
  const factor = nodes % 2 === 1 ? nodes : nodes - 1;
  draft.putDerived('replicas', factor);
  if (nodes > 1) {
    notes.push(
      `${nodes} nodes: replication factor ${factor}, so each shard is on one node only ` +
        'and is gone while that node is down; three nodes survive the loss of one.',
    );
  }
}

function mustFitBase(nodes: readonly NodeSpec[], basePort: number | null): void {
  if (
    basePort !== null &&
    (!Number.isSafeInteger(basePort) || basePort < 1024 || basePort > 65_400)
  ) {
    throw new RkvError('USAGE', `the base port must be from 1024 to 65400, not ${basePort}`);
  }
  const beyond = nodes.find((node) => node.ports === null && node.id > MAX_NODES_PER_BASE);
  if (beyond === undefined) return;
  throw new RkvError('USAGE', `at most ${MAX_NODES_PER_BASE} nodes fit one base port`, {
    hint: '--ports auto',
  });
}

/** Options of a spec that are not at their defaults, for the record. */
export function changedOptions(options: Options): Partial<Record<OptionName, OptionValue>> {
  const changed: Partial<Record<OptionName, OptionValue>> = {};
  for (const name of OPTION_NAMES) {
    if (!PER_NODE.includes(name) && options[name] !== rowOf(name).default) {
      changed[name] = options[name];
    }
  }
  return changed;
}
