/**
 * If a log entry is committed in a given term, then it is present in the logs of the leaders of all
 * higher terms.
 * Source: Ongaro and Ousterhout 2014, figure 3, Leader Completeness; section 5.4.
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import type { LogMirror } from '../node/log-mirror.js';
import { type Invariant, mustHold } from './invariant.js';

interface Committed {
  readonly index: number;
  readonly term: number;
  /** Of the leader that committed it. */
  readonly in: number;
}

interface GroupCommits {
  last: number;
  readonly entries: Committed[];
}

export class LeaderCompleteness implements Invariant {
  readonly name = 'leader completeness';
  checks = 0;
  readonly #mirror: LogMirror;
  readonly #commits = new Map<GroupId, GroupCommits>();
  /** The term in which a node leads a group. */
  readonly #leads = new Map<string, number>();

  constructor(mirror: LogMirror) {
    this.#mirror = mirror;
  }

  onStart(node: NodeId): void {
    for (const key of [...this.#leads.keys()]) {
      if (key.startsWith(`${node}/`)) this.#leads.delete(key);
    }
  }

  onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    const key = `${node}/${group}`;
    if (event.kind === 'role') {
      if (event.role !== 'leader') this.#leads.delete(key);
      else {
        this.#leads.set(key, event.term);
        this.#onLeader(node, group, event.term);
      }
    } else if (event.kind === 'commit') {
      const term = this.#leads.get(key);
      if (term !== undefined) this.#onCommit(node, group, event.index, term);
    }
  }

  #of(group: GroupId): GroupCommits {
    let commits = this.#commits.get(group);
    if (commits === undefined) {
      commits = { last: 0, entries: [] };
      this.#commits.set(group, commits);
    }
    return commits;
  }

  #onCommit(node: NodeId, group: GroupId, to: number, leaderTerm: number): void {
    const commits = this.#of(group);
    const mirror = this.#mirror.of(node, group);
    for (let index = Math.max(commits.last, mirror.floor) + 1; index <= to; index++) {
      const term = mirror.termAt(index);
      if (term !== null) commits.entries.push({ index, term, in: leaderTerm });
    }
    commits.last = Math.max(commits.last, to);
  }

  #onLeader(node: NodeId, group: GroupId, term: number): void {
    const mirror = this.#mirror.of(node, group);
    for (const committed of this.#of(group).entries) {
      if (committed.in >= term || committed.index <= mirror.floor) continue;
      this.checks++;
      const held = mirror.termAt(committed.index);
      mustHold(this.name, held === committed.term, () => {
        const what = held === null ? 'nothing' : `an entry of term ${held}`;
        return (
          `node ${node} leads group ${group} in term ${term} with ${what} at index ` +
          `${committed.index}, where term ${committed.term} was committed in term ${committed.in}`
        );
      });
    }
  }
}
