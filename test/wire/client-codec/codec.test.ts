/**
 * Our hand-written codec against protobufjs reading the .proto files, and against any bytes at all.
 */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { EpochMs, Revision } from '../../../src/base/ids.js';
import { ERRORS, type ErrorCode, RkvError } from '../../../src/kv/errors.js';
import type { PageItem, Reply } from '../../../src/kv/reply.js';
import type { ReadMode } from '../../../src/kv/request.js';
import type { Topology } from '../../../src/kv/status.js';
import { ADMIN_CALLS } from '../../../src/wire/client-codec/admin.js';
import {
  decodeClientFrame,
  encodeClientFrame,
  type WireRequest,
} from '../../../src/wire/client-codec/request.js';
import {
  type Answer,
  encodeResponses,
  encodeTopologyFrame,
  readServerFrame,
  sizeOfAnswer,
} from '../../../src/wire/client-codec/response.js';
import { WireError } from '../../../src/wire/wire-error.js';

const root = new protobuf.Root();
root.loadSync(['proto/kv.proto', 'proto/admin.proto'], { keepCase: false });
const type = (name: string) => root.lookupType(`rkv.v1.${name}`);

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((one) => Buffer.from(one));
const safe = fc.maxSafeNat();
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const readMode: fc.Arbitrary<ReadMode> = fc.oneof(
  fc.constantFrom<ReadMode>({ kind: 'linearizable' }, { kind: 'follower' }, { kind: 'lease' }),
  uint32.map((maxStalenessMs): ReadMode => ({ kind: 'stale', maxStalenessMs })),
);
const request: fc.Arbitrary<WireRequest> = fc
  .record({
    id: safe,
    code: uint32,
    database: uint32,
    args: fc.array(bytes(300), { maxLength: 5 }),
    stamp: fc.option(fc.record({ sequence: fc.integer({ min: 1 }), mark: safe, first: safe })),
    timeoutMs: uint32,
    read: readMode,
  })
  .map(({ id, code, database, args, stamp, timeoutMs, read }) => ({
    id,
    command: { code, database, args },
    sequence: stamp?.sequence ?? 0,
    mark: stamp?.mark ?? 0,
    firstAttempt: (stamp?.first ?? 0) as EpochMs,
    timeoutMs,
    read,
  }));
const session = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((one) => Buffer.from(one).toString('latin1'));

const revision = safe.map((one) => one as Revision);
const expiresAt = fc.option(safe).map((one) => one as EpochMs | null);
const pageItem: fc.Arbitrary<PageItem> = fc.record({
  key: bytes(40),
  value: bytes(200),
  revision,
  expiresAt,
});
const flat: fc.Arbitrary<Reply> = fc.oneof(
  fc.constantFrom<Reply>(
    { kind: 'null' },
    { kind: 'applied' },
    { kind: 'failed', code: 'OVERFLOW' },
  ),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value): Reply => ({ kind: 'integer', value })),
  bytes(300).map((one): Reply => ({ kind: 'bytes', bytes: one })),
  fc.record({ kind: fc.constant('item' as const), value: bytes(300), revision, expiresAt }),
  fc.record({
    kind: fc.constant('written' as const),
    applied: fc.boolean(),
    revision,
    previous: fc.option(bytes(200)),
  }),
  fc.record({
    kind: fc.constant('page' as const),
    items: fc.array(pageItem, { maxLength: 5 }),
    next: fc.option(bytes(40)),
  }),
);
const reply: fc.Arbitrary<Reply> = fc.oneof(
  flat,
  fc.array(flat, { maxLength: 5 }).map((items): Reply => ({ kind: 'list', items })),
);
const error = fc
  .record({
    code: fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[])),
    message: fc.string({ unit: 'grapheme' }),
    shard: fc.option(uint32),
    leader: fc.option(
      fc.record({ node: fc.integer({ min: 1, max: 65_535 }), address: fc.string() }),
    ),
  })
  .map(({ code, message, shard, leader }) => {
    return new RkvError(code, message, {
      ...(shard === null ? {} : { shard }),
      ...(leader === null ? {} : { leader }),
    });
  });
