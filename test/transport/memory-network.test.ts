/** The hooks that the memory network has beyond the port. */
import { beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { nodeId } from '../../src/base/ids.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import {
  createMemoryNetwork,
  type MemoryNetwork,
  type MemoryTransport,
} from '../../src/transport/memory-network.js';
import { append, heartbeat, previousOf, type Recorder, recorder, until } from './harness.js';

const [one, two] = [nodeId(1), nodeId(2)];
let network: MemoryNetwork;
let a: MemoryTransport;
let b: MemoryTransport;
let atA: Recorder;
let atB: Recorder;

const open = (id: number, handler: Recorder): MemoryTransport =>
  network.open({
    self: nodeId(id),
    bootId: `boot-${id}`,
    handler,
    limits: DEFAULT_TRANSPORT_LIMITS,
    clock: systemClock,
  });

beforeEach(async () => {
  network = createMemoryNetwork();
  [atA, atB] = [recorder(), recorder()];
  [a, b] = [open(1, atA), open(2, atB)];
  a.setPeers(new Map([[two, '']]));
  await until(() => b.connected(one), 'the connection');
});

test('a cut tells both at once and loses what was on its way; healing connects again', async () => {
  a.send(two, append(1, 0, [1]));
  a.flush();
  network.cut(one, two);
  expect([a.connected(two), b.connected(one)]).toEqual([false, false]);
  expect(atB.events.at(-1)).toEqual({ kind: 'down', peer: one });
  network.heal(one, two);
  await until(() => a.connected(two), 'the second connection');
  a.send(two, append(1, 5, [1]));
  a.flush();
  await until(() => atB.messages().length > 0, 'an append');
  expect(previousOf(atB.messages())).toEqual([5]);
});

test('held deliveries wait for the hand of the test, in any order it likes', () => {
  network.held = true;
  for (const group of [1, 2, 3]) {
    a.send(two, heartbeat(group, 0));
    a.flush();
  }
  expect(network.waiting).toBe(3);
  expect(atB.messages()).toEqual([]);
  network.deliverOne(1);
  network.deliverAll();
  expect(atB.messages().map(({ group }) => group)).toEqual([2, 1, 3]);
  expect(network.deliverOne()).toBe(false);
});

test('a rule loses messages in silence', async () => {
  network.loses = (from, to, { group }) => from === one && to === two && group === 2;
  for (const group of [1, 2, 3]) a.send(two, heartbeat(group, 0));
  a.flush();
  await until(() => atB.messages().length === 2, 'two heartbeats');
  expect(atB.messages().map(({ group }) => group)).toEqual([1, 3]);
  expect(a.connected(two)).toBe(true);
});

test('a node cannot be opened twice', () => {
  expect(() => open(1, recorder())).toThrow('open already');
});
