/** CLI contract, "Finding a cluster": the order, and what each step needs. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf } from '../../src/base/lockfile.js';
import { resolveEndpoints } from '../../src/launcher/endpoints.js';
import { rkvHome } from '../../src/launcher/home.js';
import { portsOf } from '../../src/launcher/ports.js';
import { type ClusterRecord, writeRecord } from '../../src/launcher/record.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rkv-endpoints-'));
});
afterEach(() => rm(home, { recursive: true }));

async function record(name: string, base: number, changes: Partial<ClusterRecord> = {}) {
  await mkdir(join(home, 'clusters', name), { recursive: true });
  await writeRecord(home, {
    format: 1,
    name,
    clusterId: 'c',
    createdAt: '2026-01-01T00:00:00Z',
    options: {},
    nodes: [1, 2].map((id) => ({
      id,
      labels: {},
      dataDir: '/d',
      log: '/l',
      ports: portsOf(base, id),
      addresses: null,
      process: null,
    })),
    born: true,
    state: 'running',
    supervisor: markOf(process.pid),
    control: null,
    readyFile: null,
    ...changes,
  });
}

const resolve = (flags = {}, env = {}) => resolveEndpoints(flags, { RKV_HOME: home, ...env });

describe('finding a cluster', () => {
  it('goes by flag, variable, name, name variable, default, lone node', async () => {
    await record('default', 7400);
    await record('five', 7500);
    await record('six', 7600);
    const everything = { RKV_ENDPOINTS: 'b:2', RKV_CLUSTER: 'six' };
    expect(await resolve({ endpoints: 'a:1, a:2', cluster: 'five' }, everything)).toEqual([
      'a:1',
      'a:2',
    ]);
    expect(await resolve({}, everything)).toEqual(['b:2']);
    expect(await resolve({ cluster: 'five' }, { RKV_CLUSTER: 'six' })).toEqual([
      '127.0.0.1:7510',
      '127.0.0.1:7520',
    ]);
    expect(await resolve({}, { RKV_CLUSTER: 'six' })).toEqual(['127.0.0.1:7610', '127.0.0.1:7620']);
    expect(await resolve()).toEqual(['127.0.0.1:7410', '127.0.0.1:7420']);
  });

  it('takes the lone node when no supervisor of `default` lives', async () => {
    expect(await resolve()).toEqual(['127.0.0.1:7410']);
    await record('default', 7700, { supervisor: { ...markOf(process.pid), startTicks: 1 } });
    expect(await resolve()).toEqual(['127.0.0.1:7410']);
    await record('default', 7700, { supervisor: null });
    expect(await resolve()).toEqual(['127.0.0.1:7410']);
  });

  it('refuses a named cluster that does not run, with what to type', async () => {
    await record('old', 7500, { supervisor: null });
    for (const name of ['old', 'never']) {
      await expect(resolve({ cluster: name })).rejects.toMatchObject({
        code: 'NO_CLUSTER',
        exitCode: 3,
        message: `no local cluster '${name}' is running`,
        details: { hint: `rkv cluster up --name ${name}` },
      });
    }
  });

  it('refuses lists that name nobody, and names that are paths', async () => {
    await expect(resolve({ endpoints: '' })).rejects.toMatchObject({ exitCode: 2 });
    await expect(resolve({ endpoints: 'localhost' })).rejects.toMatchObject({ exitCode: 2 });
    await expect(resolve({ cluster: '../etc' })).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('home', () => {
  it('is RKV_HOME, else XDG, else below ~/.local/state', () => {
    expect(rkvHome({ RKV_HOME: '/a', XDG_STATE_HOME: '/b', HOME: '/c' })).toBe('/a');
    expect(rkvHome({ XDG_STATE_HOME: '/b', HOME: '/c' })).toBe('/b/rkv');
    expect(rkvHome({ HOME: '/c' })).toBe('/c/.local/state/rkv');
    expect(rkvHome({})).toBe(join(homedir(), '.local/state/rkv'));
  });
});
