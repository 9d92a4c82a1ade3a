/**
 * Strangers at the gRPC door: FAULTS section 4 lines 1, 11 and 14, and section 3 rows 99 and 101.
 */
import http2 from 'node:http2';
import net from 'node:net';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import { RkvError } from '../../../src/kv/errors.js';
import { MAX_REQUEST_BYTES } from '../../../src/kv/limits.js';
import { KV_SESSION_PATH } from '../../../src/wire/client-codec/admin.js';
import { encodeClientFrame, type WireRequest } from '../../../src/wire/client-codec/request.js';
import { type Answer, readServerFrame } from '../../../src/wire/client-codec/response.js';
import { type FakeNode, startFakeNode } from '../../client/support/fake-node.js';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function fakeNode(options: Parameters<typeof startFakeNode>[0] = {}): Promise<FakeNode> {
  const node = await startFakeNode(options);
  ends.push(() => node.close());
  return node;
}

const asIs = (bytes: Buffer): Buffer => bytes;

interface Raw {
  readonly call: ClientDuplexStream<Buffer, Buffer>;
  readonly answers: Map<number, Answer>;
  readonly ended: Promise<ServiceError | null>;
  topologies: number;
}

function open(node: FakeNode): Raw {
  const channel = new Client(node.address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
  });
  const call = channel.makeBidiStreamRequest(KV_SESSION_PATH, asIs, asIs, new Metadata(), {});
  const answers = new Map<number, Answer>();
  const ended = new Promise<ServiceError | null>((resolve) => {
    call.on('error', (error: ServiceError) => resolve(error));
    call.on('end', () => resolve(null));
  });
  const raw: Raw = { call, answers, ended, topologies: 0 };
  call.on('data', (frame: Buffer) => {
    readServerFrame(frame, {
      onAnswer: (id, answer) => void answers.set(id, answer),
      onTopology: () => void raw.topologies++,
      onNow: () => undefined,
    });
  });
  ends.push(() => {
    call.cancel();
    channel.close();
  });
  return raw;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const request = (id: number, name: string, args: readonly Uint8Array[]): WireRequest => ({
  id,
  command: { code: codeOf(name), database: 0, args },
  sequence: 0,
  mark: 0,
  firstAttempt: 0 as WireRequest['firstAttempt'],
  timeoutMs: 1000,
  read: { kind: 'linearizable' },
});
const get = (id: number, key = 'k') => request(id, 'get', [Buffer.from(key)]);

