/**
 * What the tests with real processes share: a sandbox with its own RKV_HOME and temporary folder,
 * the command line as a function, waiting for conditions, killing by pid, and the proof that
 * nothing was left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const PROJECT = resolve(import.meta.dirname, '../..');
const RUN = join(PROJECT, 'bin', 'run.js');
/** For a `serve` beside others: its Redis door would take the port of all. */
export const NO_REDIS = ['--listen-redis', 'off', '--listen-redis-cluster', 'off'];
const DEFAULT_TIMEOUT_MS = 60_000;

export interface Ran {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Another build's launcher than the one under test. */
  readonly program?: string;
  /** A program that runs it, with its own arguments: a tracer. */
  readonly under?: readonly string[];
}

/** `rkv cluster status -o json`, as far as the tests read it. */
export interface LocalCluster {
  readonly name: string;
  readonly dir: string;
  readonly state: 'running' | 'starting' | 'stopped' | 'failed';
  readonly supervisor: { readonly pid: number } | null;
  readonly nodes: readonly LocalNode[];
}

export interface LocalNode {
  readonly id: number;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
  readonly lastExit: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly at: string;
  } | null;
  readonly addresses: Readonly<Record<string, string | null>>;
  readonly log: string;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Kills one process that this test knows by its pid; one that is gone already is fine. */
export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Asks again and again until the answer is neither false nor undefined; errors count as "not yet".
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + deadlineMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${deadlineMs} ms in vain for ${what}`, { cause: last });
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function collect(child: ChildProcess, options: RunOptions, what: string): Promise<Ran> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr?.on('data', (bytes: Buffer) => stderr.push(bytes));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const closed = await once(child, 'close');
  clearTimeout(timer);
  const [code, signal] = closed as [number | null, NodeJS.Signals | null];
  const ran = {
    code,
    signal,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
  if (signal === 'SIGKILL') {
    throw new Error(`${what} took over ${timeoutMs} ms\n${ran.stdout}${ran.stderr}`);
  }
  return ran;
}

/** Pids of all processes that were started with this temporary folder: a child inherits it. */
async function pidsWithTemp(temp: string): Promise<number[]> {
  const found: number[] = [];
  const names = await readdir('/proc').catch(() => []);
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`TMPDIR=${temp}`)) found.push(pid);
  }
  return found.filter(isAlive);
}

export class Sandbox {
  readonly home: string;
  /** The temporary folder of everything that runs in here. */
  readonly temp: string;
  readonly #root: string;
  readonly #names = new Set<string>();
  readonly #seen = new Set<number>();
  readonly #children = new Set<ChildProcess>();

  private constructor(root: string) {
    this.#root = root;
    this.home = join(root, 'home');
    this.temp = join(root, 'tmp');
  }

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), 'rkv-e2e-')));
    await mkdir(sandbox.home);
    await mkdir(sandbox.temp);
    return sandbox;
  }

  /** A path inside the sandbox. */
  path(...parts: string[]): string {
    return join(this.#root, ...parts);
  }

  #environment(extra: RunOptions['env']): NodeJS.ProcessEnv {
    const { RKV_ENDPOINTS: _endpoints, RKV_CLUSTER: _cluster, ...outer } = process.env;
    return { ...outer, RKV_HOME: this.home, TMPDIR: this.temp, NO_COLOR: '1', ...extra };
  }

  /** Runs `rkv …` to its end. */
  async rkv(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const child = spawn(process.execPath, [RUN, ...args], {
      cwd: this.#root,
      env: this.#environment(options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return collect(child, options, `rkv ${args.join(' ')}`);
  }

  /** Runs `rkv … -o json`, which must exit 0, and gives its document. */
  async json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const ran = await this.rkv([...args, '-o', 'json'], options);
    if (ran.code !== 0) {
      throw new Error(`rkv ${args.join(' ')} exited ${ran.code}: ${ran.stderr}${ran.stdout}`);
    }
    return JSON.parse(ran.stdout) as T;
  }

  /** Starts `rkv …` and leaves it running (`serve`, a foreground `cluster up`). */
  start(args: readonly string[], options: RunOptions = {}): ChildProcess {
    const words = [process.execPath, options.program ?? RUN, ...args];
    const [command = '', ...rest] = [...(options.under ?? []), ...words];
    const child = spawn(command, rest, {
      cwd: this.#root,
      env: this.#environment(options.env),
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    if (child.pid !== undefined) this.#seen.add(child.pid);
    return child;
  }

  /** A running cluster of this name, ready and detached; its name is one no other test uses. */
  async up(args: readonly string[] = [], name = this.newName()): Promise<LocalCluster> {
    this.#names.add(name);
    const ran = await this.rkv(['cluster', 'up', '--name', name, '-d', ...args]);
    if (ran.code !== 0) {
      throw new Error(`cluster up exited ${ran.code}: ${ran.stderr}${ran.stdout}`);
    }
    return this.cluster(name);
  }

  newName(): string {
    return `e2e-${process.pid}-${this.#names.size}`;
  }

  async cluster(name: string): Promise<LocalCluster> {
    this.#names.add(name);
    const cluster = await this.json<LocalCluster>(['cluster', 'status', '--name', name]);
    if (cluster.supervisor !== null) this.#seen.add(cluster.supervisor.pid);
    for (const { pid } of cluster.nodes) if (pid !== null) this.#seen.add(pid);
    return cluster;
  }

  /**
   * Stops everything and removes every file; throws when a process or a temporary file was left.
   */
  async dispose(): Promise<void> {
    for (const child of this.#children) child.kill('SIGTERM');
    for (const name of this.#names) {
      await this.rkv(['cluster', 'down', '--name', name]).catch(() => undefined);
    }
    const gone = waitFor('all processes to end', async () => (await this.#alive()).length === 0);
    await gone.catch(() => undefined);
    const leaked = await this.#alive();
    for (const pid of leaked) kill(pid);
    const left = await readdir(this.temp);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 10 });
    if (leaked.length > 0) throw new Error(`processes outlived the test: ${leaked.join(', ')}`);
    if (left.length > 0) throw new Error(`temporary files were left: ${left.join(', ')}`);
  }

  /** Where /proc is not there: what a status has shown. */
  async #alive(): Promise<number[]> {
    if (process.platform === 'linux') return pidsWithTemp(this.temp);
    return [...this.#seen].filter(isAlive);
  }
}
