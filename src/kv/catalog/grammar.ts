/**
 * Whether arguments fit a row, and what its options say. Pure and shared: every door checks with
 * `checkCommand` before anything is proposed, apply reads the same options again from the log.
 */
import { unreachable } from '../../base/assert.js';
import { toByteKey } from '../../base/bytes.js';
import { RkvError } from '../errors.js';
import { MAX_KEY_BYTES, MAX_REQUEST_BYTES, MAX_VALUE_BYTES } from '../limits.js';
import type { Command } from '../request.js';
import { rowByCode } from './catalog.js';
import { decodeExec, transactionOf } from './exec.js';
import { parseInteger, parseSafeInteger } from './integer.js';
import { parseLongDouble } from './long-double.js';
import type { CommandRow, OptionWord, Positional } from './row.js';
import { decodePosition } from './walk.js';

/** Option words that were there, in capitals: true, or what they took. */
export type Options = ReadonlyMap<string, true | number | Uint8Array>;

export interface Problem {
  readonly code: 'SYNTAX' | 'LIMIT';
  readonly message: string;
}

const NO_OPTIONS: Options = new Map();
const MAX_DATABASE = 255;
const MAX_WORD_BYTES = 16;

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
  if (row.tail !== undefined) {
    const rest = args.length - group;
    return rest >= (row.tailMin ?? 1) * row.tail.length && rest % row.tail.length === 0;
  }
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
    const { min = 0, max = Number.MAX_SAFE_INTEGER } = option;
    const value = parseSafeInteger(arg, min);
    if (value !== null && value <= max) return value;
    return syntax(`${row.name}: ${option.word} wants a whole number from ${min} to ${max}`);
  }
  const limit = option.takes === 'value' ? MAX_VALUE_BYTES : MAX_KEY_BYTES;
  if (arg.length <= limit) return arg;
  return { code: 'LIMIT', message: `${option.word} is longer than ${limit} bytes` };
}

const NO_GROUPS: readonly string[] = [];

function groupsOf({ group }: OptionWord): readonly string[] {
  if (group === undefined) return NO_GROUPS;
  return typeof group === 'string' ? [group] : group;
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
    const word = (args[at] as Uint8Array).length > MAX_WORD_BYTES ? '' : wordAt(args, at);
    const option = known.find((one) => one.word === word);
    if (option === undefined) return syntax(`${row.name}: unknown word at argument ${at + 1}`);
    if (options.has(word)) return syntax(`${row.name}: ${word} stands twice`);
    for (const group of groupsOf(option)) {
      if (groups.has(group)) return syntax(`${row.name}: ${word} excludes another word`);
      groups.add(group);
    }
    const value = takeOption(row, option, args, at + 1);
    if (typeof value === 'object' && 'code' in value) return value;
    if (option.takes !== undefined) at++;
    options.set(word, value);
  }
  const missing = row.requires?.find((group) => !groups.has(group));
  if (missing === undefined) return options;
  const words = known.filter((one) => groupsOf(one).includes(missing)).map((one) => one.word);
  return syntax(`${row.name}: one of ${words.join(', ')} is needed`);
}

function checkPositional(row: CommandRow, positional: Positional, arg: Uint8Array): Problem | null {
  switch (positional.type) {
    case 'integer':
      if (parseInteger(arg) !== null) return null;
      return syntax(`${row.name}: ${positional.name} is not a 64-bit integer`);
    case 'float':
      if (parseLongDouble(arg) !== null) return null;
      return syntax(`${row.name}: ${positional.name} is not a number`);
    case 'word': {
      const words = positional.words ?? [];
      if (arg.length <= MAX_WORD_BYTES && words.includes(toByteKey(arg).toUpperCase())) return null;
      return syntax(`${row.name}: ${positional.name} is one of ${words.join(', ')}`);
    }
    case 'position':
      if (decodePosition(arg) !== null) return null;
      return syntax(`${row.name}: ${positional.name} is no place to go on from`);
    case 'key':
    case 'bound':
    case 'element':
    case 'bytes': {
      const limit = positional.type === 'bytes' ? MAX_VALUE_BYTES : MAX_KEY_BYTES;
      if (arg.length <= limit) return null;
      const message = `${positional.name} has ${arg.length} bytes, the limit is ${limit}`;
      return { code: 'LIMIT', message };
    }
    default:
      return unreachable(positional.type);
  }
}

/**
 * The positional that the argument with this number fills; undefined: an option or its argument.
 */
function positionalAt(row: CommandRow, at: number): Positional | undefined {
  const group = row.positionals;
  if (row.repeats) return group[at % group.length];
  if (at < group.length || row.tail === undefined) return group[at];
  return row.tail[(at - group.length) % row.tail.length];
}

/** Everything the words alone can tell: arity, integers, lengths, options. */
export function checkArgs(row: CommandRow, args: readonly Uint8Array[]): Problem | null {
  if (!fitsArity(row, args)) return syntax(`${row.name}: wrong number of arguments`);
  for (let i = 0; i < args.length; i++) {
    const positional = positionalAt(row, i);
    if (positional === undefined) break;
    const problem = checkPositional(row, positional, args[i] as Uint8Array);
    if (problem !== null) return problem;
  }
  if (row.nests) return checkNested(row, args);
  const options = parseOptions(row, args);
  return isProblem(options) ? options : null;
}

/** What a transaction watches and runs: keys, and commands that each touch keys of their own. */
function checkNested(row: CommandRow, args: readonly Uint8Array[]): Problem | null {
  const transaction = decodeExec(args);
  if (transaction === null) return syntax(`${row.name}: the plan does not fit its arguments`);
  for (const { key } of transaction.watched) {
    if (key.length > MAX_KEY_BYTES) {
      return { code: 'LIMIT', message: `a watched key is longer than ${MAX_KEY_BYTES} bytes` };
    }
  }
  for (const command of transaction.commands) {
    const inner = rowByCode(command.code);
    if (inner === undefined) return syntax(`${row.name}: no command has number ${command.code}`);
    if (inner.nests || inner.routing === 'shards' || inner.routing === 'bucket') {
      return syntax(`${row.name}: ${inner.name} cannot be part of a transaction`);
    }
    const problem = checkArgs(inner, command.args);
    if (problem !== null) return problem;
  }
  return null;
}

/** The largest database that a command names, its own or one of what it carries. */
export function largestDatabase(command: Command): number {
  const row = rowByCode(command.code);
  let largest = command.database;
  if (row?.nests) {
    const { watched, commands } = transactionOf(command);
    for (const { database } of watched) largest = Math.max(largest, database);
    for (const inner of commands) largest = Math.max(largest, largestDatabase(inner));
  } else if (row?.options?.some((one) => one.names === 'database')) {
    largest = Math.max(largest, secondDatabase(row, command));
  }
  return largest;
}

/** The database of the second key of a command that fits its row. */
export function secondDatabase(row: CommandRow, { args, database }: Command): number {
  const option = row.options?.find((one) => one.names === 'database');
  if (option === undefined) return database;
  const options = parseOptions(row, args);
  return isProblem(options) ? database : (integerOption(options, option.word) ?? database);
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
