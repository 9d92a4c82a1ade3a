/**
 * What goes wrong between a client and its nodes, and what the caller hears (FAULTS 81, 83, 101).
 */
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/client/connect.js';
import { RkvError } from '../../src/kv/errors.js';
import { FakeStore } from './support/fake-node.js';
import {
  client,
  deadAddress,
  endAfterEach,
  ends,
  fakeNode,
  twoNodes,
  until,
} from './support/harness.js';

endAfterEach();

describe('connecting', () => {
  it('says which addresses were tried when nobody is there', async () => {
    const address = await deadAddress();
    await expect(connect({ endpoints: [address] })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: `no node could be reached at ${address} (connection refused)`,
    });
  });

  it('goes on to the next endpoint', async () => {
    const node = await fakeNode();
    const made = await connect({ endpoints: [await deadAddress(), node.address] });
    ends.push(() => made.close());
    expect((await made.set('k', 'v')).applied).toBe(true);
  });

  it('gives up a port that takes connections and never speaks', async () => {
    const sockets: net.Socket[] = [];
    const server = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    ends.push(async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = server.address() as net.AddressInfo;
    await expect(
      connect({ endpoints: [`127.0.0.1:${port}`], timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });

  it('refuses words that are no endpoint', async () => {
    for (const endpoint of ['', 'host', 'host:0', 'host:99999', 'a b:1']) {
      await expect(connect({ endpoints: [endpoint] })).rejects.toMatchObject({ code: 'USAGE' });
    }
    await expect(connect({ endpoints: [] })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('closes a link to a node of another cluster', async () => {
    const [a, b] = [await fakeNode(), await fakeNode()];
    b.setTopology({ ...twoNodes(a, b, 1), clusterId: 'another' });
    const made = await client([a, b]);
    a.setTopology(twoNodes(a, b, 2, 2));
    await until(() => made.topology?.version === 2);
    for (let i = 0; i < 40; i++) await made.set(`key${i}`, 'v');
    expect(a.seen.length).toBe(40);
    expect(b.seen.length).toBe(0);
  });
});

describe('administration', () => {
  it('asks a node that answers, whatever stands first among the endpoints', async () => {
    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    ends.push(async () => {
      silent.close();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = silent.address() as net.AddressInfo;
    const node = await fakeNode();
    const made = await connect({ endpoints: [`127.0.0.1:${port}`, node.address] });
    ends.push(() => made.close());
    expect(await made.admin.probe({ timeoutMs: 2000 })).toEqual([1, 2, 3, 4]);
  });
});

describe('retries', () => {
  it('asks again under the same sequence when a refusal allows it', async () => {
    const node = await fakeNode();
    let refusals = 3;
    node.behave((request, answer, store) => {
      if (refusals-- > 0) answer(new RkvError('NO_LEADER', 'election', { shard: 1 }));
      else answer(store.run(request));
    });
    const made = await client([node]);
    expect(await made.incr('n')).toBe(1n);
    const stamps = node.seen.map((request) => request.stamp);
    expect(stamps.length).toBe(4);
    expect(new Set(stamps.map((stamp) => stamp?.sequence))).toEqual(new Set([1]));
    expect(new Set(stamps.map((stamp) => stamp?.firstAttempt)).size).toBe(1);
  });

  it('does not ask again what a retry cannot help, nor wait for a full disk', async () => {
    const node = await fakeNode();
    const made = await client([node]);
    for (const code of ['WRONG_TYPE', 'FULL', 'NOT_ALLOWED'] as const) {
      node.seen.length = 0;
      node.behave((_request, answer) => answer(new RkvError(code, 'no')));
      await expect(made.set('k', 'v')).rejects.toMatchObject({ code });
      expect(node.seen.length).toBe(1);
    }
  });

  it('tells the last refusal when the deadline comes: surely not applied', async () => {
    const node = await fakeNode();
    node.behave((_request, answer) => answer(new RkvError('NO_LEADER', 'none', { shard: 3 })));
    const made = await client([node], { timeoutMs: 150 });
    await expect(made.set('k', 'v')).rejects.toMatchObject({
      code: 'NO_LEADER',
      details: { shard: 3 },
    });
  });

  it('a broken stream with writes in flight: asked again elsewhere, applied once', async () => {
    const store = new FakeStore();
    const [a, b] = [await fakeNode({ store }), await fakeNode({ store })];
    const made = await client([a, b]);
    // The first node applies, but its answers never leave.
    a.behave((request) => void store.run(request));
    const counters = Array.from({ length: 20 }, () => made.incr('n'));
    await until(() => a.seen.length === 20);
    await a.door.close(0);
    const values = (await Promise.all(counters)).map(Number).sort((x, y) => x - y);
    expect(values).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(store.applied).toBe(20);
    expect(b.seen.length).toBe(20);
  });

  it('a lost attempt stays unknown even if a later one is refused', async () => {
    const store = new FakeStore();
    const [a, b] = [await fakeNode({ store }), await fakeNode({ store })];
    const made = await client([a, b], { timeoutMs: 400 });
    a.behave(() => undefined);
    b.behave((_request, answer) => answer(new RkvError('NO_LEADER', 'none')));
    const write = made.set('k', 'v');
    write.catch(() => undefined);
    await until(() => a.seen.length === 1);
    await a.door.close(0);
    await expect(write).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN', kind: 'unknown' });
  });

  it('finds a node again that was away', async () => {
    const a = await fakeNode();
    const made = await client([a]);
    await made.set('k', '1');
    await a.close();
    const write = made.set('k', '2');
    await fakeNode({ store: a.store, listen: a.address });
    expect((await write).applied).toBe(true);
  });

  it('says unreachable when nobody is left and nothing was sent', async () => {
    const a = await fakeNode();
    const made = await client([a], { timeoutMs: 200 });
    await a.close();
    await new Promise((resolve) => setImmediate(resolve));
    await until(() => a.watchers === 0);
    await expect(made.get('k')).rejects.toMatchObject({ code: 'UNREACHABLE' });
  });
});

describe('deadlines and callers who give up', () => {
  it('a silent node: unknown for a write, a timeout for a read', async () => {
    const node = await fakeNode();
    node.behave(() => undefined);
    const made = await client([node]);
    const write = made.set('k', 'v', { timeoutMs: 100 });
    const read = made.get('k', { timeoutMs: 100 });
    await expect(write).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await expect(read).rejects.toMatchObject({ code: 'TIMEOUT' });
    const { deadline } = node.seen[0]!;
    expect(deadline - performance.now()).toBeLessThan(100);
  });

  it('the earlier deadline counts whichever came first', async () => {
    const node = await fakeNode();
    node.behave(() => undefined);
    const made = await client([node]);
    const ended: string[] = [];
    const end = (name: string) => () => void ended.push(name);
    const slow = made.get('slow', { timeoutMs: 300 }).catch(end('slow'));
    const fast = made.get('fast', { timeoutMs: 60 }).catch(end('fast'));
    await Promise.all([slow, fast]);
    expect(ended).toEqual(['fast', 'slow']);
  });

  it('refuses deadlines longer than sessions are kept', async () => {
    const made = await client([await fakeNode()]);
    await expect(made.get('k', { timeoutMs: 10 * 60_000 })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('abort: cancelled before it is sent and for reads, unknown for a write on its way', async () => {
    const node = await fakeNode();
    node.behave(() => undefined);
    const made = await client([node]);
    await expect(made.get('k', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    const control = new AbortController();
    const unsent = made.set('k', 'v', { signal: control.signal });
    control.abort();
    await expect(unsent).rejects.toMatchObject({ code: 'CANCELLED' });
    const later = new AbortController();
    const read = made.get('k', { signal: later.signal });
    const write = made.set('k', 'v', { signal: later.signal });
    const outcomes = Promise.allSettled([read, write]);
    await until(() => node.seen.length === 2);
    later.abort(new Error('enough'));
    const [readEnd, writeEnd] = await outcomes;
    expect(readEnd).toMatchObject({ reason: { code: 'CANCELLED' } });
    expect(writeEnd).toMatchObject({ reason: { code: 'OUTCOME_UNKNOWN' } });
  });

  it('close rejects what waits, and later calls', async () => {
    const node = await fakeNode();
    node.behave(() => undefined);
    const made = await client([node]);
    const outcomes = Promise.allSettled([made.get('k'), made.set('k', 'v')]);
    await until(() => node.seen.length === 2);
    await made.close();
    const [read, write] = await outcomes;
    expect(read).toMatchObject({ reason: { code: 'CANCELLED' } });
    expect(write).toMatchObject({ reason: { code: 'OUTCOME_UNKNOWN' } });
    await expect(made.get('k')).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(() => node.watchers === 0);
  });
});

describe('sessions', () => {
  it('the mark is the lowest sequence still waited for', async () => {
    const node = await fakeNode();
    const held: (() => void)[] = [];
    node.behave((request, answer, store) => {
      if (request.stamp?.sequence === 2) held.push(() => answer(store.run(request)));
      else answer(store.run(request));
    });
    const made = await client([node]);
    await made.set('a', '1');
    const second = made.set('b', '2');
    await made.set('c', '3');
    await made.set('d', '4');
    held[0]!();
    await second;
    await made.set('e', '5');
    const marks = node.seen.map(({ stamp }) => [stamp?.sequence, stamp?.mark]);
    expect(marks).toEqual([
      [1, 1],
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 5],
    ]);
    expect(node.seen.every(({ stamp }) => stamp?.session.length === 16)).toBe(true);
  });

  it('reads carry no stamp, and time comes from the cluster', async () => {
    const node = await fakeNode();
    const made = await client([node]);
    await made.get('k');
    await made.set('k', 'v');
    expect(node.seen[0]!.stamp).toBeNull();
    expect(Math.abs(node.seen[1]!.stamp!.firstAttempt - Date.now())).toBeLessThan(5000);
  });
});

describe('time', () => {
  it('a cluster clock that is not set yet counts as the wall clock', async () => {
    const node = await fakeNode();
    node.setNow(17);
    const made = await client([node]);
    await made.set('k', 'v');
    expect(Math.abs(node.seen[0]!.stamp!.firstAttempt - Date.now())).toBeLessThan(5000);
  });

  it('a clock that was stepped is learnt from the first write it refuses', async () => {
    const node = await fakeNode();
    const made = await client([node]);
    const later = Date.now() + 3_600_000;
    node.setNow(later);
    node.behave((request, answer, store) => {
      const late = request.stamp!.firstAttempt < later - 600_000;
      answer(late ? new RkvError('EXPIRED', 'below the horizon') : store.run(request));
    });
    await expect(made.set('k', 'v')).rejects.toMatchObject({ code: 'EXPIRED', kind: 'refused' });
    expect((await made.set('k', 'v')).applied).toBe(true);
  });
});
