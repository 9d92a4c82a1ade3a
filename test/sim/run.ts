/**
 * One seed from beginning to end: a cluster under faults, then the same cluster healed, and every
 * invariant over both. A run that did too little is a failure as well: it would prove nothing.
 */
import { Cluster } from './cluster.js';
import { Moments } from './faults/moments.js';
import { Nemesis } from './faults/nemesis.js';
import { AcknowledgedIsDurable } from './invariants/acknowledged-is-durable.js';
import { AtMostOnce } from './invariants/at-most-once.js';
import { CLEAN_UP_MS, CleanStores } from './invariants/clean-stores.js';
import { Deadlines } from './invariants/deadlines.js';
import { ElectionSafety } from './invariants/election-safety.js';
import { EqualDigests } from './invariants/equal-digests.js';
import type { Invariant } from './invariants/invariant.js';
import { LeaderCompleteness } from './invariants/leader-completeness.js';
import { Linearizability } from './invariants/linearizability.js';
import { LogMatching } from './invariants/log-matching.js';
import { NothingRegresses } from './invariants/nothing-regresses.js';
import { ELECTION_TIMEOUTS, missing, mustHaveProgressed } from './invariants/progress.js';
import { SlotsOwnedOnce } from './invariants/slots-owned-once.js';
import { StateMachineSafety } from './invariants/state-machine-safety.js';
import { Transactions } from './invariants/transactions.js';
import { WholeReads } from './invariants/whole-reads.js';
import type { Outcome } from './load/client.js';
import { LogMirror } from './node/log-mirror.js';
import { drawPlan } from './plan.js';

export interface Result {
  readonly seed: number;
  readonly violation: { readonly invariant: string; readonly message: string } | null;
  /** Of the whole trace. */
  readonly hash: string;
  readonly events: number;
  /** Milliseconds of the simulation. */
  readonly simulatedMs: number;
  readonly operations: number;
  readonly faults: number;
  readonly faultKinds: number;
  readonly nodes: number;
  readonly coverage: readonly (readonly [string, number])[];
  readonly lastEvents: readonly string[];
}

/** What a run must have done to count. */
const LEAST = { operations: 500, faults: 10, kinds: 3 } as const;
const FIRST_FAULT_MS = 1_500;
/** A run that has not done enough by then has failed. */
const LONGEST_MS = 150_000;
const LAST_EVENTS = 60;
/** Milliseconds between two looks at all stores. */
const LOOK_MS = 250;

export class Run {
  readonly mirror = new LogMirror();
  readonly linearizability = new Linearizability();
  readonly deadlines = new Deadlines();
  readonly cleanStores = new CleanStores();
  readonly wholeReads = new WholeReads();
  readonly transactions = new Transactions();
  readonly slots = new SlotsOwnedOnce();
  readonly sessions = new AtMostOnce();
  readonly acknowledged: AcknowledgedIsDurable;
  readonly invariants: readonly Invariant[];
  readonly moments = {
    moments: new Moments(),
    installations: new Moments(),
    cleanUps: new Moments(),
  };
  readonly cluster: Cluster;
  readonly nemesis: Nemesis;
  readonly seed: number;
  operations = 0;

  constructor(seed: number, echo: ((line: string) => void) | null) {
    this.seed = seed;
    this.acknowledged = new AcknowledgedIsDurable({
      mirror: this.mirror,
      onDisk: (node, bytes) => this.#onDisk(node, bytes),
    });
    this.invariants = [
      this.acknowledged,
      new ElectionSafety(),
      new LogMatching(this.mirror),
      new LeaderCompleteness(this.mirror),
      new StateMachineSafety(),
      new NothingRegresses(),
      new EqualDigests(),
      this.sessions,
      this.slots,
      this.linearizability,
      this.deadlines,
      this.wholeReads,
      this.transactions,
      this.cleanStores,
    ];
    this.cluster = new Cluster({
      seed,
      plan: drawPlan,
      // What a start finds is held against the mirror before the mirror takes it over.
      watchers: [
        this.acknowledged,
        this.mirror,
        ...this.invariants.slice(1),
        ...Object.values(this.moments),
      ],
      onOutcome: (outcome) => this.#onOutcome(outcome),
    });
    this.cluster.trace.echo = echo;
    this.nemesis = new Nemesis(this.cluster, this.cluster.chance.fork(), this.moments);
  }

