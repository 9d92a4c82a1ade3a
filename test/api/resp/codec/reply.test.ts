import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyParser, RespProtocolError } from '../../../../src/api/resp/codec/reply-parser.js';
import {
  type Protocol,
  REFERENCE_BYTES,
  ReplyWriter,
} from '../../../../src/api/resp/codec/reply-writer.js';
import {
  array,
  bulk,
  integer,
  lowered,
  RespError,
  type RespValue,
  toPlain,
} from '../../../../src/api/resp/codec/resp-value.js';
import { cutAt, cutEvery } from './support.js';

const latin1 = fc.uint8Array({ maxLength: 12 }).map((some) => Buffer.from(some).toString('latin1'));
const line = latin1.map((text) => text.replace(/[\r\n]/g, ''));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.constantFrom(REFERENCE_BYTES - 1, REFERENCE_BYTES).map((size) => Buffer.alloc(size, 7)),
);
const int64 = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));

const { value: anyValue } = fc.letrec<{ value: RespValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    line.map((text): RespValue => ({ kind: 'simple', text })),
    line.map((text): RespValue => ({ kind: 'error', text })),
    fc.oneof(fc.maxSafeInteger(), fc.integer(), int64).map(integer),
    bytes.map((some) => bulk(Buffer.from(some))),
    fc.constantFrom<RespValue>({ kind: 'null' }),
    fc.double().map((value): RespValue => ({ kind: 'double', value })),
    fc.boolean().map((value): RespValue => ({ kind: 'boolean', value })),
    bytes.map((some): RespValue => ({ kind: 'verbatim', format: 'txt', bytes: Buffer.from(some) })),
    fc.bigInt().map((value): RespValue => ({ kind: 'big-number', value })),
    fc
      .tuple(
        fc.constantFrom('array' as const, 'set' as const, 'push' as const),
        fc.array(tie('value'), { maxLength: 5 }),
      )
      .map(([kind, items]): RespValue => ({ kind, items })),
    fc
      .array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 })
      .map((entries): RespValue => ({ kind: 'map', entries })),
  ),
}));

function written(protocol: Protocol, values: readonly RespValue[]): Buffer {
  const writer = new ReplyWriter(protocol);
  for (const value of values) writer.write(value);
  const { pendingBytes } = writer;
  const all = Buffer.concat(writer.take());
  expect(all.length).toBe(pendingBytes);
  expect(writer.pendingBytes).toBe(0);
  return all;
}

function readBack(chunks: readonly Uint8Array[]): RespValue[] {
  const parser = new ReplyParser();
  const values: RespValue[] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    for (let value = parser.next(); value !== undefined; value = parser.next()) values.push(value);
  }
  return values;
}

const text = (write: (writer: ReplyWriter) => void, protocol: Protocol): string => {
  const writer = new ReplyWriter(protocol);
  write(writer);
  return Buffer.concat(writer.take()).toString('latin1');
};

