/**
 * Leaders back to where they belong: each group has a preferred node, so that a cluster's leaders
 * are spread again after a restart. A hand-over waits until the preferred replica has kept up for a
 * while, so that a node that flaps is left alone.
 */
import type { GroupId, LogIndex, MonoMs, NodeId, ReplicaId } from '../base/ids.js';
import type { RaftView } from '../raft/types.js';
import type { Descriptor } from '../shard/descriptor.js';

/** How long the preferred replica must have kept up. */
const STEADY_MS = 2_000;
/** After a hand-over that came to nothing the next waits twice as long, so many times over. */
const MAX_DOUBLINGS = 5;
/** A hand-over so long ago says nothing any more. */
const FORGET_MS = 5 * 60_000;
/** How far behind it may be when leadership is handed over. */
const MAX_LAG = 64;

/** The node that should lead, unless an operator chose another: members take turns by shard. */
export function preferredNode(
  descriptor: Pick<Descriptor, 'shard' | 'members'>,
  chosen: NodeId | null,
): NodeId | null {
  const voters = descriptor.members.filter((member) => member.role === 'voter');
  if (voters.length === 0) return null;
  if (chosen !== null && voters.some((member) => member.node === chosen)) return chosen;
  const turn = Math.max(0, descriptor.shard - 1) % voters.length;
  const sorted = [...voters].sort((a, b) => a.replica - b.replica);
  return sorted[turn]?.node ?? null;
}

export class Leadership {
  readonly #steadySince = new Map<GroupId, MonoMs>();
  /** Hand-overs after which this node leads the group still, or again. */
  readonly #tries = new Map<GroupId, { readonly count: number; readonly at: MonoMs }>();

  /** For a group led here: the replica to hand over to now, or null. */
  next(
    descriptor: Descriptor,
    view: RaftView,
    self: NodeId,
    chosen: NodeId | null,
    takesLead: (node: NodeId) => boolean,
    now: MonoMs,
  ): ReplicaId | null {
    const group = descriptor.shard;
    const target = preferredNode(descriptor, chosen);
    const member = descriptor.members.find((one) => one.node === target);
    const progress = view.progress.find((one) => one.replica === member?.replica);
    const keepsUp =
      target !== null &&
      target !== self &&
      takesLead(target) &&
      progress?.state === 'replicate' &&
      progress.active &&
      lag(view.lastIndex, progress.match) <= MAX_LAG;
    if (!keepsUp || member === undefined) {
      this.#steadySince.delete(group);
      return null;
    }
    const since = this.#steadySince.get(group);
    if (since === undefined) {
      this.#steadySince.set(group, now);
      return null;
    }
    const tried = this.#tries.get(group);
    const count = tried !== undefined && now - tried.at < FORGET_MS ? tried.count : 0;
    const steadyMs = STEADY_MS * 2 ** Math.min(count, MAX_DOUBLINGS);
    if (now - since < steadyMs || view.transferTo !== null) return null;
    this.#steadySince.delete(group);
    this.#tries.set(group, { count: count + 1, at: now });
    return member.replica;
  }
}

const lag = (last: LogIndex, match: LogIndex): number => last - match;
