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
  Members,
  Message,
  Raft,
  Ready,
} from '../../../src/raft/types.js';
import { hasReached, isKnownStall, newestLeader } from './swarm-heal.js';
import { Judge } from './swarm-judge.js';
import {
  check,
  key,
  newReplica,
  type Replica,
  type Stats,
  type SwarmOptions,
} from './swarm-types.js';

export class Swarm {
  readonly random: Prng;
  readonly replicas: Replica[];
  readonly options: SwarmOptions;
  readonly stats: Stats = {
    commits: 0,
    elections: 0,
    crashes: 0,
    reads: 0,
    snapshots: 0,
    changes: 0,
    stalls: 0,
  };
  #network: Message[] = [];
  readonly #judge: Judge;
  #changes = new Map<string, ConfigChange>();
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
    this.replicas = ids.map((id) => newReplica(id, members));
    this.#judge = new Judge(this.replicas, this.stats);
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
        commitNews: this.options.seed % 2 === 0 ? 'heartbeat' : 'at-once',
        ...this.options.config,
      },
      { ...disk, members: disk.members, entries: disk.entries },
      createPrng(this.random.below(2 ** 31)),
      (event) => {
        if (event.kind === 'commit' && replica.raft?.view().role === 'leader') {
          this.#judge.onLeaderCommit(replica, event.index, event.term);
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
    const context = this.#judge.newRead();
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
      this.#judge.write(replica, replica.writing.shift()!);
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
    this.#judge.onReady(replica, ready, before.role === 'leader');
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
    this.#judge.write(replica, ready);
    if (this.options.impatient) return;
    for (const message of ready.messagesAfterPersist) this.#network.push(message);
    raft.advance({ kind: 'durable', number: ready.number });
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
      this.#judge.onApplied(index, entry.term);
      replica.applied = index;
      if (entry.kind === 'config') {
        const change: ConfigChange =
          entry.size === 0 ? { kind: 'leave' } : this.#changes.get(key(index, entry.term))!;
        replica.members = raft.applyConfig(change, index);
        this.stats.changes++;
      }
      raft.advance({ kind: 'applied', index });
    }
    const last = replica.log.find((entry) => entry.index === to)!;
    this.#judge.onAnswers(raft, to, last.term);
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
      const leader = newestLeader(this.replicas);
      if (leader === null) continue;
      if (proposed === null || proposed.term !== leader.view().term) {
        const proposal = leader.propose([1]);
        if (proposal.ok) proposed = proposal;
        continue;
      }
      if (hasReached(this.replicas, leader, proposed.index)) return;
    }
    if (isKnownStall(this.replicas)) {
      this.stats.stalls++;
      return;
    }
    const views = this.replicas.map(({ raft }) => JSON.stringify(raft!.view())).join('\n');
    throw new Error(`broken: no progress after healing\n${views}`);
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
