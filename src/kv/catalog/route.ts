/**
 * How a command is taken apart by key and its answers are put together again: by shard in the
 * router, by bucket in apply (a session record lies under each bucket). Pure. A command of one key
 * comes back as it is.
 */
import { must } from '../../base/assert.js';
import type { PageItem, Reply } from '../reply.js';
import type { Command } from '../request.js';
import { rowByCode } from './catalog.js';
import { decodeExec, transactionOf } from './exec.js';
import { integerOption, isProblem, parseOptions } from './grammar.js';
import { parseInteger } from './integer.js';
import type { CommandRow, Positional } from './row.js';

/** One part of a command: what goes to `group`, and which of the command's keys it has. */
export interface CommandPart {
  readonly group: number;
  readonly command: Command;
  /** Numbers of the keys in the whole command, ascending; null: all of them. */
  readonly positions: readonly number[] | null;
}

export interface ReplyPart {
  readonly reply: Reply;
  readonly positions: readonly number[] | null;
}

/**
 * Number of keys of a command that one key stands for, or that is taken apart by key: of routing
 * `one`, `keys`, or 0 for one that goes to every shard or to a bucket.
 */
export function keyCount(row: CommandRow, args: readonly Uint8Array[]): number {
  if (row.routing === 'shards' || row.routing === 'bucket') return 0;
  return row.repeats ? args.length / row.positionals.length : 1;
}

/** The key with this number in a command of `keyCount`. */
export const keyAt = (row: CommandRow, args: readonly Uint8Array[], position: number): Uint8Array =>
  args[position * row.positionals.length] as Uint8Array;

const isKey = (positional: Positional | undefined): boolean => positional?.type === 'key';

/** The keys of a `together` row, in the order of its words; of a transaction, all that it meets. */
function keysTogether(row: CommandRow, args: readonly Uint8Array[]): readonly Uint8Array[] {
  if (row.nests) {
    const transaction = decodeExec(args);
    if (transaction === null) return [];
    const keys = transaction.watched.map(({ key }) => key);
    for (const { code, args: inner } of transaction.commands) {
      keys.push(...keysOf(must(rowByCode(code), `command ${code}`), inner));
    }
    return keys;
  }
  const { positionals, tail } = row;
  return args.filter((_arg, i) => {
    if (row.repeats) return isKey(positionals[i % positionals.length]);
    if (i < positionals.length || tail === undefined) return isKey(positionals[i]);
    return isKey(tail[(i - positionals.length) % tail.length]);
  });
}

/** Every key of a command that a door has let in, as often as it is named. */
export function keysOf(row: CommandRow, args: readonly Uint8Array[]): readonly Uint8Array[] {
  if (row.routing === 'together') return keysTogether(row, args);
  const count = keyCount(row, args);
  const keys: Uint8Array[] = [];
  for (let i = 0; i < count; i++) keys.push(keyAt(row, args, i));
  return keys;
}

/** Takes a command of routing `one` or `keys` apart; groups in the order of their first key. */
export function splitCommand(
  row: CommandRow,
  command: Command,
  groupOf: (key: Uint8Array, position: number) => number,
): readonly CommandPart[] {
  const { args } = command;
  const count = keyCount(row, args);
  const firstGroup = groupOf(keyAt(row, args, 0), 0);
  if (count === 1) return [{ group: firstGroup, command, positions: null }];
  const byGroup = new Map<number, number[]>([[firstGroup, [0]]]);
  for (let i = 1; i < count; i++) {
    const group = groupOf(keyAt(row, args, i), i);
    const positions = byGroup.get(group);
    if (positions === undefined) byGroup.set(group, [i]);
    else positions.push(i);
  }
  if (byGroup.size === 1) return [{ group: firstGroup, command, positions: null }];
  const stride = row.positionals.length;
  return Array.from(byGroup, ([group, positions]) => ({
    group,
    command: {
      ...command,
      args: positions.flatMap((i) => args.slice(i * stride, (i + 1) * stride)),
    },
    positions,
  }));
}

