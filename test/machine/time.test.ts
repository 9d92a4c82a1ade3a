/** A key expires by the log alone: DESIGN section 6, "Time". */
import { describe, expect, it } from 'vitest';
import { RkvError } from '../../src/kv/errors.js';
import { at, bytes, command, Driver } from './driver.js';

describe('expiry', () => {
  it('hides a key from the entry whose time passes its deadline', async () => {
    const one = await Driver.open();
    await one.write('set', 'k', 'v', 'PXAT', one.time + 10);
    one.time += 9;
    await one.advance();
    expect(await one.read('get', 'k')).toMatch(/^v /);
    one.time += 1;
    await one.advance();
    expect(await one.read('get', 'k')).toBe('null');
    expect(await one.read('exists', 'k')).toBe('0');
    expect(await one.read('ttl', 'k')).toBe('-2');
    expect(await one.read('scan', '', '')).toBe(' > end');
    expect(one.state.counts().keys).toBe(1);
  });

  it('is the same for writes: they find nothing there', async () => {
    const one = await Driver.open();
    const names = ['set', 'incr', 'append', 'del', 'cas', 'cad', 'expire', 'persist'];
    for (const name of names) await one.write('set', name, '5', 'PXAT', one.time + 10);
    one.time += 10;
    expect(await one.write('set', 'set', 'x', 'XX')).toBe('unchanged r0');
    expect(await one.write('set', 'set', 'x', 'NX', 'GET')).toBe('written r9');
    expect(await one.write('incr', 'incr', 1)).toBe('1');
    expect(await one.write('append', 'append', 'x')).toBe('1');
    expect(await one.write('del', 'del')).toBe('0');
    expect(await one.write('cas', 'cas', '5', '6')).toBe('unchanged r0');
    expect(await one.write('cad', 'cad', '5')).toBe('unchanged r0');
    expect(await one.write('expire', 'expire', 'PXAT', one.time + 99)).toBe('0');
    expect(await one.write('persist', 'persist')).toBe('0');
    expect(await one.read('mget', 'set', 'incr', 'append')).toBe(
      '[x r9 forever, 1 r10 forever, x r11 forever]',
    );
  });

  it('removes the row by an entry that names key and deadline', async () => {
    const one = await Driver.open();
    await one.write('set', 'a', 1, 'PXAT', one.time + 10);
    await one.write('set', 'b', 1, 'PXAT', one.time + 20);
    expect(await one.machine.due(at(one.time + 9), 10)).toBeNull();
    one.time += 10;
    const due = await one.machine.due(at(one.time), 10);
    expect(due).toEqual({
      kind: 'expire',
      stamp: one.time,
      due: [{ database: 0, key: bytes('a'), deadline: one.time }],
    });
    if (due === null) throw new Error('nothing due');
    await one.apply(due);
    expect(one.state.counts().keys).toBe(1);
    expect(one.state.descriptor.revision).toBe(3);
    await one.apply(due);
    expect(one.state.descriptor.revision).toBe(3);
  });

  it('is void when the deadline no longer stands, or has not passed', async () => {
    const one = await Driver.open();
    const deadline = at(one.time + 10);
    await one.write('set', 'a', 1, 'PXAT', deadline);
    const entry = {
      kind: 'expire' as const,
      stamp: at(one.time + 5),
      due: [{ database: 0, key: bytes('a'), deadline }],
    };
    await one.apply(entry);
    expect(one.state.counts().keys).toBe(1);
    await one.write('set', 'a', 2);
    await one.apply({ ...entry, stamp: at(one.time + 20) });
    expect(await one.read('get', 'a')).toBe('2 r2 forever');
    await one.write('expire', 'a', 'PXAT', one.time + 15);
    await one.apply({ ...entry, stamp: at(one.time + 20) });
    expect(one.state.counts().keys).toBe(1);
  });

  it('leaves keys alone that have left the range', async () => {
    const one = await Driver.open({ descriptor: { range: { first: 0, last: 0 } } });
    const due = [{ database: 0, key: bytes('foo'), deadline: at(5) }];
    await one.apply({ kind: 'expire', stamp: at(one.time), due });
    expect(one.state.descriptor.revision).toBe(0);
  });

  it('lets a key born behind cluster time die at once, row and all', async () => {
    const one = await Driver.open();
    await one.advance();
    expect(await one.write('set', 'k', 'v', 'PXAT', one.time - 1)).toBe('written r1');
    expect(await one.read('get', 'k')).toBe('null');
    const due = await one.machine.due(at(one.time), 10);
    if (due === null) throw new Error('nothing due');
    await one.apply(due);
    expect(one.state.counts().keys).toBe(0);
  });
});

