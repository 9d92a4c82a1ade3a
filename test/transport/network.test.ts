/** What networks and strangers do to a node: refusals, stalls, cuts, garbage. */
import http2 from 'node:http2';
import net from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import {
  addPeerService,
  bindPeerServer,
  createPeerClient,
  createPeerServer,
  openStream,
} from '../../src/transport/channel.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { encodeHello, encodeWelcome, type HelloFrame } from '../../src/wire/peer-codec.js';
import {
  append,
  bothUp,
  heartbeat,
  type NodeSpec,
  openNode,
  openPair,
  previousOf,
  type TestNode,
  until,
} from './harness.js';
import { openStretch } from './stretch.js';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
const node = async (spec: NodeSpec): Promise<TestNode> => {
  const made = await openNode(spec);
  endings.push(() => made.transport.close());
  return made;
};
/** Node 1 is reached through a stretch only, so what it sends to node 2 goes through that. */
async function behindStretch(limits: NodeSpec['limits'] = {}) {
  let target = '';
  const proxy = await openStretch(() => target);
  endings.push(() => proxy.close());
  const a = await node({ id: 1, limits, over: { advertise: proxy.address } });
  target = a.transport.address;
  const b = await node({ id: 2, limits });
  b.transport.setPeers(new Map([[a.id, proxy.address]]));
  await bothUp(a, b);
  return { a, b, proxy };
}

const MIB = 1024 * 1024;

