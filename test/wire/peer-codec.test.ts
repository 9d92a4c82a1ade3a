import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupId, nodeId } from '../../src/base/ids.js';
import { decodeCalls, encodeCalls } from '../../src/wire/call-codec.js';
import { rkv } from '../../src/wire/generated/peer.js';
import {
  decodeAppends,
  decodeControl,
  decodeHello,
  encodeAppendPiece,
  encodeAppends,
  encodeControl,
  encodeHello,
  encodeWelcome,
  type HelloFrame,
} from '../../src/wire/peer-codec.js';
import { WireError } from '../../src/wire/wire-error.js';
import { anyGroup, anyMessage, anyReplica, anyTerm } from './arbitraries.js';

const HELLO: HelloFrame = {
  versions: { min: 1, max: 3 },
  clusterId: 'c-1',
  node: nodeId(1),
  to: nodeId(2),
  diskId: 'd-1',
  bootId: 'b-1',
  bootCount: 7,
  advertise: '127.0.0.1:7000',
  link: 4,
};
const NODE = fc.integer({ min: 1, max: 65_535 }).map(nodeId);
const TIME = fc.double({ noNaN: true, noDefaultInfinity: true });
const BEAT = fc.record({
  node: NODE,
  wallMs: TIME,
  clusterMs: TIME,
  leads: fc.option(
    fc.array(fc.record({ group: anyGroup, term: anyTerm, replica: anyReplica }), { maxLength: 4 }),
  ),
});
/** Plain data: generated classes and Buffers compare by content. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, v) => (Object.is(v, -0) ? 0 : v)));

describe('round trips', () => {
  test('every kind of raft message, appends with their bytes', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 6 }), fc.maxSafeNat(), (messages, acked) => {
        const frame = { messages, counted: messages.length > 0, acked };
        const back = decodeAppends(encodeAppends(frame));
        expect(back.kind).toBe('frame');
        expect(plain(back)).toEqual(plain({ kind: 'frame', frame }));
      }),
      { numRuns: 500 },
    );
  });

  test('control envelopes with beat and offers', () => {
    const frames = fc.record({
      messages: fc.array(anyMessage, { maxLength: 3 }),
      beat: fc.option(BEAT),
      offers: fc.array(fc.maxSafeNat(), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(frames, (frame) => {
        const back = decodeControl(encodeControl(frame));
        expect(plain(back)).toEqual(plain({ kind: 'frame', frame }));
      }),
    );
  });

  test('calls and answers', () => {
    const body = fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes));
    const frames = fc.record({
      requests: fc.array(fc.record({ id: fc.maxSafeNat(), method: fc.nat(), body })),
      answers: fc.array(fc.record({ id: fc.maxSafeNat(), body })),
    });
    fc.assert(
      fc.property(frames, (frame) => {
        const back = decodeCalls(encodeCalls(frame));
        expect(plain(back)).toEqual(plain({ kind: 'frame', frame }));
      }),
    );
  });

  test('hello and welcome, in the same place of every envelope', () => {
    expect(decodeHello(encodeHello(HELLO))).toEqual(HELLO);
    const refused = encodeWelcome({ kind: 'refused', reason: 'wrong-cluster' });
    const accepted = encodeWelcome({ kind: 'accepted', hello: HELLO });
    for (const decode of [decodeControl, decodeAppends, decodeCalls]) {
      expect(decode(refused)).toEqual({
        kind: 'welcome',
        welcome: { kind: 'refused', reason: 'wrong-cluster' },
      });
      expect(decode(accepted)).toEqual({
        kind: 'welcome',
        welcome: { kind: 'accepted', hello: HELLO },
      });
    }
  });

  test('pieces', () => {
    const piece = Buffer.from('abc');
    expect(decodeAppends(encodeAppendPiece({ piece, last: true }))).toEqual({
      kind: 'piece',
      piece: { piece, last: true },
    });
  });
});

describe('what is refused', () => {
  const over = 2 ** 53;
  const base = { group: 1, from: 1, to: 2, term: 1 };
  const wires: readonly rkv.raft.RaftMessage.$Properties[] = [
    { ...base, term: over, timeoutNow: {} },
    { ...base, from: over, timeoutNow: {} },
    { ...base, to: 0, timeoutNow: {} },
    { ...base, quiesce: { commit: over } },
    { ...base, heartbeat: { commit: 1, round: over } },
    { ...base, append: { prevIndex: over } },
    { ...base, append: { prevIndex: Number.MAX_SAFE_INTEGER, entries: [{ term: 1 }] } },
    { ...base, append: { prevIndex: 1, entries: [{ term: over }] } },
    { ...base, append: { prevIndex: 1, entries: [{ term: 1, kind: 9 as rkv.raft.EntryKind }] } },
    { ...base, appendReply: {} },
    { ...base, appendReply: { match: over } },
    { ...base, readIndexReply: { context: over, index: 1 } },
    { ...base, snapshot: { floorIndex: 1, floorTerm: 1, members: { voters: [0] } } },
    base,
  ];
  test.each(wires.map((wire) => [JSON.stringify(wire), wire] as const))('%s', (_, wire) => {
    const bytes = rkv.peer.AppendEnvelope.encode({ messages: [wire] }).finish();
    expect(() => decodeAppends(bytes)).toThrow(WireError);
  });

  test('a hello with another magic, no versions, no boot id or a node out of range', () => {
    const wire = rkv.peer.Hello.decode(encodeHello(HELLO));
    const altered = (change: rkv.peer.Hello.$Properties): Uint8Array =>
      rkv.peer.Hello.encode({ ...wire, ...change }).finish();
    expect(decodeHello(altered({}))).toEqual(HELLO);
    for (const change of [{ magic: 1 }, { maxVersion: 0 }, { bootId: '' }, { node: 65_536 }]) {
      expect(() => decodeHello(altered(change))).toThrow(WireError);
    }
  });

  test('a beat whose time is no number', () => {
    const beat = { node: 1, wallMs: Number.NaN, clusterMs: 0 };
    const bytes = rkv.peer.ControlEnvelope.encode({ beat }).finish();
    expect(() => decodeControl(bytes)).toThrow(WireError);
  });

  test('a beat says when its node may not be given leadership', () => {
    const beat = { node: nodeId(2), wallMs: 1, clusterMs: 2, leads: null };
    for (const sent of [beat, { ...beat, unfit: true as const }]) {
      const frame = { messages: [], beat: sent, offers: [] };
      expect(decodeControl(encodeControl(frame))).toEqual({ kind: 'frame', frame });
    }
  });

  test('random bytes never do anything but decode or throw a WireError', () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(noise, (bytes) => {
        for (const decode of [decodeControl, decodeAppends, decodeCalls, decodeHello]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a declared length beyond the message allocates nothing', () => {
    // AppendEnvelope.piece (field 5) of 2^31 - 1 declared bytes, two there.
    const bytes = Buffer.from([0x2a, 0xff, 0xff, 0xff, 0xff, 0x07, 1, 2]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decodeAppends(bytes)).toThrow(WireError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  });
});

test('payloads are copies: changing the message afterwards changes nothing', () => {
  const append = fc
    .sample(anyMessage, { numRuns: 200, seed: 2 })
    .find(({ payloads }) => payloads.some((bytes) => bytes.length > 4));
  expect(append).toBeDefined();
  const bytes = encodeAppends({ messages: [append!], counted: true, acked: 0 });
  const received = decodeAppends(bytes);
  bytes.fill(0xee);
  expect(received.kind === 'frame' && plain(received.frame.messages[0])).toEqual(plain(append));
});

test('a message for group 0 keeps its zeros', () => {
  const message = { ...BASE_REPLY, result: { ok: true, match: 0 as never } } as const;
  const zeros = { group: groupId(0), message, payloads: [] };
  const bytes = encodeAppends({ messages: [zeros], counted: false, acked: 0 });
  const back = decodeAppends(bytes);
  expect(back.kind === 'frame' && back.frame.messages[0]?.message).toMatchObject({
    kind: 'append-reply',
    result: { ok: true, match: 0 },
  });
});

const BASE_REPLY = {
  kind: 'append-reply',
  from: 1 as never,
  to: 2 as never,
  term: 1 as never,
  round: 0,
} as const;
