/**
 * MULTI, EXEC, DISCARD, WATCH, UNWATCH. What was queued becomes one command of the catalogue
 * (`exec`), so one entry of one shard decides and does all of it; WATCH remembers revisions, and
 * the same entry compares them.
 */

import { ownCopy, toByteKey } from '../../../base/bytes.js';
import { codeOf } from '../../../kv/catalog/catalog.js';
import { encodeExec } from '../../../kv/catalog/exec.js';
import { RkvError } from '../../../kv/errors.js';
import type { Reply } from '../../../kv/reply.js';
import type { Command } from '../../../kv/request.js';
import { problemOf, writeReply } from '../answer.js';
import type { Client, Watched } from '../client.js';
import { errorText, FAILURE_TEXT, REPLY_NOT_KEPT } from '../errors.js';
import { type Queued, Transaction } from '../transaction.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import type { LocalRow, ReplyOut } from './row.js';

const REV = codeOf('rev');

const LOCAL = { kind: 'local', group: 'transactions' } as const;
const FLAGS = ['noscript', 'loading', 'stale', 'fast', 'allow_busy'] as const;
const ACL = ['@fast', '@transaction'];

const ABORTED = 'EXECABORT Transaction discarded because of previous errors.';

function multi({ client, out }: LocalCall): void {
  if (client.transaction !== null) {
    out.error('ERR MULTI calls can not be nested');
    return;
  }
  client.transaction = new Transaction();
  ok(out);
}

function leave(client: Client): void {
  client.transaction = null;
  client.watched = null;
}

function discard({ client, out }: LocalCall): void {
  if (client.transaction === null) {
    out.error('ERR DISCARD without MULTI');
    return;
  }
  leave(client);
  ok(out);
}

/** Revisions of several databases' keys are asked for one database at a time: one is chosen. */
async function watch(call: LocalCall): Promise<void> {
  const { args, client, out } = call;
  if (client.transaction !== null) {
    out.error('ERR WATCH inside MULTI is not allowed');
    return;
  }
  const { database } = client;
  const watched = client.watched ?? new Map<string, Watched>();
  const fresh = args.filter((key) => !watched.has(`${database}:${toByteKey(key)}`));
  if (fresh.length > 0) {
    const answer = await call.execute({ code: REV, database, args: fresh });
    if (answer instanceof RkvError) throw answer;
    if (answer.kind !== 'list') throw new RkvError('INTERNAL', 'revisions come as a list');
    fresh.forEach((key, i) => {
      const item = answer.items[i];
      const revision = item?.kind === 'integer' ? Number(item.value) : 0;
      const name = `${database}:${toByteKey(key)}`;
      watched.set(name, { database, key: ownCopy(key), revision });
    });
  }
  client.watched = watched;
  ok(out);
}

const isCommand = (command: Queued['command']): command is Command =>
  command !== null && typeof command !== 'string';

async function exec(call: LocalCall): Promise<void> {
  const { client, out } = call;
  const { transaction, watched } = client;
  if (transaction === null) {
    out.error('ERR EXEC without MULTI');
    return;
  }
  leave(client);
  if (transaction.aborted) {
    out.error(ABORTED);
    return;
  }
  const commands = transaction.queued.map((one) => one.command).filter(isCommand);
  const replies = await runTogether(call, commands, [...(watched?.values() ?? [])]);
  if (typeof replies === 'string') out.error(replies);
  else if (replies === null) out.nullArray();
  else await writeAll(call, transaction.queued, replies);
}

/** Replies in order; null: a watched key has changed; a text: why nothing, or what, was done. */
async function runTogether(
  { door, client, execute }: LocalCall,
  commands: readonly Command[],
  watched: readonly Watched[],
): Promise<readonly Reply[] | string | null> {
  if (commands.length === 0 && watched.length === 0) return [];
  const command = encodeExec({ watched, commands }, client.database);
  const refused = door.gate.check(command);
  if (refused !== null) return `EXECABORT ${errorText(refused)}`;
  const answer = await execute(command);
  if (answer instanceof RkvError) return errorText(answer);
  switch (answer.kind) {
    case 'list':
      return answer.items;
    case 'null':
      return null;
    case 'failed':
      return FAILURE_TEXT[answer.code];
    case 'applied':
      return REPLY_NOT_KEPT;
    default:
      throw new RkvError('INTERNAL', `exec answered ${answer.kind}`);
  }
}

async function writeAll(
  call: LocalCall,
  queued: readonly Queued[],
  replies: readonly Reply[],
): Promise<void> {
  const { out, door } = call;
  out.array(queued.length);
  let next = 0;
  for (const one of queued) {
    if (one.command === null) await runHere(call, one);
    else if (typeof one.command === 'string') {
      door.stats.onError(one.command);
      out.error(one.command);
    } else writeOne(one, one.command, replies[next++] as Reply, out);
  }
}

function writeOne({ entry, args }: Queued, command: Command, reply: Reply, out: ReplyOut): void {
  const { row } = entry;
  if (row.kind !== 'data') return;
  const problem = problemOf(row, reply);
  if (problem === null) writeReply(row, reply, out, { args, command });
  else out.error(problem);
}

/** A command of this node inside the transaction: it runs when its turn to answer comes. */
async function runHere(call: LocalCall, { entry, args }: Queued): Promise<void> {
  const { row } = entry;
  if (row.kind === 'local') await row.handle({ ...call, args });
}

export const TRANSACTION_DOOR_ROWS: readonly LocalRow[] = [
  {
    ...LOCAL,
    name: 'multi',
    arity: 1,
    flags: FLAGS,
    acl: ACL,
    since: '1.2.0',
    complexity: 'O(1)',
    summary: 'Begins a transaction: what follows is queued.',
    handle: multi,
  },
  {
    ...LOCAL,
    name: 'exec',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'skip_slowlog'],
    acl: ['@slow', '@transaction'],
    since: '1.2.0',
    complexity: 'Depends on the commands in the transaction',
    summary: 'Runs all queued commands as one, if no watched key has changed.',
    differs:
      'All keys, watched ones too, must lie in one shard until the transaction layer (CROSSSLOT). ' +
      'A command on all keys (KEYS, DBSIZE, FLUSHALL …) cannot be queued.',
    waits: true,
    handle: exec,
  },
  {
    ...LOCAL,
    name: 'discard',
    arity: 1,
    flags: FLAGS,
    acl: ACL,
    since: '2.0.0',
    complexity: 'O(N) with N queued commands',
    summary: 'Drops the queued commands and what is watched.',
    handle: discard,
  },
  {
    ...LOCAL,
    name: 'watch',
    arity: -2,
    flags: FLAGS,
    keys: { first: 1, last: -1, step: 1, flags: ['RO'] },
    acl: ACL,
    since: '2.2.0',
    complexity: 'O(N) with N keys',
    summary: 'Makes the next EXEC depend on keys not changing.',
    differs:
      'A key that was not there also counts as changed when another key of its bucket (one of 256) was ' +
      'removed since: EXEC may answer null once more than Redis, never once less.',
    waits: true,
    handle: watch,
  },
  {
    ...LOCAL,
    name: 'unwatch',
    arity: 1,
    flags: FLAGS,
    acl: ACL,
    since: '2.2.0',
    complexity: 'O(1)',
    summary: 'Forgets what is watched.',
    waits: true,
    handle: ({ client, out }) => {
      client.watched = null;
      ok(out);
    },
  },
];
