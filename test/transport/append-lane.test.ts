import { describe, expect, test } from 'vitest';
import { AppendLane } from '../../src/transport/append-lane.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { append, appendReply, previousOf } from './harness.js';

const KIB = 1024;
const laneOf = (over = {}): AppendLane => new AppendLane({ ...DEFAULT_TRANSPORT_LIMITS, ...over });

describe('the window', () => {
  test('two envelopes go at once, then appends gather until an answer comes', () => {
    const lane = laneOf();
    for (const prev of [0, 1]) {
      lane.push(append(1, prev, [10]));
      expect(lane.next(false)).toMatchObject({ counted: true });
    }
    for (const prev of [2, 3, 4]) {
      lane.push(append(1, prev, [10]));
      expect(lane.next(false)).toBeNull();
    }
    expect(lane.acknowledged(1)).toBe(true);
    expect(previousOf(lane.next(false)?.messages ?? [])).toEqual([2, 3, 4]);
    expect(lane.next(false)).toBeNull();
  });

  test('256 KiB gathered go although two are unanswered, up to the window of bytes', () => {
    const lane = laneOf({ appendWindowBytes: 1024 * KIB });
    let prev = 0;
    const offer = (size: number) => {
      lane.push(append(1, prev, [size]));
      prev += 1;
      return lane.next(false);
    };
    expect(offer(10)).not.toBeNull();
    expect(offer(10)).not.toBeNull();
    expect(offer(200 * KIB)).toBeNull();
    expect(offer(100 * KIB)?.messages).toHaveLength(2);
    let sent = 300;
    while (sent < 1024) {
      expect(offer(300 * KIB)).not.toBeNull();
      sent += 300;
    }
    expect(offer(300 * KIB)).toBeNull();
    lane.acknowledged(4);
    expect(lane.next(false)).not.toBeNull();
  });

  test('an envelope holds a piece at most, or one larger append', () => {
    const lane = laneOf();
    for (let prev = 0; prev < 5; prev++) lane.push(append(1, prev, [400 * KIB]));
    lane.push(append(1, 5, [3000 * KIB]));
    const sizes = [];
    for (let frame = lane.next(false); frame !== null; frame = lane.next(false)) {
      sizes.push(frame.messages.length);
    }
    expect(sizes).toEqual([2, 2, 1, 1]);
  });

  test('replies never wait and are not counted', () => {
    const lane = laneOf({ appendWindowEnvelopes: 1 });
    lane.push(append(1, 0, [10]));
    lane.next(false);
    lane.push(append(1, 1, [10]));
    lane.push(appendReply(2, 7));
    const frame = lane.next(false);
    expect(frame?.counted).toBe(false);
    expect(frame?.messages).toEqual([appendReply(2, 7)]);
  });
});

describe('acknowledgements', () => {
  test('ride on any envelope; alone only when asked', () => {
    const lane = laneOf();
    lane.handedOver();
    expect(lane.owesAck).toBe(true);
    expect(lane.next(false)).toBeNull();
    expect(lane.next(true)).toEqual({ messages: [], counted: false, acked: 1 });
    expect(lane.owesAck).toBe(false);
    expect(lane.next(true)).toBeNull();
    lane.handedOver();
    lane.push(appendReply(1, 1));
    expect(lane.next(false)).toMatchObject({ acked: 2 });
  });

  test('of what was never sent are found out', () => {
    const lane = laneOf();
    lane.push(append(1, 0, [1]));
    lane.next(false);
    expect(lane.acknowledged(1)).toBe(true);
    expect(lane.acknowledged(2)).toBe(false);
  });
});

describe('a full queue', () => {
  test('drops the newest append and names its group; one append always has room', () => {
    const lane = laneOf({ appendQueueBytes: 8 * 1024 * KIB, appendWindowEnvelopes: 1 });
    lane.push(append(1, 0, [1]));
    lane.next(false);
    expect(lane.push(append(2, 0, [12 * 1024 * KIB]))).toBe(true);
    expect(lane.push(append(3, 0, [10]))).toBe(false);
    expect(lane.push(append(3, 1, [10]))).toBe(false);
    expect(lane.takeDropped()).toEqual(new Set([3]));
    expect(lane.takeDropped()).toBeNull();
    lane.acknowledged(1);
    expect(lane.next(false)?.messages.map(({ group }) => group)).toEqual([2]);
    expect(lane.push(append(3, 2, [10]))).toBe(true);
  });

  test('never takes an append that no envelope can carry', () => {
    const lane = laneOf();
    expect(lane.push(append(1, 0, [30 * 1024 * KIB]))).toBe(false);
    expect(lane.takeDropped()).toEqual(new Set([1]));
  });
});

test('a reset forgets queue, window and debts', () => {
  const lane = laneOf();
  for (const prev of [0, 1, 2]) {
    lane.push(append(1, prev, [10]));
    lane.next(false);
  }
  lane.handedOver();
  lane.reset();
  expect(lane.next(true)).toBeNull();
  lane.push(append(1, 9, [10]));
  expect(lane.next(false)).toMatchObject({ counted: true, acked: 0 });
});
