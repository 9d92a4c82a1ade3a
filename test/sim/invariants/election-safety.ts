/**
 * At most one leader can be elected in a given term.
 * Source: Ongaro and Ousterhout 2014, "In search of an understandable consensus algorithm",
 * figure 3, Election Safety; section 5.2.
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import { type Invariant, mustHold } from './invariant.js';

export class ElectionSafety implements Invariant {
  readonly name = 'election safety';
  checks = 0;
  readonly #leaders = new Map<string, NodeId>();

  onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    if (event.kind !== 'role' || event.role !== 'leader') return;
    this.checks++;
    const key = `${group}/${event.term}`;
    const known = this.#leaders.get(key) ?? node;
    mustHold(this.name, known === node, () => {
      return `nodes ${known} and ${node} both lead group ${group} in term ${event.term}`;
    });
    this.#leaders.set(key, node);
  }
}
