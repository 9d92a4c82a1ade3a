import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toByteKey } from '../../../src/base/bytes.js';
import type { EpochMs, Revision, SpaceId } from '../../../src/base/ids.js';
import { Counts, decodeCounts } from '../../../src/machine/store/counts.js';
import { decodeDescriptor, encodeDescriptor } from '../../../src/machine/store/descriptor-codec.js';
import { DIGEST_MODULUS, digestMinus, digestPlus } from '../../../src/machine/store/integers.js';
import {
  bucketStart,
  deadlineKey,
  decodeDeadlineKey,
  headKey,
} from '../../../src/machine/store/keys.js';
import {
  decodeHead,
  decodeRow,
  encodeHead,
  encodeRow,
  FACTS_BYTES,
  headKeyLength,
  headValue,
} from '../../../src/machine/store/row-codec.js';
import type { Facts } from '../../../src/machine/types.js';
import type { Descriptor } from '../../../src/shard/descriptor.js';
import { descriptorOf } from './helpers.js';

const space = (n: number): SpaceId => n as SpaceId;
const safe = fc.maxSafeNat();
const bytes = fc.uint8Array({ maxLength: 40 });
const place = fc.record({
  bucket: fc.nat(255),
  database: fc.nat(255),
  key: bytes.map((key) => toByteKey(key)),
});
const facts: fc.Arbitrary<Facts> = fc.record({
  rows: safe,
  bytes: safe,
  digest: fc.maxSafeNat().map((n) => n % 2 ** 52),
  wake: fc.option(safe.map((n) => n as EpochMs)),
});
const head = fc.record({
  type: fc.nat(255),
  flags: fc.nat(255),
  revision: safe.map((n) => n as Revision),
  created: safe.map((n) => n as Revision),
  deadline: fc.option(safe.map((n) => n as EpochMs)),
  generation: safe,
  value: bytes.map((value) => Buffer.from(value)),
});

