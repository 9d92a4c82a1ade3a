/**
 * Who leads which group, as far as this node knows: from its own replicas and from the beats of the
 * other nodes; the larger term wins.
 */
import type { GroupId, NodeId, Term } from '../base/ids.js';

export interface Led {
  readonly node: NodeId | null;
  readonly term: Term;
}

export class Leaders {
  readonly #known = new Map<GroupId, Led>();
  readonly #listeners = new Set<(group: GroupId) => void>();

  of(group: GroupId): NodeId | null {
    return this.#known.get(group)?.node ?? null;
  }

  term(group: GroupId): Term | null {
    return this.#known.get(group)?.term ?? null;
  }

  /** `node` null: in this term, or since, nobody is known to lead. */
  learn(group: GroupId, node: NodeId | null, term: Term): void {
    const known = this.#known.get(group);
    if (known !== undefined) {
      if (term < known.term) return;
      if (term === known.term && (node === known.node || node === null)) return;
    }
    this.#known.set(group, { node, term });
    this.#tell(group);
  }

  /** A node is gone: what it led is led by nobody until somebody says otherwise. */
  lose(node: NodeId): void {
    for (const [group, led] of this.#known) {
      if (led.node !== node) continue;
      this.#known.set(group, { node: null, term: led.term });
      this.#tell(group);
    }
  }

  onChange(listener: (group: GroupId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(group: GroupId): void {
    for (const listener of this.#listeners) listener(group);
  }
}