describe('cluster time', () => {
  it('never goes back, whatever a leader stamps', async () => {
    const one = await Driver.open();
    await one.advance();
    const top = one.time;
    one.time -= 5_000;
    await one.advance();
    expect(one.machine.clusterTime).toBe(top);
    expect(one.state.descriptor.clusterTime).toBe(top);
    const again = await one.restart();
    expect(again.machine.clusterTime).toBe(top);
  });
});

describe('reads that meet a passed deadline', () => {
  it.each([
    ['get', 'k'],
    ['mget', 'a', 'k'],
    ['exists', 'k'],
    ['ttl', 'k'],
    ['scan', '', ''],
  ])('%s asks for time once, then applied cluster time decides', async (name, ...args) => {
    const one = await Driver.open();
    await one.write('set', 'k', 'v', 'PXAT', one.time + 10);
    one.time += 20;
    const unsettled = await one.readRaw(command(name, ...args), false);
    expect(unsettled).toEqual({ kind: 'needs-time' });
    const settled = await one.readRaw(command(name, ...args), true);
    expect(settled.kind).toBe('reply');
    await one.advance();
    const after = await one.readRaw(command(name, ...args), false);
    expect(after.kind).toBe('reply');
  });

  it('counts a ttl from the reader’s clock', async () => {
    const one = await Driver.open();
    await one.write('set', 'k', 'v', 'PXAT', one.time + 100);
    one.time += 60;
    expect(await one.read('ttl', 'k')).toBe('40');
    one.time += 60;
    expect(await one.read('ttl', 'k')).toBe('1');
  });
});

describe('scans', () => {
  it('lead on over a page that expiry emptied, or a budget cut short', async () => {
    const one = await Driver.open();
    await one.write('set', 'a', 1, 'PXAT', one.time + 1);
    await one.write('set', 'b', 1, 'PXAT', one.time + 1);
    await one.write('set', 'c', 3);
    one.time += 5;
    await one.advance();
    expect(await one.read('scan', '', '', 'LIMIT', 2)).toBe(' > b');
    expect(await one.read('scan', '', '', 'LIMIT', 2, 'CURSOR', 'b')).toBe('c=3 > end');
    one.state.scanStops = 1;
    expect(await one.read('scan', '', '')).toBe(' > a');
  });

  it('keep to the machine’s page bounds', async () => {
    const scan = { maxKeys: 2, maxBytes: 100, budgetMs: 1 };
    const one = await Driver.open({ machine: { scan } });
    await one.write('mset', 'a', 1, 'b', 2, 'c', 3);
    expect(await one.read('scan', '', '', 'LIMIT', 50)).toBe('a=1 b=2 > b');
  });
});

describe('reads in general', () => {
  it('pin nothing behind them', async () => {
    const one = await Driver.open();
    for (const slow of [false, true]) {
      one.state.slow = slow;
      for (let i = 0; i < 20; i++) await one.read('get', `k${i}`);
      expect(one.state.pins).toBe(0);
    }
  });

  it('do not unpin what an entry waits for', async () => {
    const one = await Driver.open();
    const entry = one.entry({
      kind: 'commands',
      stamp: at(one.time),
      commands: [{ command: command('incr', 'n', 1), stamp: one.stamp(), rangeEpoch: 1 as never }],
    });
    expect(one.machine.prefetch(entry)).toBeUndefined();
    await one.read('get', 'other');
    expect(one.machine.apply(entry).outcomes).toHaveLength(1);
    expect(one.state.pins).toBe(0);
  });

  it('give up, retryably, when rows leave memory faster than they come', async () => {
    const one = await Driver.open();
    one.state.slow = true;
    one.state.load = async () => {};
    await expect(one.read('get', 'k')).rejects.toThrow(RkvError);
  });
});
