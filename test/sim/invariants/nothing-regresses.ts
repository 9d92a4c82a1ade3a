/**
 * Terms, commit and applied indexes never go back, and the vote of a term never changes; of term
 * and vote this holds over restarts too, for what was told to be durable. Source: Ongaro and
 * Ousterhout 2014, figure 2 (persistent state, "increases monotonically").
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { HardState, TraceEvent } from '../../../src/raft/types.js';
import type { Log, LogRecord } from '../../../src/replica/ports.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';

interface InMemory {
  term: number;
  commit: number;
  applied: number;
}

export class NothingRegresses implements Invariant {
  readonly name = 'nothing regresses';
  checks = 0;
  readonly #memory = new Map<string, InMemory>();
  readonly #durable = new Map<string, HardState>();

  onStart(node: NodeId): void {
    for (const key of [...this.#memory.keys()]) {
      if (key.startsWith(`${node}/`)) this.#memory.delete(key);
    }
  }

  onRestored(node: NodeId, log: Log): void {
    for (const [group, { hardState }] of log.restored.groups) {
      this.#hardState(node, group, hardState);
    }
  }

  onDurable(node: NodeId, records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.kind === 'hard-state') this.#hardState(node, record.group, record.state);
    }
  }

  #hardState(node: NodeId, group: GroupId, state: HardState): void {
    const key = `${node}/${group}`;
    const known = this.#durable.get(key);
    this.#durable.set(key, state);
    if (known === undefined) return;
    this.checks++;
    mustHold(this.name, state.term >= known.term, () => {
      return `the durable term of ${key} goes from ${known.term} back to ${state.term}`;
    });
    mustHold(this.name, state.commit >= known.commit, () => {
      return `the durable commit index of ${key} goes from ${known.commit} to ${state.commit}`;
    });
    const voted = state.term === known.term && known.vote !== null;
    mustHold(this.name, !voted || state.vote === known.vote, () => {
      return `in term ${state.term} ${key} voted for ${known.vote}, then for ${state.vote}`;
    });
  }

  #of(node: NodeId, group: GroupId): InMemory {
    const key = `${node}/${group}`;
    let memory = this.#memory.get(key);
    if (memory === undefined) {
      memory = { term: 0, commit: 0, applied: 0 };
      this.#memory.set(key, memory);
    }
    return memory;
  }

  onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    if (event.kind !== 'role' && event.kind !== 'commit') return;
    this.checks++;
    const memory = this.#of(node, group);
    const where = `of group ${group} on node ${node}`;
    if (event.kind === 'role') {
      mustHold(this.name, event.term >= memory.term, () => {
        return `the term ${where} goes from ${memory.term} back to ${event.term}`;
      });
      memory.term = event.term;
    } else {
      mustHold(this.name, event.index >= memory.commit, () => {
        return `the commit index ${where} goes from ${memory.commit} back to ${event.index}`;
      });
      memory.commit = event.index;
    }
  }

  onApplied(node: NodeId, group: GroupId, { entry }: Pick<Applied, 'entry'>): void {
    this.checks++;
    const memory = this.#of(node, group);
    mustHold(this.name, entry.index > memory.applied, () => {
      return `node ${node} applies ${entry.index} of group ${group} after ${memory.applied}`;
    });
    memory.applied = entry.index;
  }
}
