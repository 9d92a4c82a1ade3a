/**
 * One chaos run from beginning to end: callers and faults side by side, then peace, then the
 * questions. Promise kept here: however it ends, every fault is over and nothing of it runs on.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from '../client/client.js';
import { connect } from '../client/connect.js';
import { RkvError, toRkvError } from '../kv/errors.js';
import type { FaultKind } from '../launcher/fault-types.js';
import { type ClusterName, healFaults, injectFault, statusOf, waitFor } from '../launcher/local.js';
import { noCluster, readRecord } from '../launcher/record.js';
import type { ClusterView } from '../launcher/view.js';
import type { HistoryOp } from '../verify/history.js';
import { HistoryChecker } from '../verify/linearizability.js';
import { compareReplicas, whoDoesNotServe } from './aftermath.js';
import { callersOf } from './callers.js';
import { Injector } from './injector.js';
import { judge, RECOVERY_MS } from './judge.js';
import { type Ability, ratesFor } from './rates.js';
import { Recorder } from './recorder.js';
import { planFaults } from './schedule.js';
import { Tally } from './tally.js';
import type {
  ChaosOptions,
  ChaosReport,
  DoneFault,
  HistoryFinding,
  Proof,
  ReplicaFinding,
  Witness,
} from './types.js';
import type { Caller } from './via.js';
import { FenceWatch, LeaderWatch } from './watch.js';
import { Workload } from './workload.js';

/** A cluster that does not serve before the first fault is not worth one. */
const READY_MS = 20_000;
/** A key that takes longer is left undecided. */
const KEY_LIMIT_MS = 10_000;
const DELETED_AT_ONCE = 64;

/** A running cluster, and what it can do. Rejects with NO_CLUSTER. */
export async function lookAt(cluster: ClusterName): Promise<{ view: ClusterView } & Ability> {
  const view = await statusOf(cluster);
  if (view.supervisor === null || view.state !== 'running') throw noCluster(cluster.name);
  const { proxied = false, nodes, name } = view;
  const inMemory = readRecord(cluster.home, name)?.options.engine === 'memory';
  return { view, proxied, nodes: nodes.length, inMemory, cluster: name };
}

export interface ChaosRequest extends Omit<ChaosOptions, 'rates'> {
  readonly cluster: ClusterName;
  readonly asked: readonly FaultKind[];
  readonly rates: ReadonlyMap<FaultKind, number>;
  /** Aborted: the run ends at once, with what it has. */
  readonly signal: AbortSignal;
  /** Hears what is going on. */
  readonly say: (sentence: string) => void;
}

export async function runChaos(request: ChaosRequest): Promise<ChaosReport> {
  const { cluster } = request;
  const found = await lookAt(cluster);
  const options: ChaosOptions = {
    ...request,
    rates: ratesFor(request.asked, request.rates, found),
  };
  const recorder = options.record === null ? null : await Recorder.open(options.record);
  const connections: Client[] = [];
  let callers: readonly Caller[] = [];
  try {
    const view = await waitFor(cluster, READY_MS);
    connections.push(...(await connectAll(view, options.timeoutMs)));
    callers = callersOf(options.via, { ...options, view, connections });
    return await new Run(request, options, view, { connections, callers, recorder }).run();
  } finally {
    for (const caller of callers) caller.close();
    await Promise.all(connections.map((client) => client.close()));
    await recorder?.close();
  }
}

/** One for each node, which it asks first. */
function connectAll({ nodes }: ClusterView, timeoutMs: number): Promise<Client[]> {
  const endpoints = nodes.flatMap(({ addresses }) => addresses.grpc ?? []);
  return Promise.all(
    endpoints.map((_, index) => {
      const turned = [...endpoints.slice(index), ...endpoints.slice(0, index)];
      return connect({ endpoints: turned, timeoutMs });
    }),
  );
}

/** What a run is given to work with; whoever made it ends it. */
interface Means {
  readonly connections: readonly Client[];
  readonly callers: readonly Caller[];
  readonly recorder: Recorder | null;
}

class Run {
  readonly #request: ChaosRequest;
  readonly #options: ChaosOptions;
  readonly #nodes: readonly number[];
  readonly #client: Client;
  readonly #workload: Workload;
  readonly #injector: Injector;
  readonly #leaders: LeaderWatch;
  readonly #fences: FenceWatch;
  readonly #tally: Tally;
  readonly #checker = new HistoryChecker();
  readonly #witnesses: Witness[];
  readonly #beginMs = performance.now();

