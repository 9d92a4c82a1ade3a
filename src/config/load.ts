/**
 * Options as people give them: file < environment < flag, each checked by its row, then all of them
 * against each other. The way in of `serve` and of the launcher.
 */
import { RkvError } from '../kv/errors.js';
import { mustHoldLimits, mustListenSafely } from './limits.js';
import type { Options } from './options.js';
import { parseOption } from './parse.js';
import { envOf, flagOf, type OptionValue } from './row.js';
import { isOptionName, OPTION_NAMES, type OptionName, rowOf } from './rows.js';
import { isList, isMap, mustKnowKeys, readYaml, type YamlMap } from './yaml.js';

export type Origin = 'default' | 'file' | 'environment' | 'flag';

export interface LoadedOptions {
  readonly options: Options;
  readonly origins: Readonly<Record<OptionName, Origin>>;
  /** Keys of the file that are no options but were allowed by `extraKeys`. */
  readonly extras: YamlMap;
}

export interface OptionSources {
  /** A YAML file of `name: value` lines. */
  readonly file?: string | undefined;
  readonly extraKeys?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** By option name, as the flag gave it. */
  readonly flags?: Partial<Record<OptionName, OptionValue | undefined>>;
}

/** Rejects with USAGE that names the file and line, the variable or the flag. */
export async function loadOptions(sources: OptionSources): Promise<LoadedOptions> {
  const draft = new OptionsDraft();
  const extras = new Map();
  if (sources.file !== undefined) {
    const map = await readYaml(sources.file);
    mustKnowKeys(map, [...OPTION_NAMES, ...(sources.extraKeys ?? [])], sources.file);
    for (const [key, node] of map) {
      if (!isOptionName(key)) extras.set(key, node);
      else draft.putNode(key, node.value, 'file', `${sources.file}:${node.line}`);
    }
  }
  draft.putEnvironment(sources.env ?? {});
  draft.putFlags(sources.flags ?? {});
  return { options: draft.finish(), origins: draft.origins, extras };
}

/** Values on their way to become `Options`; the later `put` wins. */
export class OptionsDraft {
  readonly origins: Record<OptionName, Origin>;
  readonly #values: Record<string, OptionValue> = {};

  constructor() {
    const origins: Record<string, Origin> = {};
    for (const name of OPTION_NAMES) {
      this.#values[name] = rowOf(name).default;
      origins[name] = 'default';
    }
    this.origins = origins as Record<OptionName, Origin>;
  }

  put(name: OptionName, raw: OptionValue, origin: Origin, where: string): void {
    this.#values[name] = parseOption(name, raw, where);
    this.origins[name] = origin;
  }

  value(name: OptionName): OptionValue | undefined {
    return this.#values[name];
  }

  /** A default that depends on something else: still nobody's choice. */
  putDerived(name: OptionName, value: OptionValue): void {
    this.#values[name] = value;
  }

  putNode(name: OptionName, value: unknown, origin: Origin, where: string): void {
    if (isMap(value as never) || isList(value as never)) {
      throw new RkvError('USAGE', `${where}: ${name} takes one value, not a list or map`);
    }
    this.put(name, value as OptionValue, origin, where);
  }

  putEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    for (const name of OPTION_NAMES) {
      const text = env[envOf(name)];
      if (text !== undefined && text !== '') this.put(name, text, 'environment', envOf(name));
    }
  }

  putFlags(flags: Partial<Record<OptionName, OptionValue | undefined>>): void {
    for (const name of OPTION_NAMES) {
      const value = flags[name];
      if (value !== undefined) this.put(name, value, 'flag', `--${flagOf(name)}`);
    }
  }

  finish(): Options {
    const options = this.#values as unknown as Options;
    mustHoldLimits(options);
    mustListenSafely(options);
    return options;
  }
}

/** All values as text for `--name value` flags of a child, leaving out what is at its default. */
export function toFlags(options: Options): string[] {
  const flags: string[] = [];
  for (const name of OPTION_NAMES) {
    const value = options[name];
    if (value === rowOf(name).default || value === null) continue;
    const flag = `--${flagOf(name)}`;
    if (typeof value !== 'boolean') flags.push(`${flag}=${value}`);
    else if (value) flags.push(flag);
  }
  return flags;
}
