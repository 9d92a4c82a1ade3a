/** The typed calls against a real door: what goes in comes out, byte for byte. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/client.js';
import { connect } from '../../src/client/connect.js';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../src/kv/limits.js';
import { type FakeNode, startFakeNode } from './support/fake-node.js';

let node: FakeNode;
let client: Client;

beforeEach(async () => {
  node = await startFakeNode();
  client = await connect({ endpoints: [node.address] });
});

afterEach(async () => {
  await client.close();
  await node.close();
});

describe('typed calls', () => {
  it('sets, gets and deletes', async () => {
    expect(await client.set('k', 'v')).toEqual({ applied: true, revision: 1, previous: null });
    expect(await client.get('k')).toEqual({
      value: Buffer.from('v'),
      revision: 1,
      expiresAt: null,
    });
    expect(await client.del('k')).toBe(true);
    expect(await client.del('k')).toBe(false);
    expect(await client.get('k')).toBeNull();
  });

  it('says whether a condition was false', async () => {
    await client.set('k', 'old');
    expect(await client.set('k', 'new', { ifAbsent: true, getOld: true })).toEqual({
      applied: false,
      revision: 1,
      previous: Buffer.from('old'),
    });
    expect((await client.cas('k', 'old', 'new')).applied).toBe(true);
    expect((await client.cas('k', 'old', 'newer')).applied).toBe(false);
    expect((await client.cad('k', 'old')).applied).toBe(false);
    expect((await client.cad('k', 'new')).applied).toBe(true);
  });

  it('counts beyond 2^53 exactly', async () => {
    await client.set('n', '9223372036854775000');
    expect(await client.incr('n', 7n)).toBe(9223372036854775007n);
    expect(await client.incr('m', -5)).toBe(-5n);
    expect(await client.incr('m')).toBe(-4n);
  });

  it('works on many keys at once', async () => {
    const pairs = [
      ['a', '1'],
      ['b', '2'],
    ] as const;
    expect(await client.mset(pairs)).toBe(2);
    const values = await client.mget(['b', 'missing', 'a']);
    expect(values.map((value) => value?.value.toString() ?? null)).toEqual(['2', null, '1']);
    expect(await client.exists(['a', 'b', 'a', 'c'])).toBe(3);
    expect(await client.mdel(['a', 'b', 'c'])).toBe(2);
    expect(await client.mget([])).toEqual([]);
  });

  it('knows times to expire', async () => {
    await client.set('k', 'v', { ttlMs: 60_000 });
    expect(await client.ttl('k')).toBeGreaterThan(50_000);
    expect(await client.persist('k')).toBe(true);
    expect(await client.ttl('k')).toBe('none');
    expect(await client.ttl('missing')).toBe('absent');
    expect(await client.expire('missing', 1000)).toBe(false);
  });

  it('scans page by page, counts, and goes backwards', async () => {
    await client.mset(['u:1', 'u:2', 'u:3', 'u:4', 'v:1'].map((key) => [key, 'x'] as const));
    const keys: string[] = [];
    let pages = 0;
    for await (const page of client.scan({ prefix: 'u:', pageSize: 3 })) {
      pages++;
      keys.push(...page.items.map((item) => item.key.toString()));
    }
    expect([pages, keys]).toEqual([2, ['u:1', 'u:2', 'u:3', 'u:4']]);
    expect(await client.count({ prefix: 'u:', pageSize: 2 })).toBe(4);
    const last = await client.scanPage({ reverse: true, pageSize: 1, keysOnly: true });
    expect(last.items[0]).toMatchObject({ key: Buffer.from('v:1'), value: Buffer.alloc(0) });
  });

  it('keeps keys apart that are equal only to the careless', async () => {
    const keys = ['__proto__', 'constructor', Buffer.from([0, 255, 13, 10]), Buffer.from([0xc3])];
    for (const [i, key] of keys.entries()) await client.set(key, `${i}`);
    const found = await client.mget(keys);
    expect(found.map((value) => value?.value.toString())).toEqual(['0', '1', '2', '3']);
    expect(await client.get(Buffer.from([0xc4]))).toBeNull();
  });

  it('passes a key and a value of exactly the limit and refuses one byte more', async () => {
    const key = Buffer.alloc(MAX_KEY_BYTES, 'k');
    const value = Buffer.alloc(MAX_VALUE_BYTES, 'v');
    await client.set(key, value);
    expect((await client.get(key))?.value.equals(value)).toBe(true);
    const reply = client.set('k', Buffer.alloc(MAX_VALUE_BYTES + 1));
    await expect(reply).rejects.toMatchObject({ code: 'LIMIT' });
    await expect(client.get(Buffer.alloc(MAX_KEY_BYTES + 1))).rejects.toMatchObject({
      code: 'LIMIT',
    });
    const pairs = Array.from({ length: 3 }, (_, i) => [`k${i}`, value] as const);
    await expect(client.mset(pairs)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  it('refuses commands and databases that are not there', async () => {
    await expect(client.call('nope', [])).rejects.toMatchObject({ code: 'UNKNOWN_COMMAND' });
    await expect(client.get('k', { database: 255 })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('turns a reply that failed into its error', async () => {
    node.behave((_request, answer) => answer({ kind: 'failed', code: 'OVERFLOW' }));
    await expect(client.incr('k')).rejects.toMatchObject({ code: 'OVERFLOW', kind: 'refused' });
  });
});

describe('administration', () => {
  it('asks for leaders to move and hands errors through', async () => {
    await client.admin.transferLeader(1, 2);
    await expect(client.admin.transferLeader(7, 2)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no shard 7',
      details: { shard: 7 },
    });
    await expect(client.admin.status()).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('probes, reads options and a node’s own replica', async () => {
    expect(await client.admin.probe()).toEqual([1, 2, 3, 4]);
    expect(await client.admin.options()).toEqual({ engine: 'level', sync: true, replicas: 3 });
    await client.set('k', 'v');
    expect(await client.admin.localRead(0, Buffer.from('k'), { node: 1 })).toEqual(
      Buffer.from('v'),
    );
    expect(await client.admin.localRead(0, Buffer.from('x'), { node: 1 })).toBeNull();
    await expect(client.admin.localRead(0, Buffer.from('k'), { node: 5 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
