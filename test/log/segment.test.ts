import { expect, test } from 'vitest';
import { LogCorruption, LogMismatch } from '../../src/log/errors.js';
import {
  checkIdentity,
  decodeSegmentHeader,
  encodeSegmentHeader,
  FORMAT_VERSION,
  mustBelong,
  newHeader,
  segmentKey,
  segmentName,
  segmentNumber,
} from '../../src/log/segment.js';

const identity = { clusterId: 'a-cluster', nodeId: 3 };
const place = { number: 12, firstSequence: 99, repeats: true };
const header = newHeader(identity, place);
const file = `/wal/${segmentName(12)}`;

test('a header comes back as it was written', () => {
  expect(decodeSegmentHeader(encodeSegmentHeader(header), file)).toEqual(header);
});

test('any flipped bit of a header is corruption that names the file', () => {
  const bytes = encodeSegmentHeader(header);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const bad = Buffer.from(bytes);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(() => decodeSegmentHeader(bad, file), `bit ${bit}`).toThrow(LogCorruption);
    expect(() => decodeSegmentHeader(bad, file)).toThrow(file);
  }
});

test('a header under another name, or cut short, is corruption', () => {
  const bytes = encodeSegmentHeader(header);
  expect(() => decodeSegmentHeader(bytes, `/wal/${segmentName(13)}`)).toThrow(LogCorruption);
  expect(() => decodeSegmentHeader(bytes.subarray(0, 127), file)).toThrow(LogCorruption);
});

test('another cluster, node or version is a mismatch, not corruption', () => {
  expect(() => mustBelong(header, { ...identity, clusterId: 'b' }, file)).toThrow(LogMismatch);
  expect(() => mustBelong(header, { ...identity, nodeId: 4 }, file)).toThrow(LogMismatch);
  const newer = encodeSegmentHeader({ ...header, version: FORMAT_VERSION + 1 });
  expect(() => decodeSegmentHeader(newer, file)).toThrow(LogMismatch);
});

test('two segments of one number never share a key', () => {
  expect(segmentKey(newHeader(identity, place)).seed).not.toBe(segmentKey(header).seed);
});

test('names and numbers', () => {
  expect(segmentNumber(segmentName(42))).toBe(42);
  expect(segmentNumber('next.spare')).toBeNull();
  expect(segmentNumber('42.wal')).toBeNull();
  expect(() => checkIdentity({ clusterId: '', nodeId: 1 })).toThrow(RangeError);
  expect(() => checkIdentity({ clusterId: 'x'.repeat(65), nodeId: 1 })).toThrow(RangeError);
});
