/** Real processes above fake nodes: nobody outlives his supervisor, whatever ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, markOf } from '../../src/base/lockfile.js';
import { down, killNode, prune, statusOf } from '../../src/launcher/local.js';
import type { ClusterView } from '../../src/launcher/view.js';
import { Home, waitUntil } from './support.js';

const TSX = pathToFileURL(join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs')).href;
const FAKE_RKV = join(import.meta.dirname, 'fake-rkv.ts');

let home: Home;
beforeEach(async () => {
  home = await Home.create();
});
afterEach(async () => {
  await down(cluster(), false).catch(() => undefined);
  await home.dispose();
});

const cluster = () => ({ home: home.path, name: 't' });

function start(...words: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', TSX, FAKE_RKV, 'up', ...words], {
    env: { ...process.env, RKV_HOME: home.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The first line that `up` prints. */
async function firstLine(child: ChildProcess): Promise<{ kind: string; view: ClusterView }> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const [kind, ...json] = text.trim().split(' ');
  return { kind: kind ?? '', view: JSON.parse(json.join(' ')) as ClusterView };
}

async function upDetached(): Promise<ClusterView> {
  const child = start('-d');
  const ended = once(child, 'exit');
  const { view } = await firstLine(child);
  expect(await ended).toEqual([0, null]);
  return view;
}

const noneAlive = async (): Promise<boolean> => (await home.alive()).length === 0;

describe('detached', () => {
  it('runs on after `up` has ended, and `down` ends all of it', async () => {
    const view = await upDetached();
    expect(view).toMatchObject({ state: 'running', nodes: [{ state: 'up' }, { state: 'up' }] });
    const supervisor = markOf(view.supervisor?.pid ?? 0);
    expect(isAlive(supervisor)).toBe(true);
    await down(cluster(), false);
    expect(isAlive(supervisor)).toBe(false);
    expect(await home.alive()).toEqual([]);
  });

  it('a second `up` of the same shape tells what runs', async () => {
    const view = await upDetached();
    const again = await firstLine(start());
    expect(again.kind).toBe('was-running');
    expect(again.view.nodes.map(({ pid }) => pid)).toEqual(view.nodes.map(({ pid }) => pid));
  });

  it('nodes end when the supervisor is killed -9, and the cluster can be started again', async () => {
    const view = await upDetached();
    process.kill(view.supervisor?.pid ?? 0, 'SIGKILL');
    await waitUntil('the nodes to end', noneAlive);
    expect(await statusOf(cluster())).toMatchObject({ state: 'stopped', supervisor: null });
    expect((await upDetached()).state).toBe('running');
  });

  it('a node that is stopped meanwhile is ended by the next command that looks', async () => {
    const view = await upDetached();
    await killNode(cluster(), 1, 'SIGSTOP', false);
    process.kill(view.supervisor?.pid ?? 0, 'SIGKILL');
    await waitUntil('the other node to end', async () => (await home.alive()).length === 1);
    expect(await prune(home.path, false)).toEqual(['t']);
    expect(await home.alive()).toEqual([]);
  });

  it('an `up` that is interrupted leaves no supervisor and no node', async () => {
    const child = start('-d');
    await waitUntil('a node', async () => (await home.alive()).length > 0);
    child.kill('SIGKILL');
    await waitUntil('the nodes to end', noneAlive);
    await waitUntil('the supervisor to end', async () => {
      const view = await statusOf(cluster());
      return view.supervisor === null && view.state !== 'running';
    });
  });
});

describe('in the foreground', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops all in order and exits %d; the data stays', async (signal, code) => {
    const child = start();
    const ended = once(child, 'exit');
    expect((await firstLine(child)).kind).toBe('foreground');
    child.kill(signal);
    expect(await ended).toEqual([code, null]);
    expect(await home.alive()).toEqual([]);
    const view = await statusOf(cluster());
    expect(view).toMatchObject({ state: 'stopped', supervisor: null });
  });

  it('exits 0 when it is stopped by `down`', async () => {
    const child = start();
    const ended = once(child, 'exit');
    await firstLine(child);
    await down(cluster(), true);
    expect(await ended).toEqual([0, null]);
  });

  it('nodes end when it is killed -9', async () => {
    const child = start();
    await firstLine(child);
    child.kill('SIGKILL');
    await waitUntil('the nodes to end', noneAlive);
  });
});
