/** A whole cluster in one process: nodes, wires and clients of one seed, put together. */
import { type NodeId, nodeId } from '../../src/base/ids.js';
import { Coverage } from './coverage.js';
import { Violation } from './invariants/invariant.js';
import { Client, type Outcome } from './load/client.js';
import { Network } from './network/network.js';
import { Observer, type Watcher } from './node/observer.js';
import { SimNode } from './node/sim-node.js';
import { optionsOf, type Plan } from './plan.js';
import { Chance } from './world/chance.js';
import { Timeline } from './world/timeline.js';
import { Trace } from './world/trace.js';

/** Clients are numbered above all nodes. */
const FIRST_CLIENT = 100;

export interface ClusterParts {
  readonly seed: number;
  readonly plan: (chance: Chance) => Plan;
  readonly watchers: readonly Watcher[];
  readonly onOutcome: (outcome: Outcome) => void;
}

export class Cluster {
  readonly trace = new Trace();
  readonly timeline = new Timeline(this.trace);
  readonly coverage = new Coverage();
  readonly chance: Chance;
  readonly plan: Plan;
  readonly network: Network;
  readonly nodes: readonly SimNode[];
  readonly clients: readonly Client[];
  /** How far a majority of the clocks that are heard may have been ahead, in milliseconds. */
  clocksLeadMs = 0;
  /** The first thing that must not be; the run ends with it. */
  violation: Violation | null = null;

  constructor(parts: ClusterParts) {
    this.chance = new Chance(parts.seed);
    this.plan = parts.plan(this.chance.fork());
    const { timeline, coverage, plan } = this;
    this.network = new Network(timeline, this.chance.fork(), coverage);
    const observer = new Observer({
      timeline,
      coverage,
      watchers: parts.watchers,
      guard: (check) => this.guard(check),
    });
    const founders = new Map<NodeId, string>();
    for (let id = 1; id <= plan.nodes; id++) founders.set(nodeId(id), `sim-${id}:1`);
    this.nodes = [...founders.keys()].map(
      (id) =>
        new SimNode({
          id,
          timeline,
          coverage,
          observer,
          founders,
          network: this.network,
          chance: this.chance.fork(),
          options: optionsOf(plan, id),
          cleanUpRows: plan.cleanUpRows,
          onBug: (node, error) => this.fail('no node ends by itself', describe(node, error)),
        }),
    );
    this.clients = Array.from(
      { length: plan.clients },
      (_, at) =>
        new Client({
          id: FIRST_CLIENT + at,
          timeline,
          coverage,
          network: this.network,
          nodes: this.nodes,
          chance: this.chance.fork(),
          thinkMs: plan.thinkMs,
          lull: plan.lull,
          focus: plan.focus,
          onDone: (outcome) => this.guard(() => parts.onOutcome(outcome)),
        }),
    );
    timeline.onThrow = (owner, error) => {
      if (error instanceof Violation) this.violation ??= error;
      else this.fail('no callback throws', `node ${owner?.id ?? '-'}: ${stackOf(error)}`);
    };
  }

  /** The meta group and all shards. */
  get groups(): number {
    return 1 + Number(this.plan.options.shards);
  }

  get electionOptions(): { readonly electionMs: number } {
    return optionsOf(this.plan, 1);
  }

  fail(invariant: string, what: string): void {
    this.guard(() => {
      throw new Violation(invariant, what);
    });
  }

  /** A violation found inside a node's own stack is kept, not thrown through it. */
  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      if (this.violation === null) this.timeline.say(`VIOLATION ${error.message}`);
      this.violation ??= error;
    }
  }

  start(): void {
    for (const node of this.nodes) {
      this.timeline.in(this.chance.below(200), null, 'start', () => node.start());
    }
    for (const client of this.clients) client.start();
  }

  run(until: number, stop: () => boolean = () => false): Promise<void> {
    return this.timeline.run(until, () => this.violation !== null || stop());
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const describe = (node: SimNode, error: unknown): string => `node ${node.id}: ${stackOf(error)}`;
