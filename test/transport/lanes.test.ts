import { describe, expect, test } from 'vitest';
import { groupId, type MonoMs, monoMs, nodeId, replicaId, term } from '../../src/base/ids.js';
import { createPrng } from '../../src/base/prng.js';
import { createBackoff } from '../../src/transport/backoff.js';
import { CallLane, NO_BODY } from '../../src/transport/call-lane.js';
import { ControlLane } from '../../src/transport/control-lane.js';
import type { CallError } from '../../src/transport/errors.js';
import { commonVersion, judgeHello } from '../../src/transport/handshake.js';
import { checkTransportLimits, DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { createAssembler, cut } from '../../src/transport/pieces.js';
import type { HelloFrame } from '../../src/wire/peer-codec.js';
import { WireError } from '../../src/wire/wire-error.js';
import { heartbeat } from './harness.js';

const LIMITS = DEFAULT_TRANSPORT_LIMITS;

describe('control lane', () => {
  test('is bounded, and a waiting heartbeat makes room for its successor', () => {
    const lane = new ControlLane(2);
    expect(lane.push(heartbeat(1, 1))).toBe(true);
    expect(lane.push(heartbeat(2, 1))).toBe(true);
    expect(lane.push(heartbeat(3, 1))).toBe(false);
    expect(lane.push(heartbeat(1, 9))).toBe(true);
    expect(lane.next()?.messages).toEqual([heartbeat(1, 9), heartbeat(2, 1)]);
    expect(lane.next()).toBeNull();
    expect(lane.push(heartbeat(1, 10))).toBe(true);
    expect(lane.next()?.messages).toEqual([heartbeat(1, 10)]);
  });

  test('keeps what a waiting beat says of leaders until a newer one says it anew', () => {
    const lane = new ControlLane(2);
    const lead = { group: groupId(1), term: term(2), replica: replicaId(3) };
    const beat = { node: nodeId(1), clusterMs: 0 };
    lane.beat({ ...beat, wallMs: 1, leads: [lead] });
    lane.beat({ ...beat, wallMs: 2, leads: null });
    lane.beat({ ...beat, wallMs: 3, leads: null });
    expect(lane.next()?.beat).toEqual({ ...beat, wallMs: 3, leads: [lead] });
    lane.beat({ ...beat, wallMs: 4, leads: null });
    expect(lane.next()?.beat?.leads).toBeNull();
  });
});

describe('call lane', () => {
  const ask = (lane: CallLane, body: Uint8Array = NO_BODY, deadline = 100): string[] => {
    const said: string[] = [];
    lane.request(1, body, monoMs(deadline), (error: CallError | null, answer) => {
      said.push(error === null ? Buffer.from(answer).toString() : error.outcome);
    });
    return said;
  };

  test('an answer settles its request once; a stranger is ignored', () => {
    const lane = new CallLane(LIMITS);
    const said = ask(lane);
    const id = lane.next()?.requests[0]?.id ?? 0;
    lane.settle(id + 1, Buffer.from('no'));
    lane.settle(id, Buffer.from('yes'));
    lane.settle(id, Buffer.from('again'));
    expect(said).toEqual(['yes']);
    expect(lane.waiting).toBe(0);
  });

  test('what had not left is not sent, what had left is unknown', () => {
    const lane = new CallLane(LIMITS);
    const left = ask(lane);
    lane.next();
    const queued = ask(lane);
    lane.fail('gone');
    expect([left, queued]).toEqual([['unknown'], ['not-sent']]);
    expect(lane.next()).toBeNull();
  });

  test('a request given up while it waits does not leave', () => {
    const lane = new CallLane(LIMITS);
    const said = ask(lane, NO_BODY, 10);
    lane.sweep(9 as MonoMs);
    expect(said).toEqual([]);
    lane.sweep(10 as MonoMs);
    expect(said).toEqual(['not-sent']);
    expect(lane.next()?.requests).toEqual([]);
  });

  test('bounds: number, queued bytes, size of one', () => {
    const lane = new CallLane({ ...LIMITS, maxCalls: 2, callQueueBytes: 24 * 1024 * 1024 });
    expect(ask(lane, Buffer.alloc(24 * 1024 * 1024))).toEqual(['not-sent']);
    expect(ask(lane, Buffer.alloc(20 * 1024 * 1024))).toEqual([]);
    expect(ask(lane, Buffer.alloc(20 * 1024 * 1024))).toEqual(['not-sent']);
    expect(ask(lane)).toEqual([]);
    expect(ask(lane)).toEqual(['not-sent']);
  });

  test('an envelope holds a piece at most, or one larger body', () => {
    const lane = new CallLane({ ...LIMITS, pieceBytes: 1000 });
    for (const size of [600, 300, 200, 5000, 10]) ask(lane, Buffer.alloc(size));
    const counts: number[] = [];
    for (let frame = lane.next(); frame !== null; frame = lane.next()) {
      counts.push(frame.requests.length);
    }
    expect(counts).toEqual([2, 1, 1, 1]);
  });
});

describe('pieces', () => {
  test('put together what was cut', () => {
    const whole = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256));
    const pieces = cut(whole, 300);
    expect(pieces.map(({ length }) => length)).toEqual([300, 300, 300, 100]);
    const assembler = createAssembler(1000);
    for (const [i, piece] of pieces.entries()) {
      const got = assembler.add(piece, i === 3);
      expect(got === null || got.equals(whole)).toBe(true);
      expect(assembler.busy).toBe(i !== 3);
    }
  });

  test('are bounded in bytes and number', () => {
    expect(() => createAssembler(10).add(Buffer.alloc(11), false)).toThrow(WireError);
    const assembler = createAssembler(1_000_000);
    const flood = () => {
      for (let i = 0; i < 10_000; i++) assembler.add(Buffer.alloc(1), false);
    };
    expect(flood).toThrow(WireError);
  });
});