  #onDisk(node: number, bytes: Uint8Array): boolean {
    return this.cluster.nodes[node - 1]?.disk.holdsDurably(bytes, '.wal') === true;
  }

  #onOutcome(outcome: Outcome): void {
    if (outcome.result === 'ok') this.operations++;
    this.linearizability.onOutcome(outcome);
    this.deadlines.onOutcome(outcome);
    this.wholeReads.onOutcome(outcome);
    this.transactions.onOutcome(outcome);
    this.acknowledged.onOutcome(outcome);
  }

  async faulty(): Promise<void> {
    const { cluster, nemesis } = this;
    cluster.start();
    await cluster.run(FIRST_FAULT_MS);
    nemesis.start();
    await cluster.run(cluster.plan.faultyMs);
    // A run that was hit hard goes on until it has done what counts.
    const enough = (): boolean => this.#tooLittle() === null;
    await cluster.run(LONGEST_MS, enough);
  }

  #tooLittle(): string | null {
    const { counts, total } = this.nemesis;
    if (this.operations < LEAST.operations) return `${this.operations} completed operations`;
    if (total < LEAST.faults) return `${total} faults`;
    return counts.size < LEAST.kinds ? `faults of ${counts.size} kinds` : null;
  }

  async healed(): Promise<void> {
    const { cluster, nemesis } = this;
    const { timeline } = cluster;
    timeline.say('healing');
    nemesis.heal();
    for (const client of cluster.clients) client.stop();
    const started = timeline.now;
    const { electionMs } = cluster.electionOptions;
    const until = started + ELECTION_TIMEOUTS * electionMs;
    let asked = false;
    let looked = 0;
    const rested = (): boolean => {
      if (timeline.now - looked < 50) return false;
      looked = timeline.now;
      const what = this.#missing();
      if (what !== null) return false;
      if (asked) return true;
      // Leaders there are; do they serve? Every client reads every key once.
      asked = true;
      for (const client of cluster.clients) client.readAll();
      return false;
    };
    await cluster.run(until, rested);
    if (cluster.violation !== null) return;
    cluster.guard(() =>
      mustHaveProgressed(asked ? this.#missing() : (this.#missing() ?? 'nobody could ask')),
    );
    timeline.say(`healed in ${timeline.now - started} ms`);
  }

  /** What is left of the deleted must go, whatever crashes came in between. */
  async cleaned(): Promise<void> {
    const { cluster, cleanStores } = this;
    const { timeline } = cluster;
    const alive = cluster.nodes.filter(({ retired }) => retired === null);
    let looked = 0;
    const clean = (): boolean => {
      if (timeline.now - looked < LOOK_MS) return false;
      looked = timeline.now;
      return cleanStores.problem(alive) === null;
    };
    await cluster.run(timeline.now + CLEAN_UP_MS, clean);
    if (cluster.violation === null) cluster.guard(() => cleanStores.mustBeClean(alive));
  }

  #missing(): string | null {
    const { cluster } = this;
    const alive = cluster.nodes.filter(({ retired }) => retired === null);
    const survivors = alive.map((node) => ({
      id: node.id,
      host: node.serving ? (node.running?.host ?? null) : null,
    }));
    const busy = cluster.clients.filter((client) => client.busy).length;
    return missing(cluster.groups, survivors, busy) ?? this.nemesis.operator.missing();
  }

  judge(): void {
    const { cluster } = this;
    cluster.guard(() => {
      this.linearizability.check();
      this.deadlines.check(cluster.clocksLeadMs);
      this.transactions.check();
      const hosts = cluster.nodes.map((node) => node.running?.host);
      this.slots.mustCover(
        hosts.flatMap((host) =>
          [...(host?.replicas.values() ?? [])]
            .filter(({ group, machine }) => group !== 0 && machine !== null)
            .map(({ descriptor }) => descriptor.range),
        ),
      );
    });
    const little = this.#tooLittle();
    if (little !== null) cluster.fail('a run does enough', `only ${little}`);
  }

  result(): Result {
    const { cluster, nemesis } = this;
    const { violation, trace, timeline, coverage } = cluster;
    coverage.hit('session: a copy gets its first reply', this.sessions.copies);
    for (const { name, checks } of this.invariants) coverage.hit(`checked: ${name}`, checks);
    for (const { store } of cluster.nodes) {
      for (const [what, count] of Object.entries(store.counts)) {
        coverage.hit(`store: ${what}`, count);
      }
    }
    return {
      seed: this.seed,
      violation:
        violation === null ? null : { invariant: violation.invariant, message: violation.message },
      hash: trace.hash,
      events: trace.events,
      simulatedMs: timeline.now,
      operations: this.operations,
      faults: nemesis.total,
      faultKinds: nemesis.counts.size,
      nodes: cluster.plan.nodes,
      coverage: [...coverage.counts].filter(([, count]) => count > 0),
      lastEvents: trace.last(LAST_EVENTS),
    };
  }
}

/** Runs one seed; `echo` gets every line of its trace. */
export async function runSeed(
  seed: number,
  echo: ((line: string) => void) | null = null,
): Promise<Result> {
  const run = new Run(seed, echo);
  await run.faulty();
  if (run.cluster.violation === null) await run.healed();
  if (run.cluster.violation === null) await run.cleaned();
  if (run.cluster.violation === null) run.judge();
  return run.result();
}