describe('replies', () => {
  it('are read back as they were written, for every cut', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { maxLength: 6 }), fc.array(fc.nat()), (values, cuts) => {
        const three = written(3, values);
        const two = written(2, values);
        const seen = values.map(lowered);
        return (
          isDeepStrictEqual(readBack([three]), values) &&
          isDeepStrictEqual(readBack(cutAt(three, cuts)), values) &&
          (three.length > 300 || isDeepStrictEqual(readBack(cutEvery(three, 1)), values)) &&
          isDeepStrictEqual(readBack([two]), seen) &&
          isDeepStrictEqual(readBack(cutAt(two, cuts)), seen)
        );
      }),
    );
  });

  it('have every digit of a number near 2^53', () => {
    for (const edge of [2 ** 53 - 1, 10 ** 15, 2 ** 52, 2 ** 31]) {
      for (let below = 0; below < 2_000; below++) {
        for (const value of [edge - below, below - edge]) {
          expect(text((w) => w.integer(value), 2)).toBe(`:${value}\r\n`);
        }
      }
    }
  });

  it('are worded as Redis words them', () => {
    const rows: [(writer: ReplyWriter) => void, string, string][] = [
      [(w) => w.ok(), '+OK\r\n', '+OK\r\n'],
      [(w) => w.pong(), '+PONG\r\n', '+PONG\r\n'],
      [(w) => w.queued(), '+QUEUED\r\n', '+QUEUED\r\n'],
      [(w) => w.null(), '$-1\r\n', '_\r\n'],
      [(w) => w.nullArray(), '*-1\r\n', '_\r\n'],
      [(w) => w.bulk(null), '$-1\r\n', '_\r\n'],
      [(w) => w.bulk(Buffer.alloc(0)), '$0\r\n\r\n', '$0\r\n\r\n'],
      [(w) => w.text('grün'), '$5\r\ngr\xc3\xbcn\r\n', '$5\r\ngr\xc3\xbcn\r\n'],
      [(w) => w.boolean(true), ':1\r\n', '#t\r\n'],
      [(w) => w.boolean(false), ':0\r\n', '#f\r\n'],
      [(w) => w.double(0.1), '$3\r\n0.1\r\n', ',0.1\r\n'],
      [(w) => w.double(Number.NEGATIVE_INFINITY), '$4\r\n-inf\r\n', ',-inf\r\n'],
      [(w) => w.double(Number.NaN), '$3\r\nnan\r\n', ',nan\r\n'],
      [(w) => w.map(2), '*4\r\n', '%2\r\n'],
      [(w) => w.set(2), '*2\r\n', '~2\r\n'],
      [(w) => w.push(3), '*3\r\n', '>3\r\n'],
      [(w) => w.integer(-(2n ** 63n)), ':-9223372036854775808\r\n', ':-9223372036854775808\r\n'],
      [(w) => w.integer(-0), ':0\r\n', ':0\r\n'],
      [
        (w) => w.bigNumber(2n ** 64n),
        '$20\r\n18446744073709551616\r\n',
        '(18446744073709551616\r\n',
      ],
      [(w) => w.verbatim('txt', Buffer.from('a')), '$1\r\na\r\n', '=5\r\ntxt:a\r\n'],
    ];
    for (const [write, two, three] of rows) {
      expect(text(write, 2)).toBe(two);
      expect(text(write, 3)).toBe(three);
    }
  });

  it('cannot be ended by what a user put into an error', () => {
    const split = "ERR unknown command 'x\r\n+OK\r\n'";
    expect(text((writer) => writer.error(split), 2)).toBe("-ERR unknown command 'x  +OK  '\r\n");
    expect(text((writer) => writer.simple('a\nb'), 3)).toBe('+a b\r\n');
    expect(text((writer) => writer.error('ERR \u20ac\u010a'), 3)).toBe('-ERR ??\r\n');
  });

  it('hand large values on without copying them', () => {
    const large = Buffer.alloc(REFERENCE_BYTES, 1);
    const writer = new ReplyWriter();
    writer.bulk(large);
    writer.ok();
    const taken = writer.take();
    expect(taken).toHaveLength(3);
    expect(taken[1]).toBe(large);
  });

  it('never change what was taken, unless it was sent', () => {
    const writer = new ReplyWriter();
    writer.ok();
    const [first] = writer.take();
    for (let i = 0; i < 5000; i++) {
      writer.integer(i);
      writer.take();
    }
    expect(String(first)).toBe('+OK\r\n');
    writer.integer(1);
    const [before] = writer.take();
    writer.rewind();
    writer.integer(2);
    const [after] = writer.take();
    expect(after!.buffer).toBe(before!.buffer);
    expect(after!.byteOffset).toBe(0);
  });

  it('leave little memory behind, however long they were', () => {
    const long = 'x'.repeat(1_000_000);
    const writes: ((writer: ReplyWriter) => void)[] = [
      (writer) => writer.text(long),
      (writer) => writer.simple(long),
      (writer) => writer.error(long),
      (writer) => writer.raw(Buffer.from(long)),
      (writer) => writer.verbatim('txt', Buffer.from(long)),
      (writer) => {
        for (let i = 0; i < 2000; i++) writer.bulk(Buffer.alloc(500));
      },
    ];
    expect(new ReplyWriter().ownBytes).toBe(0);
    for (const write of writes) {
      const writer = new ReplyWriter(3);
      write(writer);
      expect(writer.pendingBytes).toBeGreaterThanOrEqual(long.length);
      expect(Buffer.concat(writer.take()).length).toBeGreaterThanOrEqual(long.length);
      expect(writer.ownBytes).toBeLessThanOrEqual(16 * 1024);
    }
  });

  it('are not forgotten by rewind while they wait', () => {
    const writer = new ReplyWriter();
    writer.ok();
    writer.rewind();
    writer.pong();
    expect(Buffer.concat(writer.take()).toString()).toBe('+OK\r\n+PONG\r\n');
    expect(writer.take()).toEqual([]);
  });

  it('are plain values for those who want no kinds', () => {
    const plain = toPlain(
      array([
        integer(1),
        bulk('b'),
        { kind: 'map', entries: [[bulk('k'), { kind: 'double', value: 0.5 }]] },
        { kind: 'error', text: 'WRONGTYPE no' },
        { kind: 'null-array' },
      ]),
    );
    expect(plain).toEqual([
      1,
      Buffer.from('b'),
      new Map([['k', 0.5]]),
      new RespError('WRONGTYPE no'),
      null,
    ]);
    expect((plain as unknown[])[3]).toHaveProperty('code', 'WRONGTYPE');
  });
});

describe('the reply parser', () => {
  it('passes over attributes', () => {
    const sent = Buffer.from('|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n|1\r\n+a\r\n*1\r\n:9\r\n:2\r\n');
    expect(readBack([sent])).toEqual([array([integer(1), integer(2)])]);
    expect(readBack(cutEvery(sent, 1))).toEqual([array([integer(1), integer(2)])]);
  });

  it('reads nulls, blob errors and empty collections', () => {
    const sent = Buffer.from('$-1\r\n*-1\r\n_\r\n!5\r\nERR x\r\n*0\r\n%0\r\n~0\r\n');
    expect(readBack([sent])).toEqual([
      { kind: 'null' },
      { kind: 'null-array' },
      { kind: 'null' },
      { kind: 'error', text: 'ERR x' },
      array([]),
      { kind: 'map', entries: [] },
      { kind: 'set', items: [] },
    ]);
  });

  it('refuses what is no RESP', () => {
    for (const sent of ['HTTP/1.1 200\r\n', '$x\r\n', '*1.5\r\n', '*1\r\n'.repeat(200)]) {
      expect(() => readBack([Buffer.from(sent)])).toThrow(RespProtocolError);
    }
  });
});
