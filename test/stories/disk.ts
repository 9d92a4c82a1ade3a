/**
 * What one replica of a story has on disk: hard state, log and state machine. Written as the host
 * must write it, a Ready at a time: snapshot, then entries, then hard state.
 */
import type { LogIndex, ReplicaId, Term } from '../../src/base/ids.js';
import { describeEntries, describeFloor, describeHardState } from '../../src/raft/describe.js';
import type {
  EntryMeta,
  HardState,
  LogFloor,
  Members,
  Ready,
  Restored,
} from '../../src/raft/types.js';

export class Disk {
  hardState: HardState;
  floor: LogFloor;
  entries: EntryMeta[];
  /** Configurations by the applied index from which on they hold, ascending. */
  readonly #configs: { readonly index: number; readonly members: Members }[];
  applied: LogIndex;

  constructor(start: Restored) {
    this.hardState = start.hardState;
    this.floor = start.floor;
    this.entries = [...start.entries];
    this.applied = start.applied;
    this.#configs = [{ index: start.applied, members: start.members }];
  }

  /** Everything but the name and the voters is lost. */
  wipe(): void {
    const none = 0 as LogIndex;
    this.hardState = { term: 0 as Term, vote: null, commit: none };
    this.floor = { index: none, term: 0 as Term };
    this.entries = [];
    this.applied = none;
  }

  write({ snapshot, entries, hardState }: Ready): void {
    if (snapshot !== null) {
      const { floor, members } = snapshot;
      const kept = this.termAt(floor.index) === floor.term;
      this.entries = kept ? this.entries.filter(({ index }) => index > floor.index) : [];
      this.floor = floor;
      this.onApplied(floor.index, members);
    }
    const first = entries[0];
    if (first !== undefined) {
      this.entries = [...this.entries.filter(({ index }) => index < first.index), ...entries];
    }
    if (hardState !== null) this.hardState = hardState;
  }

  onApplied(index: LogIndex, members: Members): void {
    this.applied = index;
    if (this.#configs.at(-1)!.members !== members) this.#configs.push({ index, members });
  }

  compact(index: LogIndex): void {
    if (index <= this.floor.index) return;
    this.floor = { index, term: this.termAt(index)! };
    this.entries = this.entries.filter((entry) => entry.index > index);
  }

  termAt(index: LogIndex): Term | null {
    if (index === this.floor.index) return this.floor.term;
    return this.entries.find((entry) => entry.index === index)?.term ?? null;
  }

  /** What a new process finds; the state machine may have lost what it applied after `applied`. */
  restored(applied: LogIndex): Restored {
    while (this.#configs.length > 1 && this.#configs.at(-1)!.index > applied) this.#configs.pop();
    this.applied = applied;
    const { hardState, floor, entries } = this;
    return { hardState, floor, entries, applied, members: this.#configs.at(-1)!.members };
  }

  describe(): string {
    const { hardState, floor, entries, applied } = this;
    const log = `${describeFloor(floor)} ${describeEntries(entries)}`;
    return `disk ${describeHardState(hardState)} applied=${applied} log ${log}`;
  }
}

export const members = (lists: Partial<Record<keyof Members, readonly number[]>>): Members => ({
  voters: (lists.voters ?? []) as ReplicaId[],
  outgoing: (lists.outgoing ?? []) as ReplicaId[],
  learners: (lists.learners ?? []) as ReplicaId[],
  learnersNext: (lists.learnersNext ?? []) as ReplicaId[],
  autoLeave: false,
});
