/**
 * Inside MULTI: a command is looked at and put into the queue; EXEC runs it (rows/transactions).
 */
import { MAX_REQUEST_BYTES } from '../../kv/limits.js';
import type { Client } from './client.js';
import type { Command as Parsed } from './codec/command.js';
import type { DoorContext } from './context.js';
import { errorText } from './errors.js';
import type { Entry } from './registry.js';
import type { Transaction } from './transaction.js';

const ALL_KEYS =
  'ERR this command touches the keys of every shard and cannot be part of a transaction before ' +
  'the transaction layer';

/** The error that refuses the command and spoils the transaction, or null: it is queued. */
export function enqueue(
  door: DoorContext,
  client: Client,
  entry: Entry,
  parsed: Parsed,
): string | null {
  const transaction = client.transaction as Transaction;
  const args = parsed.keep().args(entry.words);
  const problem = refusal(door, client, entry, args);
  if (problem !== null) {
    transaction.aborted = true;
    return problem;
  }
  for (const arg of args) transaction.bytes += arg.length + 8;
  if (transaction.bytes > MAX_REQUEST_BYTES) {
    transaction.aborted = true;
    return `ERR the transaction has over ${MAX_REQUEST_BYTES} bytes`;
  }
  const { row } = entry;
  if (row.kind !== 'data') {
    transaction.queued.push({ entry, args, command: null });
    return null;
  }
  const command = row.translate(args, client.database);
  const refused = typeof command === 'string' ? null : door.gate.check(command);
  transaction.queued.push({
    entry,
    args,
    command: refused === null ? command : errorText(refused),
  });
  return null;
}

function refusal(
  door: DoorContext,
  client: Client,
  entry: Entry,
  args: readonly Uint8Array[],
): string | null {
  if (entry.row.flags.includes('no_multi')) return 'ERR Command not allowed inside a transaction';
  if (entry.touchesAll) return ALL_KEYS;
  return door.misdirected(client, entry, args);
}
