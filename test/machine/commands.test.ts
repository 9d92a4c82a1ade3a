import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Revision } from '../../src/base/ids.js';
import { CATALOG } from '../../src/kv/catalog/catalog.js';
import { MAX_VALUE_BYTES } from '../../src/kv/limits.js';
import { placeOf } from '../../src/machine/apply/call.js';
import { noting } from './commands/noting.js';
import { type Arg, bytes, command, type Driver } from './driver.js';

const { open, coverage } = noting();

/** Puts a key of a type that only later commands make. */
function plantOther(driver: Driver, key: string): void {
  const place = placeOf(0, bytes(key), 'head');
  expect(driver.state.load([place])).toBeUndefined();
  driver.state.putHead(place, {
    type: 77,
    flags: 0,
    revision: 9 as Revision,
    created: 9 as Revision,
    deadline: null,
    generation: 1,
    value: bytes('element count'),
  });
  driver.state.endRun();
}

describe.each([false, true])('commands, rows read slowly: %s', (slow) => {
  it('get, set and its conditions', async () => {
    const one = await open(slow);
    expect(await one.read('get', 'k')).toBe('null');
    expect(await one.write('set', 'k', 'a', 'XX')).toBe('unchanged r0');
    expect(await one.write('set', 'k', 'a', 'NX')).toBe('written r1');
    expect(await one.write('set', 'k', 'b', 'NX')).toBe('unchanged r1');
    expect(await one.write('set', 'k', 'b', 'XX', 'GET')).toBe('written r2 was a');
    expect(await one.write('set', 'k', 'c', 'IFREV', 1, 'GET')).toBe('unchanged r2 was b');
    expect(await one.write('set', 'k', 'c', 'IFREV', 2)).toBe('written r3');
    expect(await one.write('set', 'new', 'x', 'IFREV', 0)).toBe('written r4');
    expect(await one.write('set', 'new', 'x', 'IFREV', 0)).toBe('unchanged r4');
    expect(await one.write('set', 'k', '', 'GET', 'PXAT', one.time + 50)).toBe('written r5 was c');
    expect(await one.read('get', 'k')).toBe(` r5 ${one.time + 50}`);
    expect(await one.write('set', 'k', 'd')).toBe('written r6');
    expect(await one.read('get', 'k')).toBe('d r6 forever');
  });

  it('del, mdel, exists', async () => {
    const one = await open(slow);
    expect(await one.write('mset', 'a', 1, 'b', 2, 'c', 3, 'a', 4)).toBe('4');
    expect(await one.read('exists', 'a', 'b', 'x', 'a')).toBe('3');
    expect(await one.write('del', 'a')).toBe('1');
    expect(await one.write('del', 'a')).toBe('0');
    expect(await one.write('mdel', 'a', 'b', 'c', 'b')).toBe('2');
    expect(one.state.counts().keys).toBe(0);
  });

  it('mget keeps the order of its keys', async () => {
    const one = await open(slow);
    await one.write('mset', 'a', 1, 'b', 2);
    expect(await one.read('mget', 'b', 'x', 'a', 'b')).toMatch(
      /^\[2 r\d forever, null, 1 r\d forever, 2 r\d forever\]$/,
    );
  });

  it('incr', async () => {
    const one = await open(slow);
    expect(await one.write('incr', 'n', 5)).toBe('5');
    expect(await one.write('incr', 'n', -7)).toBe('-2');
    await one.write('set', 'n', 'seven', 'PXAT', one.time + 99);
    expect(await one.write('incr', 'n', 1)).toBe('NOT_INTEGER');
    await one.write('set', 'n', '7', 'PXAT', one.time + 99);
    expect(await one.write('incr', 'n', 1)).toBe('8');
    expect(await one.read('ttl', 'n')).toBe('99');
  });

  it('append', async () => {
    const one = await open(slow);
    expect(await one.write('append', 'k', 'ab')).toBe('2');
    expect(await one.write('append', 'k', 'cde')).toBe('5');
    expect(await one.read('get', 'k')).toBe('abcde r2 forever');
    expect(await one.write('append', 'k', new Uint8Array(MAX_VALUE_BYTES - 5))).toBe(
      String(MAX_VALUE_BYTES),
    );
    expect(await one.write('append', 'k', 'x')).toBe('TOO_LARGE');
    expect(one.state.counts().bytes).toBe(MAX_VALUE_BYTES);
  });

  it('cas and cad', async () => {
    const one = await open(slow);
    expect(await one.write('cas', 'k', '', 'x')).toBe('unchanged r0');
    await one.write('set', 'k', 'a', 'PXAT', one.time + 9);
    expect(await one.write('cas', 'k', 'b', 'c')).toBe('unchanged r1');
    expect(await one.write('cas', 'k', 'a', 'c')).toBe('written r2');
    expect(await one.read('ttl', 'k')).toBe('9');
    expect(await one.write('cad', 'k', 'a')).toBe('unchanged r2');
    expect(await one.write('cad', 'k', 'c')).toBe('written r3');
    expect(await one.write('cad', 'k', 'c')).toBe('unchanged r0');
    expect(await one.read('exists', 'k')).toBe('0');
  });

  it('expire, persist, ttl', async () => {
    const one = await open(slow);
    expect(await one.read('ttl', 'k')).toBe('-2');
    expect(await one.write('expire', 'k', 'PXAT', 5)).toBe('0');
    await one.write('set', 'k', 'v');
    expect(await one.read('ttl', 'k')).toBe('-1');
    expect(await one.write('persist', 'k')).toBe('0');
    expect(await one.write('expire', 'k', 'PXAT', one.time + 10)).toBe('1');
    expect(await one.read('ttl', 'k')).toBe('10');
    expect(await one.write('persist', 'k')).toBe('1');
    expect(await one.read('ttl', 'k')).toBe('-1');
    expect(await one.read('get', 'k')).toBe('v r3 forever');
    expect(await one.write('expire', 'k', 'PXAT', 0)).toBe('1');
    expect(await one.read('get', 'k')).toBe('null');
  });

  it('scan', async () => {
    const one = await open(slow);
    const page = (...args: Arg[]): Promise<string> => one.read('scan', ...args);
    await one.write('mset', 'a', 1, 'b', 2, 'ba', 3, 'c', 4, 'ÿ', 5, 'ÿÿ', 6);
    expect(await page('', '')).toBe('a=1 b=2 ba=3 c=4 ÿ=5 ÿÿ=6 > end');
    expect(await page('b', 'c')).toBe('b=2 ba=3 > end');
    expect(await page('c', 'b')).toBe(' > end');
    expect(await page('', '', 'PREFIX', 'b')).toBe('b=2 ba=3 > end');
    expect(await page('ba', '', 'PREFIX', 'b', 'KEYSONLY')).toBe('ba= > end');
    expect(await page('', '', 'PREFIX', 'ÿ')).toBe('ÿ=5 ÿÿ=6 > end');
    expect(await page('', '', 'LIMIT', 2)).toBe('a=1 b=2 > b');
    expect(await page('', '', 'LIMIT', 2, 'CURSOR', 'b')).toBe('ba=3 c=4 > c');
    expect(await page('', 'c', 'REVERSE', 'LIMIT', 2)).toBe('ba=3 b=2 > b');
    expect(await page('', 'c', 'REVERSE', 'CURSOR', 'b')).toBe('a=1 > end');
    expect(await page('', '', 'COUNTONLY', 'PREFIX', 'b')).toBe('b= ba= > end');
  });
});

