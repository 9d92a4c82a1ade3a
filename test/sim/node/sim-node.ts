/**
 * One node of a simulated cluster: hardware that stays (disk, store, clocks) and one process after
 * the other that runs the real node on it. What a process does when it cannot go on, and how long
 * its supervisor waits, is decided here.
 */
import type { GrpcDoorOptions } from '../../../src/api/grpc/types.js';
import { type NodeId, nodeId } from '../../../src/base/ids.js';
import type { Options } from '../../../src/config/options.js';
import type { Host } from '../../../src/host/host.js';
import { type ErrorCode, RkvError, toRkvError } from '../../../src/kv/errors.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import type { ShardState } from '../../../src/machine/types.js';
import type { Environment } from '../../../src/node/environment.js';
import { startNode } from '../../../src/node/node.js';
import type { RunningNode } from '../../../src/node/types.js';
import type { Logger } from '../../../src/observe/logger.js';
import type { RestoredLog } from '../../../src/replica/ports.js';
import type { Coverage } from '../coverage.js';
import { SimDataDir } from '../disk/data-dir.js';
import { Disk } from '../disk/disk.js';
import { lookAtStore } from '../invariants/clean-stores.js';
import { createModelDisk, type ModelDisk } from '../model-store/model-disk.js';
import type { Network } from '../network/network.js';
import { SimTransport } from '../network/transport.js';
import type { Chance } from '../world/chance.js';
import { type Hands, Process } from '../world/process.js';
import type { Timeline } from '../world/timeline.js';
import { CleanUp, hasWiped } from './clean-up.js';
import type { Observer } from './observer.js';

export interface SimNodeParts {
  readonly id: number;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly chance: Chance;
  readonly coverage: Coverage;
  readonly options: Options;
  readonly cleanUpRows: number;
  readonly founders: ReadonlyMap<NodeId, string>;
  readonly observer: Observer;
  /** A node that ended for a reason no fault explains. */
  readonly onBug: (node: SimNode, error: unknown) => void;
}

/** One process of a node and what is open in it. */
export interface Running {
  readonly process: Process;
  transport: SimTransport | null;
  host: Host | null;
  /** What its log held when it started. */
  restored: RestoredLog | null;
  door: GrpcDoorOptions | null;
  node: RunningNode | null;
}

/** A supervisor's patience. */
const RESTART_MS = 300;

export class SimNode {
  readonly id: NodeId;
  readonly disk: Disk;
  readonly store: ModelDisk;
  readonly hands: Hands;
  readonly #cleanUp: CleanUp;
  readonly parts: SimNodeParts;
  running: Running | null = null;
  /** It has ended and its supervisor does not start it again. */
  retired: string | null = null;
  /** Whoever ends by itself is started again soon; before, a fault's end does that. */
  supervised = false;
  /** No other node reaches it, but clients do. */
  cutOff = false;
  /** Errors by which it may end rightly, after what was done to its disk. */
  readonly mayEndBy = new Set<ErrorCode>();
  #dataDir: SimDataDir;
  #boots = 0;

  constructor(parts: SimNodeParts) {
    this.parts = parts;
    this.id = nodeId(parts.id);
    this.disk = new Disk(parts.chance.fork(), parts.coverage);
    this.disk.onNamed = (name) => {
      if (name.endsWith('.wal')) parts.observer.onSegment(this.id);
    };
    this.store = createModelDisk(parts.chance.fork(), (run) => {
      const process = this.running?.process;
      if (process?.acts()) this.disk.submit(process, 'store', run);
    });
    this.#cleanUp = new CleanUp(parts.coverage, (step) => parts.observer.onCleanUp(this.id, step));
    this.store.onBatch = (changes) => this.#cleanUp.onBatch(changes);
    this.hands = { rate: 1, wallOffset: 1_800_000_000_000 };
    this.#dataDir = new SimDataDir(this.disk);
  }

  get up(): boolean {
    return this.running?.process.alive === true;
  }

  get serving(): boolean {
    return this.up && this.running?.door != null && this.running.node !== null;
  }

  /** Of its replicas that are not being installed. */
  states(): ShardState[] {
    const replicas = [...(this.running?.host?.replicas.values() ?? [])];
    return replicas.flatMap(({ machine }) => (machine === null ? [] : [machine.state]));
  }

  /** Why its store is not clean, and how many collections it has. */
  look(): { readonly problem: string | null; readonly collections: number } {
    const states = this.states();
    if (states.some(hasWiped)) return { problem: 'rows of a flushed database', collections: 0 };
    const pieces = states.flatMap(({ descriptor }) => descriptor.pieces);
    const found = lookAtStore(this.store.rowsNow(), new Set(pieces.map(({ space }) => space)));
    // Bytes that rot where nobody reads stay.
    return this.store.counts.rottenRows > 0 ? { problem: null, collections: 0 } : found;
  }

  get paused(): boolean {
    return this.running?.process.paused === true;
  }

