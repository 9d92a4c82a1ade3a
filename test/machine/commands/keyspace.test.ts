/** Rows of all keys of a database; walks have test/machine/walk.test.ts. */
import { describe, expect, it } from 'vitest';
import { KEYSPACE_ROWS } from '../../../src/kv/catalog/keyspace.js';
import { command } from '../driver.js';
import { noting } from './noting.js';

const { open, coverage } = noting();

describe.each([false, true])('keyspace, rows read slowly: %s', (slow) => {
  it('flush', async () => {
    const one = await open(slow);
    await one.write('mset', 'a', 1, 'b', 2);
    await one.send({ ...command('set', 'c', 3), database: 4 });
    await one.send({ ...command('set', 'probe', 3), database: 255 });
    expect(await one.write('flush')).toBe('2');
    expect(await one.read('exists', 'a', 'b')).toBe('0');
    expect(await one.read('dbsize')).toBe('0');
    expect(await one.write('set', 'a', 'again')).toBe('written r6');
    expect(await one.write('flush', 'ALL')).toBe('2');
    expect(one.state.counts(255).keys).toBe(1);
    expect(one.state.counts(4).keys).toBe(0);
    expect(await one.write('flush', 'FOO')).toBe('SYNTAX');
  });

  it('is flushed once: a copy of the request gets the record', async () => {
    const one = await open(slow);
    const stamp = one.stamp();
    await one.write('set', 'a', 1);
    expect(await one.send(command('flush'), { ...stamp, sequence: 100 })).toBe('1');
    await one.write('set', 'b', 1);
    expect(await one.send(command('flush'), { ...stamp, sequence: 100 })).toBe('1');
    expect(await one.read('exists', 'b')).toBe('1');
  });

  it('walk, randomkey, dbsize', async () => {
    const one = await open(slow);
    await one.write('set', 'a', 1);
    expect(await one.read('walk', '\0\0')).toBe('a= > end');
    expect(await one.read('randomkey', 3)).toBe('[1, a]');
    expect(await one.read('dbsize')).toBe('1');
  });
});

coverage(KEYSPACE_ROWS);