const answer: fc.Arbitrary<Answer> = fc.oneof(reply, error);

function readAnswers(frame: Uint8Array): [number, Answer][] {
  const found: [number, Answer][] = [];
  readServerFrame(frame, {
    onAnswer: (id, one) => void found.push([id, one]),
    onTopology: () => undefined,
    onNow: () => undefined,
  });
  return found;
}

const described = (one: Answer) =>
  one instanceof RkvError ? [one.code, one.message, one.details] : one;

describe('client frames', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(session, fc.array(request, { maxLength: 8 }), (name, requests) => {
        const frame = decodeClientFrame(encodeClientFrame(name, requests));
        expect(frame).toEqual({ session: name, requests });
      }),
    );
  });

  it('are what kv.proto says', () => {
    fc.assert(
      fc.property(session, fc.array(request, { maxLength: 4 }), (name, requests) => {
        const encoded = encodeClientFrame(name, requests);
        const Frame = type('ClientFrame');
        const theirs = Frame.decode(encoded);
        expect(Buffer.from(Frame.encode(theirs).finish()).equals(encoded)).toBe(true);
        expect(decodeClientFrame(Frame.encode(theirs).finish()).requests).toEqual(requests);
      }),
    );
  });

  it('take fields in any order and skip what they do not know', () => {
    // Unknown field 15 (varint), requests before session.
    const Request = type('Request');
    const one = Request.encode(Request.create({ id: 7, command: 1, args: [Buffer.from('k')] }));
    const own = one.finish();
    const frame = Buffer.concat([
      Buffer.from([15 << 3, 1, (2 << 3) | 2, own.length]),
      own,
      Buffer.from([(1 << 3) | 2, 16]),
      Buffer.alloc(16, 's'),
    ]);
    const decoded = decodeClientFrame(frame);
    expect(decoded.session).toBe('s'.repeat(16));
    expect(decoded.requests[0]).toMatchObject({
      id: 7,
      command: { code: 1, args: [Buffer.from('k')] },
    });
  });

  it('any bytes decode or are refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          decodeClientFrame(noise);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('cut short at any byte they are refused or hold fewer requests', () => {
    const whole = encodeClientFrame('s'.repeat(16), [
      {
        id: 1,
        command: { code: 2, database: 0, args: [Buffer.from('key'), Buffer.alloc(200)] },
        sequence: 5,
        mark: 3,
        firstAttempt: 1_700_000_000_000 as EpochMs,
        timeoutMs: 5000,
        read: { kind: 'linearizable' },
      },
    ]);
    for (let length = 0; length < whole.length; length++) {
      try {
        expect(decodeClientFrame(whole.subarray(0, length)).requests).toEqual([]);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WireError);
      }
    }
  });

  it('allocate nothing from a length that is only claimed', () => {
    const huge = Buffer.from([(2 << 3) | 2, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(() => decodeClientFrame(huge)).toThrow(WireError);
    const overlong = Buffer.concat([Buffer.from([(2 << 3) | 2]), Buffer.alloc(11, 0xff)]);
    expect(() => decodeClientFrame(overlong)).toThrow(WireError);
    expect(() => decodeClientFrame(Buffer.from([(1 << 3) | 2, 3, 1, 2, 3]))).toThrow(WireError);
    expect(() => decodeClientFrame(Buffer.from([(2 << 3) | 3]))).toThrow(WireError);
  });
});

