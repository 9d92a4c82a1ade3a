import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { must } from '../../src/base/assert.js';
import type { Epoch, EpochMs, Term } from '../../src/base/ids.js';
import { MAX_KEPT_REPLY_BYTES, SESSION_WINDOW_MS } from '../../src/kv/limits.js';
import type { SessionStamp } from '../../src/kv/request.js';
import { bucketOf } from '../../src/shard/slot.js';
import type { EntryPayload } from '../../src/wire/entry/types.js';
import { at, bytes, command, Driver, session } from './driver.js';

const stamp = (sequence: number, mark: number, firstAttempt = 1_000_000): SessionStamp => ({
  session: session('s'),
  sequence,
  mark,
  firstAttempt: at(firstAttempt),
});
const incr = command('incr', 'n', 1);

describe('sessions', () => {
  it('answer a copy with the reply of the first, as often as it comes', async () => {
    const one = await Driver.open();
    expect(await one.send(incr, stamp(1, 1))).toBe('1');
    expect(await one.send(incr, stamp(2, 1))).toBe('2');
    for (let i = 0; i < 3; i++) {
      expect(await one.send(incr, stamp(1, 1))).toBe('1');
      expect(await one.send(incr, stamp(2, 1))).toBe('2');
    }
    expect(await one.read('get', 'n')).toBe('2 r2 forever');
  });

  it('do not take a smaller sequence for an old one', async () => {
    const one = await Driver.open();
    expect(await one.send(incr, stamp(9, 1))).toBe('1');
    expect(await one.send(incr, stamp(3, 1))).toBe('2');
    expect(await one.send(incr, stamp(9, 1))).toBe('1');
  });

  it('refuse what lies below the mark, and drop its records', async () => {
    const one = await Driver.open();
    for (let i = 1; i <= 5; i++) await one.send(incr, stamp(i, 1));
    expect(one.machine.sessions.counts.records).toBe(5);
    expect(await one.send(incr, stamp(6, 5))).toBe('6');
    expect(one.machine.sessions.counts.records).toBe(2);
    expect(await one.send(incr, stamp(4, 1))).toBe('settled');
    expect(await one.send(incr, stamp(5, 1))).toBe('5');
    expect(await one.send(incr, stamp(7, 1))).toBe('7');
    expect(await one.send(incr, stamp(4, 2))).toBe('settled');
  });

  it('drop across a leap of the mark that no loop could walk', async () => {
    const one = await Driver.open();
    for (let i = 1; i <= 3; i++) await one.send(incr, stamp(i, 1));
    one.state.flush();
    await one.send(incr, stamp(4, 1));
    expect(await one.send(incr, stamp(2 ** 52, 2 ** 52))).toBe('5');
    expect(one.machine.sessions.counts.records).toBe(1);
  });

  it('do not mix up senders', async () => {
    const one = await Driver.open();
    expect(await one.send(incr, stamp(1, 1))).toBe('1');
    expect(await one.send(incr, { ...stamp(1, 1), session: session('t') })).toBe('2');
    expect(await one.send(incr, { ...stamp(1, 1), session: '__proto__0000000' })).toBe('3');
  });

  it('survive restarts, whatever was flushed', async () => {
    let one = await Driver.open();
    await one.send(incr, stamp(1, 1));
    one = await one.restart();
    expect(await one.send(incr, stamp(2, 1))).toBe('2');
    expect(await one.send(incr, stamp(1, 1))).toBe('1');
    one = await one.restart();
    expect(await one.send(incr, stamp(3, 3))).toBe('3');
    one = await one.restart();
    expect(await one.send(incr, stamp(3, 3))).toBe('3');
    expect(await one.send(incr, stamp(2, 1))).toBe('settled');
    expect(one.machine.sessions.counts).toMatchObject({ sessions: 1, records: 1 });
  });

  it('cost no row when settled before a flush', async () => {
    const one = await Driver.open();
    for (let i = 1; i <= 500; i++) await one.send(incr, stamp(i, i));
    one.state.flush();
    expect(one.state.rowPuts).toBe(2);
    one.state.flush();
    expect(one.state.rowPuts).toBe(2);
    await one.send(incr, stamp(501, 501));
    one.state.flush();
    expect(one.state.sessionRows()).toHaveLength(2);
  });

  it('remember failures too: a copy must not succeed later', async () => {
    const one = await Driver.open();
    await one.write('set', 'n', 'word');
    expect(await one.send(incr, stamp(1, 1))).toBe('NOT_INTEGER');
    await one.write('set', 'n', '5');
    expect(await one.send(incr, stamp(1, 1))).toBe('NOT_INTEGER');
    expect(await one.send(incr, stamp(2, 1))).toBe('6');
  });

  it('keep a large reply as "applied" alone', async () => {
    const one = await Driver.open();
    const large = 'x'.repeat(MAX_KEPT_REPLY_BYTES + 1);
    await one.write('set', 'k', large);
    const set = command('set', 'k', 'small', 'GET');
    expect(await one.send(set, stamp(1, 1))).toBe(`written r2 was ${large}`);
    expect(await one.send(set, stamp(1, 1))).toBe('applied');
    expect(await one.send(set, stamp(2, 1))).toBe('written r3 was small');
    expect(await one.send(set, stamp(2, 1))).toBe('written r3 was small');
  });
});

