/**
 * YAML files as trees that know their lines, so that every complaint can name file and line. The
 * parser is loaded here, when a file is read, and not before: it costs 50 ms.
 */
import { readFile } from 'node:fs/promises';
import type { Node as YamlAst } from 'yaml';
import { RkvError } from '../kv/errors.js';
import { nearestName } from './nearest.js';
import type { OptionValue } from './row.js';

/** A YAML file is written by hand; a larger one is a mistake (or an attack of aliases). */
const MAX_FILE_BYTES = 1024 * 1024;

export type YamlValue = OptionValue | readonly YamlNode[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlNode>;

export interface YamlNode {
  readonly line: number;
  readonly value: YamlValue;
}

export const isMap = (value: YamlValue): value is YamlMap => value instanceof Map;
export const isList = (value: YamlValue): value is readonly YamlNode[] => Array.isArray(value);

/** The file's top-level map. Rejects with USAGE: not readable, not YAML, no map. */
export async function readYaml(path: string): Promise<YamlMap> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RkvError('USAGE', `cannot read ${path}: ${error.code ?? error.message}`);
  });
  if (text.length > MAX_FILE_BYTES) {
    throw new RkvError('USAGE', `${path} is larger than ${MAX_FILE_BYTES} bytes`);
  }
  return parseYaml(text, path);
}

export async function parseYaml(text: string, path: string): Promise<YamlMap> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw new RkvError('USAGE', `${path}:${line}: ${error.message}`);
  }
  const lineOf = (node: YamlAst): number => lines.linePos(node.range?.[0] ?? 0).line;

  const convert = (node: unknown): YamlNode => {
    if (node === null || node === undefined) return { line: 1, value: null };
    if (yaml.isMap(node)) {
      const map = new Map<string, YamlNode>();
      for (const pair of node.items) {
        const key = pair.key as YamlAst;
        const line = lineOf(key);
        map.set(String(yaml.isScalar(key) ? key.value : key), { ...convert(pair.value), line });
      }
      return { line: lineOf(node), value: map };
    }
    if (yaml.isSeq(node)) return { line: lineOf(node), value: node.items.map(convert) };
    if (yaml.isScalar(node)) {
      const { value } = node;
      if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
        return { line: lineOf(node), value: value as OptionValue };
      }
    }
    const line = lineOf(node as YamlAst);
    throw new RkvError(
      'USAGE',
      `${path}:${line}: only text, numbers, lists and maps are known here`,
    );
  };

  const root = convert(document.contents);
  if (root.value === null) return new Map();
  if (isMap(root.value)) return root.value;
  throw new RkvError('USAGE', `${path}: expected 'name: value' lines`);
}

/** USAGE at the first key that is not known, with its line and the nearest known name. */
export function mustKnowKeys(map: YamlMap, known: readonly string[], path: string): void {
  for (const [key, node] of map) {
    if (known.includes(key)) continue;
    const near = nearestName(key, known);
    const hint = near === null ? '' : `; did you mean '${near}'?`;
    throw new RkvError('USAGE', `${path}:${node.line}: unknown key '${key}'${hint}`);
  }
}
