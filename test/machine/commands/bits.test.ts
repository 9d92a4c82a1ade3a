/** Bits of strings; test/api/resp/rows/differential.test.ts holds them against a real Redis. */
import { describe, expect, it } from 'vitest';
import { BIT_ROWS } from '../../../src/kv/catalog/bits.js';
import { MAX_VALUE_BYTES } from '../../../src/kv/limits.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe.each([false, true])('bits, rows read slowly: %s', (slow) => {
  it('setbit, getbit', async () => {
    const one = await open(slow);
    expect(await one.write('setbit', 'k', 9, 1)).toBe('0');
    expect(await one.write('setbit', 'k', 9, 1)).toBe('1');
    expect(await one.read('get', 'k')).toBe('\0@ r2 forever');
    expect(await one.read('getbit', 'k', 9)).toBe('1');
    expect(await one.read('getbit', 'k', 8)).toBe('0');
    expect(await one.read('getbit', 'k', 4_000_000_000)).toBe('0');
    expect(await one.write('setbit', 'k', -1, 1)).toBe('OUT_OF_RANGE');
    expect(await one.write('setbit', 'k', 1, 2)).toBe('OUT_OF_RANGE');
    expect(await one.write('setbit', 'k', MAX_VALUE_BYTES * 8, 1)).toBe('TOO_LARGE');
    expect(await one.read('getbit', 'k', 2 ** 32)).toBe('OUT_OF_RANGE');
  });

  it('bitcount, bitpos', async () => {
    const one = await open(slow);
    expect(await one.read('bitcount', 'k')).toBe('0');
    expect(await one.read('bitpos', 'k', 0)).toBe('0');
    expect(await one.read('bitpos', 'k', 1)).toBe('-1');
    await one.write('set', 'k', 'foobar');
    expect(await one.read('bitcount', 'k')).toBe('26');
    expect(await one.read('bitcount', 'k', 'START', 1, 'END', 1)).toBe('6');
    expect(await one.read('bitcount', 'k', 'START', 5, 'END', 30, 'BIT')).toBe('17');
    await one.write('set', 'k', '\xff\xf0\x00');
    expect(await one.read('bitpos', 'k', 0)).toBe('12');
    expect(await one.read('bitpos', 'k', 1, 'START', 2)).toBe('-1');
    expect(await one.read('bitpos', 'k', 1, 'START', 7, 'END', 15, 'BIT')).toBe('7');
    await one.write('set', 'k', '\xff');
    expect(await one.read('bitpos', 'k', 0)).toBe('8');
    expect(await one.read('bitpos', 'k', 0, 'START', 0, 'END', -1)).toBe('-1');
    expect(await one.read('bitpos', 'k', 3)).toBe('OUT_OF_RANGE');
    // Ends before the value are its first byte; BITCOUNT alone finds nothing when they cross.
    await one.write('set', 'k', '0.1');
    expect(await one.read('bitpos', 'k', 0, 'START', -3, 'END', -4)).toBe('0');
    expect(await one.read('bitcount', 'k', 'START', -3, 'END', -4)).toBe('0');
    expect(await one.read('bitcount', 'k', 'START', 0, 'END', -4)).toBe('2');
  });

  it('bitop', async () => {
    const one = await open(slow);
    const op = (word: string, ...keys: string[]) =>
      one.write('bitop', '{k}d', word, ...keys.map((key) => `{k}${key}`));
    const result = async () => (await one.read('get', '{k}d')).split(' ')[0];
    await one.write('mset', '{k}a', '\x0f\xf0', '{k}b', '\x3c', '{k}c', '\xff\x01');
    for (const [word, sources, found] of [
      ['AND', ['a', 'b'], '\x0c\x00'],
      ['or', ['a', 'b'], '\x3f\xf0'],
      ['XOR', ['a', 'b', 'c'], '\xcc\xf1'],
      ['NOT', ['a'], '\xf0\x0f'],
      ['DIFF', ['a', 'b'], '\x03\xf0'],
      ['DIFF1', ['a', 'b', 'c'], '\xf0\x01'],
      ['ANDOR', ['c', 'a', 'b'], '\x3f\x00'],
      ['ONE', ['a', 'b', 'c'], '\xc0\xf1'],
    ] as const) {
      expect(await op(word, ...sources)).toBe('2');
      expect(await result()).toBe(found);
    }
    expect(await op('NOT', 'a', 'b')).toBe('SYNTAX');
    expect(await op('DIFF', 'a')).toBe('SYNTAX');
    expect(await op('NOR', 'a')).toBe('SYNTAX');
    expect(await op('OR', 'none')).toBe('0');
    expect(await one.read('exists', '{k}d')).toBe('0');
  });

  it('bitfield', async () => {
    const one = await open(slow);
    const words = (text: string) => text.split(' ');
    expect(await one.write('bitfield', 'k', ...words('INCRBY i5 100 1 GET u4 0'))).toBe('[1, 0]');
    expect(await one.read('strlen', 'k')).toBe('14');
    const saturate = words('OVERFLOW SAT INCRBY u2 102 3 OVERFLOW FAIL INCRBY u2 102 1');
    expect(await one.write('bitfield', 'k', ...saturate)).toBe('[3, null]');
    expect(await one.write('bitfield', 'k', ...words('SET i64 #0 -1 GET u63 0'))).toBe(
      '[0, 9223372036854775807]',
    );
    expect(await one.read('bitfieldro', 'k', ...words('GET i64 0 GET u8 #1'))).toBe('[-1, 255]');
    expect(await one.read('bitfieldro', 'k', ...words('SET u8 0 1'))).toBe('SYNTAX');
    expect(await one.write('bitfield', 'k', ...words('SET u64 0 1'))).toBe('SYNTAX');
    const far = `SET u8 ${MAX_VALUE_BYTES * 8} 1`;
    expect(await one.write('bitfield', 'k', ...words(far))).toBe('TOO_LARGE');
    expect(await one.write('bitfield', 'none')).toBe('[]');
    expect(await one.read('exists', 'none')).toBe('0');
  });
});

coverage(BIT_ROWS);