describe('session horizon', () => {
  it('refuses what is older than the window, and forgets it', async () => {
    const one = await Driver.open();
    await one.send(incr, stamp(1, 1));
    one.state.flush();
    one.time += SESSION_WINDOW_MS;
    expect(await one.send(incr, stamp(1, 1))).toBe('1');
    one.time += 1_000;
    expect(await one.send(incr, stamp(1, 1))).toBe('expired');
    expect(await one.send(incr, stamp(2, 1))).toBe('expired');
    expect(one.machine.sessions.counts).toEqual({ sessions: 0, records: 0, bytes: 0 });
    expect(one.state.sessionRows()).toEqual([]);
    expect(one.state.descriptor.sessionHorizon).toBe(1_001_000);
    const again = await one.restart();
    expect(await again.send(incr, stamp(1, 1))).toBe('expired');
    expect(await again.read('get', 'n')).toBe('1 r1 forever');
  });

  it('forgets a mark only when everything below it is too old', async () => {
    const one = await Driver.open();
    await one.send(incr, stamp(1, 1, 1_000_000));
    await one.send(incr, stamp(5, 5, 1_000_000));
    one.time += SESSION_WINDOW_MS - 5_000;
    await one.send(incr, stamp(9, 9, one.time));
    one.time += 10_000;
    expect(await one.send(incr, stamp(7, 1, one.time))).toBe('settled');
    one.time += SESSION_WINDOW_MS;
    await one.advance();
    expect(one.machine.sessions.counts.sessions).toBe(0);
  });

  it('refuses a first attempt far ahead of cluster time', async () => {
    const one = await Driver.open();
    const ahead = one.time + SESSION_WINDOW_MS;
    expect(await one.send(incr, stamp(1, 1, ahead + 1))).toBe('expired');
    expect(await one.send(incr, stamp(1, 1, ahead))).toBe('1');
  });

  it('rises when the table is full: refused, never run twice', async () => {
    const limits = { maxRecords: 3, maxBytes: 1 << 20, maxSessions: 100 };
    const one = await Driver.open({ machine: { sessions: limits } });
    const shell = (i: number): SessionStamp => ({
      session: session(`shell ${i}`),
      sequence: 1,
      mark: 1,
      firstAttempt: at(1_000_000 + i * 1_000),
    });
    for (let i = 0; i < 6; i++) {
      one.time = 1_000_000 + i * 1_000;
      expect(await one.send(incr, shell(i))).toBe(String(i + 1));
      expect(one.machine.sessions.counts.records).toBeLessThanOrEqual(3);
    }
    for (let i = 0; i < 3; i++) expect(await one.send(incr, shell(i))).toBe('expired');
    for (let i = 3; i < 6; i++) expect(await one.send(incr, shell(i))).toBe(String(i + 1));
    expect(one.state.descriptor.sessionHorizon).toBe(1_003_000);
  });

  it('rises for too many bytes or sessions as well', async () => {
    const bySession = { maxRecords: 100, maxBytes: 1 << 20, maxSessions: 2 };
    const byBytes = { maxRecords: 100, maxBytes: 3_000, maxSessions: 100 };
    for (const sessions of [bySession, byBytes]) {
      const one = await Driver.open({ machine: { sessions } });
      for (let i = 0; i < 8; i++) {
        one.time = 1_000_000 + i * 1_000;
        const sender = { ...stamp(1, 1, one.time), session: session(`n${i}`) };
        await one.send(command('set', 'k', 'v'.repeat(500), 'GET'), sender);
      }
      const { counts } = one.machine.sessions;
      expect(counts.sessions).toBeLessThan(8);
      expect(counts.sessions).toBeGreaterThan(0);
      expect(counts.bytes).toBeLessThanOrEqual(3_000);
    }
  });
});

