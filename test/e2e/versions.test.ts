/** A node of the next version beside nodes of this one (DESIGN section 6, "Versions"). */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import { raisedBuild } from './raised-build.js';
import { NO_REDIS, Sandbox, waitFor } from './support.js';
import { settled } from './writers.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

interface Running {
  readonly child: ChildProcess;
  readonly grpc: string;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

async function running(child: ChildProcess): Promise<Running> {
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => said.push(bytes));
  }
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    stderr: Buffer.concat(said).toString(),
  }));
  const grpc = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { addresses?: { grpc: string } }) => {
      if (message.addresses) resolve(message.addresses.grpc);
    });
    ended.then(({ stderr }) => reject(new Error(`serve ended: ${stderr}`)));
  });
  return { child, grpc, ended };
}

/** Those who do not answer may be those who have just stopped. */
const ONCE = { timeoutMs: 1_000 };

async function leadEverywhere(client: Client, node: number, enough = () => false): Promise<void> {
  await waitFor(`node ${node} to lead`, async () => {
    if (enough()) return true;
    const { shards } = await client.admin.status(ONCE);
    const others = shards.filter(({ leader }) => leader !== node);
    for (const { id } of others) await client.admin.transferLeader(id, node, ONCE);
    return others.length === 0;
  });
}

it('speaks the common version; its newer entry stops the others instead of being skipped', async () => {
  const program = await raisedBuild(sandbox.path('raised'));
  const peers = await freePorts(3);
  const bootstrap = peers.map((port, i) => `${i + 1}=127.0.0.1:${port}`).join(',');
  const serve = (id: number, env: Record<string, string> = {}): Promise<Running> => {
    const listen = [
      '--listen-grpc',
      '127.0.0.1:0',
      '--listen-peer',
      `127.0.0.1:${peers[id - 1]}`,
      ...NO_REDIS,
    ];
    const own = ['--node-id', `${id}`, '--data-dir', sandbox.path(`n${id}`)];
    const args = ['serve', ...own, ...listen, '--bootstrap', bootstrap];
    return running(sandbox.start(args, id === 3 ? { env, program } : { env }));
  };
  const nodes = await Promise.all([serve(1), serve(2), serve(3)]);
  const open = (all: readonly Running[]) =>
    connect({ endpoints: all.map(({ grpc }) => grpc), timeoutMs: 15_000 });
  let client = await open(nodes);
  for (let i = 0; i < 20; i++) await client.set(`k${i}`, `v${i}`);
  await waitFor('all to be whole', async () => settled(await client.admin.status()));
  await leadEverywhere(client, 3);
  for (let i = 0; i < 20; i++) await client.set(`by3:${i}`, 'written');
  for (const node of [1, 2, 3]) {
    await waitFor(`node ${node} to have it`, async () => {
      const read = await client.admin.localRead(0, Buffer.from('by3:19'), { node });
      return read !== null && Buffer.from(read).toString() === 'written';
    });
  }
  expect((await client.admin.status()).cluster.version).toBe(1);
  await client.close();

  const [first, second, third] = nodes;
  third?.child.kill('SIGTERM');
  expect((await third?.ended)?.code).toBe(0);
  const raised = await serve(3, { RKV_RAISED_ENTRIES: '1' });
  client = await open([raised]);
  // As soon as it leads, its first entry of the new version meets the others.
  const ends = Promise.all([first?.ended, second?.ended]);
  let stopped = false;
  const pushing = leadEverywhere(client, 3, () => stopped);
  for (const end of await ends) {
    expect(end?.code).toBe(7);
    expect(end?.stderr).toContain('entry version 2 was written by a newer rkv');
  }
  stopped = true;
  await client.close();
  await pushing;
});
