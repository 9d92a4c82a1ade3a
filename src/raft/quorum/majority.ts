/**
 * Counting in one set of voters. An empty set agrees to everything, so that a joint configuration
 * is the stricter of two halves also when one half is empty. Pure.
 */
import type { ReplicaId } from '../../base/ids.js';

export type VoteResult = 'won' | 'lost' | 'pending';

const scratch: number[] = [];

/**
 * The largest number that a majority has reached (commit index §5.3, read round §6.4); Infinity for
 * an empty set. `reached` is 0 for who has reported nothing.
 */
export function majorityReached(
  voters: readonly ReplicaId[],
  reached: (replica: ReplicaId) => number,
): number {
  const count = voters.length;
  if (count === 0) return Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = reached(voters[i]!);
    let at = i;
    for (; at > 0 && scratch[at - 1]! < value; at--) scratch[at] = scratch[at - 1]!;
    scratch[at] = value;
  }
  return scratch[count >> 1]!;
}

/** `vote` is undefined for who has not answered. */
export function majorityVote(
  voters: readonly ReplicaId[],
  vote: (replica: ReplicaId) => boolean | undefined,
): VoteResult {
  if (voters.length === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const voter of voters) {
    const answer = vote(voter);
    if (answer === true) granted++;
    else if (answer === undefined) missing++;
  }
  const needed = (voters.length >> 1) + 1;
  if (granted >= needed) return 'won';
  return granted + missing >= needed ? 'pending' : 'lost';
}
