/** What each command on hashes answers and leaves behind, as Redis documents it. */
import { describe, expect, it } from 'vitest';
import { HASH_ROWS } from '../../../src/kv/catalog/hashes.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe('fields of hashes', () => {
  it('are set, counted, read and deleted; the last one takes the key with it', async () => {
    for (const slow of [false, true]) {
      const driver = await open(slow);
      expect(await driver.write('hset', 'h', 'a', '1', 'b', '2', 'a', '3')).toBe('2');
      expect(await driver.write('hset', 'h', 'a', '4', 'c', '')).toBe('1');
      expect(await driver.read('hget', 'h', 'a')).toBe('4');
      expect(await driver.read('hget', 'h', 'x')).toBe('null');
      expect(await driver.read('hget', 'no', 'x')).toBe('null');
      expect(await driver.read('hmget', 'h', 'c', 'x', 'b', 'b')).toBe('[, null, 2, 2]');
      expect(await driver.read('hmget', 'no', 'c', 'x')).toBe('[null, null]');
      expect(await driver.read('hlen', 'h')).toBe('3');
      expect(await driver.read('hlen', 'no')).toBe('0');
      expect(await driver.read('hexists', 'h', 'c')).toBe('1');
      expect(await driver.read('hexists', 'h', 'd')).toBe('0');
      expect(await driver.read('hstrlen', 'h', 'a')).toBe('1');
      expect(await driver.read('hstrlen', 'h', 'd')).toBe('0');
      expect(await driver.write('hsetnx', 'h', 'a', 'no')).toBe('0');
      expect(await driver.write('hsetnx', 'h', 'd', 'yes')).toBe('1');
      expect(await driver.read('type', 'h')).toBe('hash');
      expect(await driver.write('hdel', 'h', 'a', 'x', 'a', 'b')).toBe('2');
      expect(await driver.write('hgetdel', 'h', 'c', 'x', 'd', 'd')).toBe('[, null, yes, null]');
      expect(await driver.read('exists', 'h')).toBe('0');
      expect(await driver.write('hdel', 'h', 'a')).toBe('0');
      expect(driver.state.counts()).toEqual({ keys: 0, bytes: 0 });
    }
  });

  it('are numbers where they spell some', async () => {
    const driver = await open();
    expect(await driver.write('hincrby', 'h', 'n', 5)).toBe('5');
    expect(await driver.write('hincrby', 'h', 'n', -8)).toBe('-3');
    await driver.write('hset', 'h', 'max', '9223372036854775807', 't', 'text', 'f', '1.5');
    expect(await driver.write('hincrby', 'h', 'max', 1)).toBe('OVERFLOW');
    expect(await driver.write('hincrby', 'h', 't', 1)).toBe('NOT_INTEGER');
    expect(await driver.write('hincrbyfloat', 'h', 'f', '0.1')).toBe('1.6');
    expect(await driver.write('hincrbyfloat', 'h', 'new', '5.0e3')).toBe('5000');
    expect(await driver.write('hincrbyfloat', 'h', 't', 1)).toBe('NOT_FLOAT');
    expect(await driver.write('hincrbyfloat', 'h', 'f', 'inf')).toBe('NAN_OR_INFINITY');
    expect(await driver.read('hget', 'h', 'f')).toBe('1.6');
  });

  it('keep the type of the key: every command on another type is refused', async () => {
    const driver = await open();
    await driver.write('set', 'string', 'x');
    const fits: Record<string, (string | number)[]> = {
      hsetnx: ['f', 'v'],
      hset: ['f', 'v'],
      hincrby: ['f', 1],
      hincrbyfloat: ['f', 1],
      hrandfield: [1],
      hgetex: ['PERSIST', 0, 'f'],
      hsetex: ['ANY', 'NONE', 0, 'f', 'v'],
      hexpire: ['ANY', 'PXAT', 1, 'f'],
      hlen: [],
      hgetall: [],
      hkeys: [],
      hvals: [],
      hscan: [],
    };
    for (const { name, access } of HASH_ROWS) {
      const args = ['string', ...(fits[name] ?? ['f'])];
      const run = access === 'read' ? driver.read(name, ...args) : driver.write(name, ...args);
      expect(await run, name).toBe('WRONG_TYPE');
    }
    await driver.write('hset', 'h', 'a', '1');
    expect(await driver.read('get', 'h')).toBe('WRONG_TYPE');
    expect(await driver.write('incr', 'h', 1)).toBe('WRONG_TYPE');
    expect(await driver.write('set', 'h', 'now a string')).toMatch(/written/);
    expect(await driver.read('hlen', 'h')).toBe('WRONG_TYPE');
    expect(await driver.write('del', 'h')).toBe('1');
    expect(await driver.write('hset', 'h', 'b', '2')).toBe('1');
    expect(await driver.read('hgetall', 'h')).toBe('[b, 2]');
  });
});

