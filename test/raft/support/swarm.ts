/**
 * A swarm of cores on simulated disks and a bad network, driven by one seed: messages are dropped,
 * doubled and reordered, Readys become durable late, replicas crash and come back with what was
 * durable. Every step checks the properties of Raft's figure 3; a broken one throws.
 */

import type { LogIndex, ReplicaId, Term } from '../../../src/base/ids.js';
import { createPrng, type Prng } from '../../../src/base/prng.js';
import { createRaft } from '../../../src/raft/core.js';
import { describeMessage } from '../../../src/raft/describe.js';
import type {
  ConfigChange,
  ConfigStep,
  EntryMeta,
  HardState,
  LogFloor,
  Members,
  Message,
  Raft,
  RaftConfig,
  Ready,
} from '../../../src/raft/types.js';

export interface SwarmOptions {
  readonly seed: number;
  readonly replicas: number;
  readonly steps: number;
  readonly voters?: readonly number[];
  readonly config?: Partial<RaftConfig>;
  /** Chances in a thousand. */
  readonly drop?: number;
  readonly double?: number;
  readonly crash?: number;
  readonly changes?: boolean;
  readonly transfers?: boolean;
  readonly compaction?: boolean;
  /** Clocks run alike (needed for leases): every replica ticks once before any ticks again. */
  readonly lockstep?: boolean;
  /** A planted bug: nothing waits for the disk. */
  readonly impatient?: boolean;
}

interface Disk {
  hardState: HardState;
  floor: LogFloor;
  entries: EntryMeta[];
  /** The state machine as of its last flush. */
  applied: LogIndex;
  members: Members;
}

interface Replica {
  readonly id: ReplicaId;
  readonly disk: Disk;
  raft: Raft | null;
  /** Mirror of the log in memory, from the floor on. */
  log: EntryMeta[];
  writing: Ready[];
  applied: LogIndex;
  members: Members;
  paused: ReplicaId[];
  /** Offered to this boot; if it crashes, the sender hears that its stream broke. */
  offered: Message[];
}

const NONE = 0 as LogIndex;
const key = (index: number, term: number): string => `${index}/${term}`;

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`broken: ${what}`);
}

export class Swarm {
  readonly random: Prng;
  readonly replicas: Replica[];
  readonly options: SwarmOptions;
  readonly stats = {
    commits: 0,
    elections: 0,
    crashes: 0,
    reads: 0,
    snapshots: 0,
    changes: 0,
    stalls: 0,
  };
  #network: Message[] = [];
  #leaders = new Map<Term, ReplicaId>();
  #votes = new Map<string, ReplicaId>();
  /** Term of every index that any replica was told is committed. */
  #committed = new Map<LogIndex, Term>();
  #changes = new Map<string, ConfigChange>();
  /** The highest index whose success a client may have been told. */
  #acknowledged = NONE;
  #reads = new Map<number, LogIndex>();
  #nextRead = 1;
  #cut = new Set<string>();
  #calm = false;
  #ticked = new Set<ReplicaId>();

  constructor(options: SwarmOptions) {
    this.options = options;
    this.random = createPrng(options.seed);
    const ids = Array.from({ length: options.replicas }, (_, i) => (i + 1) as ReplicaId);
    const members: Members = {
      voters: (options.voters as ReplicaId[] | undefined) ?? ids,
      outgoing: [],
      learners: [],
      learnersNext: [],
      autoLeave: false,
    };
    this.replicas = ids.map((id) => ({
      id,
      disk: {
        hardState: { term: 0 as Term, vote: null, commit: NONE },
        floor: { index: NONE, term: 0 as Term },
        entries: [],
        applied: NONE,
        members,
      },
      raft: null,
      log: [],
      writing: [],
      applied: NONE,
      members,
      paused: [],
      offered: [],
    }));
    for (const replica of this.replicas) this.#start(replica);
  }

  /** Chaos, then calm: at the end somebody leads, and what is proposed reaches everybody. */
  run(): void {
    for (let i = 0; i < this.options.steps; i++) this.#chaos();
    this.#heal();
  }