  constructor(
    request: ChaosRequest,
    options: ChaosOptions,
    { nodes }: ClusterView,
    { connections, callers, recorder }: Means,
  ) {
    const { cluster, say } = request;
    const nowUs = (): number => this.#nowUs();
    this.#request = request;
    this.#options = options;
    this.#nodes = nodes.map(({ id }) => id);
    const client = connections[0];
    if (client === undefined) throw new RkvError('NOT_READY', 'no node is up');
    this.#client = client;
    this.#tally = new Tally(this.#nowUs(), options.rates.keys());
    this.#witnesses = recorder === null ? [this.#tally] : [this.#tally, recorder];
    this.#leaders = new LeaderWatch(() => newest(connections));
    this.#fences = new FenceWatch(client);
    this.#workload = new Workload({
      ...options,
      callers,
      prefix: `chaos:${randomBytes(4).toString('hex')}:`,
      nowUs,
      onDone: (op) => this.#onOperation(op),
    });
    this.#injector = new Injector({
      nodes: this.#nodes,
      leaders: () => this.#leaders.leaders,
      inject: (fault) => injectFault(cluster, fault),
      heal: () => healFaults(cluster),
      nowUs,
      onDone: (done) => this.#onFault(done),
      say,
    });
  }

  #nowUs(): number {
    return (performance.now() - this.#beginMs) * 1000;
  }

  #onOperation(op: HistoryOp): void {
    if (this.#options.verify) this.#checker.add(op);
    for (const witness of this.#witnesses) witness.operation(op);
  }

  #onFault(done: DoneFault): void {
    for (const witness of this.#witnesses) witness.fault(done);
  }

  async run(): Promise<ChaosReport> {
    const { signal, cluster } = this.#request;
    const { seed, durationMs, rates, keep, via } = this.#options;
    try {
      const work = this.#workload.run();
      await this.#underFire(planFaults(seed, durationMs, rates));
      const notServing = await whoDoesNotServe(this.#client, performance.now() + RECOVERY_MS);
      // callers ask on until then: coming back under load is harder than coming back alone
      const endUs = this.#nowUs();
      this.#workload.stop();
      await work;
      const findings = {
        durationMs: Math.round(endUs / 1000),
        operations: this.#tally.operations(endUs),
        faults: this.#tally.faults,
        leaderChanges: this.#leaders.changes,
        notServing,
      };
      const interrupted = signal.aborted;
      const proof = this.#options.verify && !interrupted ? await this.#prove() : null;
      if (!keep) await this.#cleanUp();
      const verdict = proof === null ? null : judge(findings, proof);
      return { ...findings, cluster: cluster.name, via, seed, interrupted, proof, verdict };
    } finally {
      this.#leaders.stop();
      this.#fences.stop();
      this.#workload.stop();
    }
  }

  /** Until the time is over, a signal comes or a fault cannot be done; all faults are over then. */
  async #underFire(plan: ReturnType<typeof planFaults>): Promise<void> {
    const { signal } = this.#request;
    const until = this.#beginMs + this.#options.durationMs - performance.now();
    let timer: NodeJS.Timeout | undefined;
    let abort: () => void = () => undefined;
    const time = new Promise<void>((resolve) => {
      abort = resolve;
      timer = setTimeout(resolve, until);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', abort, { once: true });
    });
    const faults = this.#injector.run(plan);
    const broken = faults.then(() => new Promise<never>(() => undefined));
    try {
      await Promise.race([time, broken]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      await this.#injector.stop();
    }
    await faults;
  }

  async #prove(): Promise<Proof> {
    const { say, cluster } = this.#request;
    say('waiting for the digests of all replicas');
    const replicas = await compareReplicas(this.#client);
    this.#fences.stop();
    const wrong = [...this.#fences.found, ...failedNodes(await statusOf(cluster))];
    say('checking the history');
    const history = checkAll(this.#checker);
    if (wrong.length === 0) return { history, replicas };
    const more = replicas.kind === 'differ' ? replicas.what : [];
    const differ: ReplicaFinding = { kind: 'differ', what: [...new Set([...wrong, ...more])] };
    return { history, replicas: differ };
  }

  async #cleanUp(): Promise<void> {
    const { keys } = this.#workload;
    try {
      for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
        await this.#client.mdel(keys.slice(at, at + DELETED_AT_ONCE));
      }
    } catch (error) {
      this.#request.say(`the keys of the run were not deleted: ${toRkvError(error).message}`);
    }
  }
}

/** The topology of whoever heard most of late; each connection hears from the node it is on. */
function newest(connections: readonly Client[]): Client['topology'] {
  let best: Client['topology'] = null;
  for (const { topology } of connections) {
    if (topology === null) continue;
    const known = (one: NonNullable<Client['topology']>): number =>
      one.shards.filter(({ leader }) => leader !== null).length;
    if (best === null || known(topology) > known(best)) best = topology;
  }
  return best;
}

/** No fault of chaos makes a node give up: one that did has met something else. */
function failedNodes({ nodes }: ClusterView): string[] {
  return nodes
    .filter(({ state }) => state === 'failed')
    .map(({ id, reason }) => `node ${id} has given up: ${reason ?? 'no reason told'}`);
}

function checkAll(checker: HistoryChecker): HistoryFinding {
  let beganMs = performance.now();
  const verdict = checker.check({
    shouldStop(_key, steps) {
      if (steps === 0) beganMs = performance.now();
      return performance.now() - beganMs > KEY_LIMIT_MS;
    },
  });
  switch (verdict.kind) {
    case 'linearizable':
      return verdict;
    case 'undecided':
      return { kind: 'undecided', keys: verdict.undecided };
    case 'violation':
      return { kind: 'violation', parts: verdict.violations };
  }
}