function sum(parts: readonly ReplyPart[]): Reply {
  let value = 0n;
  for (const { reply } of parts) {
    if (reply.kind !== 'integer') return reply;
    value += reply.value;
  }
  return { kind: 'integer', value };
}

function inOrder(parts: readonly ReplyPart[]): Reply {
  const items: Reply[] = [];
  for (const { reply, positions } of parts) {
    if (reply.kind !== 'list') return reply;
    reply.items.forEach((item, i) => {
      items[positions === null ? i : must(positions[i], 'position')] = item;
    });
  }
  return { kind: 'list', items };
}

/**
 * One page out of the shards' pages. A shard that is not done has said nothing about keys behind
 * its `next`, so the page ends before the nearest of these, or at the limit.
 */
function pages(row: CommandRow, command: Command, parts: readonly ReplyPart[]): Reply {
  const options = parseOptions(row, command.args);
  if (isProblem(options)) return { kind: 'failed', code: 'SYNTAX' };
  const sign = options.has('REVERSE') ? -1 : 1;
  const order = (a: Uint8Array, b: Uint8Array): number => sign * Buffer.compare(a, b);
  let items: PageItem[] = [];
  let edge: Uint8Array | null = null;
  for (const { reply } of parts) {
    if (reply.kind !== 'page') return reply;
    for (const item of reply.items) items.push(item);
    const next = reply.next;
    if (next !== null && (edge === null || order(next, edge) < 0)) edge = next;
  }
  const end = edge;
  if (end !== null) items = items.filter((item) => order(item.key, end) <= 0);
  items.sort((a, b) => order(a.key, b.key));
  const limit = integerOption(options, 'LIMIT') ?? items.length;
  let next = end;
  if (items.length > limit) {
    items = items.slice(0, limit);
    next = must(items[limit - 1], 'last item').key;
  }
  if (!options.has('COUNTONLY')) return { kind: 'page', items, next };
  const cursor: Reply = next === null ? { kind: 'null' } : { kind: 'bytes', bytes: next };
  return {
    kind: 'list',
    items: [{ kind: 'integer', value: BigInt(items.length) }, cursor],
  };
}

/**
 * One of the shards' keys, each with odds as its shard has keys. Every shard answers a list of its
 * number of keys and one of them; the command's first argument is the random number that decides.
 */
function oneOf(command: Command, parts: readonly ReplyPart[]): Reply {
  const found: { keys: bigint; reply: Reply }[] = [];
  let total = 0n;
  for (const { reply } of parts) {
    if (reply.kind !== 'list') return reply;
    const [keys, key] = reply.items;
    if (keys?.kind !== 'integer' || key === undefined || key.kind === 'null') continue;
    found.push({ keys: keys.value, reply: key });
    total += keys.value;
  }
  const seed = parseInteger(command.args[0] as Uint8Array) ?? 0n;
  let at = total === 0n ? 0n : BigInt.asUintN(64, seed) % total;
  for (const { keys, reply } of found) {
    if (at < keys) return reply;
    at -= keys;
  }
  return { kind: 'null' };
}

/**
 * The answer to the whole command. The first part that is no proper answer (`failed`, or `applied`
 * where the numbers are no longer known) is the answer. Pages go through here also when one shard
 * alone was asked.
 */
export function mergeReplies(
  row: CommandRow,
  command: Command,
  parts: readonly ReplyPart[],
): Reply {
  switch (row.merge) {
    case 'only':
      return must(parts[0], 'reply').reply;
    case 'sum':
      return parts.length === 1 ? must(parts[0], 'reply').reply : sum(parts);
    case 'in-order':
      return inOrder(parts);
    case 'pages':
      return pages(row, command, parts);
    case 'random':
      return oneOf(command, parts);
  }
}

/** The row of a command that a door has checked. */
export const rowOf = (command: Command): CommandRow =>
  must(rowByCode(command.code), `command ${command.code}`);

/** Whether it makes data grow, so that a nearly full disk refuses it; of a checked command. */
export function growsData(command: Command): boolean {
  const row = rowOf(command);
  return row.nests ? transactionOf(command).commands.some(growsData) : row.grows;
}
