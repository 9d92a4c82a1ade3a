/** Nodes and callers as child processes, each in a network namespace if it was given one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT, RUN, until } from '../proof/cluster.mjs';

const READY_MS = 60_000;
/** Lets strace see the system calls, and starts no second process in front of the node. */
const ENV = { UV_USE_IO_URING: '0', UV_THREADPOOL_SIZE: '8', NO_COLOR: '1' };
/** Small disks are enough, and images are copied fast. */
const SMALL = [
  '--segment-bytes',
  '2MiB',
  '--disk-reserve-bytes',
  '32MiB',
  '--ballast-bytes',
  '4MiB',
];

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

function start(args, namespace, stdio) {
  const [command, ...rest] =
    namespace === undefined
      ? [process.execPath, ...args]
      : ['ip', 'netns', 'exec', namespace, process.execPath, ...args];
  return spawn(command, rest, { cwd: ROOT, env: { ...process.env, ...ENV }, stdio });
}

export class Caller {
  #child;
  #waiting = new Map();
  #last = 0;

  static async start(namespace) {
    const caller = new Caller();
    const file = join(ROOT, 'scripts', 'injection', 'caller.mjs');
    caller.#child = start([file], namespace, ['ignore', 'inherit', 'inherit', 'ipc']);
    caller.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = caller.#waiting.get(id) ?? {};
      caller.#waiting.delete(id);
      if (error === undefined) resolve?.(result);
      else reject?.(new Error(error));
    });
    await new Promise((resolve, reject) => caller.#waiting.set(0, { resolve, reject }));
    return caller;
  }

  get asked() {
    return [...this.#waiting.values()].map(({ order }) => order);
  }

  ask(order, ...args) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, order });
      this.#child.send({ id, order, args });
    });
  }

  stop() {
    this.#child.kill('SIGKILL');
  }
}

export class Nodes {
  #list = [];

  /** `places`: for each node its data directory and, if it has one, namespace and address. */
  static async create(places) {
    const nodes = new Nodes();
    for (const [i, place] of places.entries()) {
      const host = place.host ?? '127.0.0.1';
      const peer = `${host}:${place.host === undefined ? await freePort() : 7413}`;
      const grpc = `${host}:${place.host === undefined ? await freePort() : 7410}`;
      nodes.#list.push({ ...place, id: i + 1, peer, grpc, child: null, said: '', code: null });
    }
    return nodes;
  }

  get all() {
    return this.#list;
  }

  get endpoints() {
    return this.#list.map(({ grpc }) => grpc);
  }

  node(id) {
    return this.#list[id - 1];
  }

  pid(id) {
    return this.node(id).child.pid;
  }

  /** Starts a node and waits for nothing. */
  launch(id) {
    const node = this.node(id);
    mkdirSync(node.dir, { recursive: true });
    const bootstrap = this.#list.map((it) => `${it.id}=${it.peer}`).join(',');
    const redis = ['--listen-redis', 'off', '--listen-redis-cluster', 'off'];
    const doors = ['--listen-grpc', node.grpc, '--listen-peer', node.peer, ...redis];
    const open = node.host === undefined ? [] : ['--insecure-listen'];
    const args = ['serve', '--node-id', String(id), '--data-dir', join(node.dir, 'data')];
    args.push('--replicas', String(this.#list.length));
    const child = start(
      [RUN, ...args, ...doors, ...open, ...SMALL, '--bootstrap', bootstrap],
      node.namespace,
      ['ignore', 'pipe', 'pipe', 'ipc'],
    );
    Object.assign(node, { child, said: '', ready: false, code: null });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        node.said = (node.said + text).slice(-4000);
      });
    }
    child.on('message', (message) => {
      node.ready ||= message.kind === 'ready';
    });
    child.on('exit', (code, signal) => {
      node.code = code ?? signal;
    });
  }

  async start(...ids) {
    for (const id of ids) this.launch(id);
    for (const id of ids) {
      const node = this.node(id);
      await until(() => node.ready || node.code !== null, READY_MS);
      if (!node.ready) throw new Error(`node ${id} did not become ready: ${node.said}`);
    }
  }

  signal(id, signal) {
    this.node(id).child?.kill(signal);
  }

  async kill(...ids) {
    const gone = ids
      .map((id) => this.node(id).child)
      .filter((child) => child !== null && child.exitCode === null && child.signalCode === null)
      .map((child) => {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        return exit;
      });
    await Promise.all(gone);
  }

  /** The code a node ends with by itself. */
  async ended(id, timeoutMs) {
    const node = this.node(id);
    if ((await until(() => node.code !== null, timeoutMs)) === null) {
      throw new Error(`node ${id} still runs`);
    }
    return node.code;
  }

  stop() {
    return this.kill(...this.#list.map(({ id }) => id));
  }
}