describe('reads of many fields', () => {
  const sorted = (text: string): string[] => text.slice(1, -1).split(', ').sort();

  it('give all of them', async () => {
    const driver = await open(true);
    await driver.write('hset', 'h', 'a', '1', 'b', '2', 'c', '3');
    const all = await driver.read('hgetall', 'h');
    expect(sorted(all)).toEqual(['1', '2', '3', 'a', 'b', 'c']);
    for (const pair of ['a, 1', 'b, 2', 'c, 3']) expect(all).toContain(pair);
    expect(sorted(await driver.read('hkeys', 'h'))).toEqual(['a', 'b', 'c']);
    expect(sorted(await driver.read('hvals', 'h'))).toEqual(['1', '2', '3']);
    expect(await driver.read('hgetall', 'no')).toBe('[]');
  });

  it('go through a hash by cursors, each field once', async () => {
    const driver = await open();
    const names = Array.from({ length: 300 }, (_, i) => `field${i}`);
    await driver.write('hset', 'h', ...names.flatMap((name) => [name, 'v']));
    const found: string[] = [];
    let cursor = '0';
    let pages = 0;
    do {
      const page = await driver.read('hscan', 'h', 'CURSOR', cursor, 'COUNT', 7, 'NOVALUES');
      const [next, ...fields] = page.slice(1, -1).split(', ');
      cursor = next as string;
      found.push(...fields);
      pages++;
    } while (cursor !== '0');
    expect(pages).toBeGreaterThan(40);
    expect(found.sort()).toEqual(names.sort());
    expect(await driver.read('hscan', 'no', 'CURSOR', 77)).toBe('[0]');
    const first = await driver.read('hscan', 'h');
    expect(first.split(', ').length).toBe(1 + 2 * 10);
  });

  it('draw fields by the seed alone', async () => {
    const driver = await open();
    await driver.write('hset', 'h', 'a', '1', 'b', '2', 'c', '3');
    expect(await driver.read('hrandfield', 'no', 5)).toBe('null');
    expect(await driver.read('hrandfield', 'no', 5, 'COUNT', 3)).toBe('[]');
    const drawn = new Set<string>();
    for (let seed = 0; seed < 40; seed++) drawn.add(await driver.read('hrandfield', 'h', seed));
    expect([...drawn].sort()).toEqual(['a', 'b', 'c']);
    const twice = await driver.read('hrandfield', 'h', 7, 'COUNT', 2);
    expect(await driver.read('hrandfield', 'h', 7, 'COUNT', 2)).toBe(twice);
    expect(new Set(sorted(twice)).size).toBe(2);
    expect(sorted(await driver.read('hrandfield', 'h', 7, 'COUNT', 9))).toEqual(['a', 'b', 'c']);
    expect(sorted(await driver.read('hrandfield', 'h', 7, 'COUNT', -9)).length).toBe(9);
    const pairs = await driver.read('hrandfield', 'h', 7, 'COUNT', 3, 'WITHVALUES');
    for (const pair of ['a, 1', 'b, 2', 'c, 3']) expect(pairs).toContain(pair);
  });
});

