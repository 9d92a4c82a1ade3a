/**
 * One node process: how it is started, what it reports, how it ends. No policy in here (node.ts has
 * it), only the process.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { markOf, type ProcessMark } from '../base/lockfile.js';
import type { ChildOrder, ChildReport, FaultHits, NodeFaults } from '../config/child.js';
import { toFlags } from '../config/load.js';
import { defaultOptions, type Options } from '../config/options.js';
import { envOf } from '../config/row.js';
import { OPTION_NAMES, type OptionName } from '../config/rows.js';
import type { NodePlan } from './plan.js';
import type { NodePorts } from './ports.js';

/** How this rkv was started, so that children are the same rkv. */
export interface Program {
  readonly execPath: string;
  /** Node's own flags and the script. */
  readonly args: readonly string[];
}

/** Inspector flags would make every child fight for one port. */
export function thisProgram(): Program {
  const own = process.execArgv.filter((flag) => !/^--inspect/.test(flag));
  return { execPath: process.execPath, args: [...own, process.argv[1] ?? ''] };
}

export interface ChildSpec {
  readonly program: Program;
  readonly clusterName: string;
  readonly clusterId: string;
  readonly options: Partial<Record<OptionName, Options[OptionName]>>;
  readonly node: NodePlan;
  readonly ports: NodePorts;
  /** Peer doors of all nodes. */
  readonly bootstrap: string;
  /** Where to dial the peers of a proxied cluster; null: at their doors, and no faults. */
  readonly dialPeers: ReadonlyMap<number, string> | null;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said before it went. */
  readonly failure: Extract<ChildReport, { kind: 'failed' }> | null;
}

export interface Child {
  readonly pid: number;
  readonly mark: ProcessMark;
  /** Resolves at the ready report; never rejects, stays open when the process ends first. */
  readonly ready: Promise<Extract<ChildReport, { kind: 'ready' }>>;
  readonly exit: Promise<ChildExit>;
  signal(signal: NodeJS.Signals): void;
  /** Only for a node that was given `dialPeers`. Rejects when the process ends first. */
  setFaults(faults: NodeFaults): Promise<FaultHits>;
}

export function serveArgs(spec: ChildSpec): string[] {
  const { node, ports } = spec;
  const options = defaultOptions({
    ...(spec.options as Partial<Options>),
    clusterName: spec.clusterName,
    clusterId: spec.clusterId,
    dataDir: node.dataDir,
  });
  return [
    'serve',
    ...toFlags(options),
    `--node-id=${node.id}`,
    `--listen-grpc=127.0.0.1:${ports.grpc}`,
    `--listen-redis=127.0.0.1:${ports.redis}`,
    `--listen-redis-cluster=127.0.0.1:${ports.redisCluster}`,
    `--listen-peer=127.0.0.1:${ports.peer}`,
    `--bootstrap=${spec.bootstrap}`,
    ...faultArgs(spec.dialPeers),
    ...Object.entries(node.labels).map(([name, value]) => `--label=${name}=${value}`),
  ];
}

function faultArgs(dialPeers: ChildSpec['dialPeers']): string[] {
  if (dialPeers === null) return [];
  const list = [...dialPeers].map(([id, address]) => `${id}=${address}`).join(',');
  return ['--inject-faults', ...(list === '' ? [] : [`--dial-peers=${list}`])];
}

/** The caller's options would reach the nodes twice: by flags, and by an inherited environment. */
export function childEnvironment(options: Options): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env };
  for (const name of [...OPTION_NAMES.map(envOf), 'RKV_BOOTSTRAP']) delete env[name];
  env.UV_THREADPOOL_SIZE = String(options.threadPoolSize);
  return env;
}

export type Spawn = typeof import('execa').execa;

/** execa takes 90 ms to load, so it is loaded where children are started, and only there. */
export async function loadSpawn(): Promise<Spawn> {
  return (await import('execa')).execa;
}

/**
 * Starts the process; its output is appended to its log file. Does not wait for anything: who has
 * just checked that it should start cannot be overtaken by a stop.
 */
export function startChild(execa: Spawn, spec: ChildSpec): Child {
  const options = defaultOptions(spec.options as Partial<Options>);
  mkdirSync(dirname(spec.node.log), { recursive: true, mode: 0o700 });
  // the types of execa name a few numbers; any descriptor is handed down as it is
  const log = openSync(spec.node.log, 'a', 0o600) as 3;
  const process = execa(
    spec.program.execPath,
    [`--max-semi-space-size=${options.semiSpaceMb}`, ...spec.program.args, ...serveArgs(spec)],
    {
      env: childEnvironment(options),
      extendEnv: false,
      stdin: 'ignore',
      stdout: log,
      stderr: log,
      ipc: true,
      serialization: 'json',
      buffer: false,
      reject: false,
      // a session of its own: the terminal's Ctrl-C is for the supervisor, which stops in order
      detached: true,
      cleanup: false,
    },
  );
  closeSync(log);
  let failure: ChildExit['failure'] = null;
  const orders = new Orders((order) => {
    // a channel that has just closed: the end of the process settles it
    process.send(order as never, () => undefined);
  });
  const ready = new Promise<Extract<ChildReport, { kind: 'ready' }>>((resolve) => {
    process.on('message', (message) => {
      const report = message as unknown as ChildReport;
      if (report.kind === 'ready') resolve(report);
      else if (report.kind === 'failed') failure = report;
      else orders.onAnswer(report);
    });
  });
  const exit = process.then((result): ChildExit => {
    orders.onExit();
    return {
      code: result.exitCode ?? (result.signal === undefined ? 127 : null),
      signal: result.signal ?? null,
      failure,
    };
  });
  const pid = process.pid ?? 0;
  return {
    pid,
    mark: markOf(pid),
    ready,
    exit,
    signal: (signal) => void process.kill(signal),
    setFaults: (faults) => orders.give(faults),
  };
}

const gone = (): Error => new Error('the process has ended');

interface Waiting {
  readonly resolve: (hits: FaultHits) => void;
  readonly reject: (error: Error) => void;
}

/** Orders to one process that have not been answered yet. */
class Orders {
  readonly #send: (order: ChildOrder) => void;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;
  #ended = false;

  constructor(send: (order: ChildOrder) => void) {
    this.#send = send;
  }

  give(faults: NodeFaults): Promise<FaultHits> {
    if (this.#ended) return Promise.reject(gone());
    this.#last += 1;
    const order = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(order, { resolve, reject });
      this.#send({ kind: 'faults', order, faults });
    });
  }

  onAnswer({ order, hits }: Extract<ChildReport, { kind: 'faults' }>): void {
    this.#waiting.get(order)?.resolve(hits);
    this.#waiting.delete(order);
  }

  onExit(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}
