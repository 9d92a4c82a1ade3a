/** The lists that `serve` takes besides options: the founding nodes and this node's labels. */
import { type NodeId, nodeId } from '../base/ids.js';
import { RkvError } from '../kv/errors.js';
import { isAddress } from './parse.js';
import { isMap, type YamlNode } from './yaml.js';

const MAX_LABEL_CHARS = 63;
/** Keys and values of labels: what fits a table, a URL and a metric. */
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?$/;

/** '1=host:7413,2=host:7423' as node → peer address. Throws USAGE. */
export function parseBootstrap(text: string, flag = '--bootstrap'): Map<NodeId, string> {
  return founders(
    text.split(',').map((part) => splitPair(part.trim(), flag)),
    flag,
  );
}

/** The same as a YAML map: `1: host:7413`. */
export function bootstrapOfYaml(node: YamlNode, path: string): Map<NodeId, string> {
  return founders(pairsOfYaml(node, `${path}:${node.line}`), `${path}:${node.line}`);
}

function founders(
  pairs: readonly (readonly [string, string])[],
  where: string,
): Map<NodeId, string> {
  const list = new Map<NodeId, string>();
  const fail = (why: string): never => {
    throw new RkvError('USAGE', `${where}: ${why}`, {
      hint: '--bootstrap 1=host:7413,2=host:7423',
    });
  };
  for (const [id, address] of pairs) {
    if (!/^\d{1,5}$/.test(id) || Number(id) < 1 || Number(id) > 65_535) {
      fail(`'${id}' is no node id`);
    }
    if (!isAddress(address)) fail(`'${address}' is no address like host:7413`);
    const node = nodeId(Number(id));
    if (list.has(node)) fail(`node ${node} stands twice in the list`);
    if ([...list.values()].includes(address)) fail(`${address} stands twice in the list`);
    list.set(node, address);
  }
  return list;
}

/** 'zone=a' words as labels. Throws USAGE. */
export function parseLabels(words: readonly string[]): Record<string, string> {
  return labels(
    words.map((word) => splitPair(word, '--label')),
    '--label',
  );
}

export function labelsOfYaml(node: YamlNode, path: string): Record<string, string> {
  return labels(pairsOfYaml(node, `${path}:${node.line}`), `${path}:${node.line}`);
}

function labels(
  pairs: readonly (readonly [string, string])[],
  where: string,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of pairs) {
    for (const part of [name, value]) {
      if (part.length <= MAX_LABEL_CHARS && LABEL.test(part)) continue;
      throw new RkvError(
        'USAGE',
        `${where}: '${part}' is no label: letters, digits and . _ - / only`,
      );
    }
    if (Object.hasOwn(result, name))
      throw new RkvError('USAGE', `${where}: '${name}' stands twice`);
    result[name] = value;
  }
  return result;
}

function splitPair(word: string, where: string): readonly [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw new RkvError('USAGE', `${where}: '${word}' is not written name=value`);
  return [word.slice(0, at), word.slice(at + 1)];
}

function pairsOfYaml(node: YamlNode, where: string): readonly (readonly [string, string])[] {
  if (!isMap(node.value)) throw new RkvError('USAGE', `${where}: expected 'name: value' lines`);
  return [...node.value].map(([name, entry]) => [name, String(entry.value)] as const);
}
