/** DUMP, RESTORE, OBJECT, SORT; dumps are exchanged with a real Redis in the differential test. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc64 } from '../../../src/base/crc64.js';
import { VALUE_ROWS } from '../../../src/kv/catalog/values.js';
import { dumpString, restoreString } from '../../../src/machine/values/dump.js';
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

  it('object', async () => {
    const one = await open(slow);
    expect(await one.read('object', 'k')).toBe('null');
    await one.write('mset', 'n', '12', 'e', 'text', 'r', 'x'.repeat(45));
    expect(await one.read('object', 'n')).toBe('[string, int, 2, 46]');
    expect(await one.read('object', 'e')).toBe('[string, embstr, 4, 48]');
    expect(await one.read('object', 'r')).toBe('[string, raw, 45, 89]');
    await one.write('hset', 'h', 'f', 'v');
    expect(await one.read('object', 'h')).toMatch(/^\[hash, listpack, \d+, \d+\]$/);
    expect(await one.read('dump', 'h')).toBe('WRONG_TYPE');
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

describe('dumps', () => {
  it('come back as they went, and nothing else does', () => {
    expect(crc64(bytes('123456789'))).toBe(0xe9c6d914c4b8d9can);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.integer().map((number) => bytes(number)),
        ),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (value, at, change) => {
          const dumped = dumpString(value);
          expect(restoreString(dumped)).toEqual(Buffer.from(value));
          const broken = Buffer.from(dumped);
          broken[at % broken.length] = (broken[at % broken.length] as number) ^ change;
          expect(restoreString(broken)).toBe('BAD_PAYLOAD');
          expect(typeof restoreString(dumped.subarray(1))).toBe('string');
        },
      ),
    );
  });

  it('with a right checksum and anything in them are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (body) => {
        const summed = Buffer.concat([Buffer.of(0), body, Buffer.of(10, 0)]);
        const checksum = Buffer.alloc(8);
        checksum.writeBigUInt64LE(crc64(summed));
        const found = restoreString(Buffer.concat([summed, checksum]));
        expect(found === 'BAD_FORMAT' || Buffer.isBuffer(found)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

coverage(VALUE_ROWS);