describe('sessions and buckets', () => {
  const byBucket = ['a', 'b', 'c', 'd']
    .map((key) => ({ key, bucket: bucketOf(bytes(key)) }))
    .sort((x, y) => x.bucket - y.bucket);
  const low = must(byBucket[0], 'lowest');
  const high = must(byBucket[3], 'highest');

  it('lie under each bucket a request touched, with its part', async () => {
    const one = await Driver.open();
    await one.write('mset', low.key, 1, high.key, 2);
    const mdel = command('mdel', low.key, high.key, 'absent');
    expect(await one.send(mdel, stamp(1, 1))).toBe('2');
    expect(await one.send(mdel, stamp(1, 1))).toBe('2');
    // As after a split: each half knows of its own part.
    expect(await one.send(command('mdel', low.key), stamp(1, 1))).toBe('1');
    expect(await one.send(command('mdel', high.key), stamp(1, 1))).toBe('1');
    const again = await one.restart();
    expect(await again.send(mdel, stamp(1, 1))).toBe('2');
  });

  it('run the part that a merged-in shard had not run yet, and only that', async () => {
    const one = await Driver.open();
    await one.write('mset', low.key, 1, high.key, 2);
    expect(await one.send(command('mdel', low.key), stamp(1, 1))).toBe('1');
    await one.write('set', low.key, 'made again');
    const both = command('mdel', low.key, high.key);
    expect(await one.send(both, stamp(1, 1))).toBe('2');
    expect(await one.send(both, stamp(1, 1))).toBe('2');
    expect(await one.read('exists', low.key, high.key)).toBe('1');
    const again = await one.restart();
    expect(await again.send(both, stamp(1, 1))).toBe('2');
    expect(await again.send(both, stamp(2, 2))).toBe('1');
    // Two buckets' parts, and the last request of the driver's own session.
    expect(again.machine.sessions.counts.records).toBe(3);
  });

  it('leave nothing behind for a key that has left the range', async () => {
    const range = { first: low.bucket, last: high.bucket - 1 };
    const one = await Driver.open({ descriptor: { range } });
    expect(await one.send(command('set', low.key, 1), stamp(1, 1))).toBe('written r1');
    const before = one.state.digest();
    expect(await one.send(command('set', high.key, 1), stamp(2, 2))).toBe('moved');
    expect(await one.send(command('mset', low.key, 2, high.key, 2), stamp(3, 3))).toBe('moved');
    expect(one.state.digest()).toBe(before);
    expect(await one.send(command('set', low.key, 1), stamp(1, 1))).toBe('written r1');
    expect(await one.read('get', high.key)).toBe('moved');
    expect(one.state.descriptor.revision).toBe(1);
    one.state.flush();
    expect(one.state.sessionRows()[0]?.startsWith(`${low.bucket} `)).toBe(true);
  });

  it('take the larger mark of two, and only records above it, after a merge', async () => {
    const one = await Driver.open({ descriptor: { range: { first: 5, last: 255 } } });
    await one.send(command('set', 'foo', 1), stamp(1, 1));
    await one.send(command('set', 'foo', 2), stamp(9, 8));
    one.state.flush();
    const [record, mark] = one.state.sessionRows();
    expect([record, mark].map((row) => row?.split(' ')[0]).sort()).toEqual([
      String(bucketOf(bytes('foo'))),
      '5',
    ]);
    // The other shard's rows: a smaller mark and a record below the larger one.
    const other = await Driver.open({ descriptor: { range: { first: 0, last: 4 } } });
    const key = Array.from({ length: 2_000 }, (_, i) => `k${i}`).find(
      (name) => bucketOf(bytes(name)) < 5,
    ) as string;
    await other.send(command('set', key, 1), stamp(4, 2));
    other.state.flush();
    for await (const row of other.state.rows('s')) {
      one.state.putRow('s', row.bucket, row.key, row.value);
    }
    one.state.update({ range: { first: 0, last: 255 } });
    const merged = await one.restart();
    expect(await merged.send(command('set', key, 2), stamp(4, 2))).toBe('settled');
    expect(merged.machine.sessions.counts.records).toBe(1);
    await merged.send(command('set', key, 2), stamp(10, 10));
    merged.state.flush();
    const marks = merged.state.sessionRows().filter((row) => row.split(' ')[1]?.length === 16);
    expect(marks.map((row) => row.split(' ')[0])).toEqual(['0']);
  });
});

describe('sessions under retries', () => {
  it('apply each request exactly once, in any order, with copies and crashes', async () => {
    const step = fc.record({
      sequence: fc.integer({ min: 1, max: 8 }),
      lag: fc.integer({ min: 0, max: 8 }),
      crash: fc.constantFrom(false, false, false, true),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let one = await Driver.open();
        const answers = new Map<number, string>();
        let top = 1;
        for (const { sequence, lag, crash } of steps) {
          if (crash) one = await one.restart();
          const mark = Math.max(1, sequence - lag);
          const expected = sequence < top ? 'settled' : answers.get(sequence);
          top = Math.max(top, mark);
          const answer = await one.send(incr, stamp(sequence, mark));
          if (expected !== undefined) expect(answer).toBe(expected);
          else answers.set(sequence, answer);
        }
        const shown = answers.size === 0 ? 'null' : `${answers.size} r${answers.size} forever`;
        expect(await one.read('get', 'n')).toBe(shown);
      }),
      { numRuns: 300 },
    );
  });
});

