/** Faults that the supervisor does: each ends by itself, healing ends all, and counts are told. */
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/launcher/fault-types.js';
import { healFaults, injectFault, statusOf } from '../../src/launcher/local.js';
import { readRecord } from '../../src/launcher/record.js';
import { loadClusterSpec } from '../../src/launcher/spec.js';
import { up } from '../../src/launcher/up.js';
import { FAKE, Home, waitUntil } from './support.js';

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(() => home.dispose());

const PROXIED = { proxied: true };
const cluster = () => ({ home: home.path, name: 't' });
const inject = (fault: Fault) => injectFault(cluster(), fault);
const faultsOf = async (node: number): Promise<unknown> =>
  JSON.parse(await readFile(home.folder(`node-${node}`, 'faults'), 'utf8'));
/** Ended by healing; a test that waits for it would not end. */
const LONG_MS = 500_000;

async function stateOf(id: number): Promise<string> {
  const { nodes } = await statusOf(cluster());
  return nodes.find((node) => node.id === id)?.state ?? expect.fail('no such node');
}

/** T: stopped, as the kernel sees it. */
async function letterOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1');
  return line.slice(line.lastIndexOf(')') + 2, line.lastIndexOf(')') + 3);
}

describe('a proxied cluster', () => {
  it('starts its nodes with proxies to dial and with faults, and says so', async () => {
    await home.up({ nodes: 2 }, PROXIED);
    const log = await readFile(home.folder('node-1.log'), 'utf8');
    expect(log).toMatch(/--inject-faults --dial-peers=2=127\.0\.0\.1:\d+/);
    const dialled = /--dial-peers=2=127\.0\.0\.1:(\d+)/.exec(log)?.[1];
    const peer = /2=127\.0\.0\.1:(\d+)/.exec(/--bootstrap=(\S+)/.exec(log)?.[1] ?? '')?.[1];
    expect(peer).toBeDefined();
    expect(dialled).not.toBe(peer);
    expect((await statusOf(cluster())).proxied).toBe(true);
  });

  it('is not what a cluster of the usual kind is', async () => {
    await home.up({ nodes: 2 });
    expect((await statusOf(cluster())).proxied).toBeUndefined();
    expect(await readFile(home.folder('node-1.log'), 'utf8')).not.toContain('--inject-faults');
    const spec = await loadClusterSpec({ env: {}, flags: { name: 't' } });
    const asked = up({
      spec,
      home: home.path,
      program: FAKE,
      detach: false,
      waitMs: 1000,
      onProgress: () => undefined,
      proxied: true,
    });
    await expect(asked).rejects.toMatchObject({
      code: 'CONFLICT',
      exitCode: 7,
      message: "cluster 't' runs without proxies",
    });
  });

  it.each<[string, Fault]>([
    ['partition', { kind: 'partition', links: [{ from: 1, to: 2 }], clog: false, forMs: 1 }],
    ['delay', { kind: 'delay', links: [{ from: 1, to: 2 }], delayMs: 5, forMs: 1 }],
    ['slow-disk', { kind: 'slow-disk', node: 1, delayMs: 5, forMs: 1 }],
    ['disk-error', { kind: 'disk-error', node: 1, forMs: 1 }],
    ['clock', { kind: 'clock', node: 1, offsetMs: 5, forMs: 1 }],
  ])('%s is refused where there are no proxies', async (_, fault) => {
    await home.up({ nodes: 2 });
    await expect(inject(fault)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  });
});

describe('faults', () => {
  it('kill: the node is gone for its time, then comes back', async () => {
    await home.up({ nodes: 2 });
    const over = inject({ kind: 'kill', node: 2, forMs: 200 });
    await waitUntil('its end', async () => (await stateOf(2)) === 'down');
    expect(await over).toEqual({ hits: 1 });
    expect(await stateOf(2)).toBe('up');
    expect(await readFile(home.folder('node-2', 'starts'), 'utf8')).toHaveLength(2);
  });

  it('kill: a node that is down already is not met', async () => {
    await home.up({ nodes: 2 });
    const over = inject({ kind: 'kill', node: 2, forMs: LONG_MS });
    await waitUntil('its end', async () => (await stateOf(2)) === 'down');
    expect(await inject({ kind: 'kill', node: 2, forMs: 1 })).toEqual({ hits: 0 });
    expect(await inject({ kind: 'pause', node: 2, forMs: 1 })).toEqual({ hits: 0 });
    await healFaults(cluster());
    expect(await over).toEqual({ hits: 1 });
    expect(await stateOf(2)).toBe('up');
  });

  it('pause: stopped until the last of two pauses is over', async () => {
    const supervisor = await home.up({ nodes: 1 });
    const pid = supervisor.view().nodes[0]?.pid ?? expect.fail('no pid');
    const long = inject({ kind: 'pause', node: 1, forMs: LONG_MS });
    await waitUntil('the stop', async () => (await letterOf(pid)) === 'T');
    expect(await inject({ kind: 'pause', node: 1, forMs: 1 })).toEqual({ hits: 1 });
    expect(await letterOf(pid)).toBe('T');
    await healFaults(cluster());
    expect(await long).toEqual({ hits: 1 });
    await waitUntil('it to go on', async () => (await letterOf(pid)) !== 'T');
  });

  it('ends when its time is over, also when nobody waits for it any more', async () => {
    const supervisor = await home.up({ nodes: 1 });
    const pid = supervisor.view().nodes[0]?.pid ?? expect.fail('no pid');
    const control = readRecord(home.path, 't')?.control ?? expect.fail('no control socket');
    const fault: Fault = { kind: 'pause', node: 1, forMs: 150 };
    const asker = createConnection(control, () => {
      asker.write(`${JSON.stringify({ op: 'fault', fault })}\n`);
    });
    await waitUntil('the stop', async () => (await letterOf(pid)) === 'T');
    asker.destroy();
    await waitUntil('it to go on', async () => (await letterOf(pid)) !== 'T');
    expect(await stateOf(1)).toBe('up');
  });

  it('slow disk and clock: ordered, replaced by the newest, taken back', async () => {
    await home.up({ nodes: 2 }, PROXIED);
    const slow = inject({ kind: 'slow-disk', node: 2, delayMs: 70, forMs: LONG_MS });
    await waitUntil('the order', async () => (await faultsOf(2).catch(() => null)) !== null);
    expect(await faultsOf(2)).toEqual({ disk: { kind: 'slow', delayMs: 70 }, clockOffsetMs: 0 });
    const hang = inject({ kind: 'slow-disk', node: 2, delayMs: null, forMs: LONG_MS });
    const clock = inject({ kind: 'clock', node: 2, offsetMs: -5000, forMs: LONG_MS });
    const both = { disk: { kind: 'hang' }, clockOffsetMs: -5000 };
    await waitUntil('both', async () => {
      return JSON.stringify(await faultsOf(2)) === JSON.stringify(both);
    });
    await expect(faultsOf(1)).rejects.toThrow('ENOENT');
    await healFaults(cluster());
    const hits = (await Promise.all([slow, hang, clock])).map((outcome) => outcome.hits);
    for (const count of hits) expect(count).toBeGreaterThan(0);
    expect(await faultsOf(2)).toEqual({ disk: { kind: 'none' }, clockOffsetMs: 0 });
  });

  it('slow disk: over also when its node is killed meanwhile', async () => {
    await home.up({ nodes: 2 }, PROXIED);
    const slow = inject({ kind: 'slow-disk', node: 2, delayMs: 70, forMs: LONG_MS });
    await waitUntil('the order', async () => (await faultsOf(2).catch(() => null)) !== null);
    expect(await inject({ kind: 'kill', node: 2, forMs: 1 })).toEqual({ hits: 1 });
    await healFaults(cluster());
    expect(await slow).toEqual({ hits: 0 });
    expect(await stateOf(2)).toBe('up');
  });

  it('a node that is asked for must be there, and a time must be one', async () => {
    await home.up({ nodes: 2 }, PROXIED);
    await expect(inject({ kind: 'pause', node: 7, forMs: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const links = [{ from: 1, to: 9 }];
    const nowhere = inject({ kind: 'partition', links, clog: false, forMs: 1 });
    await expect(nowhere).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const endless = inject({ kind: 'pause', node: 1, forMs: 10 ** 9 });
    await expect(endless).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('a cluster that stops ends them all', async () => {
    const supervisor = await home.up({ nodes: 2 }, PROXIED);
    const over = [
      inject({ kind: 'kill', node: 1, forMs: LONG_MS }),
      inject({ kind: 'pause', node: 2, forMs: LONG_MS }),
      inject({ kind: 'partition', links: [{ from: 1, to: 2 }], clog: true, forMs: LONG_MS }),
    ];
    await waitUntil('the first', async () => (await stateOf(1)) === 'down');
    await supervisor.stop();
    await Promise.allSettled(over);
    expect(supervisor.view().nodes.map((node) => node.state)).toEqual(['down', 'down']);
  });
});
