/**
 * Figure 3 of the paper over a whole story: whatever the transcript shows, two leaders in a term,
 * two entries committed at one index, or a promise taken back end it.
 */
import type { LogIndex, ReplicaId, Term } from '../../src/base/ids.js';
import type { EntryMeta, Ready } from '../../src/raft/types.js';

export class Judge {
  readonly #leaders = new Map<Term, ReplicaId>();
  readonly #applied = new Map<LogIndex, Term>();
  readonly #votes = new Map<string, ReplicaId>();

  onReady(id: ReplicaId, { soft }: Ready): void {
    if (soft?.role !== 'leader') return;
    const other = this.#leaders.get(soft.term) ?? id;
    if (other !== id) throw new Error(`${other} and ${id} both lead in term ${soft.term}`);
    this.#leaders.set(soft.term, id);
  }

  /** What is durable is a promise; what was lost before is not. */
  onDurable(id: ReplicaId, { hardState }: Ready): void {
    if (hardState?.vote != null) {
      const key = `${id} in ${hardState.term}`;
      const vote = this.#votes.get(key) ?? hardState.vote;
      if (vote !== hardState.vote) throw new Error(`${key} votes twice`);
      this.#votes.set(key, vote);
    }
  }

  onApplied(id: ReplicaId, { index, term }: EntryMeta): void {
    const known = this.#applied.get(index) ?? term;
    if (known !== term) throw new Error(`${id} applies ${index}/${term}, others ${index}/${known}`);
    this.#applied.set(index, term);
  }
}
