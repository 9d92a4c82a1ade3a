/**
 * Whether arguments fit a row, and what its options say. Pure and shared: every door checks with
 * `checkCommand` before anything is proposed, apply reads the same options again from the log.
 */
import { toByteKey } from '../../base/bytes.js';
import { RkvError } from '../errors.js';
import { MAX_KEY_BYTES, MAX_REQUEST_BYTES, MAX_VALUE_BYTES } from '../limits.js';
import type { Command } from '../request.js';
import { rowByCode } from './catalog.js';
import { parseInteger, parseSafeInteger } from './integer.js';
import type { CommandRow, OptionWord, Positional } from './row.js';

/** Option words that were there, in capitals: true, or what they took. */
export type Options = ReadonlyMap<string, true | number | Uint8Array>;

export interface Problem {
  readonly code: 'SYNTAX' | 'LIMIT';
  readonly message: string;
}

const NO_OPTIONS: Options = new Map();
const MAX_DATABASE = 255;

export const isProblem = (result: Options | Problem): result is Problem => 'code' in result;

const syntax = (message: string): Problem => ({ code: 'SYNTAX', message });

/** The number an integer option took; undefined when it was not there. */
export const integerOption = (options: Options, word: string): number | undefined =>
  options.get(word) as number | undefined;

export const bytesOption = (options: Options, word: string): Uint8Array | undefined =>
  options.get(word) as Uint8Array | undefined;

/** Whether the number of arguments can be right; options are not looked at. */
export function fitsArity(row: CommandRow, args: readonly Uint8Array[]): boolean {
  const group = row.positionals.length;
  if (row.repeats) return args.length > 0 && args.length % group === 0;
  return row.options ? args.length >= group : args.length === group;
}

function takeOption(
  row: CommandRow,
  option: OptionWord,
  args: readonly Uint8Array[],
  at: number,
): true | number | Uint8Array | Problem {
  if (option.takes === undefined) return true;
  const arg = args[at];
  if (arg === undefined) return syntax(`${row.name}: ${option.word} wants an argument`);
  if (option.takes === 'integer') {
    const value = parseSafeInteger(arg, option.min ?? 0);
    if (value !== null) return value;
    return syntax(`${row.name}: ${option.word} wants a whole number from ${option.min ?? 0}`);
  }
  if (arg.length <= MAX_KEY_BYTES) return arg;
  return { code: 'LIMIT', message: `${option.word} is longer than ${MAX_KEY_BYTES} bytes` };
}

const wordAt = (args: readonly Uint8Array[], at: number): string =>
  toByteKey(args[at] as Uint8Array).toUpperCase();

/** The options of a command whose arity fits, or what is wrong with them. */
export function parseOptions(row: CommandRow, args: readonly Uint8Array[]): Options | Problem {
  const first = row.positionals.length;
  const known = row.options;
  if (known === undefined || (args.length === first && !row.requires)) return NO_OPTIONS;
  const options = new Map<string, true | number | Uint8Array>();
  const groups = new Set<string>();
  for (let at = first; at < args.length; at++) {
    const word = (args[at] as Uint8Array).length > 16 ? '' : wordAt(args, at);
    const option = known.find((one) => one.word === word);
    if (option === undefined) return syntax(`${row.name}: unknown word at argument ${at + 1}`);
    if (options.has(word)) return syntax(`${row.name}: ${word} stands twice`);
    if (option.group !== undefined) {
      if (groups.has(option.group)) return syntax(`${row.name}: ${word} excludes another word`);
      groups.add(option.group);
    }
    const value = takeOption(row, option, args, at + 1);
    if (typeof value === 'object' && 'code' in value) return value;
    if (option.takes !== undefined) at++;
    options.set(word, value);
  }
  const missing = row.requires?.find((group) => !groups.has(group));
  if (missing === undefined) return options;
  const words = known.filter((one) => one.group === missing).map((one) => one.word);
  return syntax(`${row.name}: one of ${words.join(', ')} is needed`);
}

function checkPositional(row: CommandRow, positional: Positional, arg: Uint8Array): Problem | null {
  if (positional.type === 'integer') {
    if (parseInteger(arg) !== null) return null;
    return syntax(`${row.name}: ${positional.name} is not a 64-bit integer`);
  }
  const limit = positional.type === 'bytes' ? MAX_VALUE_BYTES : MAX_KEY_BYTES;
  if (arg.length <= limit) return null;
  return {
    code: 'LIMIT',
    message: `${positional.name} has ${arg.length} bytes, the limit is ${limit}`,
  };
}

/** Everything the words alone can tell: arity, integers, lengths, options. */
export function checkArgs(row: CommandRow, args: readonly Uint8Array[]): Problem | null {
  if (!fitsArity(row, args)) return syntax(`${row.name}: wrong number of arguments`);
  const group = row.positionals.length;
  const end = row.repeats ? args.length : group;
  for (let i = 0; i < end; i++) {
    const positional = row.positionals[i % group] as Positional;
    const problem = checkPositional(row, positional, args[i] as Uint8Array);
    if (problem !== null) return problem;
  }
  const options = parseOptions(row, args);
  return isProblem(options) ? options : null;
}

/** What a door answers to a command that is wrong by its words alone; null: let it in. */
export function checkCommand(command: Command): RkvError | null {
  const row = rowByCode(command.code);
  if (row === undefined) {
    return new RkvError('UNKNOWN_COMMAND', `no command has the number ${command.code}`);
  }
  const { database } = command;
  if (!Number.isInteger(database) || database < 0 || database > MAX_DATABASE) {
    return new RkvError('SYNTAX', `databases are numbered 0 to ${MAX_DATABASE}`);
  }
  const problem = checkArgs(row, command.args);
  if (problem !== null) return new RkvError(problem.code, problem.message);
  let bytes = 0;
  for (const arg of command.args) bytes += arg.length;
  if (bytes <= MAX_REQUEST_BYTES) return null;
  return new RkvError('LIMIT', `the request has ${bytes} bytes, the limit is ${MAX_REQUEST_BYTES}`);
}
