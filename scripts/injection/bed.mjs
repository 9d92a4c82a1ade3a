/** What a fault is tried on: nodes, callers, disks, a network; all of it is gone at the end. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause, until } from '../proof/cluster.mjs';
import { LoopDisk } from './disks.mjs';
import { Network } from './network.mjs';
import { Caller, Nodes } from './processes.mjs';

export const ELECTION_MS = 2_000;
/** Within so long the others must elect and serve (FAULTS.md, scenario 10). */
export const TAKE_OVER_MS = 3 * ELECTION_MS + 5_000;
const CALLERS = 16;

export function must(condition, what) {
  if (!condition) throw new Error(what);
}

const ended = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null;

const threadsOf = (pid) => readdir(`/proc/${pid}/task`);

/** Threads that no tracer holds: writes happen in any of the pool's. */
async function untraced(pid) {
  const paths = (await threadsOf(pid)).map((thread) => `/proc/${pid}/task/${thread}/status`);
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return texts.filter((text) => /TracerPid:\s+0\n/.test(text)).length;
}

export class Bed {
  disks = [];
  network = null;
  nodes = null;
  #callers = [];
  #tracers = [];

  static async create() {
    const bed = new Bed();
    bed.root = await mkdtemp(join(tmpdir(), 'rkv-faults-'));
    return bed;
  }

  /** `count` nodes in directories of this machine, or on disks of their own. */
  async up(count, { ownDisks = false } = {}) {
    const places = [];
    for (let id = 1; id <= count; id++) {
      if (ownDisks) this.disks.push(await LoopDisk.create(this.root, `disk${id}`));
      places.push({ dir: ownDisks ? this.disks[id - 1].mountPoint : join(this.root, `n${id}`) });
    }
    return this.#begin(places);
  }

  /** `count` nodes and a caller in network namespaces; 101 is a second caller's. */
  async upApart(count) {
    const ids = Array.from({ length: count }, (_, i) => i + 1);
    this.network = await Network.create([...ids, 100, 101]);
    const places = ids.map((id) => ({
      dir: join(this.root, `n${id}`),
      host: this.network.host(id),
      namespace: this.network.namespace(id),
    }));
    return this.#begin(places, this.network.namespace(100));
  }

  async #begin(places, namespace) {
    this.nodes = await Nodes.create(places);
    await this.nodes.start(...places.map((_, i) => i + 1));
    this.caller = await this.newCaller(namespace);
    await this.caller.ask('open', this.nodes.endpoints);
    must(await this.serves(), 'the cluster serves at its beginning');
    await this.caller.ask('begin', CALLERS);
    await pause(2_000);
    await this.caller.ask('counts');
    return this.nodes;
  }

  async newCaller(namespace) {
    const caller = await Caller.start(namespace);
    this.#callers.push(caller);
    return caller;
  }

  /** Orders no caller has answered yet, for who wonders what takes so long. */
  get asked() {
    return this.#callers.flatMap((caller) => caller.asked).join(', ') || 'no caller';
  }

  /** As one of the nodes sees it that are not cut off, the same one each time. */
  status(without = []) {
    const { id } = this.nodes.all.find((node) => !without.includes(node.id) && node.code === null);
    return this.caller.ask('status', id, 2_000);
  }

  /** Resolves with the milliseconds until every shard has a leader that is none of these. */
  async serves(without = [], timeoutMs = 30_000) {
    const begin = performance.now();
    const good = await until(async () => {
      const { shards } = await this.status(without);
      return shards.every(({ leader, state }) => {
        return state === 'serving' && leader !== null && !without.includes(leader);
      });
    }, timeoutMs);
    return good === null ? null : Math.round(performance.now() - begin);
  }

  /** The node that leads most shards. */
  async leader() {
    const { shards } = await this.status();
    const led = new Map();
    for (const { leader } of shards) led.set(leader, (led.get(leader) ?? 0) + 1);
    return [...led].sort((a, b) => b[1] - a[1])[0][0];
  }

  /** System calls of a running node fail, come late, or lie; `inject` is strace's. */
  async inject(id, call, file, inject) {
    const words = ['-f', '-qq', '-o', '/dev/null', '-p', String(this.nodes.pid(id))];
    const what = ['-P', file, '-e', `trace=${call}`, '-e', `inject=${call}:${inject}`];
    const tracer = spawn('strace', [...words, ...what], { stdio: 'ignore' });
    this.#tracers.push(tracer);
    const pid = this.nodes.pid(id);
    const all = async () => ended(tracer) || (await untraced(pid)) === 0;
    must((await until(all, 10_000, 20)) && !ended(tracer), 'strace may attach');
    return async () => {
      tracer.kill('SIGINT');
      // A tracer that does not let go is ended: the kernel sets its node free.
      if ((await until(() => ended(tracer), 5_000, 20)) === null) tracer.kill('SIGKILL');
      const none = async () => (await untraced(pid)) === (await threadsOf(pid)).length;
      must(await until(none, 5_000, 20), 'the tracer lets the node go');
    };
  }

  /** Ends the load; every acknowledged write must be there. Gives the figures of the whole. */
  async finish() {
    const { acknowledged } = await this.caller.ask('end');
    const lost = await this.caller.ask('lost');
    must(lost.length === 0, `${lost.length} of ${acknowledged} acknowledged writes are lost`);
    return `${acknowledged} acknowledged writes, none lost`;
  }

  async remove() {
    for (const tracer of this.#tracers) tracer.kill('SIGKILL');
    for (const caller of this.#callers) caller.stop();
    for (const disk of this.disks) await disk.thaw().catch(() => undefined);
    await this.nodes?.stop();
    for (const disk of this.disks) await disk.unmount();
    await this.network?.remove();
    await rm(this.root, { recursive: true, force: true, maxRetries: 10 });
  }
}