describe('heads', () => {
  it('come back as they were, in any space', () => {
    fc.assert(
      fc.property(place, head, facts, fc.nat(1000), (at, put, anyFacts, in_) => {
        const own = put.generation === 0 ? null : anyFacts;
        const { record, header } = encodeHead(space(in_), at, put, own);
        const keyLength = headKeyLength(at.key.length);
        const stored = record.subarray(keyLength);
        expect(record.subarray(0, keyLength)).toEqual(
          headKey(space(in_), at.bucket, at.database, at.key),
        );
        const elsewhere = headKey(space(7), at.bucket, at.database, at.key);
        expect(decodeHead(elsewhere, stored)).toEqual(header);
        expect(headValue(stored)).toEqual(put.value);
        const { value, ...fields } = put;
        const size = value.length + (own === null ? 0 : FACTS_BYTES);
        expect(header).toEqual({ ...fields, size, crc: header.crc, facts: own });
      }),
    );
  });

  it('are refused when any bit of key (from the bucket on) or value is another', () => {
    fc.assert(
      fc.property(place, head, facts, fc.nat(), (at, put, anyFacts, where) => {
        const { record } = encodeHead(space(1), at, put, put.generation === 0 ? null : anyFacts);
        const bit = 32 + (where % ((record.length - 4) * 8));
        record[bit >> 3] = (record[bit >> 3] as number) ^ (1 << (bit & 7));
        const keyLength = headKeyLength(at.key.length);
        expect(decodeHead(record.subarray(0, keyLength), record.subarray(keyLength))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('are refused when cut anywhere', () => {
    const at = { bucket: 1, database: 0, key: 'key' };
    const { record } = encodeHead(space(1), at, {
      type: 1,
      flags: 0,
      revision: 1 as Revision,
      created: 1 as Revision,
      deadline: null,
      generation: 0,
      value: Buffer.from('value'),
    });
    const key = record.subarray(0, headKeyLength(3));
    for (let end = key.length; end < record.length; end++) {
      expect(decodeHead(key, record.subarray(key.length, end))).toBeNull();
    }
  });
});

describe('other rows', () => {
  it('come back as they were and are refused with any bit flipped', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 7, maxLength: 30 }),
        bytes,
        fc.nat(),
        (raw, value, w) => {
          const key = Buffer.from(raw);
          const stored = encodeRow(key, value);
          expect(decodeRow(key, stored)).toEqual(Buffer.from(value));
          const bit = w % (stored.length * 8);
          stored[bit >> 3] = (stored[bit >> 3] as number) ^ (1 << (bit & 7));
          expect(decodeRow(key, stored)).toBeNull();
        },
      ),
    );
  });
});

describe('keys', () => {
  it('sort by deadline inside a bucket, and buckets lie one behind the other', () => {
    fc.assert(
      fc.property(safe, safe, fc.nat(254), (a, b, bucket) => {
        const x = deadlineKey(space(1), bucket, a, 0, 'k');
        const y = deadlineKey(space(1), bucket, b, 0, 'k');
        expect(Math.sign(x.compare(y))).toBe(Math.sign(a - b));
        expect(decodeDeadlineKey(x)).toEqual({ deadline: a, database: 0, key: 'k' });
        expect(x.compare(bucketStart(space(1), bucket))).toBe(1);
        expect(x.compare(bucketStart(space(1), bucket + 1))).toBe(-1);
      }),
    );
  });
});

describe('digests and counts', () => {
  it('a digest is a sum modulo 2^52 that can be taken back', () => {
    const crcs = fc.array(fc.nat(0xffff_ffff), { maxLength: 50 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }), crcs, (start, all) => {
        let digest = Number(start);
        let exact = start;
        for (const crc of all) {
          digest = digestPlus(digest, crc);
          exact = (exact + BigInt(crc)) % 2n ** 52n;
        }
        expect(BigInt(digest)).toBe(exact);
        for (const crc of all) digest = digestMinus(digest, crc);
        expect(BigInt(digest)).toBe(start);
        expect(digest).toBeLessThan(DIGEST_MODULUS);
      }),
    );
  });

  it('counts come back as they were, and no others are taken', () => {
    const counts = new Counts();
    counts.add(255, 255, 2 ** 40, 0xffff_ffff);
    counts.add(0, 3, 5, 7);
    counts.add(0, 4, 5, 7);
    counts.remove(0, 4, 5, 7);
    counts.markRemoved(0, 3, 2 ** 52);
    counts.markRemoved(9, 0, 17);
    const packed = counts.encode();
    const back = decodeCounts(packed) as Counts;
    expect(counts.difference(back)).toBeNull();
    expect(back.entries.size).toBe(3);
    expect([back.removedAt(0, 3), back.removedAt(9, 0)]).toEqual([2 ** 52, 17]);
    expect([back.removedAt(0, 4), back.removedAt(255, 255)]).toEqual([0, 0]);
    expect(back.digest()).toBe(counts.digest());
    const removals = counts.encodeRemovals();
    const other = new Counts();
    expect(other.addRemovals(removals.subarray(1))).toBe(false);
    expect(other.addRemovals(removals)).toBe(true);
    expect([other.removedAt(0, 3), other.removedAt(9, 0)]).toEqual([2 ** 52, 17]);
    expect(new Counts().addRemovals(Buffer.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe(false);
    expect(back.total(3)).toEqual({ keys: 1, bytes: 5 });
    expect(back.total()).toEqual({ keys: 1, bytes: 5 });
    expect(decodeCounts(packed.subarray(1))).toBeNull();
    back.add(0, 3, 1, 1);
    expect(counts.difference(back)).toMatch(/bucket 0 database 3/);
    expect(counts.difference(back, { first: 1, last: 255 })).toBeNull();
  });
});

describe('descriptors', () => {
  const role = fc.constantFrom('voter' as const, 'learner' as const, null);
  const range = fc
    .tuple(fc.nat(255), fc.nat(255))
    .map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
  const descriptor = fc.record({
    formatVersion: fc.constant(1),
    shard: fc.nat(0xffff_ffff),
    replica: safe,
    nextReplica: safe,
    range,
    pieces: fc.array(fc.record({ range, space: fc.nat(0xffff_ffff) }), { maxLength: 4 }),
    rangeEpoch: safe,
    membersEpoch: safe,
    members: fc.array(
      fc.record({
        replica: safe,
        node: fc.integer({ min: 1, max: 65_535 }),
        role,
        outgoing: role,
        demoted: fc.boolean(),
      }),
      { maxLength: 6 },
    ),
    autoLeave: fc.boolean(),
    applied: fc.record({ index: safe, term: safe }),
    revision: safe,
    clusterTime: safe,
    sessionHorizon: safe,
    state: fc.constantFrom('live', 'frozen', 'installing', 'fenced'),
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(descriptor, (one) => {
        const value = one as unknown as Descriptor;
        expect(decodeDescriptor(encodeDescriptor(value))).toEqual(value);
      }),
    );
  });

  it('are refused when cut, lengthened or of another version', () => {
    const encoded = encodeDescriptor(descriptorOf(space(1)));
    for (let end = 0; end < encoded.length; end++) {
      expect(() => decodeDescriptor(encoded.subarray(0, end))).toThrow(/cannot be read/);
    }
    expect(() => decodeDescriptor(Buffer.concat([encoded, Buffer.alloc(1)]))).toThrow();
    encoded[0] = 2;
    expect(() => decodeDescriptor(encoded)).toThrow(/version 2/);
  });
});
