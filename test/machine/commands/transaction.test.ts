/** EXEC: watched revisions, commands that see each other, failures that stop nobody. */
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src/base/ids.js';
import { decodeExec, encodeExec, type Transaction } from '../../../src/kv/catalog/exec.js';
import { checkCommand } from '../../../src/kv/catalog/grammar.js';
import { growsData, keysOf, rowOf } from '../../../src/kv/catalog/route.js';
import { resolveTimes } from '../../../src/kv/catalog/times.js';
import type { Command } from '../../../src/kv/request.js';
import { bucketOf } from '../../../src/shard/slot.js';
import { bytes, command, Driver } from '../driver.js';

const exec = (commands: Command[], watched: Transaction['watched'] = []): Command =>
  encodeExec({ watched, commands }, 0);
const watch = (key: string, revision: number, database = 0) => ({
  database,
  key: bytes(key),
  revision,
});

describe('exec', () => {
  it('keeps plan, keys and arguments', () => {
    const commands = [
      { ...command('set', 'k', 'v', 'IFEQ', ''), database: 15 },
      command('mset', ...Array.from({ length: 400 }, (_, i) => i)),
      command('get', ''),
    ];
    const watched = [watch('a', 0), watch('b', Number.MAX_SAFE_INTEGER, 7)];
    const made = exec(commands, watched);
    expect(decodeExec(made.args)).toEqual({ watched, commands });
    expect(checkCommand(made)).toBeNull();
    expect(keysOf(rowOf(made), made.args)).toHaveLength(2 + 1 + 200 + 1);
    for (const args of [
      [],
      [new Uint8Array(0)],
      [bytes('\x02')],
      [bytes('\x01\x01')],
      [bytes('\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff')],
      made.args.slice(0, -1),
      [...made.args, bytes('x')],
      [Buffer.concat([made.args[0] as Uint8Array, bytes('\0')]), ...made.args.slice(1)],
    ]) {
      expect(decodeExec(args)).toBeNull();
      expect(checkCommand({ ...made, args })?.code).toBe('SYNTAX');
    }
  });

  it('lets no door put in what cannot run there', () => {
    const code = (...commands: Command[]) => checkCommand(exec(commands))?.code;
    expect(code(command('scan', '', ''))).toBe('SYNTAX');
    expect(code(exec([command('get', 'k')]))).toBe('SYNTAX');
    expect(code(command('set', 'k'))).toBe('SYNTAX');
    expect(code({ ...command('get', 'k'), code: 999 })).toBe('SYNTAX');
    expect(code(command('get', 'k'))).toBeUndefined();
    expect(growsData(exec([command('get', 'k'), command('del', 'k')]))).toBe(false);
    expect(growsData(exec([command('get', 'k'), command('set', 'k', 'v')]))).toBe(true);
  });

  it('resolves relative times inside', () => {
    const made = exec([command('get', 'k'), command('set', 'k', 'v', 'PX', 50)]);
    const resolved = resolveTimes(made, 1000 as EpochMs);
    expect(decodeExec(resolved.args)?.commands[1]).toEqual(
      command('set', 'k', 'v', 'PXAT', '1050'),
    );
    expect(resolveTimes(resolved, 2000 as EpochMs)).toBe(resolved);
  });

  it('runs all, in order, each seeing the ones before', async () => {
    const one = await Driver.open();
    const answer = await one.send(
      exec([
        command('set', 'k', '5'),
        command('incr', 'k', 2),
        command('get', 'k'),
        command('append', 'k', 'x'),
        command('incr', 'k', 1),
        command('mget', 'k', 'none', 'k'),
        command('del', 'k'),
        command('exists', 'k'),
        command('set', 'k', 'v', 'PXAT', one.time + 9),
        command('ttl', 'k'),
      ]),
    );
    expect(answer).toBe(
      '[written r1, 7, 7 r2 forever, 2, NOT_INTEGER, [7x r3 forever, null, 7x r3 forever], ' +
        '1, 0, written r5, 9]',
    );
    expect(await one.send(exec([]))).toBe('[]');
  });

  it('does nothing when a watched key has changed', async () => {
    const one = await Driver.open();
    const set = command('set', 'k', 'done');
    expect(await one.send(exec([set], [watch('w', 1)]))).toBe('null');
    expect(await one.send(exec([set], [watch('w', 0)]))).toBe('[written r1]');
    expect(await one.send(exec([set], [watch('k', 0)]))).toBe('null');
    expect(await one.send(exec([set], [watch('k', 1, 3)]))).toBe('null');
    expect(await one.send(exec([set], [watch('k', 1)]))).toBe('[written r2]');
    await one.write('expire', 'k', 'PXAT', 1);
    expect(await one.send(exec([set], [watch('k', 3)]))).toBe('null');
  });

  it('does nothing when a watched key came and went, also around a flush of the database', async () => {
    const one = await Driver.open();
    const mark = async (key: string): Promise<number> =>
      Number(/^\[(\d+)\]$/.exec(await one.read('rev', key))?.[1]);
    const exec1 = (key: string, seen: number) =>
      one.send(exec([command('set', 'done', '1')], [watch(key, seen)]));
    const never = await mark('w');
    expect(never).toBe(0);
    await one.write('set', 'w', '1');
    const there = await mark('w');
    await one.write('del', 'w');
    expect(await exec1('w', never)).toBe('null');
    expect(await exec1('w', there)).toBe('null');
    const gone = await mark('w');
    expect(await exec1('w', gone)).toMatch(/^\[written/);
    await one.write('set', 'w', '2');
    await one.write('flush');
    expect(await exec1('w', gone)).toBe('null');
    const flushed = await mark('w');
    // due, but not yet removed: neither what it was nor what it will be
    await one.write('set', 'w', '3', 'PXAT', 1);
    expect(await exec1('w', flushed)).toBe('null');
    const due = await mark('w');
    expect(await exec1('w', due)).toMatch(/^\[written/);
    await one.write('set', 'w', '4', 'PXAT', 1);
    expect(await exec1('w', due)).toBe('null');
  });

  it('is answered once: a copy gets the record of any bucket it touched', async () => {
    const one = await Driver.open();
    const made = exec([command('incr', 'a', 1), command('incr', 'b', 1)]);
    const stamp = one.stamp();
    expect(await one.send(made, stamp)).toBe('[1, 1]');
    expect(await one.send(made, stamp)).toBe('[1, 1]');
    expect(await one.read('get', 'a')).toBe('1 r1 forever');
    one.state.flush();
    // The mark, and a record for each bucket.
    expect(one.state.sessionRows()).toHaveLength(3);
    const after = await one.restart();
    expect(await after.send(made, stamp)).toBe('[1, 1]');
    // A split left only one of the buckets here: nothing runs.
    const range = { first: bucketOf(bytes('a')), last: bucketOf(bytes('a')) };
    const half = await Driver.open({ state: after.state.reopen({ range }) });
    expect(await half.send(made, stamp)).toBe('moved');
  });

  it('is refused whole for a word that only a broken leader can bring', async () => {
    const one = await Driver.open();
    expect(
      await one.send(exec([command('set', 'a', '1'), command('set', 'b', '1', 'PX', 5)])),
    ).toBe('SYNTAX');
    expect(await one.send(exec([command('set', 'a', '1'), command('scan', '', '')]))).toBe(
      'SYNTAX',
    );
    expect(one.state.counts().keys).toBe(0);
  });
});
