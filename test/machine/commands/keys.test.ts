/** Rows of keys beyond the first ones (those are in test/machine/commands.test.ts). */
import { describe, expect, it } from 'vitest';
import { KEY_ROWS } from '../../../src/kv/catalog/keys.js';
import { command } from '../driver.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe.each([false, true])('keys, rows read slowly: %s', (slow) => {
  it('expire with conditions', async () => {
    const one = await open(slow);
    const at = (ms: number, ...words: string[]) =>
      one.write('expire', 'k', 'PXAT', one.time + ms, ...words);
    expect(await at(100, 'NX')).toBe('0');
    await one.write('set', 'k', 'v');
    expect(await at(100, 'XX')).toBe('0');
    expect(await at(100, 'GT')).toBe('0');
    expect(await at(100, 'NX')).toBe('1');
    expect(await at(200, 'NX')).toBe('0');
    expect(await at(100, 'GT')).toBe('0');
    expect(await at(101, 'XX', 'GT')).toBe('1');
    expect(await at(101, 'LT')).toBe('0');
    expect(await at(99, 'LT', 'XX')).toBe('1');
    expect(await one.read('ttl', 'k')).toBe('99');
    await one.write('persist', 'k');
    expect(await at(50, 'LT')).toBe('1');
    expect(await at(50, 'NX', 'GT')).toBe('SYNTAX');
    expect(await at(50, 'LT', 'GT')).toBe('SYNTAX');
    expect(await one.read('expiretime', 'k')).toBe(String(one.time + 50));
  });

  it('type, rev, expiretime', async () => {
    const one = await open(slow);
    expect(await one.read('type', 'k')).toBe('none');
    expect(await one.read('expiretime', 'k')).toBe('-2');
    await one.write('set', 'k', 'v');
    await one.write('set', 'other', 'v');
    expect(await one.read('type', 'k')).toBe('string');
    expect(await one.read('expiretime', 'k')).toBe('-1');
    expect(await one.read('rev', 'other', 'none', 'k')).toBe('[2, 0, 1]');
    await one.write('expire', 'k', 'PXAT', 1);
    expect(await one.read('rev', 'k')).toBe(`[${Number.MAX_SAFE_INTEGER - 3}]`);
  });

  it('rename', async () => {
    const one = await open(slow);
    expect(await one.write('rename', '{k}a', '{k}b')).toBe('NO_SUCH_KEY');
    await one.write('set', '{k}a', 'v', 'PXAT', one.time + 9);
    expect(await one.write('rename', '{k}a', '{k}a')).toBe('1');
    expect(await one.write('rename', '{k}a', '{k}a', 'NX')).toBe('0');
    expect(await one.write('rename', '{k}a', '{k}b')).toBe('1');
    expect(await one.read('mget', '{k}a', '{k}b')).toBe(`[null, v r2 ${one.time + 9}]`);
    await one.write('set', '{k}a', 'w');
    expect(await one.write('rename', '{k}a', '{k}b', 'NX')).toBe('0');
    expect(await one.write('rename', '{k}a', '{k}b')).toBe('1');
    expect(await one.read('get', '{k}b')).toBe('w r5 forever');
    expect(one.state.counts().keys).toBe(1);
  });

  it('copy', async () => {
    const one = await open(slow);
    expect(await one.write('copy', '{k}a', '{k}b')).toBe('0');
    await one.write('set', '{k}a', 'v', 'PXAT', one.time + 9);
    expect(await one.write('copy', '{k}a', '{k}a')).toBe('0');
    expect(await one.write('copy', '{k}a', '{k}b')).toBe('1');
    expect(await one.write('copy', '{k}a', '{k}b')).toBe('0');
    await one.write('set', '{k}a', 'w');
    expect(await one.write('copy', '{k}a', '{k}b', 'REPLACE')).toBe('1');
    expect(await one.read('get', '{k}b')).toBe('w r4 forever');
    expect(await one.write('copy', '{k}a', '{k}a', 'DB', 3)).toBe('1');
    const there = await one.readRaw({ ...command('get', '{k}a'), database: 3 });
    expect(there).toMatchObject({ reply: { kind: 'item', revision: 5 } });
    expect(await one.write('copy', '{k}a', '{k}a', 'DB', 256)).toBe('SYNTAX');
  });

  it('move', async () => {
    const one = await open(slow);
    const there = (name: string) => one.readRaw({ ...command(name, 'k'), database: 3 });
    expect(await one.write('move', 'k', 'k', 'DB', 3)).toBe('0');
    await one.write('set', 'k', 'v', 'PXAT', one.time + 9);
    expect(await one.write('move', 'k', 'k')).toBe('SYNTAX');
    expect(await one.write('move', 'k', 'k', 'DB', 3)).toBe('1');
    expect(await one.read('exists', 'k')).toBe('0');
    expect(await there('expiretime')).toMatchObject({ reply: { value: BigInt(one.time + 9) } });
    await one.write('hset', 'k', 'f', 'v');
    expect(await one.write('move', 'k', 'k', 'DB', 3)).toBe('0');
    expect(await one.write('move', 'k', 'k', 'DB', 4)).toBe('1');
    const moved = await one.readRaw({ ...command('hget', 'k', 'f'), database: 4 });
    expect(moved).toMatchObject({ reply: { kind: 'bytes', bytes: Buffer.from('v') } });
    // onto itself: it is there
    await one.write('set', 'k', 'v');
    expect(await one.write('move', 'k', 'k', 'DB', 0)).toBe('0');
    expect(await one.read('exists', 'k')).toBe('1');
  });

  it('del, mdel, exists, persist, ttl run as well', async () => {
    const one = await open(slow);
    await one.write('mset', 'a', 1, 'b', 2);
    expect(await one.write('del', 'a')).toBe('1');
    expect(await one.write('mdel', 'a', 'b')).toBe('1');
    expect(await one.read('exists', 'a', 'b')).toBe('0');
    expect(await one.write('persist', 'a')).toBe('0');
    expect(await one.read('ttl', 'a')).toBe('-2');
  });
});

coverage(KEY_ROWS);