describe('backoff', () => {
  test('doubles with jitter up to its bound, and begins anew after a reset', () => {
    const backoff = createBackoff(50, 1000, createPrng(1));
    const steps = [50, 100, 200, 400, 800, 1000, 1000];
    for (const step of steps) {
      const wait = backoff.next();
      expect(wait).toBeGreaterThanOrEqual(step / 2);
      expect(wait).toBeLessThanOrEqual(step + 1);
    }
    backoff.reset();
    expect(backoff.next()).toBeLessThanOrEqual(51);
  });
});

describe('handshake', () => {
  const hello: HelloFrame = {
    clusterId: 'c',
    node: nodeId(2),
    to: nodeId(1),
    diskId: 'd',
    bootId: 'b',
    bootCount: 5,
    versions: { min: 1, max: 2 },
    advertise: 'x:1',
    link: 1,
  };
  const identity = { ...hello, diskId: 'mine', bootId: 'mine', versions: { min: 2, max: 3 } };
  const judge = { self: nodeId(1), identity, checkPeer: () => null };

  test('welcomes a member of the cluster', () => {
    expect(judgeHello(judge, hello, null)).toBeNull();
    expect(judgeHello(judge, hello, { bootId: 'b', bootCount: 5 })).toBeNull();
    expect(judgeHello(judge, hello, { bootId: 'earlier', bootCount: 4 })).toBeNull();
  });

  test.each([
    ['wrong-cluster', { clusterId: 'other' }, null],
    ['wrong-node', { to: nodeId(3) }, null],
    ['wrong-node', { node: nodeId(1) }, null],
    ['no-common-version', { versions: { min: 4, max: 5 } }, null],
    ['old-boot', {}, { bootId: 'other', bootCount: 5 }],
    ['old-boot', {}, { bootId: 'other', bootCount: 6 }],
  ] as const)('refuses: %s %o', (reason, change, met) => {
    expect(judgeHello(judge, { ...hello, ...change }, met)).toBe(reason);
  });

  test('asks the rules of identity last', () => {
    const asked = { ...judge, checkPeer: () => 'wrong-disk' as const };
    expect(judgeHello(asked, hello, null)).toBe('wrong-disk');
    expect(judgeHello(asked, { ...hello, clusterId: 'other' }, null)).toBe('wrong-cluster');
  });

  test('the highest common version is used', () => {
    expect(commonVersion({ min: 1, max: 3 }, { min: 2, max: 5 })).toBe(3);
    expect(commonVersion({ min: 1, max: 1 }, { min: 2, max: 5 })).toBeNull();
  });
});

describe('limits', () => {
  test('hold among each other', () => {
    expect(checkTransportLimits(LIMITS)).toBe(LIMITS);
  });

  test.each([
    ['a piece fits into a gRPC message', { maxMessageBytes: LIMITS.pieceBytes }],
    ['an envelope is at least a piece', { maxEnvelopeBytes: 1000 }],
    ['what gathers fits into one piece', { appendGatherBytes: 2 * LIMITS.pieceBytes }],
    ['the window takes a piece', { appendWindowBytes: 1000 }],
    ['the queue can fill the window', { appendQueueBytes: LIMITS.pieceBytes }],
    ['the queue takes the largest request', { callQueueBytes: LIMITS.pieceBytes }],
    ['a piece fits into the flow-control window', { flowWindowBytes: 65_535 }],
    ['backoff grows', { backoffMaxMs: 1 }],
  ])('%s', (relation, change) => {
    expect(() => checkTransportLimits({ ...LIMITS, ...change })).toThrow(relation);
  });
});
