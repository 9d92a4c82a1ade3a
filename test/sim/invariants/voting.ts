/**
 * Under which configuration each entry was committed: that of the leader which committed it, at
 * that moment. An entry behind a change of members may commit before the change is applied, and
 * then a majority of the old members is what it takes (Ongaro 2014, section 4.1).
 */
import type { GroupId, NodeId, ReplicaId } from '../../../src/base/ids.js';
import type { Machine } from '../../../src/machine/types.js';
import type { Members, TraceEvent } from '../../../src/raft/types.js';
import { membersOf } from '../../../src/shard/members.js';
import type { Watcher } from '../node/observer.js';

/** The nodes of both halves; `outgoing` is empty unless the configuration is joint. */
export interface Voting {
  readonly voters: readonly NodeId[];
  readonly outgoing: readonly NodeId[];
}

interface GroupVoting {
  readonly nodes: Map<ReplicaId, NodeId>;
  committed: number;
  /** From an index on, until the next of them. */
  readonly history: { readonly from: number; readonly members: Members }[];
}

const isMajority = (nodes: readonly NodeId[], holds: (node: NodeId) => boolean): boolean =>
  nodes.length === 0 || 2 * nodes.filter(holds).length > nodes.length;

export const isQuorum = ({ voters, outgoing }: Voting, holds: (node: NodeId) => boolean): boolean =>
  isMajority(voters, holds) && isMajority(outgoing, holds);

export class VotingHistory implements Watcher {
  readonly #groups = new Map<GroupId, GroupVoting>();
  readonly #inForce = new Map<string, Members>();
  readonly #leads = new Set<string>();

  #of(group: GroupId): GroupVoting {
    let known = this.#groups.get(group);
    if (known === undefined) {
      known = { nodes: new Map(), committed: 0, history: [] };
      this.#groups.set(group, known);
    }
    return known;
  }

  onStart(node: NodeId): void {
    for (const key of [...this.#leads]) if (key.startsWith(`${node}/`)) this.#leads.delete(key);
  }

  onOpened(node: NodeId, group: GroupId, machine: Machine): void {
    const { descriptor } = machine.state;
    const { nodes } = this.#of(group);
    for (const member of descriptor.members) nodes.set(member.replica, member.node);
    this.#inForce.set(`${node}/${group}`, membersOf(descriptor));
  }

  onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    const key = `${node}/${group}`;
    if (event.kind === 'config') this.#inForce.set(key, event.members);
    else if (event.kind === 'role') {
      if (event.role === 'leader') this.#leads.add(key);
      else this.#leads.delete(key);
    } else if (event.kind === 'commit' && this.#leads.has(key)) {
      this.#onCommit(group, event.index, this.#inForce.get(key));
    }
  }

  #onCommit(group: GroupId, to: number, members: Members | undefined): void {
    const known = this.#of(group);
    if (members === undefined || to <= known.committed) return;
    if (known.history.at(-1)?.members !== members) {
      known.history.push({ from: known.committed + 1, members });
    }
    known.committed = to;
  }

  /** Null: no leader was seen to commit it. */
  at(group: GroupId, index: number): Voting | null {
    const { nodes, committed, history } = this.#of(group);
    if (index > committed) return null;
    const found = history.findLast(({ from }) => from <= index);
    if (found === undefined) return null;
    const nodesOf = (replicas: readonly ReplicaId[]): NodeId[] =>
      replicas.flatMap((replica) => nodes.get(replica) ?? []);
    const { voters, outgoing } = found.members;
    return { voters: nodesOf(voters), outgoing: nodesOf(outgoing) };
  }
}
