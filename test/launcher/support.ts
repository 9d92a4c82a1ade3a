/** A home of its own per test, fake nodes, and the proof that none of them was left alive. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from '../../src/launcher/child.js';
import { planCluster } from '../../src/launcher/plan.js';
import type { Probe } from '../../src/launcher/probe.js';
import { readRecord } from '../../src/launcher/record.js';
import { loadClusterSpec, type SpecFlags } from '../../src/launcher/spec.js';
import { type Progress, Supervisor } from '../../src/launcher/supervisor.js';

export const FAKE: Program = {
  execPath: process.execPath,
  args: [join(import.meta.dirname, 'fake-serve.mjs')],
};

export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export class Home {
  readonly path: string;
  readonly progress: Progress[] = [];
  /** Endpoints that were probed, in order. */
  readonly probed: string[] = [];
  #supervisors: Supervisor[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<Home> {
    return new Home(await mkdtemp(join(tmpdir(), 'rkv-launcher-')));
  }

  readonly probe: Probe = async (endpoint) => {
    this.probed.push(endpoint);
    return [1];
  };

  /** A supervisor of fake nodes on ports the system chose, unless the flags say otherwise. */
  async supervisor(
    flags: SpecFlags = {},
    more: {
      probe?: Probe;
      waitMs?: number;
      readyFile?: string;
      envFile?: string;
      proxied?: boolean;
    } = {},
  ): Promise<Supervisor> {
    const ports =
      flags.basePort === undefined && flags.ports === undefined ? { ports: 'auto' } : {};
    const spec = await loadClusterSpec({ env: {}, flags: { name: 't', ...ports, ...flags } });
    const plan = planCluster(spec, readRecord(this.path, spec.name), {
      home: this.path,
      waitMs: more.waitMs ?? 20_000,
      readyFile: more.readyFile,
      envFile: more.envFile,
      proxied: more.proxied,
    });
    const supervisor = new Supervisor({
      plan,
      program: FAKE,
      probe: more.probe ?? this.probe,
      onProgress: (progress) => this.progress.push(progress),
    });
    this.#supervisors.push(supervisor);
    return supervisor;
  }

  async up(...args: Parameters<Home['supervisor']>): Promise<Supervisor> {
    const supervisor = await this.supervisor(...args);
    await supervisor.start();
    return supervisor;
  }

  folder(...parts: string[]): string {
    return join(this.path, 'clusters', 't', ...parts);
  }

  /** Fake nodes of this home that run now. */
  async alive(): Promise<number[]> {
    const pids: number[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const line = await readFile(`/proc/${name}/cmdline`, 'latin1').catch(() => '');
      if (line.includes(`--data-dir=${this.path}`)) pids.push(Number(name));
    }
    return pids;
  }

  async dispose(): Promise<void> {
    for (const supervisor of this.#supervisors) await supervisor.stop();
    const left = await this.alive();
    await rm(this.path, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`fake nodes were left: ${left.join(', ')}`);
  }
}
