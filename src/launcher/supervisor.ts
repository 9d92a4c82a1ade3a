/**
 * The supervisor of one local cluster: starts its nodes, proves that they serve, restarts them,
 * answers the control socket, and stops all of them in order. Lives in the process of a foreground
 * `cluster up`, or in a detached one; its death closes the children's IPC channels, and so ends
 * them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockHeld, markOf, takeLock } from '../base/lockfile.js';
import { RkvError } from '../kv/errors.js';
import { loadSpawn, type Program, type Spawn, startChild } from './child.js';
import { type ControlDoor, type ControlRequest, openControl } from './control.js';
import { Faults } from './faults.js';
import { clusterDir } from './home.js';
import { SupervisedNode } from './node.js';
import { type ClusterPlan, layouts, optionsOf } from './plan.js';
import type { NodePorts } from './ports.js';
import { takenPorts } from './ports.js';
import { clientProbe, type Probe, probeAll, warmProbe } from './probe.js';
import { Proxies } from './proxies.js';
import { writeReadyFiles } from './ready-files.js';
import { type ClusterRecord, RECORD_FORMAT, writeRecord } from './record.js';
import { removeNewData, removeRemains } from './remains.js';
import { type ClusterView, viewOf } from './view.js';

export type Progress =
  | { readonly kind: 'starting'; readonly nodes: number }
  | { readonly kind: 'node-up'; readonly node: number; readonly up: number; readonly of: number }
  | { readonly kind: 'probing'; readonly shards: number }
  | { readonly kind: 'ports-lost'; readonly message: string };

export interface SupervisorSettings {
  readonly plan: ClusterPlan;
  readonly program: Program;
  readonly probe?: Probe;
  readonly onProgress?: (progress: Progress) => void;
}

export class Supervisor {
  readonly #plan: ClusterPlan;
  readonly #program: Program;
  readonly #probe: Probe;
  readonly #onProgress: (progress: Progress) => void;
  #nodes: SupervisedNode[] = [];
  #proxies: Proxies | null = null;
  readonly #faults: Faults;
  #record: ClusterRecord;
  readonly #failureListeners = new Set<(error: RkvError) => void>();
  #spawn: Spawn | null = null;
  #lock: LockHeld | null = null;
  #door: ControlDoor | null = null;
  #writing: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  #announceEnd!: () => void;
  /** Resolves when everything has stopped, by `stop` or by a control request. */
  readonly ended: Promise<void>;

  constructor(settings: SupervisorSettings) {
    this.#plan = settings.plan;
    this.#program = settings.program;
    this.#probe = settings.probe ?? clientProbe;
    this.#onProgress = settings.onProgress ?? (() => undefined);
    this.#record = firstRecord(settings.plan);
    this.#faults = new Faults({
      nodeOf: (id) => this.#nodeOf(id),
      proxies: () => this.#proxies,
    });
    this.ended = new Promise((resolve) => {
      this.#announceEnd = resolve;
    });
  }

  /**
   * Resolves when every shard has served a write and a read through every node. Rejects with the
   * reason, everything stopped: IN_USE, PORT_TAKEN, NOT_READY, or a node's own error.
   */
  async start(): Promise<void> {
    const deadline = performance.now() + this.#plan.waitMs;
    const folder = clusterDir(this.#plan.home, this.#plan.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await takeLock(join(folder, 'LOCK'));
    if (lock.kind === 'in-use') {
      throw new RkvError(
        'IN_USE',
        `cluster '${this.#plan.name}' is already run by process ${lock.holder.pid}`,
      );
    }
    this.#lock = lock.lock;
    try {
      await this.#removeFiles([this.#plan.readyFile, this.#plan.envFile]);
      await removeRemains(this.#plan);
      this.#spawn = await loadSpawn();
      this.#door = await openControl((request) => this.#answer(request));
      await this.#put({
        state: 'starting',
        supervisor: markOf(process.pid),
        control: this.#door.path,
      });
      await this.#startNodes(deadline);
      await this.#mustServe(deadline - performance.now());
      await this.#put({ state: 'running' });
      await writeReadyFiles(this.#plan, this.view());
    } catch (error) {
      this.#stopping ??= this.#shutDown('failed');
      await this.#stopping;
      throw error;
    }
  }

  view(): ClusterView {
    return viewOf(this.#plan.home, this.#record, this.#nodes);
  }

  /** Stops all nodes in order; data stays. A second call waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#shutDown('stopped');
    return this.#stopping;
  }

  /** Answers to control requests have left; the process may exit. */
  async settled(): Promise<void> {
    await this.#door?.settled();
  }

  /** Kills what has not stopped yet: for the second Ctrl-C. */
  killAll(): void {
    for (const node of this.#nodes) node.child?.signal('SIGKILL');
  }

  async #startNodes(deadline: number): Promise<void> {
    let lost: RkvError | null = null;
    for await (const ports of layouts(this.#plan)) {
      if (
        this.#plan.ports.kind === 'search' &&
        (await takenPorts(ports.flatMap(listOf))).length > 0
      ) {
        continue;
      }
      try {
        await this.#startLayout(ports, deadline);
        return;
      } catch (error) {
        if (!(error instanceof RkvError) || error.code !== 'PORT_TAKEN') throw error;
        lost = error;
        await this.#undoLayout();
        this.#onProgress({ kind: 'ports-lost', message: error.message });
      }
    }
    throw lost ?? new RkvError('PORT_TAKEN', 'no range of ports is free', { hint: '--ports auto' });
  }

  async #startLayout(ports: readonly NodePorts[], deadline: number): Promise<void> {
    const { nodes } = this.#plan;
    await this.#put({
      nodes: this.#record.nodes.map((node, index) => ({
        ...node,
        ports: ports[index] as NodePorts,
      })),
    });
    if (this.#plan.proxied) {
      this.#proxies = await Proxies.open(
        new Map(nodes.map(({ id }, index) => [id, (ports[index] as NodePorts).peer])),
      );
    }
    this.#nodes = nodes.map((_, index) => this.#supervise(index));
    this.#onProgress({ kind: 'starting', nodes: nodes.length });
    for (const node of this.#nodes) node.start();
    if (this.#probe === clientProbe) void warmProbe();
    let up = 0;
    const all = this.#nodes.map((node) =>
      node.whenUp().then(() => {
        up += 1;
        this.#onProgress({ kind: 'node-up', node: node.id, up, of: nodes.length });
      }),
    );
    await within(Promise.all(all), deadline, () => {
      const late = this.#nodes.filter((node) => node.state.kind !== 'up');
      return `not ready in time: node ${late.map((node) => node.id).join(', ')}`;
    });
    await this.#put({ born: true });
  }

  /**
   * A layout whose ports were lost leaves nothing behind; of a born cluster only the processes go.
   */
  async #undoLayout(): Promise<void> {
    await this.#stopNodes();
    this.#nodes = [];
    if (this.#record.born) return;
    await removeNewData(this.#record);
    await this.#put({ clusterId: randomUUID() });
  }

  #supervise(index: number): SupervisedNode {
    const node = this.#plan.nodes[index];
    if (node === undefined) throw new Error(`no node ${index} in the plan`);
    return new SupervisedNode({
      id: node.id,
      log: node.log,
      restartable: optionsOf(this.#plan).engine !== 'memory',
      onChange: () => this.#onChange(),
      spawn: () => {
        if (this.#stopping !== null || this.#spawn === null) throw stopped(this.#plan.name);
        return startChild(this.#spawn, {
          program: this.#program,
          clusterName: this.#plan.name,
          clusterId: this.#record.clusterId,
          options: this.#plan.options,
          node,
          ports: this.#record.nodes[index]?.ports as NodePorts,
          bootstrap: this.#record.nodes
            .map(({ id, ports }) => `${id}=127.0.0.1:${ports?.peer}`)
            .join(','),
          dialPeers: this.#proxies?.addressesFor(node.id) ?? null,
        });
      },
    });
  }

  #onChange(): void {
    if (this.#nodes.length === 0) return;
    const nodes = this.#record.nodes.map((entry) => {
      const node = this.#nodes.find(({ id }) => id === entry.id);
      if (node === undefined) return entry;
      const addresses = node.state.kind === 'up' ? node.state.addresses : entry.addresses;
      return { ...entry, addresses, process: node.child?.mark ?? null };
    });
    for (const { state } of this.#nodes) {
      if (state.kind === 'failed') for (const tell of this.#failureListeners) tell(state.error);
    }
    this.#put({ nodes }).catch(() => undefined);
  }

  async #mustServe(timeoutMs: number): Promise<void> {
    const endpoints: string[] = [];
    for (const node of this.#nodes) {
      if (node.state.kind !== 'up') continue;
      if (node.state.addresses.grpc !== null) endpoints.push(node.state.addresses.grpc);
    }
    this.#onProgress({ kind: 'probing', shards: optionsOf(this.#plan).shards });
    if (endpoints.length === 0) throw new RkvError('NOT_READY', 'no node is up');
    let onFailure: (error: RkvError) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      onFailure = reject;
      this.#failureListeners.add(reject);
    });
    try {
      await Promise.race([probeAll(endpoints, timeoutMs, this.#probe), failed]);
    } finally {
      this.#failureListeners.delete(onFailure);
    }
  }

  async #answer(request: ControlRequest): Promise<unknown> {
    switch (request.op) {
      case 'status':
        return this.view();
      case 'wait':
        await this.#waitReady(request.timeoutMs);
        return this.view();
      case 'stop':
        await this.stop();
        return this.view();
      case 'kill':
        await this.#nodeOf(request.node).kill(signalOf(request.signal), request.respawn);
        return this.view();
      case 'fault':
        return this.#faults.inject(request.fault);
      case 'heal':
        this.#faults.heal();
        return this.view();
      case 'restart':
        await this.#restart(request.node, performance.now() + request.timeoutMs);
        return this.view();
    }
  }

  async #waitReady(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const down = (node: SupervisedNode): boolean => node.state.kind === 'down';
    const wanted = this.#nodes.filter((node) => !down(node)).map((node) => node.whenUp());
    await within(Promise.all(wanted), deadline, () => 'not ready in time: a node is not up');
    await this.#mustServe(deadline - performance.now());
  }

  async #restart(id: number | null, deadline: number): Promise<void> {
    if (optionsOf(this.#plan).engine === 'memory') {
      throw new RkvError(
        'CONFLICT',
        'a node of the memory engine has no state to come back with: it would have to join anew',
        { hint: `rkv cluster down --name ${this.#plan.name}, then up` },
      );
    }
    const nodes = id === null ? this.#nodes : [this.#nodeOf(id)];
    // one after the other, so that each shard keeps its majority
    for (const node of nodes) {
      await node.stop();
      node.start();
      await within(node.whenUp(), deadline, () => `node ${node.id} is not ready in time`);
      await this.#mustServe(deadline - performance.now());
    }
  }

  #nodeOf(id: number): SupervisedNode {
    const node = this.#nodes.find((one) => one.id === id);
    if (node !== undefined) return node;
    throw new RkvError('NOT_FOUND', `cluster '${this.#plan.name}' has no node ${id}`);
  }

  async #shutDown(state: 'stopped' | 'failed'): Promise<void> {
    await this.#stopNodes();
    // a first start that failed leaves its logs to read, and nothing to stumble over
    if (state === 'failed' && !this.#record.born) await removeNewData(this.#record);
    await this.#removeFiles([this.#plan.readyFile]);
    await this.#put({ state, supervisor: null, control: null });
    await this.#door?.close();
    await this.#lock?.release();
    this.#announceEnd();
  }

  /** All at once: none of them has anybody left to hand over to. */
  async #stopNodes(): Promise<void> {
    this.#faults.heal();
    await Promise.all(this.#nodes.map((node) => node.stop()));
    this.#proxies?.close();
    this.#proxies = null;
  }

  /** Changes the record; writes are in the order of the changes. */
  #put(changes: Partial<ClusterRecord>): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(() => writeRecord(this.#plan.home, this.#record));
    return this.#writing;
  }

  /** A ready file of an earlier run would be a lie. */
  async #removeFiles(files: readonly (string | null)[]): Promise<void> {
    for (const file of files) if (file !== null) await rm(file, { force: true });
  }
}

