import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, startNode } from '../../src/index.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-embedded-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const options = () => ({
  dataDir: join(dir, 'data'),
  listenGrpc: '127.0.0.1:0',
  listenPeer: '127.0.0.1:0',
  listenRedis: '127.0.0.1:0',
  listenRedisCluster: 'off',
  diskReserveBytes: 4 * 1024 * 1024,
  ballastBytes: 1024 * 1024,
});

describe('a node inside this process', () => {
  it('serves, stops, and finds its data at the next start', async () => {
    const first = await startNode({ options: options() });
    const client = await connect({ endpoints: [first.addresses.grpc ?? ''] });
    const written = await client.set('k', 'v');
    expect(written.applied).toBe(true);
    await client.close();
    await first.stop();

    const second = await startNode({ options: options() });
    const again = await connect({ endpoints: [second.addresses.grpc ?? ''] });
    const found = await again.get('k');
    expect(found?.value.toString()).toBe('v');
    expect(found?.revision).toBe(written.revision);
    await again.close();
    await second.stop();
  });

  it('takes a batch of everything a client can ask', async () => {
    const node = await startNode({ options: options() });
    const client = await connect({ endpoints: [node.addresses.grpc ?? ''] });
    try {
      await client.mset([
        ['user:1', 'a'],
        ['user:2', 'b'],
        ['user:3', 'c'],
      ]);
      const values = await client.mget(['user:1', 'user:9', 'user:3']);
      expect(values.map((item) => item?.value.toString() ?? null)).toEqual(['a', null, 'c']);
      const keys: string[] = [];
      for await (const page of client.scan({ prefix: 'user:' })) {
        for (const item of page.items) keys.push(item.key.toString());
      }
      expect(keys).toEqual(['user:1', 'user:2', 'user:3']);
      expect(await client.incr('n', 41)).toBe(41n);
      expect(await client.incr('n', 1)).toBe(42n);
      expect((await client.cas('user:1', 'a', 'z')).applied).toBe(true);
      expect((await client.cas('user:1', 'a', 'y')).applied).toBe(false);
      await client.set('short', 'lived', { ttlMs: 30 });
      await expect.poll(() => client.get('short')).toBeNull();
      expect(await client.exists(['user:1', 'short'])).toBe(1);
    } finally {
      await client.close();
      await node.stop();
    }
  });
});