describe('effects', () => {
  const effects = (
    change: Partial<Extract<EntryPayload, { kind: 'effects' }>>,
  ): Extract<EntryPayload, { kind: 'effects' }> => ({
    kind: 'effects',
    stamp: at(1_000_000),
    proposer: 1 as Term,
    session: stamp(1, 1),
    reads: [],
    effects: [],
    reply: { kind: 'bytes', bytes: bytes('done') },
    ...change,
  });
  const read = (key: string, revision: number) => ({
    database: 0,
    key: bytes(key),
    revision: revision as never,
  });
  const put = (key: string, value: string | null, deadline: number | null = null) => ({
    database: 0,
    key: bytes(key),
    value: value === null ? null : bytes(value),
    deadline: deadline as EpochMs | null,
  });
  const apply = async (one: Driver, payload: EntryPayload): Promise<string> => {
    const { outcomes } = await one.apply(payload);
    expect(outcomes).toHaveLength(1);
    const [first] = outcomes;
    return first?.kind === 'reply' ? 'done' : (first?.kind ?? 'nothing');
  };

  it('stand when nothing they read has changed', async () => {
    const one = await Driver.open();
    await one.write('mset', 'a', 1, 'b', 2);
    const entry = effects({
      reads: [read('a', 1), read('absent', 0)],
      effects: [put('a', 'x', one.time + 5), put('b', null), put('absent', null), put('c', 'y')],
    });
    expect(await apply(one, entry)).toBe('done');
    expect(await one.read('mget', 'a', 'b', 'c')).toBe(
      `[x r3 ${one.time + 5}, null, y r5 forever]`,
    );
    expect(await apply(one, entry)).toBe('done');
    expect(one.state.descriptor.revision).toBe(5);
  });

  it('are dropped for another revision or another proposer, and may come again', async () => {
    const one = await Driver.open();
    await one.write('set', 'a', 1);
    const entry = effects({ reads: [read('a', 1)], effects: [put('a', 'x')] });
    one.term = 2 as Term;
    expect(await apply(one, entry)).toBe('conflict');
    const own = { ...entry, proposer: 2 as Term };
    await one.write('set', 'a', 2);
    expect(await apply(one, own)).toBe('conflict');
    expect(await one.read('get', 'a')).toBe('2 r2 forever');
    expect(await apply(one, { ...own, reads: [read('a', 2)] })).toBe('done');
    expect(await one.read('get', 'a')).toBe('x r3 forever');
  });

  it('see an expired key as absent', async () => {
    const one = await Driver.open();
    await one.write('set', 'a', 1, 'PXAT', one.time);
    expect(await apply(one, effects({ reads: [read('a', 1)] }))).toBe('conflict');
    expect(await apply(one, effects({ reads: [read('a', 0)] }))).toBe('done');
  });

  it('are refused like commands: moved, settled, expired', async () => {
    const range = { first: bucketOf(bytes('a')), last: bucketOf(bytes('a')) };
    const one = await Driver.open({ descriptor: { range } });
    expect(await apply(one, effects({ effects: [put('b', 'x')] }))).toBe('moved');
    expect(await apply(one, effects({ effects: [put('a', 'x')], session: stamp(3, 3) }))).toBe(
      'done',
    );
    expect(await apply(one, effects({ session: stamp(2, 3) }))).toBe('settled');
    expect(await apply(one, effects({ session: stamp(9, 3) }))).toBe('done');
    one.time += 2 * SESSION_WINDOW_MS;
    await one.advance();
    expect(await apply(one, effects({ session: stamp(10, 3) }))).toBe('expired');
  });
});

describe('entries of many commands', () => {
  it('run in order, each seeing the ones before it', async () => {
    const one = await Driver.open();
    const commands = [1, 2, 3].map((sequence) => ({
      command: incr,
      stamp: stamp(sequence === 3 ? 1 : sequence, 1),
      rangeEpoch: 1 as Epoch,
    }));
    const { outcomes } = await one.apply({ kind: 'commands', stamp: at(one.time), commands });
    expect(outcomes.map((o) => o.kind === 'reply' && o.reply)).toEqual(
      [1n, 2n, 1n].map((value) => ({ kind: 'integer', value })),
    );
  });
});
