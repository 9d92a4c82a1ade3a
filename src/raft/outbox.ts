/**
 * The one rule of what may leave before it is durable here (DESIGN section 4): every message of a
 * duty goes through `send`.
 *
 * Before persistence go a leader's traffic (appends, heartbeats, snapshots, rest, and timeout-now:
 * handing over must not need a disk that hangs), read-index traffic, heartbeat answers, pre-votes
 * and their answers, all only while the own term is already durable. Votes, vote requests and
 * acknowledgements, and everything that would show a term not yet durable, wait for the current
 * Ready: completions come in order, so what earlier Readys in flight hold is durable then, too.
 */
import { unreachable } from '../base/assert.js';
import type { Core } from './state.js';
import type { Message, MessageKind, MessageOf } from './types.js';

export function waitsForDisk(kind: MessageKind): boolean {
  switch (kind) {
    case 'vote':
    case 'vote-reply':
    case 'append-reply':
      return true;
    case 'append':
    case 'heartbeat':
    case 'heartbeat-reply':
    case 'snapshot':
    case 'quiesce':
    case 'timeout-now':
    case 'read-index':
    case 'read-index-reply':
    case 'pre-vote':
    case 'pre-vote-reply':
      return false;
    default:
      return unreachable(kind);
  }
}

export function send(core: Core, message: Message): void {
  if (!waitsForDisk(message.kind) && core.persist.durableTerm === core.term) {
    core.out.now.push(message);
    return;
  }
  if (message.kind === 'append-reply' && supersedes(core, message)) core.out.afterPersist.pop();
  core.out.afterPersist.push(message);
}

/** A later acknowledgement to the same leader says all that the one before it said. */
function supersedes(core: Core, reply: MessageOf<'append-reply'>): boolean {
  const { afterPersist } = core.out;
  const last = afterPersist[afterPersist.length - 1];
  return (
    last?.kind === 'append-reply' &&
    last.to === reply.to &&
    last.term === reply.term &&
    last.result.ok &&
    reply.result.ok &&
    last.result.match <= reply.result.match &&
    last.round <= reply.round
  );
}