describe('the gRPC door', () => {
  it('takes the port it is given and says when another has it', async () => {
    const node = await fakeNode();
    await expect(startFakeNode({ listen: node.address })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
    expect(node.address).toMatch(/^127\.0\.0\.1:[1-9]\d+$/);
  });

  it('opens with the topology and tells its changes', async () => {
    const node = await fakeNode();
    const raw = open(node);
    await until(() => raw.topologies === 1);
    node.setTopology({ clusterId: 'fake', version: 2, nodes: [], shards: [] });
    await until(() => raw.topologies === 2);
  });

  it('answers in the order things happen, each to its id', async () => {
    const node = await fakeNode();
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(9), request(4, 'get', []), get(5)]));
    await until(() => raw.answers.size === 3);
    expect(raw.answers.get(9)).toEqual({ kind: 'null' });
    expect((raw.answers.get(4) as RkvError).code).toBe('SYNTAX');
    expect(raw.answers.get(5)).toEqual({ kind: 'null' });
  });

  it('ends a stream that carries no frames, and nothing of it has run', async () => {
    const node = await fakeNode();
    const noise = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      encodeClientFrame('short', [get(1)]),
      Buffer.concat([encodeClientFrame('', [get(1)]), Buffer.from([0x12, 0x7f])]),
      encodeClientFrame('s'.repeat(16), [{ ...get(1), sequence: 2, mark: 3 }]),
      encodeClientFrame('', [{ ...get(1), sequence: 2, mark: 1 }]),
    ];
    for (const frame of noise) {
      const raw = open(node);
      raw.call.write(frame);
      expect((await raw.ended)?.code).toBe(status.INVALID_ARGUMENT);
    }
    expect(node.seen).toEqual([]);
    await until(() => node.watchers === 0);
  });

  it('refuses a message over the limit before it is all there', async () => {
    const node = await fakeNode();
    const raw = open(node);
    raw.call.write(
      encodeClientFrame('', [request(1, 'mset', [Buffer.from('k'), Buffer.alloc(18 * 2 ** 20)])]),
    );
    expect((await raw.ended)?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(node.seen).toEqual([]);
  });

  it('takes a request of exactly the limit', async () => {
    const node = await fakeNode();
    const half = Buffer.alloc(MAX_REQUEST_BYTES / 2 - 33, 'v');
    const args = [Buffer.from('a'), half, Buffer.from('b'), half];
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [request(1, 'mset', args)]));
    await until(() => raw.answers.size === 1);
    expect(raw.answers.get(1)).toEqual({ kind: 'integer', value: 2n });
  });

  it('bytes that are no HTTP/2 at all end their own connection only', async () => {
    const node = await fakeNode();
    const port = Number(node.address.split(':')[1]);
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(1)]));
    await until(() => raw.answers.size === 1);
  });

  it('an unknown method is told so, and reflection is off', async () => {
    const node = await fakeNode();
    const session = http2.connect(`http://${node.address}`);
    ends.push(() => session.destroy());
    for (const path of [
      '/rkv.v1.Kv/Nope',
      '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    ]) {
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.end();
      const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) =>
        stream.once('response', resolve),
      );
      expect(headers['grpc-status']).toBe(String(status.UNIMPLEMENTED));
      stream.destroy();
    }
  });

  it('a client that vanishes mid-reply leaves nothing behind', async () => {
    const node = await fakeNode();
    const held: (() => void)[] = [];
    node.behave((one, answer, store) => void held.push(() => answer(store.run(one))));
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(1), get(2)]));
    await until(() => held.length === 2);
    raw.call.cancel();
    await raw.ended;
    await until(() => node.watchers === 0);
    for (const answer of held) answer();
    const next = open(node);
    next.call.write(encodeClientFrame('', [get(3)]));
    await until(() => held.length === 3);
    held[2]!();
    await until(() => next.answers.size === 1);
  });

  it('half-closing is no hanging up: what was asked is answered', async () => {
    const node = await fakeNode();
    const held: (() => void)[] = [];
    node.behave((one, answer, store) => void held.push(() => answer(store.run(one))));
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(1)]));
    await until(() => held.length === 1);
    raw.call.end();
    await new Promise((resolve) => setImmediate(resolve));
    held[0]!();
    expect(await raw.ended).toBeNull();
    expect(raw.answers.size).toBe(1);
  });

  it('is not read from beyond the requests that may wait', async () => {
    const node = await fakeNode({ limits: { inFlight: 10 } });
    const held: (() => void)[] = [];
    node.behave((one, answer, store) => void held.push(() => answer(store.run(one))));
    const raw = open(node);
    const frames = 200;
    for (let i = 0; i < frames; i++) raw.call.write(encodeClientFrame('', [get(i + 1)]));
    await until(() => held.length >= 10);
    await until(() => raw.topologies === 1);
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(held.length).toBe(10);
    while (raw.answers.size < frames) {
      for (const answer of held.splice(0)) answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('a client that does not read is not read from, and what it asks is not piled up', async () => {
    const node = await fakeNode({ limits: { unsentBytes: 4 * 2 ** 20 } });
    node.behave((_one, answer) => answer({ kind: 'bytes', bytes: Buffer.alloc(2 ** 20) }));
    const raw = open(node);
    await until(() => raw.topologies === 1);
    raw.call.pause();
    const frames = 400;
    for (let i = 0; i < frames; i++) {
      raw.call.write(encodeClientFrame('', [get(i + 1)]));
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(node.seen.length).toBeGreaterThan(0);
    expect(node.seen.length).toBeLessThan(frames / 2);
    raw.call.resume();
    await until(() => raw.answers.size === frames);
    const refused = [...raw.answers.values()].filter((one) => one instanceof RkvError);
    for (const one of refused) expect((one as RkvError).code).toBe('OVERLOADED');
  });

  it('a reply over the limit becomes an error that says what to do', async () => {
    const node = await fakeNode({ limits: { replyBytes: 1000 } });
    node.behave((_one, answer) => answer({ kind: 'bytes', bytes: Buffer.alloc(2000) }));
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(1)]));
    await until(() => raw.answers.size === 1);
    expect((raw.answers.get(1) as RkvError).code).toBe('LIMIT');
  });

  it('has a limit of streams', async () => {
    const node = await fakeNode({ limits: { streams: 2 } });
    const [first, second] = [open(node), open(node)];
    await until(() => first.topologies + second.topologies === 2);
    expect((await open(node).ended)?.code).toBe(status.RESOURCE_EXHAUSTED);
  });

  it('closing answers what is in flight and refuses the rest', async () => {
    const node = await fakeNode();
    const held: (() => void)[] = [];
    node.behave((one, answer, store) => void held.push(() => answer(store.run(one))));
    const raw = open(node);
    raw.call.write(encodeClientFrame('', [get(1)]));
    await until(() => held.length === 1);
    const closed = node.door.close(2000);
    raw.call.write(encodeClientFrame('', [get(2)]));
    await until(() => raw.answers.has(2));
    expect((raw.answers.get(2) as RkvError).code).toBe('NOT_READY');
    held[0]!();
    await closed;
    expect(await raw.ended).toBeNull();
    expect(raw.answers.get(1)).toEqual({ kind: 'null' });
  });
});
