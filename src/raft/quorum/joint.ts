/**
 * Counting in a configuration: both halves of a joint one must agree (§4.3). Pure.
 */
import type { LogIndex, ReplicaId } from '../../base/ids.js';
import type { Members } from '../types.js';
import { majorityReached, majorityVote, type VoteResult } from './majority.js';

type Halves = Pick<Members, 'voters' | 'outgoing'>;

export function jointReached(members: Halves, reached: (replica: ReplicaId) => number): number {
  const incoming = majorityReached(members.voters, reached);
  if (members.outgoing.length === 0) return incoming;
  return Math.min(incoming, majorityReached(members.outgoing, reached));
}

export function jointVote(
  members: Halves,
  vote: (replica: ReplicaId) => boolean | undefined,
): VoteResult {
  const incoming = majorityVote(members.voters, vote);
  const outgoing = majorityVote(members.outgoing, vote);
  if (incoming === 'lost' || outgoing === 'lost') return 'lost';
  return incoming === 'won' && outgoing === 'won' ? 'won' : 'pending';
}

/** The commit index the members' match indexes allow, before the term rule of §5.4.2. */
export function jointMatch(members: Halves, match: (replica: ReplicaId) => LogIndex): LogIndex {
  return jointReached(members, match) as LogIndex;
}
