/**
 * Relative times end here: the leader turns PX into PXAT before it proposes, so that the log holds
 * a fact and every replica the same deadline (DESIGN section 6, "Time").
 */
import { toByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import type { Command } from '../request.js';
import { rowByCode } from './catalog.js';
import { encodeExec, transactionOf } from './exec.js';
import { formatInteger, parseSafeInteger } from './integer.js';
import type { CommandRow } from './row.js';

const RELATIVE = 'PX';
const ABSOLUTE = Buffer.from('PXAT', 'latin1');

const isRelative = (arg: Uint8Array): boolean =>
  arg.length === RELATIVE.length && toByteKey(arg).toUpperCase() === RELATIVE;

/** Of a row with a tail: its unit is one of its positionals, and the number stands behind it. */
function relativePositional({ positionals }: CommandRow, args: readonly Uint8Array[]): number {
  const at = positionals.findIndex((one) => one.words?.includes(RELATIVE));
  return at >= 0 && isRelative(args[at] as Uint8Array) ? at : -1;
}

/** Where the word PX stands among the options of a checked command; -1: nowhere. */
export function relativeTimeAt(command: Command): number {
  const row = rowByCode(command.code);
  if (row?.tail !== undefined) return relativePositional(row, command.args);
  const options = row?.options;
  if (row === undefined || options === undefined) return -1;
  if (command.args.length === row.positionals.length) return -1;
  if (!options.some((option) => option.word === RELATIVE)) return -1;
  for (let at = row.positionals.length; at < command.args.length; at++) {
    const arg = command.args[at] as Uint8Array;
    if (isRelative(arg)) return at;
    const word = toByteKey(arg).toUpperCase();
    if (options.some((option) => option.word === word && option.takes !== undefined)) at++;
  }
  return -1;
}

/**
 * The command with its deadline absolute; the same object when it names no relative time. `now` is
 * the larger of the leader's cluster clock and its applied cluster time, else a key could be born
 * expired. A deadline beyond 2^53 − 1 ms becomes that.
 */
export function resolveTimes(command: Command, now: EpochMs): Command {
  if (rowByCode(command.code)?.nests) return resolveNested(command, now);
  const at = relativeTimeAt(command);
  if (at < 0) return command;
  const relative = parseSafeInteger(command.args[at + 1] ?? new Uint8Array(0), 0);
  if (relative === null) return command;
  const deadline = Math.min(now + relative, Number.MAX_SAFE_INTEGER);
  const args = [...command.args];
  args[at] = ABSOLUTE;
  args[at + 1] = formatInteger(deadline);
  return { ...command, args };
}

/** The commands of a transaction are resolved by the same clock. */
function resolveNested(command: Command, now: EpochMs): Command {
  const { watched, commands } = transactionOf(command);
  const resolved = commands.map((one) => resolveTimes(one, now));
  if (resolved.every((one, i) => one === commands[i])) return command;
  return encodeExec({ watched, commands: resolved }, command.database);
}
