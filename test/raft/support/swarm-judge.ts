/**
 * Judges a swarm: everything that must hold, checked where it happens (figure 3 of the paper, and
 * what clients may rely on). A broken property throws.
 */
import type { LogIndex, ReplicaId, Term } from '../../../src/base/ids.js';
import type { Raft, Ready } from '../../../src/raft/types.js';
import { check, key, NONE, type Replica, type Stats } from './swarm-types.js';

export class Judge {
  readonly #replicas: readonly Replica[];
  readonly #stats: Stats;
  readonly #leaders = new Map<Term, ReplicaId>();
  readonly #votes = new Map<string, ReplicaId>();
  /** Term of every index that any replica was told is committed. */
  readonly #committed = new Map<LogIndex, Term>();
  /** The highest index whose success a client may have been told. */
  #acknowledged = NONE;
  readonly #reads = new Map<number, LogIndex>();
  #nextRead = 1;

  constructor(replicas: readonly Replica[], stats: Stats) {
    this.#replicas = replicas;
    this.#stats = stats;
  }

  /** A read arrives: it must see what was acknowledged before. */
  newRead(): number {
    const context = this.#nextRead++;
    this.#reads.set(context, this.#acknowledged);
    return context;
  }

  onApplied(index: LogIndex, term: Term): void {
    const known = this.#committed.get(index);
    check(known === undefined || known === term, `state machine safety at ${index}`);
    this.#committed.set(index, term);
    this.#stats.commits++;
  }

  /** A leader answers its callers when it has applied what it proposed. */
  onAnswers(raft: Raft, index: LogIndex, proposedIn: Term): void {
    const { role, term } = raft.view();
    const answers = role === 'leader' && term === proposedIn;
    if (answers && index > this.#acknowledged) this.#acknowledged = index;
  }

  onReady(replica: Replica, ready: Ready, leads: boolean): void {
    const { soft } = ready;
    if (soft?.role === 'leader' && leads) {
      const known = this.#leaders.get(soft.term);
      check((known ?? replica.id) === replica.id, `election safety in term ${soft.term}`);
      if (known === undefined) {
        this.#stats.elections++;
        this.#checkComplete(replica, ready);
      }
      this.#leaders.set(soft.term, replica.id);
    }
    for (const read of ready.reads) {
      const mustSee = this.#reads.get(read.context);
      check(mustSee !== undefined, 'a read is answered once');
      this.#reads.delete(read.context);
      if (read.outcome === 'lost') continue;
      this.#stats.reads++;
      check(read.index >= mustSee, `linearizable read: ${read.index} is behind ${mustSee}`);
    }
  }

  /** Leader completeness: who is elected holds everything that was committed before. */
  #checkComplete(replica: Replica, ready: Ready): void {
    const log = new Map(replica.log.map((entry) => [entry.index, entry.term]));
    for (const entry of ready.entries) log.set(entry.index, entry.term);
    const { floor } = replica.raft!.view();
    for (const [index, term] of this.#committed) {
      if (index > floor.index) check(log.get(index) === term, `leader completeness at ${index}`);
    }
  }

  /** What a leader calls committed is on the disks of a majority. */
  onLeaderCommit(replica: Replica, index: LogIndex, term: Term): void {
    const holds = (id: ReplicaId): boolean => {
      const { disk } = this.#replicas[id - 1]!;
      if (index <= disk.floor.index) return true;
      return disk.entries[index - disk.floor.index - 1]?.term === term;
    };
    const { voters, outgoing } = replica.raft!.view().members;
    for (const half of [voters, outgoing]) {
      const count = half.filter(holds).length;
      check(half.length === 0 || count * 2 > half.length, `durable on a majority: ${index}`);
    }
  }

  /** A Ready reached the disk of this replica. */
  write(replica: Replica, ready: Ready): void {
    const { disk } = replica;
    if (ready.snapshot !== null) {
      const { floor, members } = ready.snapshot;
      const kept = disk.entries.find(({ index }) => index === floor.index)?.term === floor.term;
      disk.entries = kept ? disk.entries.filter(({ index }) => index > floor.index) : [];
      disk.floor = floor;
      disk.applied = floor.index;
      disk.members = members;
    }
    const first = ready.entries[0];
    if (first !== undefined) {
      const kept = disk.entries.filter(({ index }) => index < first.index);
      disk.entries = [...kept, ...ready.entries.filter(({ index }) => index > disk.floor.index)];
    }
    if (ready.hardState === null) return;
    const { term, vote, commit } = ready.hardState;
    check(term >= disk.hardState.term, 'the term on disk never falls');
    check(commit >= disk.hardState.commit, 'the commit index on disk never falls');
    disk.hardState = ready.hardState;
    if (vote === null) return;
    const name = key(replica.id, term);
    check((this.#votes.get(name) ?? vote) === vote, `one vote per term (${name})`);
    this.#votes.set(name, vote);
  }
}
