/** A local cluster of a script's own: temporary RKV_HOME, its own name, gone at the end. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const RUN = join(ROOT, 'bin', 'run.js');

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Kills by pid; a process that is gone already is fine. */
export function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

/** Asks until the answer is truthy; errors count as "not yet". Null when the time is over. */
export async function until(condition, timeoutMs, everyMs = 100) {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await Promise.resolve(condition()).catch(() => null);
    if (answer) return answer;
    await pause(everyMs);
  }
  return null;
}

export class Cluster {
  constructor(name) {
    this.name = name;
    this.root = mkdtempSync(join(tmpdir(), `rkv-${name}-`));
    this.env = { ...process.env, RKV_HOME: this.root, RKV_CLUSTER: name, NO_COLOR: '1' };
    delete this.env.RKV_ENDPOINTS;
  }

  /** Runs `rkv …`; rejects when it does not exit 0. Gives stdout. */
  rkv(args, timeoutMs = 60_000) {
    return new Promise((resolve, reject) => {
      const options = { env: this.env, cwd: ROOT, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, [RUN, ...args], options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`rkv ${args.join(' ')}: ${stderr || stdout || error.message}`));
      });
    });
  }

  async json(args) {
    return JSON.parse(await this.rkv([...args, '-o', 'json']));
  }

  up(nodes, more = []) {
    return this.rkv(['cluster', 'up', '-n', String(nodes), '--name', this.name, '-d', ...more]);
  }

  /** The processes as the supervisor sees them. */
  processes() {
    return this.json(['cluster', 'status', '--name', this.name]);
  }

  async endpoints() {
    const { nodes } = await this.processes();
    return nodes.map(({ addresses }) => addresses.grpc);
  }

  async down() {
    await this.rkv(['cluster', 'down', '--name', this.name]);
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 10 });
  }
}
