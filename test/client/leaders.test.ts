/** A client that follows leaders, and its bounds. */
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { RkvError } from '../../src/kv/errors.js';
import { FakeStore, oneNodeTopology } from './support/fake-node.js';
import { client, endAfterEach, fakeNode, twoNodes, until, writeMany } from './support/harness.js';

endAfterEach();

describe('following leaders', () => {
  it('opens a stream to the leader of those who stay, and follows a change', async () => {
    const store = new FakeStore();
    const [a, b] = [await fakeNode({ store }), await fakeNode({ store })];
    a.setTopology(twoNodes(a, b, 1));
    b.setTopology(twoNodes(a, b, 1));
    const made = await client([a]);
    await writeMany(made, 1, 7);
    expect([a.seen.length, b.seen.length, b.watchers]).toEqual([7, 0, 0]);
    await writeMany(made, 1, 3);
    await until(() => b.watchers === 1);
    b.seen.length = 0;
    await writeMany(made, 1, 5);
    expect(b.seen.length).toBe(5);
    for (const node of [a, b]) node.setTopology(twoNodes(a, b, 2, 2));
    await until(() => made.topology?.version === 2);
    a.seen.length = 0;
    await writeMany(made, 1, 5);
    expect(a.seen.length).toBe(5);
  });

  it('a leader that is told ends the wait of those who were refused for want of one', async () => {
    const node = await fakeNode();
    let refusals = 0;
    node.behave((request, answer, store) => {
      answer(refusals++ > 0 ? store.run(request) : new RkvError('NO_LEADER', 'election'));
    });
    // Retries never come by themselves here.
    const clock = {
      ...systemClock,
      after: (ms: number, run: () => void) =>
        systemClock.after(ms < 1000 ? ms + 1_000_000 : ms, run),
    };
    const made = await client([node], { clock, timeoutMs: 20_000 });
    const write = made.set('k', 'v');
    await until(() => refusals === 1);
    while (node.seen.length === 1) {
      node.setTopology({ ...oneNodeTopology(node.address), version: 2 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await write).applied).toBe(true);
    expect(node.seen.length).toBe(2);
  });

  it('an older topology of another node changes nothing', async () => {
    const store = new FakeStore();
    const [a, b] = [await fakeNode({ store }), await fakeNode({ store })];
    a.setTopology(twoNodes(a, b, 5));
    b.setTopology(twoNodes(a, b, 3, 2));
    const made = await client([a]);
    await writeMany(made, 1, 10);
    await until(() => b.watchers === 1);
    await made.set('k', 'v');
    expect(made.topology?.version).toBe(5);
  });
});

describe('bounds', () => {
  it('one turn’s requests are one frame, and answers come back to their own', async () => {
    const node = await fakeNode();
    const made = await client([node]);
    await Promise.all(Array.from({ length: 500 }, (_, i) => made.set(`k${i}`, `${i}`)));
    const values = await Promise.all(Array.from({ length: 500 }, (_, i) => made.get(`k${i}`)));
    expect(values.map((value) => value?.value.toString())).toEqual(
      Array.from({ length: 500 }, (_, i) => `${i}`),
    );
  });

  it('refuses what would wait without bound', async () => {
    const node = await fakeNode();
    node.behave(() => undefined);
    const made = await client([node], { maxPending: 2, timeoutMs: 200 });
    const calls = [made.get('a'), made.get('b'), made.get('c')];
    const [first, second, third] = await Promise.allSettled(calls);
    expect(third).toMatchObject({ reason: { code: 'OVERLOADED' } });
    expect(first).toMatchObject({ reason: { code: 'TIMEOUT' } });
    expect(second).toMatchObject({ reason: { code: 'TIMEOUT' } });
  });

  it('large values in bulk are cut into frames and all arrive', async () => {
    const node = await fakeNode();
    const made = await client([node], { timeoutMs: 20_000 });
    const value = Buffer.alloc(700_000, 'x');
    await Promise.all(Array.from({ length: 30 }, (_, i) => made.set(`k${i}`, value)));
    const values = await Promise.all(Array.from({ length: 30 }, (_, i) => made.get(`k${i}`)));
    expect(values.every((one) => one?.value.equals(value))).toBe(true);
  });
});
