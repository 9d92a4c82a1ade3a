/** What the tests of the client share: nodes and clients that end with their test. */
import net from 'node:net';
import { afterEach } from 'vitest';
import type { Client } from '../../../src/client/client.js';
import { connect } from '../../../src/client/connect.js';
import type { ConnectOptions } from '../../../src/client/types.js';
import type { Topology } from '../../../src/kv/status.js';
import { bucketOf } from '../../../src/shard/slot.js';
import { type FakeNode, startFakeNode } from './fake-node.js';

export const ends: (() => Promise<void>)[] = [];

/** Call once in a test file: ends everything that its tests have opened. */
export const endAfterEach = (): void =>
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

export async function fakeNode(
  options: Parameters<typeof startFakeNode>[0] = {},
): Promise<FakeNode> {
  const node = await startFakeNode(options);
  ends.push(() => node.close());
  return node;
}

export async function client(nodes: readonly FakeNode[], options: Partial<ConnectOptions> = {}) {
  const made = await connect({ endpoints: nodes.map((node) => node.address), ...options });
  ends.push(() => made.close());
  return made;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** An address where nobody listens. */
export async function deadAddress(): Promise<string> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

export const twoNodes = (a: FakeNode, b: FakeNode, version: number, leader = 1): Topology => ({
  clusterId: 'fake',
  version,
  nodes: [
    { id: 1, grpc: a.address },
    { id: 2, grpc: b.address },
  ],
  shards: [
    { id: 1, firstBucket: 0, lastBucket: 127, rangeEpoch: 1, leader },
    { id: 2, firstBucket: 128, lastBucket: 255, rangeEpoch: 1, leader: 3 - leader },
  ],
});

/** A key whose bucket lies in this half of the buckets. */
export function keyIn(half: 0 | 1, salt: number): string {
  for (let i = 0; ; i++) {
    const key = `k${salt}.${i}`;
    if (bucketOf(Buffer.from(key)) >> 7 === half) return key;
  }
}

export async function writeMany(made: Client, half: 0 | 1, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await made.set(keyIn(half, i), 'v');
}
