/** Snapshot streams over gRPC: rate, checksums, order, and what ends them. */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { crc32 } from '../../src/base/checksum.js';
import { systemClock } from '../../src/base/clock.js';
import { groupId, logIndex, nodeId, replicaId, term } from '../../src/base/ids.js';
import type { SnapshotHeader, SnapshotSink } from '../../src/replica/ports.js';
import { addPeerService, bindPeerServer, createPeerServer } from '../../src/transport/channel.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { createRateLimiter } from '../../src/transport/rate-limiter.js';
import { SnapshotFetch } from '../../src/transport/snapshot-fetch.js';
import type { HelloFrame } from '../../src/wire/peer-codec.js';
import {
  decodeSnapshotUp,
  encodeSnapshotDown,
  type SnapshotDown,
} from '../../src/wire/snapshot-codec.js';
import { logRecorder, openPair, recorder, until } from './harness.js';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const HEADER: SnapshotHeader = {
  group: groupId(4),
  from: replicaId(1),
  to: replicaId(2),
  term: term(3),
  index: logIndex(1000),
  indexTerm: term(2),
  formatVersion: 1,
  descriptor: Buffer.from('descriptor'),
};

interface Sink extends SnapshotSink {
  readonly sizes: number[];
  said: string;
}
function sinkOf(): Sink {
  const sink: Sink = {
    sizes: [],
    said: '',
    async chunk(bytes) {
      sink.sizes.push(bytes.length);
    },
    async finish() {
      sink.said = 'installed';
    },
    abort(reason) {
      sink.said = reason;
    },
  };
  return sink;
}

async function* chunksOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield Buffer.alloc(size, size % 251);
}
const summaryOf = (chunks: number) => () => ({
  chunks,
  rows: 0,
  digest: 0,
  removals: Buffer.alloc(0),
});

describe('between two nodes', () => {
  test('keeps to its rate, shared by all that are sent', async () => {
    const rate = 4 * 1024 * 1024;
    const [a, b] = await openPair({ limits: { snapshotBytesPerSecond: rate } });
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const sinks: Sink[] = [];
    b.handler.onSnapshot = () => {
      const sink = sinkOf();
      sinks.push(sink);
      return sink;
    };
    const begin = performance.now();
    const sizes = Array(8).fill(100_000);
    const send = () => a.transport.sendSnapshot(b.id, HEADER, chunksOf(...sizes), summaryOf(8));
    await Promise.all([send(), send()]);
    // The first goes at once, fifteen wait for their share.
    const least = ((15 * 100_000) / rate) * 1000;
    expect(performance.now() - begin).toBeGreaterThan(least * 0.95);
    expect(sinks.map(({ sizes: got, said }) => [got.length, said])).toEqual([
      [8, 'installed'],
      [8, 'installed'],
    ]);
  });

  test('chunks larger than a piece come whole', async () => {
    const [a, b] = await openPair();
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const sink = sinkOf();
    b.handler.onSnapshot = () => sink;
    const sizes = [3_000_000, 1, 0, 9_000_000];
    await a.transport.sendSnapshot(b.id, HEADER, chunksOf(...sizes), summaryOf(4));
    expect(sink.sizes).toEqual(sizes);
  });

  test('a receiver that stalls is given up, its source is closed', async () => {
    const [a, b] = await openPair({ limits: { snapshotStallMs: 50 } });
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const sink = sinkOf();
    sink.chunk = () => new Promise<void>(() => undefined);
    let closed = false;
    b.handler.onSnapshot = () => sink;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('a');
        yield Buffer.from('b');
      } finally {
        closed = true;
      }
    }
    const sent = a.transport.sendSnapshot(b.id, HEADER, source(), summaryOf(2));
    await expect(sent).rejects.toMatchObject({ outcome: 'lost' });
    expect(closed).toBe(true);
    await until(() => sink.said !== '', 'the abort');
  });

  test('an offer that nobody fetches in time was not sent', async () => {
    const [a, b] = await openPair(
      { limits: { handshakeTimeoutMs: 60 } },
      { limits: { maxSnapshotFetches: 0 } },
    );
    endings.push(
      () => a.transport.close(),
      () => b.transport.close(),
    );
    const sent = a.transport.sendSnapshot(b.id, HEADER, chunksOf(1), summaryOf(1));
    await expect(sent).rejects.toMatchObject({ name: 'SnapshotError', outcome: 'not-sent' });
  });
});

