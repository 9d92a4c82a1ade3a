import { expect, test } from 'vitest';
import { FRAME_HEADER, readFrame, sealFrame, searchFrame, zeroFrom } from '../../src/log/frame.js';
import { newHeader, segmentKey } from '../../src/log/segment.js';

const key = segmentKey(
  newHeader({ clusterId: 'c', nodeId: 1 }, { number: 3, firstSequence: 1, repeats: false }),
);
const other = segmentKey(
  newHeader({ clusterId: 'c', nodeId: 1 }, { number: 3, firstSequence: 1, repeats: false }),
);

function frame(payload: string, offset = 0, sequence = 7): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER + payload.length);
  bytes.write(payload, FRAME_HEADER);
  sealFrame(bytes, 0, payload.length, key, { offset, sequence });
  return bytes;
}

test('a frame is read back at its own place only', () => {
  const bytes = frame('payload', 4096);
  const found = readFrame(bytes, 0, key, 4096);
  expect(found?.sequence).toBe(7);
  expect(found?.payload.toString()).toBe('payload');
  expect(readFrame(bytes, 0, key, 4097)).toBeNull();
  expect(readFrame(bytes, 0, other, 4096)).toBeNull();
  expect(readFrame(bytes, 0, { ...key, seed: (key.seed ^ 1) >>> 0 }, 4096)).toBeNull();
});

test('any flipped bit makes a frame bad', () => {
  const bytes = frame('some bytes of a user', 128);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const bad = Buffer.from(bytes);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(readFrame(bad, 0, key, 128), `bit ${bit}`).toBeNull();
  }
});

test('a length is never believed beyond the bytes there are', () => {
  const bytes = frame('twelve bytes', 0);
  for (let length = 0; length < bytes.length; length++) {
    expect(readFrame(bytes.subarray(0, length), 0, key, 0)).toBeNull();
  }
});

test('the search finds a frame behind garbage, and none among copies of frames elsewhere', () => {
  const good = frame('good', 500, 9);
  const copies = Buffer.concat([frame('good', 0), frame('good', 77), Buffer.alloc(50, 0xf5)]);
  const segment = Buffer.alloc(1000);
  copies.copy(segment, 10);
  expect(searchFrame(segment, 0, key)).toBeNull();
  good.copy(segment, 500);
  expect(searchFrame(segment, 0, key)?.offset).toBe(500);
  expect(searchFrame(segment, 501, key)).toBeNull();
});

test('zeros to the end are told from a last byte that is none', () => {
  const bytes = Buffer.alloc(200_000);
  expect(zeroFrom(bytes, 0)).toBe(true);
  expect(zeroFrom(bytes, bytes.length)).toBe(true);
  bytes[199_999] = 1;
  expect(zeroFrom(bytes, 5)).toBe(false);
});