describe('commands', () => {
  it('leaves keys of other types alone where a string is wanted', async () => {
    const one = await open();
    plantOther(one, 'h');
    expect(await one.read('get', 'h')).toBe('WRONG_TYPE');
    expect(await one.read('mget', 'h')).toBe('[null]');
    for (const [name, ...args] of [
      ['set', 'x', 'GET'],
      ['incr', '1'],
      ['append', 'x'],
      ['cas', 'a', 'b'],
      ['cad', 'a'],
    ] as const) {
      expect(await one.write(name, 'h', ...args)).toBe('WRONG_TYPE');
    }
    expect(await one.write('expire', 'h', 'PXAT', one.time + 5)).toBe('1');
    expect(await one.read('ttl', 'h')).toBe('5');
    expect(await one.write('persist', 'h')).toBe('1');
    expect(one.state.head(placeOf(0, bytes('h'), 'head'))).toBeUndefined();
    expect(await one.read('exists', 'h')).toBe('1');
    expect(await one.write('del', 'h')).toBe('1');
  });

  it('keeps integers inside 64 bits, and the value when they would leave', async () => {
    const edge = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    await fc.assert(
      fc.asyncProperty(edge, edge, async (start, by) => {
        const one = await open();
        await one.write('set', 'n', String(start));
        const sum = start + by;
        const fits = sum >= -(2n ** 63n) && sum < 2n ** 63n;
        expect(await one.write('incr', 'n', String(by))).toBe(fits ? String(sum) : 'OVERFLOW');
        expect(await one.read('get', 'n')).toBe(`${fits ? sum : start} r${fits ? 2 : 1} forever`);
      }),
    );
    const one = await open();
    await one.write('set', 'n', '9223372036854775807');
    expect(await one.write('incr', 'n', 1)).toBe('OVERFLOW');
    await one.write('set', 'n', '-9223372036854775808');
    expect(await one.write('incr', 'n', -1)).toBe('OVERFLOW');
    expect(await one.write('incr', 'n', '9223372036854775807')).toBe('-1');
  });

  it('takes any bytes as key and value', async () => {
    const one = await open();
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const keys = [all, ...Array.from(all, (byte) => Uint8Array.of(byte)), bytes('__proto__'), ''];
    for (const [i, key] of keys.entries()) await one.write('set', key, i);
    for (const [i, key] of keys.entries()) {
      expect(await one.read('get', key)).toBe(`${i} r${i + 1} forever`);
    }
    expect(one.state.counts().keys).toBe(keys.length);
    await one.write('set', 'all', all);
    expect(await one.read('get', 'all')).toContain(Buffer.from(all).toString('latin1'));
  });

  it('keeps databases apart', async () => {
    const one = await open();
    await one.write('set', 'k', 'zero');
    await one.send({ ...command('set', 'k', 'seven'), database: 7 });
    expect(await one.read('get', 'k')).toBe('zero r1 forever');
    expect(await one.readRaw({ ...command('exists', 'k'), database: 6 })).toEqual({
      kind: 'reply',
      reply: { kind: 'integer', value: 0n },
    });
    expect(await one.read('scan', '', '')).toBe('k=zero > end');
  });

  it('never goes back in revisions, also when a key is made again', async () => {
    const one = await open();
    await one.write('set', 'k', 'a');
    await one.write('del', 'k');
    expect(await one.write('set', 'k', 'b')).toBe('written r3');
    expect(one.state.descriptor.revision).toBe(3);
  });

  it('answers SYNTAX to what no door lets in, and changes nothing', async () => {
    const one = await open();
    expect(await one.write('set', 'k')).toBe('SYNTAX');
    expect(await one.write('set', 'k', 'v', 'PX', 5)).toBe('SYNTAX');
    expect(await one.write('set', 'k', 'v', 'EVERY')).toBe('SYNTAX');
    expect(await one.write('get', 'k')).toBe('SYNTAX');
    expect(await one.read('set', 'k', 'v')).toBe('SYNTAX');
    expect(await one.read('get')).toBe('SYNTAX');
    expect(one.state.counts().keys).toBe(0);
    expect(one.machine.sessions.counts.records).toBe(0);
  });
});

describe('coverage', () => {
  /** Later families have tests of their own in test/machine/commands, with a coverage each. */
  const FIRST_FAMILY = 15;

  coverage(CATALOG.filter((row) => row.code <= FIRST_FAMILY));
});