const stopped = (name: string): RkvError =>
  new RkvError('CANCELLED', `cluster '${name}' is being stopped`);

const listOf = (ports: NodePorts): number[] => Object.values(ports) as number[];

function firstRecord(plan: ClusterPlan): ClusterRecord {
  return {
    format: RECORD_FORMAT,
    name: plan.name,
    clusterId: plan.clusterId ?? randomUUID(),
    createdAt: plan.createdAt ?? new Date().toISOString(),
    options: plan.options,
    nodes: plan.nodes.map(({ id, labels, dataDir, log }, index) => ({
      id,
      labels,
      dataDir,
      log,
      ports: (plan.ports.kind === 'fixed' ? plan.ports.ports[index] : null) ?? null,
      addresses: null,
      process: null,
    })),
    born: plan.born,
    state: 'starting',
    supervisor: null,
    control: null,
    readyFile: plan.readyFile,
    ...(plan.proxied ? { proxied: true } : {}),
  };
}

function signalOf(text: string): NodeJS.Signals {
  const name = text.toUpperCase().startsWith('SIG')
    ? text.toUpperCase()
    : `SIG${text.toUpperCase()}`;
  return name as NodeJS.Signals;
}

async function within<T>(work: Promise<T>, deadline: number, why: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RkvError('NOT_READY', why())),
      Math.max(0, deadline - performance.now()),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
