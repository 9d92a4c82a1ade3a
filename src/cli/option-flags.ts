/** Flags of the command line from rows of the option table. */
import { Flags } from '@oclif/core';
import { parseOption } from '../config/parse.js';
import { envOf, flagOf, type OptionRow, type OptionValue } from '../config/row.js';
import { OPTION_NAMES, type OptionName, rowOf } from '../config/rows.js';

const GROUPS: Readonly<Record<string, string>> = {
  listen: 'ADDRESSES',
  advertise: 'ADDRESSES',
  insecure: 'ADDRESSES',
};
const FEW = ['nodeId', 'clusterName', 'clusterId', 'dataDir', 'engine', 'shards', 'replicas'];

function groupOf(name: OptionName): string {
  const word = /^[a-z]+/.exec(name)?.[0] ?? '';
  return GROUPS[word] ?? (FEW.includes(name) || word === 'log' ? 'NODE' : 'TUNING');
}

const helpValue = (row: OptionRow): string =>
  row.type === 'int' ? (row.unit === 'count' ? '<n>' : `<${row.unit}>`) : `<${row.type}>`;

function flagFor(name: OptionName) {
  const row = rowOf(name);
  const fallback = row.default === null ? '' : ` [default: ${row.default}]`;
  const common = {
    description: `${row.help}${fallback} [env: ${envOf(name)}]`,
    helpGroup: groupOf(name),
    hidden: row.hidden === true,
  };
  if (row.type === 'bool') return Flags.boolean(common);
  return Flags.custom<string>({
    ...common,
    helpValue: helpValue(row),
    parse: async (text) => {
      parseOption(name, text, `--${flagOf(name)}`);
      return text;
    },
  })();
}

type OptionFlag = ReturnType<typeof flagFor>;

/** Flags by their names on the command line (node-id …), for these options. */
export function optionFlags(names: readonly OptionName[]): Record<string, OptionFlag> {
  return Object.fromEntries(names.map((name) => [flagOf(name), flagFor(name)]));
}

/** What was given, by option name. */
export function optionsGiven(
  flags: Readonly<Record<string, unknown>>,
): Partial<Record<OptionName, OptionValue>> {
  const given: Partial<Record<OptionName, OptionValue>> = {};
  for (const name of OPTION_NAMES) {
    const value = flags[flagOf(name)];
    if (value !== undefined) given[name] = value as OptionValue;
  }
  return given;
}
