/**
 * Replicas that have applied the same index hold the same state.
 * Source: Schneider 1990, "Implementing fault-tolerant services using the state machine approach",
 * section 2 (determinism); FAULTS.md, I3.
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';

/** A digest is taken at every so many indexes, and wherever the product itself takes one. */
const EVERY = 32;

export class EqualDigests implements Invariant {
  readonly name = 'equal digests';
  checks = 0;
  readonly #digests = new Map<string, { readonly digest: string; readonly node: NodeId }>();

  onApplied(node: NodeId, group: GroupId, { entry, result, machine }: Applied): void {
    const taken = result.digest ?? (entry.index % EVERY === 0 ? machine.state.digest() : null);
    if (taken !== null) this.see(node, group, entry.index, taken);
  }

  see(node: NodeId, group: GroupId, index: number, digest: string): void {
    const place = `${group}/${index}`;
    const known = this.#digests.get(place);
    if (known === undefined) {
      this.#digests.set(place, { digest, node });
      return;
    }
    this.checks++;
    mustHold(this.name, known.digest === digest, () => {
      return `at group/index ${place}: node ${known.node} ${known.digest}, node ${node} ${digest}`;
    });
  }
}
