import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { rkv } from '../../src/wire/generated/peer.js';
import type { HelloFrame } from '../../src/wire/peer-codec.js';
import {
  decodeSnapshotDown,
  decodeSnapshotUp,
  encodeSnapshotDown,
  encodeSnapshotUp,
  type SnapshotDown,
  type SnapshotUp,
} from '../../src/wire/snapshot-codec.js';
import { WireError } from '../../src/wire/wire-error.js';
import { anyGroup, anyIndex, anyReplica, anyTerm } from './arbitraries.js';

const HELLO: HelloFrame = {
  versions: { min: 1, max: 1 },
  clusterId: 'c',
  node: nodeId(1),
  to: nodeId(2),
  diskId: 'd',
  bootId: 'b',
  bootCount: 1,
  advertise: 'x:1',
  link: 0,
};
const kindOf = <K extends string>(kind: K) => fc.constant(kind);
const text = fc.string({ minLength: 1, maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 40 }).map((one) => Buffer.from(one));
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const safe = fc.maxSafeNat();

const anyUp: fc.Arbitrary<SnapshotUp> = fc.oneof(
  fc.record({ kind: kindOf('hello'), hello: fc.constant(HELLO), offer: safe }),
  fc.record({ kind: kindOf('acked'), chunks: fc.integer({ min: 1 }) }),
  fc.record({ kind: kindOf('installed') }),
  fc.record({ kind: kindOf('refused'), reason: text }),
);
const anyDown: fc.Arbitrary<SnapshotDown> = fc.oneof(
  fc.record({
    kind: kindOf('welcome'),
    welcome: fc.oneof(
      fc.constant({ kind: 'accepted' as const, hello: HELLO }),
      fc.record({ kind: kindOf('refused'), reason: text }),
    ),
  }),
  fc.record({
    kind: kindOf('header'),
    header: fc.record({
      group: anyGroup,
      from: anyReplica,
      to: anyReplica,
      term: anyTerm,
      index: anyIndex,
      indexTerm: anyTerm,
      formatVersion: uint32,
      descriptor: bytes,
    }),
  }),
  fc.record({ kind: kindOf('chunk'), piece: bytes, last: fc.boolean(), crc: uint32 }),
  fc.record({
    kind: kindOf('finish'),
    totals: fc.record({ chunks: safe, rows: safe, digest: safe, removals: bytes }),
  }),
  fc.record({ kind: kindOf('abort'), reason: text }),
);

test('messages of a snapshot stream come back as they were', () => {
  fc.assert(
    fc.property(anyUp, (message) => {
      expect(decodeSnapshotUp(encodeSnapshotUp(message))).toEqual(message);
    }),
  );
  fc.assert(
    fc.property(anyDown, (message) => {
      expect(decodeSnapshotDown(encodeSnapshotDown(message))).toEqual(message);
    }),
  );
});

test('random bytes, empty messages and numbers beyond 2^53 are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      for (const decode of [decodeSnapshotUp, decodeSnapshotDown]) {
        try {
          decode(noise);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }
    }),
    { numRuns: 1000 },
  );
  const nothing = new Uint8Array(0);
  expect(() => decodeSnapshotUp(nothing)).toThrow(WireError);
  expect(() => decodeSnapshotDown(nothing)).toThrow(WireError);
  const digest = rkv.peer.SnapshotDown.encode({ finish: { digest: 2 ** 53 } }).finish();
  expect(() => decodeSnapshotDown(digest)).toThrow(WireError);
  const acked = rkv.peer.SnapshotUp.encode({ acked: 2 ** 53 }).finish();
  expect(() => decodeSnapshotUp(acked)).toThrow(WireError);
});
