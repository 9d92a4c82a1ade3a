/**
 * The door for messages: settles terms (§3.3), then leaves the rest to the table.
 *
 * Two answers keep replicas from getting stuck. A message of an old leader is answered with the
 * newer term, so that a candidate whose pleas are refused deposes it; a (pre-)vote of an old term
 * is refused with the newer term, so that the candidate catches up.
 */
import type { ReplicaId } from '../base/ids.js';
import { answerVote } from './election.js';
import { inContact } from './lease.js';
import { maybeLeave } from './membership.js';
import { send } from './outbox.js';
import { disturbs, wake } from './quiesce.js';
import { becomeFollower } from './role.js';
import { staleness } from './staleness.js';
import type { Core } from './state.js';
import { dispatch, noteIgnored } from './table.js';
import type { Message } from './types.js';

export function step(core: Core, message: Message): void {
  if (message.to !== core.self) {
    noteIgnored(core, message, 'meant for another replica');
    return;
  }
  switch (staleness(core, message)) {
    case 'local':
      noteIgnored(core, message, 'from this replica itself');
      return;
    case 'stale':
      onStale(core, message);
      return;
    case 'current':
    case 'newer':
      take(core, message);
  }
}

function take(core: Core, message: Message): void {
  if (disturbs(message) || message.term !== core.term) wake(core);
  if (asksVote(message) && refusesFor(core, message)) return;
  if (message.term > core.term && !onlyProposesTerm(message)) {
    becomeFollower(core, message.term, senderLeads(message));
  }
  dispatch(core, message);
  maybeLeave(core);
}

type VoteRequest = Extract<Message, { kind: 'vote' | 'pre-vote' }>;

const asksVote = (message: Message): message is VoteRequest =>
  message.kind === 'vote' || message.kind === 'pre-vote';

/** A pre-vote, and a pre-vote granted, name a term that nobody has begun. */
const onlyProposesTerm = (message: Message): boolean =>
  message.kind === 'pre-vote' || (message.kind === 'pre-vote-reply' && message.granted);

/**
 * While a leader is heard nobody is elected in its place (§4.2.3), and nobody's term moves on. A
 * pre-vote gets a refusal, a vote nothing: a refusal in the old term would be dropped there.
 */
function refusesFor(core: Core, message: VoteRequest): boolean {
  const forced = message.kind === 'vote' && message.forced;
  if (forced || message.term <= core.term || !inContact(core)) return false;
  if (message.kind === 'pre-vote') answerVote(core, message, false);
  else noteIgnored(core, message, 'a leader was heard within the minimum election timeout');
  return true;
}

function senderLeads(message: Message): ReplicaId | null {
  switch (message.kind) {
    case 'append':
    case 'heartbeat':
    case 'snapshot':
    case 'quiesce':
      return message.from;
    default:
      return null;
  }
}

function onStale(core: Core, message: Message): void {
  const { self: from, term } = core;
  if (asksVote(message)) {
    answerVote(core, message, false);
    return;
  }
  if (senderLeads(message) !== null) {
    send(core, { kind: 'heartbeat-reply', from, to: message.from, term, round: 0 });
  }
  noteIgnored(core, message, 'of a term that is over');
}