  #start(replica: Replica): void {
    const { disk } = replica;
    replica.applied = disk.applied;
    replica.members = disk.members;
    replica.log = [...disk.entries];
    replica.writing = [];
    replica.paused = [];
    replica.offered = [];
    const raft = createRaft(
      {
        self: replica.id,
        electionTicks: 10,
        heartbeatTicks: 2,
        preVote: true,
        checkQuorum: true,
        leaseTicks: 0,
        maxAppendBytes: 64,
        maxInflightMessages: 4,
        maxInflightBytes: 256,
        maxUncommittedBytes: 400,
        quiesceTicks: 0,
        promoteLag: 10,
        ...this.options.config,
      },
      { ...disk, members: disk.members, entries: disk.entries },
      createPrng(this.random.below(2 ** 31)),
      (event) => {
        if (event.kind === 'commit' && replica.raft?.view().role === 'leader') {
          this.#checkQuorumHolds(replica, event.index, event.term);
        }
      },
    );
    replica.raft = raft;
  }

  #chance(perThousand: number): boolean {
    return !this.#calm && this.random.below(1000) < perThousand;
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.random.below(list.length)]!;
  }

  #chaos(): void {
    const { options } = this;
    if (this.#chance(3)) {
      this.#cut.clear();
      if (this.#chance(700)) {
        for (let i = this.random.below(4); i >= 0; i--) {
          this.#cut.add(`${this.#pick(this.replicas).id}>${this.#pick(this.replicas).id}`);
        }
      }
    }
    const replica = this.#pick(this.replicas);
    if (replica.raft === null) {
      if (this.#chance(100)) this.#start(replica);
      return;
    }
    if (this.#chance(options.crash ?? 3)) {
      this.#crash(replica);
      return;
    }
    this.#act(replica, replica.raft);
  }

  #act(replica: Replica, raft: Raft): void {
    switch (this.random.below(9)) {
      case 0:
        this.#tick(replica, raft);
        return;
      case 1:
      case 2:
        this.#deliver();
        return;
      case 3:
        this.#take(replica, raft);
        return;
      case 4:
      case 5:
        this.#complete(replica, raft);
        return;
      case 6: {
        const sizes = Array.from({ length: 1 + this.random.below(3) }, () => this.random.below(40));
        if (this.#chance(400)) raft.propose(sizes);
        return;
      }
      case 7:
        this.#read(raft);
        return;
      default:
        this.#unusual(replica, raft);
    }
  }

  #tick(replica: Replica, raft: Raft): void {
    if (this.options.lockstep) {
      const alive = this.replicas.filter(({ raft }) => raft !== null);
      if (alive.every(({ id }) => this.#ticked.has(id))) this.#ticked.clear();
      if (this.#ticked.has(replica.id)) return;
      this.#ticked.add(replica.id);
    }
    raft.tick();
  }

  #unusual(replica: Replica, raft: Raft): void {
    const other = this.#pick(this.replicas).id;
    switch (this.random.below(10)) {
      case 0:
        if (this.options.transfers && this.#chance(100)) raft.transferLeader(other);
        return;
      case 1:
        if (this.options.changes && this.#chance(300)) this.#change(raft);
        return;
      case 2:
        if (this.#chance(200)) raft.connectionLost();
        else if (this.#chance(100)) raft.wake();
        return;
      case 3:
        if (this.#chance(100)) raft.setLeaderConnected(this.random.below(2) === 0);
        return;
      case 4:
        if (this.#chance(50)) raft.setMayLead(this.random.below(3) > 0);
        return;
      case 5:
        raft.reportUnreachable(other);
        return;
      case 6:
        if (this.#chance(200)) {
          raft.pauseAppends(other);
          replica.paused.push(other);
        }
        return;
      case 7:
        for (const paused of replica.paused) raft.resumeAppends(paused);
        replica.paused = [];
        return;
      default:
        if (this.options.compaction && this.#chance(300)) this.#flush(replica, raft);
    }
  }

  #change(raft: Raft): void {
    const steps: ConfigStep[] = [];
    for (let i = this.random.below(3); i >= 0; i--) {
      const op = this.#pick(['add-voter', 'add-learner', 'remove'] as const);
      const { id } = this.#pick(this.replicas);
      if (!steps.some(({ replica }) => replica === id)) steps.push({ op, replica: id });
    }
    const change: ConfigChange =
      this.random.below(5) === 0
        ? { kind: 'leave' }
        : { kind: 'change', steps, autoLeave: this.random.below(3) > 0 };
    const proposal = raft.proposeConfig(change, 8);
    if (proposal.ok) this.#changes.set(key(proposal.index, proposal.term), change);
  }

  #read(raft: Raft): void {
    if (!this.#chance(300)) return;
    const context = this.#nextRead++;
    this.#reads.set(context, this.#acknowledged);
    raft.readIndex(context, this.random.below(2) === 0 ? 'lease' : 'confirmed');
  }

  /** The state machine becomes durable up to what is applied, and the log below may go. */
  #flush(replica: Replica, raft: Raft): void {
    const { disk } = replica;
    if (raft.view().applied < replica.applied || disk.floor.index > replica.applied) return;
    if (replica.applied > disk.entries.length + disk.floor.index) return;
    disk.applied = replica.applied;
    disk.members = replica.members;
    const to = this.random.below(replica.applied - disk.floor.index + 1) + disk.floor.index;
    if (to <= disk.floor.index) return;
    const term = disk.entries[to - disk.floor.index - 1]!.term;
    disk.entries = disk.entries.filter(({ index }) => index > to);
    disk.floor = { index: to as LogIndex, term };
    replica.log = replica.log.filter(({ index }) => index > to);
    raft.compact(to as LogIndex);
  }

  #crash(replica: Replica): void {
    this.stats.crashes++;
    // Some of what was being written made it to the disk, in order.
    for (let left = this.random.below(replica.writing.length + 1); left > 0; left--) {
      this.#write(replica, replica.writing.shift()!);
    }
    replica.raft = null;
    replica.writing = [];
    // Messages name the boot they are meant for: what is under way is lost with this one.
    const lost = this.#network.filter(({ to }) => to === replica.id);
    this.#network = this.#network.filter(({ to }) => to !== replica.id);
    for (const message of [...lost, ...replica.offered]) this.#lose(message);
    if (this.#chance(500)) this.#start(replica);
  }

  #deliver(): void {
    if (this.#network.length === 0) return;
    const at = this.#calm ? 0 : this.random.below(Math.min(this.#network.length, 30));
    const message = this.#chance(this.options.double ?? 50)
      ? this.#network[at]!
      : this.#network.splice(at, 1)[0]!;
    const replica = this.replicas[message.to - 1]!;
    const cut = this.#cut.has(`${message.from}>${message.to}`);
    if (replica.raft === null || cut || this.#chance(this.options.drop ?? 50)) {
      this.#lose(message);
      return;
    }
    if (message.kind === 'snapshot') replica.offered.push(message);
    try {
      replica.raft.step(message);
    } catch (error) {
      throw new Error(`at ${describeMessage(message)}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** A host always learns that a snapshot stream of its own broke. */
  #lose(message: Message): void {
    if (message.kind !== 'snapshot') return;
    this.replicas[message.from - 1]!.raft?.reportSnapshot(message.to, 'failed');
  }

  #take(replica: Replica, raft: Raft): void {
    if (!raft.hasReady()) return;
    const before = raft.view();
    const ready = raft.ready();
    this.#checkReady(replica, ready, before.role === 'leader');
    if (ready.snapshot !== null) {
      const { floor, members } = ready.snapshot;
      const kept = replica.log.find(({ index }) => index === floor.index)?.term === floor.term;
      replica.log = kept ? replica.log.filter(({ index }) => index > floor.index) : [];
      replica.applied = floor.index;
      replica.members = members;
      this.stats.snapshots++;
    }
    const first = ready.entries[0];
    if (first !== undefined) {
      replica.log = [...replica.log.filter(({ index }) => index < first.index), ...ready.entries];
    }
    replica.writing.push(ready);
    for (const message of ready.messages) this.#network.push(message);
    if (this.options.impatient) {
      for (const message of ready.messagesAfterPersist) this.#network.push(message);
      raft.advance({ kind: 'durable', number: ready.number });
    }
    this.#apply(replica, raft, ready);
  }

  #complete(replica: Replica, raft: Raft): void {
    const ready = replica.writing.shift();
    if (ready === undefined) return;
    this.#write(replica, ready);
    if (this.options.impatient) return;
    for (const message of ready.messagesAfterPersist) this.#network.push(message);
    raft.advance({ kind: 'durable', number: ready.number });
  }

  #write(replica: Replica, ready: Ready): void {
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

  #apply(replica: Replica, raft: Raft, ready: Ready): void {
    if (ready.committed === null) return;
    const { from, to } = ready.committed;
    check(
      from === replica.applied + 1,
      `applied in order, each once: ${from} to ${to} at ${replica.id} after ${replica.applied}`,
    );
    for (let index = from; index <= to; index++) {
      const entry = replica.log.find((entry) => entry.index === index);
      check(entry !== undefined, 'what is committed is in the log');
      const known = this.#committed.get(index);
      check(known === undefined || known === entry.term, `state machine safety at ${index}`);
      this.#committed.set(index, entry.term);
      replica.applied = index;
      this.stats.commits++;
      if (entry.kind === 'config') {
        const change: ConfigChange =
          entry.size === 0 ? { kind: 'leave' } : this.#changes.get(key(index, entry.term))!;
        replica.members = raft.applyConfig(change, index);
        this.stats.changes++;
      }
      raft.advance({ kind: 'applied', index });
    }
    const last = replica.log.find((entry) => entry.index === to)!;
    // A leader answers its callers when it has applied what it proposed.
    const { role, term } = raft.view();
    if (role === 'leader' && term === last.term && to > this.#acknowledged) this.#acknowledged = to;
  }

  #checkReady(replica: Replica, ready: Ready, leads: boolean): void {
    const { soft } = ready;
    if (soft?.role === 'leader' && leads) {
      const known = this.#leaders.get(soft.term);
      check((known ?? replica.id) === replica.id, `election safety in term ${soft.term}`);
      if (known === undefined) {
        this.stats.elections++;
        this.#checkComplete(replica, ready);
      }
      this.#leaders.set(soft.term, replica.id);
    }
    for (const read of ready.reads) {
      const mustSee = this.#reads.get(read.context);
      check(mustSee !== undefined, 'a read is answered once');
      this.#reads.delete(read.context);
      if (read.outcome === 'lost') continue;
      this.stats.reads++;
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
  #checkQuorumHolds(replica: Replica, index: LogIndex, term: Term): void {
    const holds = (id: ReplicaId): boolean => {
      const { disk } = this.replicas[id - 1]!;
      if (index <= disk.floor.index) return true;
      return disk.entries[index - disk.floor.index - 1]?.term === term;
    };
    const { voters, outgoing } = replica.raft!.view().members;
    for (const half of [voters, outgoing]) {
      const count = half.filter(holds).length;
      check(half.length === 0 || count * 2 > half.length, `durable on a majority: ${index}`);
    }
  }

  #heal(): void {
    this.#calm = true;
    this.#cut.clear();
    for (const replica of this.replicas) {
      if (replica.raft === null) this.#start(replica);
      replica.raft!.wake();
      replica.raft!.setMayLead(true);
      replica.raft!.setLeaderConnected(true);
      for (const paused of replica.paused) replica.raft!.resumeAppends(paused);
    }
    let proposed: { index: LogIndex; term: Term } | null = null;
    for (let round = 0; round < 400; round++) {
      for (const replica of this.replicas) replica.raft!.tick();
      this.#settle();
      const leader = this.#leader();
      if (leader === null) continue;
      if (proposed === null || proposed.term !== leader.view().term) {
        const proposal = leader.propose([1]);
        if (proposal.ok) proposed = proposal;
        continue;
      }
      if (this.#reached(leader, proposed.index)) return;
    }
    if (this.#isKnownStall()) {
      this.stats.stalls++;
      return;
    }
    const views = this.replicas.map(({ raft }) => JSON.stringify(raft!.view())).join('\n');
    throw new Error(`broken: no progress after healing\n${views}`);
  }

  /**
   * The price of configurations that hold from their application on: a leader that left crashed
   * before any of those who stay knew it, and its longer log still refuses them its vote. FAULTS
   * C 33: a stall at most, never divergence.
   */
  #isKnownStall(): boolean {
    if (this.#leader() !== null) return false;
    const views = this.replicas.map(({ id, raft }) => ({ id, view: raft!.view() }));
    const isVoter = (id: ReplicaId, { voters, outgoing }: Members): boolean =>
      voters.includes(id) || outgoing.includes(id);
    return views.some(
      ({ id, view }) =>
        !isVoter(id, view.members) &&
        views.some(
          (other) =>
            isVoter(id, other.view.members) &&
            isVoter(other.id, other.view.members) &&
            other.view.lastIndex < view.lastIndex,
        ),
    );
  }

  #leader(): Raft | null {
    const leaders = this.replicas.filter(({ raft }) => raft!.view().role === 'leader');
    leaders.sort((a, b) => b.raft!.view().term - a.raft!.view().term);
    return leaders[0]?.raft ?? null;
  }

  #reached(leader: Raft, index: LogIndex): boolean {
    const { members } = leader.view();
    if (members.outgoing.length > 0 && members.autoLeave) return false;
    return [...members.voters, ...members.learners].every(
      (id) => this.replicas[id - 1]!.applied >= index,
    );
  }

  #settle(): void {
    for (let i = 0; i < 10_000; i++) {
      let busy = this.#network.length > 0;
      while (this.#network.length > 0) this.#deliver();
      for (const replica of this.replicas) {
        if (replica.raft!.hasReady()) {
          busy = true;
          this.#take(replica, replica.raft!);
        }
        while (replica.writing.length > 0) this.#complete(replica, replica.raft!);
      }
      if (!busy) return;
    }
    throw new Error('broken: the replicas never come to rest');
  }
}