describe('server frames', () => {
  it('come back as they went, and are what kv.proto says', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(safe, answer), { maxLength: 6 }), (answers) => {
        const frame = encodeResponses(
          answers.map(([id, one]) => ({ id, answer: one, size: sizeOfAnswer(one) })),
        );
        const found = readAnswers(frame).map(([id, one]) => [id, described(one)]);
        expect(found).toEqual(answers.map(([id, one]) => [id, described(one)]));
        const Frame = type('ServerFrame');
        const theirs = Buffer.from(Frame.encode(Frame.decode(frame)).finish());
        expect(readAnswers(theirs).map(([id, one]) => [id, described(one)])).toEqual(found);
      }),
    );
  });

  it('carry the topology', () => {
    const topology: Topology = {
      clusterId: 'c',
      version: 2 ** 40,
      nodes: [
        { id: 1, grpc: '127.0.0.1:7410' },
        { id: 2, grpc: null },
      ],
      shards: [
        { id: 1, firstBucket: 0, lastBucket: 63, rangeEpoch: 1, leader: 1 },
        { id: 2, firstBucket: 64, lastBucket: 255, rangeEpoch: 9, leader: null },
      ],
    };
    const frame = encodeTopologyFrame(topology, 1_700_000_000_000);
    const found: unknown[] = [];
    readServerFrame(frame, {
      onAnswer: () => undefined,
      onTopology: (one) => void found.push(one),
      onNow: (now) => void found.push(now),
    });
    expect(found).toEqual([topology, 1_700_000_000_000]);
    const theirs = type('ServerFrame').toObject(type('ServerFrame').decode(frame), {
      longs: Number,
    });
    expect(theirs).toMatchObject({ topology: { clusterId: 'c', nodes: [{ id: 1 }, { id: 2 }] } });
  });

  it('any bytes are read or refused; lists nested without end are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          readAnswers(noise);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
    let nested: Reply = { kind: 'null' };
    for (let i = 0; i < 6; i++) nested = { kind: 'list', items: [nested] };
    const frame = encodeResponses([{ id: 1, answer: nested, size: sizeOfAnswer(nested) }]);
    expect(() => readAnswers(frame)).toThrow(WireError);
  });

  it('an error code of a newer build is a bug of this one, told with its name', () => {
    const Frame = type('ServerFrame');
    const made = Frame.create({
      responses: [{ id: 1, error: { code: 'BRAND_NEW', message: 'm' } }],
    });
    const [[, found]] = readAnswers(Frame.encode(made).finish()) as [[number, RkvError]];
    expect([found.code, found.message]).toEqual(['INTERNAL', 'BRAND_NEW: m']);
  });
});

describe('admin messages', () => {
  it('come back as they went, and are what admin.proto says', () => {
    const calls = ADMIN_CALLS;
    const transfer = { shard: 4, toNode: 2, timeoutMs: 5000 };
    expect(
      calls.transferLeader.request.decode(calls.transferLeader.request.encode(transfer)),
    ).toEqual(transfer);
    const theirs = type('TransferLeaderRequest').decode(
      calls.transferLeader.request.encode(transfer),
    );
    expect(theirs.toJSON()).toEqual(transfer);
    for (const shards of [[], [1], [1, 200, 70_000]]) {
      const encoded = calls.probe.response.encode(shards);
      expect(calls.probe.response.decode(encoded)).toEqual(shards);
      expect(
        type('ProbeReply').toObject(type('ProbeReply').decode(encoded), { arrays: true }),
      ).toEqual({ shards });
    }
    for (const value of [null, Buffer.alloc(0), Buffer.from('v')]) {
      const encoded = calls.localRead.response.encode({ value });
      expect(calls.localRead.response.decode(encoded)).toEqual({ value });
    }
    const document = { a: [1, 'ä', null] };
    expect(calls.status.response.decode(calls.status.response.encode(document))).toEqual(document);
    const read = { database: 3, key: Buffer.from('k') };
    expect(calls.localRead.request.decode(calls.localRead.request.encode(read))).toEqual(read);
    expect(() => calls.status.request.decode(Buffer.from([8]))).toThrow(WireError);
  });
});
