import { afterEach, describe, expect, test } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { CallError } from '../../src/transport/errors.js';
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

const open: TestNode[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ transport }) => transport.close()));
});
const pair = async (a: Partial<NodeSpec> = {}, b: Partial<NodeSpec> = {}) => {
  const nodes = await openPair(a, b);
  open.push(...nodes);
  return nodes;
};
const node = async (spec: NodeSpec): Promise<TestNode> => {
  const made = await openNode(spec);
  open.push(made);
  return made;
};

describe('messages', () => {
  test('appends arrive in order, cut into pieces where they are large', async () => {
    const [a, b] = await pair();
    let prev = 0;
    for (let i = 0; i < 40; i++) {
      // Entries from a few bytes to 5 MiB: several in one envelope, and one in several pieces.
      const sizes = i % 10 === 9 ? [5 * 1024 * 1024] : [10, 1000, i * 7000];
      a.transport.send(b.id, append(1, prev, sizes));
      prev += sizes.length;
      if (i % 5 === 0) a.transport.flush();
    }
    a.transport.flush();
    await until(() => b.handler.messages().length === 40, 'forty appends');
    const previous = previousOf(b.handler.messages());
    expect(previous).toEqual([...previous].sort((x, y) => x - y));
    for (const { message, payloads } of b.handler.messages()) {
      if (message.kind !== 'append') throw new Error('only appends were sent');
      for (const [i, bytes] of payloads.entries()) {
        expect(bytes.length).toBe(message.entries[i]?.size);
        expect(bytes.every((byte) => byte === (message.prevIndex + i) % 256)).toBe(true);
      }
    }
  });

  test('of one turn share one envelope', async () => {
    const [a, b] = await pair();
    for (const group of [1, 2, 3]) a.transport.send(b.id, heartbeat(group, 5));
    for (const group of [1, 2, 3]) a.transport.send(b.id, append(group, 0, [10]));
    a.transport.beat(b.id, { node: a.id, wallMs: 1.5, clusterMs: 2.5, leads: [] });
    a.transport.flush();
    await until(() => b.handler.messages().length === 6, 'six messages');
    const envelopes = b.handler.events.filter(({ kind }) => kind === 'messages');
    expect(envelopes.map((e) => e.kind === 'messages' && e.messages.length)).toEqual([3, 3]);
    expect(b.handler.events).toContainEqual({
      kind: 'beat',
      from: a.id,
      beat: { node: a.id, wallMs: 1.5, clusterMs: 2.5, leads: [] },
    });
  });
});

describe('calls', () => {
  test('come back with their answers, also the largest', async () => {
    const [a, b] = await pair();
    b.handler.onCall = (from, method, body, answer) => {
      setImmediate(() => answer(Buffer.concat([Buffer.from([from, method]), body])));
    };
    const bodies = [0, 1, 1000, 16 * 1024 * 1024].map((size) => Buffer.alloc(size, size));
    const answers = await Promise.all(bodies.map((body) => a.transport.call(b.id, 7, body, 5000)));
    for (const [i, answer] of answers.entries()) {
      expect(Buffer.concat([Buffer.from([1, 7]), bodies[i]!]).equals(answer)).toBe(true);
    }
  });

  test('end as unknown when the peer dies, as not sent when it is not there', async () => {
    const [a, b] = await pair();
    let asked = 0;
    b.handler.onCall = () => {
      asked += 1;
    };
    const call = a.transport.call(b.id, 1, Buffer.from('x'), 60_000);
    const ended = expect(call).rejects.toMatchObject({ name: 'CallError', outcome: 'unknown' });
    await until(() => asked === 1, 'the request');
    await b.transport.close();
    await ended;
    const later = a.transport.call(b.id, 1, Buffer.from('x'), 60_000);
    await expect(later).rejects.toMatchObject({ outcome: 'not-sent' });
    const nobody = a.transport.call(nodeId(9), 1, Buffer.from('x'), 60_000);
    await expect(nobody).rejects.toBeInstanceOf(CallError);
  });

  test('end as unknown at their deadline', async () => {
    const [a, b] = await pair();
    b.handler.onCall = () => undefined;
    const call = a.transport.call(b.id, 1, Buffer.from('x'), 30);
    await expect(call).rejects.toMatchObject({ outcome: 'unknown' });
  });
});

describe('connections', () => {
  test('a restarted peer is met again, with its new boot; nothing for the old one reaches it', async () => {
    const [a, b] = await pair();
    const { address } = b.transport;
    await b.transport.close();
    await until(() => !a.transport.connected(b.id), 'the loss');
    a.transport.send(b.id, append(1, 0, [10]));
    const again = await node({ id: 2, boot: 2, listen: address });
    again.transport.setPeers(new Map([[a.id, a.transport.address]]));
    await bothUp(a, again);
    a.transport.send(b.id, append(1, 7, [10]));
    a.transport.flush();
    await until(() => again.handler.messages().length > 0, 'the append');
    expect(previousOf(again.handler.messages())).toEqual([7]);
    const seen = a.handler.events.filter(({ kind }) => kind === 'up' || kind === 'down');
    expect(seen).toEqual([
      { kind: 'up', peer: b.id, boot: 'boot-2-1' },
      { kind: 'down', peer: b.id },
      { kind: 'up', peer: b.id, boot: 'boot-2-2' },
    ]);
  });

  test('a peer that dials is dialled back where its hello says', async () => {
    const a = await node({ id: 1 });
    const b = await node({ id: 2 });
    b.transport.setPeers(new Map([[a.id, a.transport.address]]));
    await bothUp(a, b);
    expect(a.handler.events).toEqual([{ kind: 'up', peer: b.id, boot: 'boot-2-1' }]);
  });
});
