/** DUMP, RESTORE, OBJECT, SORT; dumps are exchanged with a real Redis in the differential test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc64 } from '../../../src/base/crc64.js';
import type { EpochMs } from '../../../src/base/ids.js';
import { VALUE_ROWS } from '../../../src/kv/catalog/values.js';
import { MAX_WHOLE_BYTES } from '../../../src/kv/limits.js';
import { dumpHash, dumpString, restoreValue } from '../../../src/machine/values/dump.js';
import type { DumpedField } from '../../../src/machine/values/dump-hash.js';
import { bytes } from '../driver.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe.each([false, true])('values, rows read slowly: %s', (slow) => {
  it('dump, restore', async () => {
    const one = await open(slow);
    expect(await one.read('dump', 'k')).toBe('null');
    await one.write('set', 'k', 'some value');
    const payload = Buffer.from(await one.read('dump', 'k'), 'latin1');
    expect(await one.write('restore', 'k', payload)).toBe('BUSY_KEY');
    expect(await one.write('restore', 'new', payload, 'PXAT', one.time + 9)).toBe('1');
    expect(await one.read('get', 'new')).toBe(`some value r2 ${one.time + 9}`);
    expect(await one.write('restore', 'k', payload, 'REPLACE', 'PXAT', 1)).toBe('1');
    expect(await one.read('get', 'k')).toBe('null');
    payload[3] = 1;
    expect(await one.write('restore', 'new', payload, 'REPLACE')).toBe('BAD_PAYLOAD');
  });

  it('dump, restore of a hash, deadlines of its fields with it', async () => {
    const one = await open(slow);
    const { time } = one;
    await one.write('hset', 'h', 'f', 'v', 'g', '12', '', '\x00\xff');
    const plain = Buffer.from(await one.read('dump', 'h'), 'latin1');
    await one.write('hexpire', 'h', 'ANY', 'PXAT', time + 50, 'f');
    await one.write('hexpire', 'h', 'ANY', 'PXAT', time + 9_000, 'g');
    const payload = Buffer.from(await one.read('dump', 'h'), 'latin1');
    expect(await one.write('restore', 'h', plain)).toBe('BUSY_KEY');
    expect(await one.write('restore', 'new', payload, 'PXAT', time + 99_000)).toBe('1');
    expect(await one.read('expiretime', 'new')).toBe(`${time + 99_000}`);
    expect(await one.read('hlen', 'new')).toBe('3');
    expect(await one.read('hmget', 'new', 'f', 'g', '')).toBe('[v, 12, \x00\xff]');
    expect(await one.read('hpexpiretime', 'new', 'f', 'g', '')).toBe(
      `[${time + 50}, ${time + 9_000}, -1]`,
    );
    expect(await one.read('dump', 'new')).toBe(payload.toString('latin1'));
    // it replaces a string, and the hash that was there with all its fields
    await one.write('set', 's', 'x');
    expect(await one.write('restore', 's', plain, 'REPLACE')).toBe('1');
    await one.write('hset', 'new', 'old', 'x');
    expect(await one.write('restore', 'new', plain, 'REPLACE')).toBe('1');
    expect(await one.read('hpttl', 'new', 'f', 'g', 'old')).toBe('[-1, -1, -2]');
    expect(await one.read('expiretime', 'new')).toBe('-1');
    // fields that are due by then do not come
    one.time += 100;
    await one.advance();
    expect(await one.write('restore', 'late', payload)).toBe('1');
    expect(await one.read('hlen', 'late')).toBe('2');
    const due = dumpHash([{ field: bytes('f'), value: bytes('v'), deadline: time as EpochMs }]);
    expect(await one.write('restore', 'none', due)).toBe('1');
    expect(await one.read('exists', 'none')).toBe('0');
    expect(await one.write('restore', 's', due, 'REPLACE')).toBe('1');
    expect(await one.read('exists', 's')).toBe('0');
    const { keys } = one.state.counts();
    await one.write('mdel', 'h', 'new', 'late');
    expect([keys, one.state.counts()]).toEqual([3, { keys: 0, bytes: 0 }]);
  });

  it('dump, restore of a hash that is too large for one entry', async () => {
    const one = await open(slow);
    const half = 'x'.repeat(MAX_WHOLE_BYTES / 2 - 1000);
    await one.write('hset', 'h', 'a', half, 'b', half);
    expect((await one.read('dump', 'h')).length).toBeGreaterThan(2 * half.length);
    await one.write('hset', 'h', 'c', 'x'.repeat(3000));
    expect(await one.read('dump', 'h')).toBe('REPLY_TOO_LARGE');
    const many = Array.from({ length: MAX_WHOLE_BYTES / 64 }, (_, i) => ({
      field: bytes(i),
      value: bytes(''),
      deadline: null,
    }));
    expect(await one.write('restore', 'new', dumpHash(many))).toBe('TOO_LARGE');
    const long = [{ field: Buffer.alloc(32 * 1024 + 1), value: bytes(''), deadline: null }];
    expect(await one.write('restore', 'new', dumpHash(long))).toBe('TOO_LARGE');
    expect(await one.read('exists', 'new')).toBe('0');
  });

  it('object', async () => {
    const one = await open(slow);
    expect(await one.read('object', 'k')).toBe('null');
    await one.write('mset', 'n', '12', 'e', 'text', 'r', 'x'.repeat(45));
    expect(await one.read('object', 'n')).toBe('[string, int, 2, 46]');
    expect(await one.read('object', 'e')).toBe('[string, embstr, 4, 48]');
    expect(await one.read('object', 'r')).toBe('[string, raw, 45, 89]');
    await one.write('hset', 'h', 'f', 'v');
    expect(await one.read('object', 'h')).toBe('[hash, listpack, 51, 118]');
  });

  it('sort, sortstore', async () => {
    const one = await open(slow);
    await one.write('set', '{k}s', 'v');
    expect(await one.read('sort', '{k}none')).toBe('[]');
    expect(await one.read('sort', '{k}s')).toBe('WRONG_TYPE');
    expect(await one.write('sortstore', '{k}s', '{k}t')).toBe('WRONG_TYPE');
    expect(await one.write('sortstore', '{k}none', '{k}s')).toBe('0');
    expect(await one.read('exists', '{k}s')).toBe('0');
  });
});

/** With a right checksum. */
function sealed(body: Uint8Array, version = 10): Buffer {
  const summed = Buffer.concat([body, Buffer.of(version, 0)]);
  const checksum = Buffer.alloc(8);
  checksum.writeBigUInt64LE(crc64(summed));
  return Buffer.concat([summed, checksum]);
}