describe('a whole hash', () => {
  it('is renamed and copied with its fields and their deadlines', async () => {
    const driver = await open();
    const now = driver.time;
    await driver.write('hset', 'h', 'a', '1', 'b', '2');
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', now + 100, 'a');
    await driver.write('hset', 'other', 'gone', '1');
    expect(await driver.write('rename', 'h', 'other')).toBe('1');
    expect(await driver.read('exists', 'h')).toBe('0');
    expect(await driver.write('copy', 'other', 'third')).toBe('1');
    expect(await driver.write('copy', 'other', 'third')).toBe('0');
    expect(await driver.write('hdel', 'other', 'b')).toBe('1');
    expect(await driver.read('hmget', 'third', 'a', 'b', 'gone')).toBe('[1, 2, null]');
    expect(await driver.read('hpttl', 'third', 'a', 'b')).toBe('[100, -1]');
    driver.time = now + 100;
    await driver.apply((await driver.machine.due(driver.time as never, 10)) as never);
    expect(await driver.read('exists', 'other')).toBe('0');
    expect(await driver.read('hlen', 'third')).toBe('1');
  });

  it('too large for that stays where it is', async () => {
    const driver = await open();
    const big = 'x'.repeat(5_000_000);
    await driver.write('hset', 'h', 'a', big, 'b', big);
    expect(await driver.write('rename', 'h', 'other')).toBe('TOO_LARGE');
    expect(await driver.write('copy', 'h', 'other')).toBe('TOO_LARGE');
    expect(await driver.read('hlen', 'h')).toBe('2');
    expect(await driver.read('exists', 'other')).toBe('0');
  });

  it('is no value for a scan', async () => {
    const driver = await open();
    await driver.write('hset', 'h', 'a', '1');
    expect(await driver.read('scan', '', '')).toBe('h= > end');
  });
});