describe('a sender that is not honest', () => {
  const HELLO: HelloFrame = {
    versions: { min: 1, max: 1 },
    clusterId: 'cluster',
    node: nodeId(1),
    to: nodeId(2),
    diskId: 'disk-1',
    bootId: 'boot-1',
    bootCount: 1,
    advertise: '',
    link: 0,
  };
  const welcome: SnapshotDown = { kind: 'welcome', welcome: { kind: 'accepted', hello: HELLO } };
  const header: SnapshotDown = { kind: 'header', header: HEADER };
  const text = Buffer.from('chunk');
  const chunk: SnapshotDown = { kind: 'chunk', piece: text, last: true, crc: crc32(text) };
  const part: SnapshotDown = { ...chunk, last: false };
  const finish: SnapshotDown = {
    kind: 'finish',
    totals: { chunks: 1, rows: 0, digest: 0, removals: Buffer.alloc(0) },
  };

  /** What the sink is told when a server says this after the hello. */
  async function fetched(script: readonly (SnapshotDown | Buffer)[]): Promise<Sink> {
    const server = createPeerServer(DEFAULT_TRANSPORT_LIMITS);
    endings.push(() => server.forceShutdown());
    const none = () => undefined;
    addPeerService(server, {
      control: none,
      append: none,
      call: none,
      snapshot: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.on('error', none);
        call.once('data', (bytes: Buffer) => {
          expect(decodeSnapshotUp(bytes)).toMatchObject({ kind: 'hello', offer: 7 });
          for (const message of script) {
            call.write(Buffer.isBuffer(message) ? message : encodeSnapshotDown(message));
          }
          call.on('data', none);
        });
      },
    });
    const port = await bindPeerServer(server, '127.0.0.1:0');
    const sink = sinkOf();
    // Not done before the next message is there, which may not be there yet.
    sink.chunk = () => new Promise<void>(() => undefined);
    const handler = recorder();
    handler.onSnapshot = () => sink;
    await new Promise<void>((done) => {
      const options = {
        limits: { ...DEFAULT_TRANSPORT_LIMITS, handshakeTimeoutMs: 100 },
        clock: systemClock,
        handler,
        logger: logRecorder(),
      };
      new SnapshotFetch(options, {
        from: nodeId(1),
        address: `127.0.0.1:${port}`,
        offer: 7,
        hello: { ...HELLO, node: nodeId(2), to: nodeId(1) },
        refusal: (hello) => (hello.bootId === 'boot-1' ? null : 'wrong-node'),
        done: () => done(),
      });
    });
    return sink;
  }

  test.each([
    ['damage', [welcome, header, { ...chunk, crc: 1 }], 'a chunk was damaged'],
    ['garbage', [welcome, header, Buffer.from([0xff, 0xff, 0xff])], 'malformed'],
    ['two headers', [welcome, header, header], 'header out of order'],
    ['a hurry', [welcome, header, chunk, chunk], 'before the last chunk was acknowledged'],
    [
      'another count',
      [
        welcome,
        header,
        { ...finish, totals: { chunks: 2, rows: 0, digest: 0, removals: Buffer.alloc(0) } },
      ],
      '0 have come',
    ],
    ['half a chunk', [welcome, header, part, finish], 'in the middle of a chunk'],
  ] as const)('%s aborts the sink', async (_, script, said) => {
    const sink = await fetched(script);
    expect(sink.said).toContain(said);
  });

  test.each([
    ['no welcome', [header]],
    ['no header', [welcome, chunk]],
    [
      'another process',
      [{ kind: 'welcome', welcome: { kind: 'accepted', hello: { ...HELLO, bootId: 'x' } } }],
    ],
  ] as const)('%s: no sink is asked for', async (_, script) => {
    const sink = await fetched(script as readonly SnapshotDown[]);
    expect(sink).toMatchObject({ sizes: [], said: '' });
  });
});

test('the rate limiter gives nobody what was saved while idle', async () => {
  let now = 0;
  const waits: number[] = [];
  const limiter = createRateLimiter(1000, {
    ...systemClock,
    monotonic: () => now as never,
    after: (ms, run) => {
      waits.push(ms);
      run();
      return { cancel: () => undefined };
    },
  });
  await limiter.take(500);
  await limiter.take(500);
  await limiter.take(100);
  expect(waits).toEqual([500, 1000]);
  now = 60_000;
  await limiter.take(2000);
  await limiter.take(1);
  expect(waits).toEqual([500, 1000, 2000]);
});
