/** What strangers on the network find at a node that was started with its defaults. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import http2 from 'node:http2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { createPeerClient, openStream } from '../../src/transport/channel.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { decodeAppends, encodeHello } from '../../src/wire/peer-codec.js';
import { type LocalCluster, Sandbox } from './support.js';

let sandbox: Sandbox;
let cluster: LocalCluster;
beforeAll(async () => {
  sandbox = await Sandbox.create();
  cluster = await sandbox.up();
});
afterAll(() => sandbox.dispose());

const victim = () => {
  const node = cluster.nodes[0] ?? expect.fail();
  const { grpc, peer } = node.addresses;
  return { pid: node.pid ?? expect.fail(), grpc: grpc ?? '', peer: peer ?? '' };
};

it.skipIf(process.platform !== 'linux')(
  'every socket of a node is bound to loopback, and none goes elsewhere',
  async () => {
    const { pid } = victim();
    const links = await Promise.all(
      (await readdir(`/proc/${pid}/fd`)).map((fd) =>
        readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''),
      ),
    );
    const own = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
    let seen = 0;
    for (const [table, loopback] of [
      ['tcp', /^0100007F:/],
      ['tcp6', /^0{24}01000000:|^0{16}FFFF00000100007F:/],
      ['udp', /^0100007F:/],
      ['udp6', /^0{24}01000000:/],
    ] as const) {
      const rows = (await readFile(`/proc/${pid}/net/${table}`, 'utf8')).trim().split('\n');
      for (const row of rows.slice(1)) {
        const [, local = '', remote = '', , , , , , , inode] = row.trim().split(/\s+/);
        if (!own.has(inode)) continue;
        seen++;
        expect(local).toMatch(loopback);
        if (!/^0+:0000$/.test(remote)) expect(remote).toMatch(loopback);
      }
    }
    // Two doors and the streams of two peers.
    expect(seen).toBeGreaterThanOrEqual(4);
  },
);

const answerTo = (hello: Buffer): Promise<string> =>
  new Promise((resolve) => {
    const client = createPeerClient(victim().peer, DEFAULT_TRANSPORT_LIMITS);
    const stream = openStream(client, 'append', hello);
    stream.on('error', () => undefined);
    stream.on('status', () => client.close());
    stream.once('data', (bytes: Buffer) => {
      const received = decodeAppends(bytes);
      if (received.kind !== 'welcome') resolve(received.kind);
      else resolve(received.welcome.kind === 'refused' ? received.welcome.reason : 'accepted');
      stream.cancel();
    });
  });

it('a peer of another cluster, version or number is told why it is refused', async () => {
  const status = await sandbox.json<{ cluster: { id: string } }>([
    'status',
    '--cluster',
    cluster.name,
  ]);
  const hello = {
    versions: { min: 1, max: 1 },
    clusterId: status.cluster.id,
    node: nodeId(2),
    to: nodeId(1),
    diskId: 'another disk',
    bootId: 'another boot',
    bootCount: 1_000,
    advertise: '',
    link: 1,
  };
  const ask = (change: Partial<typeof hello>) => answerTo(encodeHello({ ...hello, ...change }));
  expect(await ask({ clusterId: 'another' })).toBe('wrong-cluster');
  expect(await ask({ versions: { min: 2, max: 9 } })).toBe('no-common-version');
  expect(await ask({ to: nodeId(3) })).toBe('wrong-node');
  expect(await ask({ node: nodeId(9) })).toBe('unknown-node');
  expect(await ask({})).toBe('wrong-disk');
});

const residentMiB = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024;
};

it.skipIf(process.platform !== 'linux')(
  'a declared length of 4 GiB is refused on every door before anything is allocated',
  async () => {
    const { pid, grpc, peer } = victim();
    const before = await residentMiB(pid);
    for (const [address, path] of [
      [peer, '/rkv.peer.Peer/Append'],
      [peer, '/rkv.peer.Peer/Snapshot'],
      [grpc, '/rkv.v1.Kv/Session'],
    ] as const) {
      const session = http2.connect(`http://${address}`);
      const declare = (): Promise<unknown> => {
        const request = session.request({
          ':method': 'POST',
          ':path': path,
          'content-type': 'application/grpc',
          te: 'trailers',
        });
        const status = new Promise((resolve) => {
          const look = (headers: http2.IncomingHttpHeaders) => {
            if (headers['grpc-status'] !== undefined) resolve(headers['grpc-status']);
          };
          request.on('response', look);
          request.on('trailers', look);
        });
        request.on('error', () => undefined);
        request.resume();
        request.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
        return status;
      };
      // RESOURCE_EXHAUSTED
      expect(new Set(await Promise.all(Array.from({ length: 8 }, declare)))).toEqual(
        new Set(['8']),
      );
      session.destroy();
    }
    expect((await residentMiB(pid)) - before).toBeLessThan(64);
    const set = await sandbox.rkv(['set', 'still', 'there', '--cluster', cluster.name]);
    expect(set.stdout).toBe('OK\n');
  },
);
