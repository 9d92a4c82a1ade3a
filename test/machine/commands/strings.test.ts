/** Rows of strings beyond the first ones (those are in test/machine/commands.test.ts). */
import { describe, expect, it } from 'vitest';
import { STRING_ROWS } from '../../../src/kv/catalog/strings.js';
import { MAX_VALUE_BYTES } from '../../../src/kv/limits.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe.each([false, true])('strings, rows read slowly: %s', (slow) => {
  it('set compares and keeps the expiry', async () => {
    const one = await open(slow);
    expect(await one.write('set', 'k', 'a', 'IFEQ', 'a')).toBe('unchanged r0');
    expect(await one.write('set', 'k', 'a', 'IFNE', 'a')).toBe('written r1');
    expect(await one.write('set', 'k', 'b', 'IFNE', 'a')).toBe('unchanged r1');
    expect(await one.write('set', 'k', 'b', 'IFEQ', 'x', 'GET')).toBe('unchanged r1 was a');
    expect(await one.write('set', 'k', 'b', 'IFEQ', 'a', 'PXAT', one.time + 9)).toBe('written r2');
    expect(await one.write('set', 'k', 'c', 'KEEPTTL')).toBe('written r3');
    expect(await one.read('ttl', 'k')).toBe('9');
    expect(await one.write('set', 'k', 'd', 'KEEPTTL', 'PXAT', 5)).toBe('SYNTAX');
    expect(await one.write('set', 'new', 'd', 'KEEPTTL')).toBe('written r4');
    expect(await one.read('ttl', 'new')).toBe('-1');
  });

  it('digest, and conditions on it', async () => {
    const one = await open(slow);
    expect(await one.read('digest', 'k')).toBe('null');
    expect(await one.write('set', 'k', 'v', 'IFDEQ', '2d06800538d394c2')).toBe('unchanged r0');
    expect(await one.write('set', 'k', 'hello', 'IFDNE', '2d06800538d394c2')).toBe('written r1');
    expect(await one.read('digest', 'k')).toBe('9555e8555c62dcfd');
    expect(await one.write('set', 'k', 'x', 'IFDNE', '9555E8555C62DCFD')).toBe('unchanged r1');
    expect(await one.write('set', 'k', 'x', 'IFDEQ', '9555e8555c62dcf')).toBe('unchanged r1');
    expect(await one.write('set', 'k', 'v8', 'IFDEQ', '9555E8555C62DCFD')).toBe('written r2');
    expect(await one.read('digest', 'k')).toBe('0cc76dbb41381419');
    expect(await one.write('delex', 'k', 'IFDNE', '0cc76dbb41381419')).toBe('0');
    expect(await one.write('delex', 'k', 'IFDEQ', '0cc76dbb41381419')).toBe('1');
    expect(await one.write('delex', 'k', 'IFDNE', '0cc76dbb41381419')).toBe('0');
    await one.write('hset', 'k', 'f', 'v');
    expect(await one.read('digest', 'k')).toBe('WRONG_TYPE');
    expect(await one.write('set', 'k', 'x', 'IFDNE', '0cc76dbb41381419')).toBe('WRONG_TYPE');
    expect(await one.write('delex', 'k', 'IFDNE', '0cc76dbb41381419')).toBe('WRONG_TYPE');
  });

  it('getdel and delex', async () => {
    const one = await open(slow);
    expect(await one.write('getdel', 'k')).toBe('null');
    await one.write('set', 'k', 'a');
    expect(await one.write('getdel', 'k')).toBe('a r1 forever');
    expect(await one.read('exists', 'k')).toBe('0');
    await one.write('set', 'k', 'a');
    expect(await one.write('delex', 'k', 'IFEQ', 'b')).toBe('0');
    expect(await one.write('delex', 'k', 'IFNE', 'a')).toBe('0');
    expect(await one.write('delex', 'k', 'IFNE', 'b')).toBe('1');
    expect(await one.write('delex', 'k', 'IFNE', 'b')).toBe('0');
    await one.write('set', 'k', 'a');
    expect(await one.write('delex', 'k', 'IFEQ', 'a')).toBe('1');
    await one.write('set', 'k', 'a');
    expect(await one.write('delex', 'k')).toBe('1');
    expect(await one.write('delex', 'k')).toBe('0');
  });

  it('getex', async () => {
    const one = await open(slow);
    expect(await one.write('getex', 'k', 'PERSIST')).toBe('null');
    await one.write('set', 'k', 'a');
    expect(await one.write('getex', 'k', 'PERSIST')).toBe('a r1 forever');
    expect(await one.write('getex', 'k', 'PXAT', one.time + 9)).toBe(`a r2 ${one.time + 9}`);
    expect(await one.write('getex', 'k', 'PERSIST')).toBe('a r3 forever');
    expect(await one.write('getex', 'k', 'PXAT', 1)).toBe('a r4 1');
    expect(await one.read('get', 'k')).toBe('null');
    expect(await one.write('getex', 'k')).toBe('SYNTAX');
  });

  it('strlen, getrange, setrange', async () => {
    const one = await open(slow);
    expect(await one.read('strlen', 'k')).toBe('0');
    expect(await one.read('getrange', 'k', 0, -1)).toBe('');
    expect(await one.write('setrange', 'k', 3, '')).toBe('0');
    expect(await one.read('exists', 'k')).toBe('0');
    expect(await one.write('setrange', 'k', 3, 'abc')).toBe('6');
    expect(await one.read('getrange', 'k', 0, -1)).toBe('\0\0\0abc');
    expect(await one.write('setrange', 'k', 1, 'xy')).toBe('6');
    expect(await one.write('setrange', 'k', 1, '')).toBe('6');
    expect(await one.read('strlen', 'k')).toBe('6');
    for (const [start, end, found] of [
      [1, 2, 'xy'],
      [-2, -1, 'bc'],
      [-100, 100, '\0xyabc'],
      [4, 2, ''],
      [9, 12, ''],
      [-1, -2, ''],
      [0, -100, '\0'],
      ['-9223372036854775808', '9223372036854775807', '\0xyabc'],
    ] as const) {
      expect(await one.read('getrange', 'k', start, end)).toBe(found);
    }
    expect(await one.write('setrange', 'k', -1, 'x')).toBe('OUT_OF_RANGE');
    expect(await one.write('setrange', 'k', MAX_VALUE_BYTES, 'x')).toBe('TOO_LARGE');
    expect(await one.write('setrange', 'k', '9223372036854775807', 'x')).toBe('TOO_LARGE');
  });

  it('incrfloat', async () => {
    const one = await open(slow);
    expect(await one.write('incrfloat', 'k', '10.50')).toBe('10.5');
    expect(await one.write('incrfloat', 'k', '0.1')).toBe('10.6');
    expect(await one.write('incrfloat', 'k', '-5')).toBe('5.6');
    await one.write('set', 'k', '5.0e3', 'PXAT', one.time + 9);
    expect(await one.write('incrfloat', 'k', '2.0e2')).toBe('5200');
    expect(await one.read('ttl', 'k')).toBe('9');
    expect(await one.write('incrfloat', 'k', 'inf')).toBe('NAN_OR_INFINITY');
    await one.write('set', 'k', 'seven');
    expect(await one.write('incrfloat', 'k', '1')).toBe('NOT_FLOAT');
    expect(await one.read('get', 'k')).toMatch(/^seven /);
  });

  it('msetnx', async () => {
    const one = await open(slow);
    expect(await one.write('msetnx', '{k}a', 1, '{k}b', 2, '{k}a', 3)).toBe('1');
    expect(await one.read('mget', '{k}a', '{k}b')).toBe('[3 r3 forever, 2 r2 forever]');
    expect(await one.write('msetnx', '{k}c', 1, '{k}b', 4)).toBe('0');
    expect(await one.read('exists', '{k}c')).toBe('0');
  });

  it('lcs', async () => {
    const one = await open(slow);
    await one.write('mset', '{k}a', 'ohmytext', '{k}b', 'mynewtext');
    expect(await one.read('lcs', '{k}a', '{k}b')).toBe('mytext');
    expect(await one.read('lcs', '{k}a', '{k}b', 'LEN')).toBe('6');
    expect(await one.read('lcs', '{k}a', '{k}b', 'IDX')).toBe(
      '[[[[4, 7], [5, 8], 4], [[2, 3], [0, 1], 2]], 6]',
    );
    expect(await one.read('lcs', '{k}a', '{k}b', 'IDX', 'MINMATCHLEN', 4)).toBe(
      '[[[[4, 7], [5, 8], 4]], 6]',
    );
    expect(await one.read('lcs', '{k}a', '{k}none')).toBe('');
    expect(await one.read('lcs', '{k}none', '{k}none', 'LEN')).toBe('0');
    expect(await one.read('lcs', '{k}none', '{k}none', 'IDX')).toBe('[[], 0]');
    await one.write('set', '{k}long', new Uint8Array(5000));
    expect(await one.read('lcs', '{k}long', '{k}long')).toBe('TOO_LARGE');
  });
});

describe('the first strings', () => {
  it('run as well', async () => {
    const one = await open();
    await one.write('set', 'k', '1');
    await one.write('incr', 'k', 1);
    await one.write('append', 'k', '0');
    await one.write('cas', 'k', '20', '21');
    expect(await one.read('get', 'k')).toBe('21 r4 forever');
    await one.write('mset', 'a', '1', 'b', '2');
    expect(await one.read('mget', 'k', 'a')).toBe('[21 r4 forever, 1 r5 forever]');
    expect(await one.write('cad', 'k', '21')).toBe('written r7');
  });
});

coverage(STRING_ROWS);
