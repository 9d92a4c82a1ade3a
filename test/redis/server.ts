/**
 * A redis-server of the test's own: temporary folder, free port, ended by its pid. Debian's package
 * is what `.ci/run` installs; where there is none, tests that need it are skipped with this reason.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const works = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Debian's packages redis-server, redis-tools and python3-redis. */
export const REDIS_SERVER = works('redis-server', ['--version']);
export const REDIS_CLI = works('redis-cli', ['--version']);
export const REDIS_BENCHMARK = works('redis-benchmark', ['--version']);
/** Debian's Python: the one its python3-redis belongs to. */
export const PYTHON = '/usr/bin/python3';
export const PYTHON_REDIS = works(PYTHON, ['-c', 'import redis']);

export const WHY_SKIPPED = {
  server: 'redis-server is not installed',
  cli: 'redis-cli is not installed',
  benchmark: 'redis-benchmark is not installed',
  python: 'python3-redis is not installed',
} as const;

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether somebody takes connections there. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export class RedisServer {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #directory: string;

  private constructor(port: number, child: ChildProcess, directory: string) {
    this.port = port;
    this.#process = child;
    this.#directory = directory;
  }

  /** Ready for commands. `more` are options as on its command line. */
  static async start(more: readonly string[] = []): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'rkv-redis-'));
    const port = await freePort();
    const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
    const child = spawn('redis-server', [...own, ...more], { stdio: 'ignore' });
    const server = new RedisServer(port, child, directory);
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`redis-server exited ${child.exitCode}`);
      await new Promise((done) => setTimeout(done, 20));
    }
    return server;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const gone = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await gone;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }
}