  start(): void {
    const { timeline, coverage, observer } = this.parts;
    if (this.up || this.retired !== null) return;
    this.#boots++;
    const process = new Process(this.id, this.#boots, timeline, this.hands);
    const running: Running = {
      process,
      transport: null,
      host: null,
      restored: null,
      door: null,
      node: null,
    };
    this.running = running;
    timeline.say(`node ${this.id} starts, boot ${this.#boots}`);
    if (this.#boots > 1) coverage.hit('recovery: a node starts again');
    observer.onStart(this.id);
    const { options, founders } = this.parts;
    const logger = this.#logger();
    const nodeOptions = { options, bootstrap: founders, join: null, labels: {} };
    startNode(nodeOptions, logger, this.#environment(running)).then(
      (node) => this.#onStarted(running, node),
      (error: unknown) => this.#onEnded(running, error),
    );
  }

  #onStarted(running: Running, node: RunningNode): void {
    if (!running.process.alive) return;
    running.node = node;
    this.parts.timeline.say(`node ${this.id} is up`);
    void node.failed.then((error) => this.#onEnded(running, error));
  }

  /** The process ends by itself; a supervisor starts it again unless its data are at fault. */
  #onEnded(running: Running, thrown: unknown): void {
    const { process } = running;
    if (!process.alive) return;
    const error = thrown instanceof RkvError ? thrown : toRkvError(thrown);
    this.parts.timeline.say(`node ${this.id} ends: ${error.code} ${error.message}`);
    this.parts.coverage.hit(`node ends: ${error.code}`);
    if (!this.mayEndBy.has(error.code)) this.parts.onBug(this, thrown);
    // Bytes that were read wrong once are sound at the next start.
    const { misreadsGiven } = this.disk;
    if (error.code === 'CORRUPT' && misreadsGiven === 0) this.retired = error.message;
    this.disk.misreadsGiven = 0;
    this.kill('ended by itself', false);
    if (this.supervised) this.parts.timeline.in(RESTART_MS, null, 'supervisor', () => this.start());
  }

  /** The process is gone at once; with `powerCut` also what its disk had not synced. */
  kill(why: string, powerCut: boolean): void {
    const { running } = this;
    if (running === null || !running.process.alive) return;
    running.process.onDeath = () => undefined;
    running.process.die(why);
    this.#afterDeath(running, why, powerCut);
  }

  /** A death that has not come yet does not come; a dead process is started again. */
  revive(): void {
    this.running?.process.dieAt(null);
    this.start();
  }

  /** It dies somewhere in its next steps, between any two effects. */
  killSoon(calls: number, powerCut: boolean): void {
    const { running } = this;
    if (running === null) return;
    running.process.onDeath = (why) => this.#afterDeath(running, why, powerCut);
    running.process.dieAt(calls);
  }

  #afterDeath(running: Running, why: string, powerCut: boolean): void {
    const { timeline, coverage, observer } = this.parts;
    timeline.say(`node ${this.id} is dead${powerCut ? ', its power gone' : ''}: ${why}`);
    coverage.hit(powerCut ? 'fault: power cut' : 'fault: process killed');
    this.#cleanUp.onDeath(this.states());
    running.transport?.end(!powerCut);
    running.host = null;
    running.door = null;
    running.transport = null;
    if (powerCut) {
      this.disk.powerCut();
      this.store.cutPower();
    } else {
      this.disk.killed();
      this.store.crashProcess();
    }
    observer.onDeath(this.id);
  }

  #environment(running: Running): Environment {
    const { process } = running;
    const chance = this.parts.chance.fork();
    const files = this.disk.files(process);
    return {
      clock: process,
      random: (bound) => chance.below(bound),
      randomBytes: (count) => chance.bytes(count),
      openDataDir: (request) => this.#dataDir.open(request, process),
      files,
      space: files,
      // A process that died in the same event must not hold the lock of the next.
      openStore: async () => (process.alive ? this.#openStore() : new Promise(() => undefined)),
      cleanUpRows: this.parts.cleanUpRows,
      openTransport: async (options) => {
        const transport = new SimTransport(this.parts.network, process, options);
        running.transport = transport;
        return transport;
      },
      openDoor: async (options) => {
        running.door = options;
        return { address: `sim-${this.id}:2`, close: async () => undefined };
      },
      witness: this.parts.observer.witness(this.id, running),
    };
  }

  #openStore(): OrderedStore {
    const store = this.store.open();
    this.#cleanUp.onOpened(this.store.keysNow());
    return store;
  }

  #logger(): Logger {
    const { timeline } = this.parts;
    const write = (fields: Readonly<Record<string, unknown>>, text: string): void => {
      timeline.say(`node ${this.id}: ${text} ${JSON.stringify(fields)}`);
      this.parts.observer.onLog(this.id, text, fields);
    };
    const quiet = (): void => undefined;
    const logger: Logger = {
      trace: quiet,
      debug: quiet,
      info: write,
      warn: write,
      error: write,
      child: () => logger,
    };
    return logger;
  }
}
