/**
 * A stage for stories of whole nodes: the simulator's cluster (real node code on simulated disks,
 * stores, wires and clocks) without its random faults and clients. A story says what happens, in
 * order: write, cut the power, start, read. It ends when the judges or the story itself do not find
 * what they expect. `eachDraw` tells it again with other luck: which sectors, names and batches
 * that were not synced a power cut leaves is drawn.
 */
import type { Options } from '../../../src/config/options.js';
import { RkvError } from '../../../src/kv/errors.js';
import type { Command, SessionStamp } from '../../../src/kv/request.js';
import { Cluster } from '../cluster.js';
import type { SimFile } from '../disk/file.js';
import { ELECTION_TIMEOUTS, missing } from '../invariants/progress.js';
import type { Watcher } from '../node/observer.js';
import type { SimNode } from '../node/sim-node.js';
import { drawPlan, type Plan } from '../plan.js';
import { Chance } from '../world/chance.js';
import { type Attempt, CALLER, Caller, command, told } from './caller.js';
import { Judges } from './judges.js';

export interface Scene {
  readonly nodes?: number;
  /** What the draws of the story come from. */
  readonly draw?: number;
  readonly options?: Partial<Options>;
  /** Who looks on beside the judges. */
  readonly watcher?: Watcher;
  /** Before any node starts. */
  readonly before?: (stage: Stage) => void;
}

/** A story takes a second or two of a processor; where others want it too, longer. */
export const BUSY_MACHINE_MS = 120_000;
/** How long a story waits for anything that it expects, in its own milliseconds. */
const PATIENCE_MS = 20_000;
const RETRY_MS = 50;

/** As a seed's, but nothing of it is drawn that a story would notice. */
const planOf = (nodes: number, options: Partial<Options>): Plan => ({
  ...drawPlan(new Chance(1)),
  nodes,
  replicas: nodes,
  clients: 0,
  cleanUpRows: 2,
  options: { shards: 1, tickMs: 100, segmentBytes: 32 * 1024, ...options },
});

export class Stage {
  readonly cluster: Cluster;
  readonly #judges: Judges;
  readonly #caller: Caller;

  private constructor(scene: Scene) {
    const { nodes = 3, draw = 1, options = {}, watcher } = scene;
    this.#judges = new Judges((node, bytes) => this.node(node).disk.holdsDurably(bytes, '.wal'));
    const { watchers } = this.#judges;
    this.cluster = new Cluster({
      seed: draw,
      plan: () => planOf(nodes, options),
      watchers: watcher === undefined ? watchers : [...watchers, watcher],
      onOutcome: () => undefined,
    });
    this.#caller = new Caller(this.cluster.chance.bytes(16).toString('latin1'));
  }

  /** No node has ever been started. */
  static dark(scene: Scene = {}): Stage {
    const stage = new Stage(scene);
    scene.before?.(stage);
    return stage;
  }

  /** Every node runs and every shard has a leader. */
  static async open(scene: Scene = {}): Promise<Stage> {
    const stage = Stage.dark(scene);
    stage.cluster.start();
    await stage.rest();
    return stage;
  }

  node(id: number): SimNode {
    const node = this.cluster.nodes[id - 1];
    if (node === undefined) throw new Error(`there is no node ${id}`);
    return node;
  }