describe('refusals', () => {
  const identity = (over: object, id = 2) => ({
    identity: {
      clusterId: 'cluster',
      diskId: `disk-${id}`,
      bootId: `boot-${id}-x`,
      bootCount: 1,
      versions: { min: 1, max: 1 },
      ...over,
    },
  });
  const reasonsOf = ({ log }: TestNode): unknown[] =>
    log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.reason);

  test.each([
    ['wrong-cluster', { clusterId: 'another' }],
    ['no-common-version', { versions: { min: 2, max: 3 } }],
  ])('%s: neither side talks to the other, and says why once', async (reason, change) => {
    const a = await node({ id: 1, limits: { refusedBackoffMs: 5 } });
    const b = await node({ id: 2, limits: { refusedBackoffMs: 5 }, over: identity(change) });
    a.transport.setPeers(new Map([[b.id, b.transport.address]]));
    b.transport.setPeers(new Map([[a.id, a.transport.address]]));
    await until(() => reasonsOf(a).length === 2 && reasonsOf(b).length === 2, 'refusals');
    // Several attempts later nothing more has been logged.
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([reasonsOf(a), reasonsOf(b)]).toEqual(Array(2).fill([reason, reason]));
    expect([a.handler.events, b.handler.events]).toEqual([[], []]);
    expect(a.transport.connected(b.id)).toBe(false);
  });

  test('the rules of the integrator, with the whole hello', async () => {
    const asked: unknown[] = [];
    const a = await node({
      id: 1,
      over: {
        checkPeer: (hello) => {
          asked.push({ node: hello.node, disk: hello.diskId, at: hello.advertise });
          return 'wrong-disk';
        },
      },
    });
    const b = await node({ id: 2 });
    b.transport.setPeers(new Map([[a.id, a.transport.address]]));
    await until(() => reasonsOf(b).length === 1, 'the refusal');
    expect(reasonsOf(b)).toEqual(['wrong-disk']);
    expect(asked[0]).toEqual({ node: 2, disk: 'disk-2', at: b.transport.address });
  });

  test('an old copy of a directory, beside and after the living node', async () => {
    const [a, b] = await openPair({}, { boot: 5 });
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const copy = await node({ id: 2, boot: 4 });
    copy.transport.setPeers(new Map([[a.id, a.transport.address]]));
    await until(() => reasonsOf(copy).length === 1, 'the refusal');
    expect(reasonsOf(copy)).toEqual(['old-boot']);
    expect(a.transport.connected(b.id)).toBe(true);
    expect(copy.handler.events).toEqual([]);
  });

  test('an address that belongs to another node', async () => {
    const a = await node({ id: 1 });
    const c = await node({ id: 3 });
    a.transport.setPeers(new Map([[nodeId(2), c.transport.address]]));
    await until(() => reasonsOf(a).length === 1, 'the refusal');
    expect(reasonsOf(a)).toEqual(['wrong-node']);
    expect(c.handler.events).toEqual([]);
  });

  test('a port that is taken', async () => {
    const a = await node({ id: 1 });
    const second = openNode({ id: 2, listen: a.transport.address });
    await expect(second).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    const nowhere = openNode({ id: 2, listen: 'no.such.host.invalid:0' });
    await expect(nowhere).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('bad networks', () => {
  test('a stalled connection: queues are bounded, the newest appends are dropped and named', async () => {
    const limits = { appendQueueBytes: 8 * MIB, keepaliveMs: 20_000, handshakeTimeoutMs: 20_000 };
    const { a, b, proxy } = await behindStretch(limits);
    proxy.stall();
    for (let i = 0; i < 600; i++) {
      a.transport.send(b.id, append(1, i, [100_000]));
      a.transport.send(b.id, heartbeat(1, i));
      a.transport.flush();
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(a.handler.events).toContainEqual({ kind: 'dropped', peer: b.id, group: 1 });
    proxy.resume();
    await until(() => b.handler.messages().some(({ message }) => message.kind === 'append'), 'one');
    await until(() => {
      const last = b.handler
        .messages()
        .filter(({ message }) => message.kind === 'heartbeat')
        .at(-1);
      return last?.message.kind === 'heartbeat' && last.message.commit === 599;
    }, 'the last heartbeat');
    a.transport.send(b.id, append(2, 0, [1]));
    a.transport.flush();
    await until(() => b.handler.messages().some(({ group }) => group === 2), 'an append after it');
    const previous = previousOf(b.handler.messages().filter(({ group }) => group === 1));
    expect(previous).toEqual([...previous].sort((x, y) => x - y));
    // Window, queue, what gRPC and the sockets hold: far from the 60 MB that were sent.
    expect(previous.length * 100_000).toBeLessThan(40 * MIB);
    const heartbeats = b.handler.messages().filter(({ message }) => message.kind === 'heartbeat');
    expect(heartbeats.length).toBeLessThan(600);
  });

  test('a black hole is noticed by keepalive, and left behind when it heals', async () => {
    const { a, b, proxy } = await behindStretch({ keepaliveMs: 50, keepaliveTimeoutMs: 50 });
    proxy.stall();
    await until(() => !b.transport.connected(a.id), 'the loss at the dialling side');
    await until(() => !a.transport.connected(b.id), 'the loss at the other side');
    proxy.resume();
    await bothUp(a, b);
    a.transport.send(b.id, append(1, 3, [1]));
    a.transport.flush();
    await until(() => b.handler.messages().length === 1, 'an append');
  });

  test('cut again and again under load, it comes back and keeps the order', async () => {
    const { a, b, proxy } = await behindStretch();
    let prev = 0;
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 50; i++) {
        a.transport.send(b.id, append(1, prev++, [5000]));
        a.transport.flush();
      }
      const ups = (at: TestNode) => at.handler.events.filter(({ kind }) => kind === 'up').length;
      const before = ups(a) + ups(b);
      proxy.cut();
      await until(() => ups(a) + ups(b) >= before + 2, 'both up again');
      await bothUp(a, b);
    }
    a.transport.send(b.id, append(1, prev, [1]));
    a.transport.flush();
    await until(() => previousOf(b.handler.messages()).at(-1) === prev, 'the last append');
    const previous = previousOf(b.handler.messages());
    expect(previous).toEqual([...previous].sort((x, y) => x - y));
    for (const at of [a, b]) {
      const kinds = at.handler.events.flatMap(({ kind }) =>
        kind === 'up' || kind === 'down' ? [kind] : [],
      );
      expect(kinds).toEqual(kinds.map((_, i) => (i % 2 === 0 ? 'up' : 'down')));
    }
  });

  test('five nodes that start at once all meet', async () => {
    const nodes = await Promise.all([1, 2, 3, 4, 5].map((id) => node({ id })));
    const peers = new Map(nodes.map(({ id, transport }) => [id, transport.address]));
    for (const { transport } of nodes) transport.setPeers(peers);
    for (const a of nodes) for (const b of nodes) if (a !== b) await bothUp(a, b);
    for (const { handler } of nodes) {
      const others = handler.events.map((event) => event.kind === 'up' && event.peer);
      expect(new Set(others).size).toBe(4);
    }
  });
});

describe('strangers', () => {
  const hello = (to: TestNode, over: Partial<HelloFrame> = {}): HelloFrame => ({
    versions: { min: 1, max: 1 },
    clusterId: 'cluster',
    node: nodeId(9),
    to: to.id,
    diskId: 'disk-9',
    bootId: 'boot-9',
    bootCount: 1,
    advertise: '',
    link: 1,
    ...over,
  });

  test('who dials with garbage is turned away, the node goes on', async () => {
    const [a, b] = await openPair();
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const client = createPeerClient(a.transport.address, DEFAULT_TRANSPORT_LIMITS);
    const noise = fc.sample(fc.uint8Array({ maxLength: 300 }), 50);
    const good = encodeHello(hello(a));
    const cuts = Array.from({ length: good.length }, (_, i) => good.subarray(0, i));
    await Promise.all(
      [...noise, ...cuts].map(
        (bytes) =>
          new Promise<void>((resolve) => {
            const stream = openStream(client, 'append', Buffer.from(bytes));
            stream.on('error', () => undefined);
            stream.on('status', () => resolve());
            // Refused, or (a hello cut behind what matters) welcomed.
            stream.on('data', () => stream.cancel());
          }),
      ),
    );
    client.close();
    // Not even HTTP/2, and HTTP/2 with a message of 4 GiB declared.
    const raw = net.connect(Number(a.transport.address.split(':')[1]), '127.0.0.1');
    raw.on('error', () => undefined);
    raw.end(Buffer.from(noise.flatMap((bytes) => [...bytes])));
    const session = http2.connect(`http://${a.transport.address}`);
    const request = session.request({
      ':method': 'POST',
      ':path': '/rkv.peer.Peer/Append',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const status = new Promise((resolve) => {
      request.on('response', (headers) => resolve(headers['grpc-status']));
      request.on('trailers', (headers) => resolve(headers['grpc-status']));
    });
    request.resume();
    request.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2]));
    expect(await status).toBe('8');
    session.destroy();
    expect(a.transport.connected(b.id)).toBe(true);
    const answer = await b.transport.call(a.id, 1, Buffer.from('still there?'), 5000);
    expect(Buffer.from(answer).toString()).toBe('still there?');
  });

  test('who answers with garbage after a good welcome is hung up on, with a reason', async () => {
    const a = await node({ id: 1, limits: { handshakeTimeoutMs: 500 } });
    const server = createPeerServer(DEFAULT_TRANSPORT_LIMITS);
    endings.push(async () => server.forceShutdown());
    const noise = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), 20);
    let opened = 0;
    let link = 0;
    const welcome = (): Buffer => {
      const accepted = hello(a, { link: 0 });
      return encodeWelcome({ kind: 'accepted', hello: accepted });
    };
    const serve = (call: { write(bytes: Buffer): void; end(): void }): void => {
      opened += 1;
      // Garbage instead of the welcome, then behind it, then pieces that never end.
      const bytes = Buffer.from(noise[opened % noise.length] ?? []);
      const piece = Buffer.concat([Buffer.from([0x2a, 0x80, 0x80, 0x40]), Buffer.alloc(MIB)]);
      if (opened % 3 !== 0) call.write(welcome());
      if (opened % 3 === 1) for (let i = 0; i < 30; i++) call.write(piece);
      else call.write(bytes);
    };
    addPeerService(server, { control: serve, append: serve, call: serve, snapshot: () => {} });
    const port = await bindPeerServer(server, '127.0.0.1:0');
    a.transport.setPeers(new Map([[nodeId(9), `127.0.0.1:${port}`]]));
    // The other half, so that the connection comes up and messages are read at all.
    const client = createPeerClient(a.transport.address, DEFAULT_TRANSPORT_LIMITS);
    endings.push(async () => client.close());
    const dialBack = setInterval(() => {
      link += 1;
      for (const name of ['control', 'append', 'call'] as const) {
        const stream = openStream(client, name, encodeHello(hello(a, { link })));
        stream.on('error', () => undefined);
        stream.resume();
      }
    }, 50);
    endings.push(async () => clearInterval(dialBack));
    await until(() => opened > 60, 'twenty attempts', 20_000);
    expect(a.handler.messages()).toEqual([]);
    expect(a.transport.connected(nodeId(9))).toBe(false);
  });
});
