/** configs/cluster.yaml: the words of a cluster file, each complaint with its line. */
import type { OptionsDraft } from '../config/load.js';
import { labelsOfYaml } from '../config/membership.js';
import { OPTION_NAMES, type OptionName } from '../config/rows.js';
import {
  isList,
  isMap,
  mustKnowKeys,
  readYaml,
  type YamlMap,
  type YamlNode,
} from '../config/yaml.js';
import { RkvError } from '../kv/errors.js';
import { type NodePorts, PORT_NAMES, portsAt } from './ports.js';

/** null: by the cluster's base; 'auto': the system chooses. */
export type PortsSpec = NodePorts | 'auto' | null;

export interface NodeSpec {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: PortsSpec;
  readonly dataDir: string | null;
}

export const MAX_NODES = 99;
/** Set by the launcher for each node. */
export const PER_NODE: readonly OptionName[] = OPTION_NAMES.filter(
  (name) =>
    /^(listen|advertise)/.test(name) ||
    ['nodeId', 'clusterName', 'clusterId', 'dataDir'].includes(name),
);
const SHORT_OPTIONS = ['shards', 'replicas', 'engine'] as const;
const FILE_KEYS = ['name', 'nodes', ...SHORT_OPTIONS, 'basePort', 'ports', 'dataDir', 'options'];
const NODE_KEYS = ['id', 'labels', 'ports', 'dataDir'];

/** What a cluster file says besides options. */
export interface ClusterFile {
  readonly name: string | undefined;
  readonly nodes: number | readonly NodeSpec[] | undefined;
  readonly basePort: number | undefined;
  readonly ports: 'auto' | undefined;
  readonly dataDir: string | undefined;
}

/** Options go to `draft`, the rest comes back. Rejects with USAGE, naming file and line. */
export async function readClusterFile(path: string, draft: OptionsDraft): Promise<ClusterFile> {
  const map = await readYaml(path);
  mustKnowKeys(map, FILE_KEYS, path);
  for (const name of SHORT_OPTIONS) {
    const node = map.get(name);
    if (node !== undefined) draft.putNode(name, node.value, 'file', `${path}:${node.line}`);
  }
  const options = map.get('options');
  if (options !== undefined && options.value !== null) putOptions(options, path, draft);
  const ports = map.get('ports');
  if (ports !== undefined && ports.value !== 'auto') {
    throw new RkvError('USAGE', `${path}:${ports.line}: ports: only 'auto' is known here`);
  }
  return {
    name: textOf(map, 'name', path),
    nodes: nodesOfFile(map.get('nodes'), path),
    basePort: numberOf(map, 'basePort', path),
    ports: ports === undefined ? undefined : 'auto',
    dataDir: textOf(map, 'dataDir', path),
  };
}

function putOptions(options: YamlNode, path: string, draft: OptionsDraft): void {
  if (!isMap(options.value)) {
    throw new RkvError('USAGE', `${path}:${options.line}: expected 'name: value' lines`);
  }
  mustKnowKeys(options.value, OPTION_NAMES, path);
  for (const [name, node] of options.value as ReadonlyMap<OptionName, YamlNode>) {
    const where = `${path}:${node.line}`;
    if (PER_NODE.includes(name)) {
      throw new RkvError('USAGE', `${where}: ${name} differs from node to node: rkv sets it`);
    }
    draft.putNode(name, node.value, 'file', where);
  }
}

function nodesOfFile(node: YamlNode | undefined, path: string): ClusterFile['nodes'] {
  if (node === undefined) return undefined;
  if (typeof node.value === 'number') return node.value;
  if (!isList(node.value) || node.value.length === 0 || node.value.length > MAX_NODES) {
    throw new RkvError('USAGE', `${path}:${node.line}: nodes is a number or a list of nodes`);
  }
  const seen = new Set<number>();
  return node.value.map((entry) => {
    const where = `${path}:${entry.line}`;
    if (!isMap(entry.value)) throw new RkvError('USAGE', `${where}: expected {id: 1, …}`);
    mustKnowKeys(entry.value, NODE_KEYS, path);
    const id = numberOf(entry.value, 'id', path) ?? seen.size + 1;
    if (!Number.isSafeInteger(id) || id < 1 || id > 65_535 || seen.has(id)) {
      throw new RkvError('USAGE', `${where}: node ids are whole numbers, each once; not ${id}`);
    }
    seen.add(id);
    const labels = entry.value.get('labels');
    return {
      id,
      labels: labels === undefined ? {} : labelsOfYaml(labels, path),
      ports: portsOfYaml(entry.value.get('ports'), path),
      dataDir: textOf(entry.value, 'dataDir', path) ?? null,
    };
  });
}

/** 'auto', the first of five neighbouring ports, or a map of doors. */
function portsOfYaml(node: YamlNode | undefined, path: string): PortsSpec {
  if (node === undefined || node.value === null) return null;
  const where = `${path}:${node.line}`;
  const isPort = (value: unknown): value is number =>
    Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 65_531;
  if (node.value === 'auto') return 'auto';
  if (isPort(node.value)) return portsAt(node.value);
  if (!isMap(node.value)) {
    throw new RkvError('USAGE', `${where}: ports is 'auto', a number or {grpc: 7410, peer: 7413}`);
  }
  mustKnowKeys(node.value, PORT_NAMES, path);
  const grpc = node.value.get('grpc')?.value;
  if (!isPort(grpc)) throw new RkvError('USAGE', `${where}: ports needs grpc, a port number`);
  const ports: Record<string, number> = { ...portsAt(grpc) };
  for (const [door, entry] of node.value) {
    if (!isPort(entry.value)) throw new RkvError('USAGE', `${path}:${entry.line}: no port number`);
    ports[door] = entry.value;
  }
  return ports as unknown as NodePorts;
}

function textOf(map: YamlMap, key: string, path: string): string | undefined {
  const node = map.get(key);
  if (node === undefined || node.value === null) return undefined;
  if (typeof node.value === 'string' && node.value !== '') return node.value;
  if (typeof node.value === 'number') return String(node.value);
  throw new RkvError('USAGE', `${path}:${node.line}: ${key} must be a text`);
}

function numberOf(map: YamlMap, key: string, path: string): number | undefined {
  const node = map.get(key);
  if (node === undefined || node.value === null) return undefined;
  if (typeof node.value === 'number') return node.value;
  throw new RkvError('USAGE', `${path}:${node.line}: ${key} must be a number`);
}