  get #any(): SimNode {
    return this.cluster.nodes.find((node) => node.serving) ?? this.node(1);
  }

  // Time.

  /** Runs until it is true, to the very event; a story that waits in vain has failed. */
  async until(what: string, condition: () => boolean, ms = PATIENCE_MS): Promise<void> {
    if (condition()) return;
    const { cluster } = this;
    await cluster.run(cluster.timeline.now + ms, condition);
    if (cluster.violation !== null) throw cluster.violation;
    if (!condition()) throw new Error(`waited ${ms} ms in vain until ${what}`);
  }

  async pass(ms: number): Promise<void> {
    const { cluster } = this;
    await cluster.run(cluster.timeline.now + ms);
    if (cluster.violation !== null) throw cluster.violation;
  }

  // Asking.

  /** Asks at a node, again while it is not ready; an answer is told as `told` says. */
  async ask(what: Command, at = this.#any, stamp: SessionStamp | null = null) {
    const give = this.cluster.timeline.now + PATIENCE_MS;
    for (;;) {
      const attempt = this.begin(what, at, stamp);
      await this.until(`node ${at.id} answers`, () => attempt.answer !== null);
      const { answer } = attempt;
      if (answer === null) throw new Error('an answer was seen');
      if (!(answer instanceof RkvError)) {
        if (answer.kind === 'failed') throw new Error(`the command fails: ${answer.code}`);
        if (stamp !== null) this.#acknowledged(stamp);
        return told(answer);
      }
      // Nobody knows whether it ran: under its stamp it may be asked again.
      const unknown = answer.code === 'OUTCOME_UNKNOWN' && stamp !== null;
      if (!(answer.retryable || unknown) || this.cluster.timeline.now > give) throw answer;
      await this.pass(RETRY_MS);
    }
  }

  /** One attempt, not waited for: what happens meanwhile is the story. */
  begin(what: Command, at = this.#any, stamp: SessionStamp | null = null): Attempt {
    return this.#caller.attempt(at, what, stamp);
  }

  stamp(at = this.#any): SessionStamp {
    return this.#caller.stamp(at);
  }

  #acknowledged(stamp: SessionStamp): void {
    this.cluster.guard(() => this.#judges.onAcknowledged({ result: 'ok', stamp, client: CALLER }));
    if (this.cluster.violation !== null) throw this.cluster.violation;
  }

  /** A write that is acknowledged; `words` are those of the command: 'PX', '5000'. */
  async set(key: string, value: string, words: readonly string[] = [], at = this.#any) {
    await this.ask(command('set', key, value, ...words), at, this.stamp(at));
  }

  /** What the node answers; null: there is no such key. */
  get(key: string, at = this.#any): Promise<string | null> {
    return this.ask(command('get', key), at);
  }

  // What happens to nodes.

  /** Its disk takes so long for each operation that something can happen meanwhile. */
  slowDisk(id: number): void {
    Object.assign(this.node(id).disk.mood, { fastMs: 20, slowMs: 30 });
  }

  /** Segments of its log, by their names. */
  segments(id: number): readonly SimFile[] {
    const { names } = this.node(id).disk;
    const named = [...names].filter(([name]) => name.endsWith('.wal'));
    return named.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  }

  cutPower(id: number): void {
    this.node(id).kill('the story', true);
  }

  kill(id: number): void {
    this.node(id).kill('the story', false);
  }

  /** It loses its power somewhere in its next steps, `effects` of them from now. */
  cutPowerSoon(id: number, effects: number): void {
    this.node(id).killSoon(effects, true);
  }

  /** Starts it and waits until it serves; one that ends instead breaks an invariant. */
  async start(...ids: readonly number[]): Promise<void> {
    for (const id of ids) this.node(id).start();
    await this.until(`nodes ${ids} serve`, () => ids.every((id) => this.node(id).serving));
  }

  /** Starts it deaf to the beats of the others, and so to their clocks; returns what ends that. */
  async startDeaf(id: number): Promise<() => void> {
    const node = this.node(id);
    node.start();
    await this.until('its peers are dialled', () => node.running?.transport != null);
    const handler = node.running?.transport?.options.handler;
    if (handler === undefined) throw new Error(`node ${id} has no transport`);
    const { onBeat } = handler;
    Object.assign(handler, { onBeat: () => undefined });
    await this.until(`node ${id} follows`, () => (node.running?.host?.replicas.size ?? 0) > 0);
    return () => void Object.assign(handler, { onBeat });
  }

  /** The node that leads a group; null while nobody does. */
  leader(group = 1): SimNode | null {
    return (
      this.cluster.nodes.find(({ running }) =>
        [...(running?.host?.replicas.values() ?? [])].some(
          (replica) => Number(replica.group) === group && replica.leads,
        ),
      ) ?? null
    );
  }

  /** Moves every group there; again and again, since a transfer may be refused. */
  async lead(id: number): Promise<void> {
    const groups = Array.from({ length: this.cluster.groups }, (_, group) => group);
    const led = (): boolean => groups.every((group) => this.leader(group)?.id === id);
    const to = this.node(id).id;
    for (let tries = 0; !led(); tries++) {
      if (tries > 50) throw new Error(`node ${id} does not come to lead`);
      for (const { running } of this.cluster.nodes) {
        for (const { group } of running?.host?.replicas.values() ?? []) {
          running?.process.later(0, 'transfer', () => running.host?.transfer(group, to));
        }
      }
      await this.pass(200);
    }
  }

  /** Nothing goes to or from a node. */
  cutOff(id: number): void {
    for (const other of this.#othersThan(id)) {
      this.cluster.network.cut(this.node(id).id, other);
      this.cluster.network.cut(other, this.node(id).id);
    }
  }

  joinAgain(id: number): void {
    for (const other of this.#othersThan(id)) {
      this.cluster.network.mend(this.node(id).id, other);
      this.cluster.network.mend(other, this.node(id).id);
    }
  }

  #othersThan(id: number) {
    return this.cluster.nodes.map((node) => node.id).filter((other) => other !== id);
  }

  // The end.

  /** Everybody has applied everything, and all replicas of a shard hold the same. */
  async rest(): Promise<void> {
    const { cluster } = this;
    let what: string | null = null;
    const rested = (): boolean => {
      const survivors = cluster.nodes.map((node) => ({
        id: node.id,
        host: node.serving ? (node.running?.host ?? null) : null,
      }));
      what = missing(cluster.groups, survivors, 0);
      return what === null;
    };
    const ms = ELECTION_TIMEOUTS * cluster.electionOptions.electionMs;
    await cluster.run(cluster.timeline.now + ms, rested);
    if (cluster.violation !== null) throw cluster.violation;
    if (what !== null) throw new Error(`the nodes do not come to rest: ${what}`);
  }
}

/** Tells a story with draws 1 to `count`. */
export async function eachDraw(count: number, story: (draw: number) => Promise<void>) {
  for (let draw = 1; draw <= count; draw++) {
    try {
      await story(draw);
    } catch (error) {
      if (error instanceof Error) error.message = `draw ${draw}: ${error.message}`;
      throw error;
    }
  }
}