const listpack = (...elements: readonly number[][]): Buffer => {
  const inner = elements.flat();
  const bytesOf = 6 + inner.length + 1;
  return Buffer.of(bytesOf & 255, bytesOf >> 8, 0, 0, elements.length, 0, ...inner, 255);
};
const lengthAnd = (pack: Buffer): Buffer => Buffer.concat([Buffer.of(pack.length), pack]);

const anyField: fc.Arbitrary<DumpedField> = fc.record({
  field: fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.integer().map((number) => bytes(number)),
  ),
  value: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.integer().map((number) => bytes(number)),
  ),
  deadline: fc.option(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })) as fc.Arbitrary<
    DumpedField['deadline']
  >,
});
const anyHash = fc.uniqueArray(anyField, {
  minLength: 1,
  maxLength: 20,
  selector: ({ field }) => Buffer.from(field).toString('latin1'),
});

describe('dumps', () => {
  it('come back as they went, and nothing else does', () => {
    expect(crc64(bytes('123456789'))).toBe(0xe9c6d914c4b8d9can);
    const dumps = fc.oneof(
      fc
        .oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.integer().map((number) => bytes(number)),
        )
        .map(
          (value) => [dumpString(value), { kind: 'string', value: Buffer.from(value) }] as const,
        ),
      anyHash.map((fields) => [dumpHash(fields), { kind: 'hash', fields: plain(fields) }] as const),
    );
    fc.assert(
      fc.property(dumps, fc.nat(), fc.integer({ min: 1, max: 255 }), ([dumped, found], at, by) => {
        expect(plainOf(restoreValue(dumped))).toEqual(found);
        const broken = Buffer.from(dumped);
        broken[at % broken.length] = (broken[at % broken.length] as number) ^ by;
        expect(restoreValue(broken)).toBe('BAD_PAYLOAD');
        expect(typeof restoreValue(dumped.subarray(1))).toBe('string');
      }),
    );
  });

  it('with a right checksum and anything in them are read or refused', () => {
    const form = fc.constantFrom(0, 1, 4, 9, 13, 16, 24, 25, 255);
    const cut = anyHash.chain((fields) =>
      fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 6 })).map(([at, noise]) => {
        const body = dumpHash(fields).subarray(0, -10);
        const from = at % body.length;
        return Buffer.concat([body.subarray(0, from), noise, body.subarray(from + noise.length)]);
      }),
    );
    const noise = fc
      .tuple(form, fc.uint8Array({ maxLength: 40 }))
      .map(([first, rest]) => Buffer.concat([Buffer.of(first), rest]));
    fc.assert(
      fc.property(fc.oneof(cut, noise), fc.constantFrom(9, 10, 12, 13), (body, version) => {
        const found = restoreValue(sealed(body, version));
        if (typeof found === 'string') expect(found).toBe('BAD_FORMAT');
        else if (found.kind === 'hash') expect(found.fields.length).toBeGreaterThan(0);
      }),
      { numRuns: 4000 },
    );
    expect(restoreValue(sealed(Buffer.of(0, 0), 14))).toBe('BAD_PAYLOAD');
  });

  it('say of packed strings what they come to, and no more is allocated for them', () => {
    // 200 copies of three bytes, as LZF has them; then one that claims 8 MiB, and many of them
    const packed = Buffer.of(2, 97, 98, 99, 0xe0, 255, 2);
    const string = (length: number) => {
      const claims = Buffer.alloc(5, 0x80);
      claims.writeUInt32BE(length, 1);
      return Buffer.concat([Buffer.of(0xc3, packed.length), claims, packed]);
    };
    const whole = restoreValue(sealed(Buffer.concat([Buffer.of(0), string(267)])));
    expect(whole).toEqual({ kind: 'string', value: Buffer.from('abc'.repeat(89)) });
    expect(restoreValue(sealed(Buffer.concat([Buffer.of(0), string(2 ** 31)])))).toBe('BAD_FORMAT');
    const field = (i: number) => Buffer.concat([Buffer.of(0xc1, i & 255, i >> 8), string(267)]);
    const many = Array.from({ length: 40_000 }, (_, i) => field(i));
    const body = Buffer.concat([
      Buffer.of(4, 0x80, 0, 0, many.length >> 8, many.length & 255),
      ...many,
    ]);
    expect(restoreValue(sealed(body))).toMatch(/^(BAD_FORMAT|TOO_LARGE)$/);
  });

  it('of Redis 7 have listpacks: integers of each size, strings, deadlines', () => {
    const value = (...rest: number[]) => listpack([0x81, 102, 2], rest);
    const read = (pack: Buffer) => {
      const found = restoreValue(sealed(Buffer.concat([Buffer.of(16), lengthAnd(pack)])));
      if (typeof found === 'string' || found.kind === 'string') return found;
      return found.fields.map((one) => Buffer.from(one.value).toString('latin1'));
    };
    expect(read(value(7, 1))).toEqual(['7']);
    expect(read(value(0xdf, 0xff, 2))).toEqual(['-1']);
    expect(read(value(0xcf, 0xff, 2))).toEqual(['4095']);
    expect(read(value(0xf1, 0, 0x80, 3))).toEqual(['-32768']);
    expect(read(value(0xf2, 0xff, 0xff, 0x7f, 4))).toEqual(['8388607']);
    expect(read(value(0xf3, 0, 0, 0, 0x80, 5))).toEqual(['-2147483648']);
    expect(read(value(0xf4, 0, 0, 0, 0, 0, 0, 0, 0x80, 9))).toEqual(['-9223372036854775808']);
    expect(read(value(0xe0, 2, 97, 98, 4))).toEqual(['ab']);
    expect(read(value(0xf0, 2, 0, 0, 0, 97, 98, 7))).toEqual(['ab']);
    // a wrong length behind, an odd count, the same field twice, nothing, an element cut off
    const wrong = [value(7, 2), listpack([7, 1]), listpack([7, 1], [7, 1], [7, 1], [7, 1])];
    for (const pack of [
      ...wrong,
      listpack(),
      value(0xf4, 0, 0),
      value(0xf5, 1),
      value(0x85, 97, 1),
    ]) {
      expect(read(pack)).toBe('BAD_FORMAT');
    }
    const timed = listpack([0x81, 102, 2], [7, 1], [99, 1], [0x81, 103, 2], [8, 1], [0, 1]);
    const body = Buffer.concat([Buffer.of(25), Buffer.alloc(8), lengthAnd(timed)]);
    expect(plainOf(restoreValue(sealed(body, 12)))).toEqual({
      kind: 'hash',
      fields: [
        ['f', '7', 99],
        ['g', '8', null],
      ],
    });
  });
});

const text = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

function plain(fields: readonly DumpedField[]) {
  return fields.map(({ field, value, deadline }) => [text(field), text(value), deadline]);
}

function plainOf(found: ReturnType<typeof restoreValue>) {
  if (typeof found === 'string' || found.kind === 'string') return found;
  return { kind: 'hash', fields: plain(found.fields) };
}

coverage(VALUE_ROWS);
