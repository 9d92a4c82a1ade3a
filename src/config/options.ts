/** The resolved options of a node: one value per row. */
import type { OptionValue, ValueOf } from './row.js';
import { OPTION_NAMES, type OptionName, type ROWS, rowOf } from './rows.js';

export type Options = { readonly [Name in OptionName]: ValueOf<(typeof ROWS)[Name]> };

/** Slots per bucket and buckets are no options: stored keys would have to be rewritten. */
const FIXED = { slots: 16_384, buckets: 256, keyFormat: 1 } as const;

export type HardOptions = Readonly<Record<string, OptionValue>>;

/** Every default, with `changes` over it. For tests and embedding; `loadOptions` is for people. */
export function defaultOptions(changes: Partial<Options> = {}): Options {
  const values: Record<string, OptionValue> = {};
  for (const name of OPTION_NAMES) values[name] = rowOf(name).default;
  return { ...(values as unknown as Options), ...changes };
}

/**
 * What is fixed when a data directory is born. With lease reads on, the election timeout is part of
 * it: a lease is only as safe as the shortest timeout among the voters.
 */
export function hardOptions(options: Options): HardOptions {
  const hard: Record<string, OptionValue> = { ...FIXED };
  for (const name of OPTION_NAMES) {
    if (rowOf(name).hard === true) hard[name] = options[name];
  }
  if (options.leaseReads) hard.electionMs = options.electionMs;
  return hard;
}

/**
 * For a directory that was born already: what nobody named now is as it was then, so that
 * `serve --data-dir d` is enough to start it again.
 */
export function adoptRecorded(
  options: Options,
  named: (name: OptionName) => boolean,
  recorded: { readonly nodeId: number; readonly hard: HardOptions },
): Options {
  const adopted: Record<string, OptionValue> = { ...options };
  if (!named('nodeId')) adopted.nodeId = recorded.nodeId;
  for (const name of OPTION_NAMES) {
    const value = recorded.hard[name];
    if (value !== undefined && !named(name)) adopted[name] = value;
  }
  return adopted as unknown as Options;
}