describe('deadlines of fields', () => {
  it('are set under conditions, told, and taken away', async () => {
    const driver = await open();
    const now = driver.time;
    await driver.write('hset', 'h', 'a', '1', 'b', '2');
    const expire = (condition: string, at: number, ...fields: string[]) =>
      driver.write('hexpire', 'h', condition, 'PXAT', at, ...fields);
    expect(await expire('ANY', now + 1000, 'a', 'x')).toBe('[1, -2]');
    expect(await expire('NX', now + 2000, 'a', 'b')).toBe('[0, 1]');
    expect(await expire('GT', now + 500, 'a')).toBe('[0]');
    expect(await expire('LT', now + 500, 'a')).toBe('[1]');
    expect(await driver.read('hpttl', 'h', 'a', 'b', 'x')).toBe('[500, 2000, -2]');
    expect(await driver.read('hpexpiretime', 'h', 'a')).toBe(`[${now + 500}]`);
    expect(await driver.write('hpersist', 'h', 'a', 'a', 'x')).toBe('[1, -1, -2]');
    expect(await expire('XX', now + 500, 'a')).toBe('[0]');
    expect(await expire('GT', now + 500, 'a')).toBe('[0]');
    expect(await expire('LT', now + 500, 'a')).toBe('[1]');
    expect(await driver.write('hexpire', 'no', 'ANY', 'PXAT', 1, 'a')).toBe('[-2]');
    // Relative times never come here.
    expect(await driver.write('hexpire', 'h', 'ANY', 'PX', 1, 'a')).toBe('SYNTAX');
    expect(await expire('ANY', now, 'a', 'b')).toBe('[2, 2]');
    expect(await driver.read('exists', 'h')).toBe('0');
  });

  it('make a field absent, for reads and writes, and an entry takes it away', async () => {
    const driver = await open();
    const now = driver.time;
    await driver.write('hset', 'h', 'a', '1', 'b', '2', 'c', '3');
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', now + 100, 'a');
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', now + 300, 'b');
    expect(driver.state.nextDeadline()).toBe(now + 100);
    driver.time = now + 100;
    // The log does not know of the time yet.
    const unsettled = async (name: string, ...args: string[]) =>
      (
        await driver.machine.read(
          {
            code: (await import('../../../src/kv/catalog/catalog.js')).codeOf(name),
            database: 0,
            args: args.map((one) => Buffer.from(one)),
          },
          driver.time as never,
          false,
        )
      ).kind;
    expect(await unsettled('hget', 'h', 'a')).toBe('needs-time');
    expect(await unsettled('hget', 'h', 'b')).toBe('reply');
    expect(await unsettled('hgetall', 'h')).toBe('needs-time');
    await driver.advance();
    expect(await driver.read('hget', 'h', 'a')).toBe('null');
    expect(await driver.read('hmget', 'h', 'a', 'b')).toBe('[null, 2]');
    expect(await driver.read('hlen', 'h')).toBe('3');
    expect(await driver.read('hgetall', 'h')).not.toContain('1');
    expect(await driver.write('hsetnx', 'h', 'a', 'again')).toBe('1');
    expect(await driver.read('hget', 'h', 'a')).toBe('again');
    expect(await driver.read('hlen', 'h')).toBe('3');
    const early = await driver.machine.due(driver.time as never, 10);
    expect(early).toMatchObject({
      kind: 'expireFields',
      hashes: [{ fields: [], next: now + 300 }],
    });
    await driver.apply(early as never);
    expect(driver.state.nextDeadline()).toBe(now + 300);
    driver.time = now + 300;
    const due = await driver.machine.due(driver.time as never, 10);
    expect(due).toMatchObject({ hashes: [{ next: null, fields: [{ deadline: now + 300 }] }] });
    await driver.apply(due as never);
    expect(await driver.read('hlen', 'h')).toBe('2');
    expect(driver.state.nextDeadline()).toBeNull();
  });

  it('are not taken for due when they were set again meanwhile, and the bound stays', async () => {
    const driver = await open();
    const now = driver.time;
    await driver.write('hset', 'h', 'a', '1');
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', now + 100, 'a');
    driver.time = now + 100;
    const due = await driver.machine.due(driver.time as never, 10);
    driver.time = now + 50;
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', now + 200, 'a');
    driver.time = now + 100;
    await driver.apply(due as never);
    expect(await driver.read('hget', 'h', 'a')).toBe('1');
    expect(driver.state.nextDeadline()).toBe(now + 100);
    await driver.apply((await driver.machine.due(driver.time as never, 10)) as never);
    expect(driver.state.nextDeadline()).toBe(now + 200);
    driver.time = now + 200;
    await driver.apply((await driver.machine.due(driver.time as never, 10)) as never);
    expect(await driver.read('exists', 'h')).toBe('0');
  });

  it('come with HSETEX and HGETEX, go with HSET, and stay with HINCRBY', async () => {
    const driver = await open();
    const now = driver.time;
    const at = now + 1000;
    const setex = (...args: (string | number)[]) => driver.write('hsetex', 'h', ...args);
    expect(await setex('FXX', 'NONE', 0, 'a', '1')).toBe('0');
    expect(await setex('FNX', 'PXAT', at, 'a', '1', 'b', '2')).toBe('1');
    expect(await setex('FNX', 'NONE', 0, 'c', '1', 'b', '2')).toBe('0');
    expect(await driver.read('hpttl', 'h', 'a', 'b')).toBe('[1000, 1000]');
    await driver.write('hincrby', 'h', 'a', 4);
    expect(await setex('FXX', 'KEEPTTL', 0, 'b', '3')).toBe('1');
    expect(await driver.read('hpttl', 'h', 'a', 'b')).toBe('[1000, 1000]');
    await driver.write('hset', 'h', 'a', '1');
    expect(await driver.read('hpttl', 'h', 'a', 'b')).toBe('[-1, 1000]');
    expect(await driver.write('hgetex', 'h', 'PXAT', at + 1, 'a', 'x')).toBe('[1, null]');
    expect(await driver.write('hgetex', 'h', 'PERSIST', 0, 'b')).toBe('[3]');
    expect(await driver.read('hpttl', 'h', 'a', 'b')).toBe('[1001, -1]');
    expect(await driver.write('hgetex', 'h', 'PXAT', now, 'a')).toBe('[1]');
    expect(await setex('ANY', 'PXAT', now, 'b', '9', 'new', '9')).toBe('1');
    expect(await driver.read('exists', 'h')).toBe('0');
  });

  it('leave the deadline of the key alone', async () => {
    const driver = await open();
    await driver.write('hset', 'h', 'a', '1');
    await driver.write('expire', 'h', 'PXAT', driver.time + 50);
    await driver.write('hset', 'h', 'b', '2');
    await driver.write('hexpire', 'h', 'ANY', 'PXAT', driver.time + 90, 'a');
    expect(await driver.read('ttl', 'h')).toBe('50');
    driver.time += 50;
    await driver.advance();
    expect(await driver.read('hget', 'h', 'b')).toBe('null');
    expect(await driver.write('hset', 'h', 'c', '3')).toBe('1');
    expect(await driver.read('hgetall', 'h')).toBe('[c, 3]');
    expect(await driver.read('ttl', 'h')).toBe('-1');
    expect(driver.state.nextDeadline()).toBeNull();
  });
});

coverage(HASH_ROWS);
