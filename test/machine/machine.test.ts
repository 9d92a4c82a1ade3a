import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/base/assert.js';
import type { Epoch, EpochMs, LogIndex, NodeId, ReplicaId, Term } from '../../src/base/ids.js';
import { RkvError } from '../../src/kv/errors.js';
import type { MetaRunner } from '../../src/machine/types.js';
import { UnknownEntry } from '../../src/wire/entry/unknown.js';
import { at, bytes, command, Driver } from './driver.js';

const oneWrite = (one: Driver) =>
  one.entry({
    kind: 'commands',
    stamp: at(one.time),
    commands: [{ command: command('set', 'k', 'v'), stamp: one.stamp(), rangeEpoch: 1 as Epoch }],
  });

describe('apply', () => {
  it('keeps index, term, revision and time in the descriptor', async () => {
    const one = await Driver.open();
    one.term = 3 as Term;
    await one.applyEntry(oneWrite(one));
    expect(one.state.descriptor).toMatchObject({
      applied: { index: 1, term: 3 },
      revision: 1,
      clusterTime: one.time,
    });
  });

  it('takes the no-op of a term, configs, digests and Raft’s own leave', async () => {
    const one = await Driver.open();
    const noop = { index: one.next, term: one.term, kind: 'noop' as const, bytes: bytes('') };
    expect(await one.applyEntry(noop)).toEqual({ outcomes: [], payload: null });
    const payload = {
      kind: 'config' as const,
      change: { kind: 'leave' as const },
      placed: [{ replica: 4 as ReplicaId, node: 2 as NodeId }],
    };
    expect(await one.apply(payload, 'config')).toEqual({ outcomes: [], payload });
    const leave = { index: one.next, term: one.term, kind: 'config' as const, bytes: bytes('') };
    expect((await one.applyEntry(leave)).payload).toEqual({ ...payload, placed: [] });
    await one.applyEntry(oneWrite(one));
    const digest = await one.apply({ kind: 'digest', stamp: at(one.time) });
    expect(digest.digest).toBe(one.state.digest());
    expect(digest.digest).not.toBe('0');
    expect(one.state.descriptor.applied.index).toBe(5);
  });

  it('refuses entries out of order', async () => {
    const one = await Driver.open();
    const entry = oneWrite(one);
    await expect(one.applyEntry({ ...entry, index: 2 as LogIndex })).rejects.toThrow(
      AssertionError,
    );
    await one.applyEntry(entry);
    await expect(one.applyEntry(entry)).rejects.toThrow(AssertionError);
  });

  it('asserts that rows were brought into memory', async () => {
    const one = await Driver.open();
    expect(() => one.machine.apply(oneWrite(one))).toThrow(AssertionError);
    const warm = await Driver.open({ cold: false });
    expect(warm.machine.apply(oneWrite(warm)).outcomes).toHaveLength(1);
  });

  it('takes a payload that its leader still has, bytes unseen', async () => {
    const one = await Driver.open();
    const payload = { kind: 'time' as const, stamp: at(one.time) };
    const entry = { ...one.entry(payload), bytes: bytes('not looked at'), payload };
    expect((await one.applyEntry(entry)).payload).toBe(payload);
  });

  it('stops at what a newer build wrote, and at bytes nobody wrote', async () => {
    const one = await Driver.open();
    const entry = oneWrite(one);
    const newer = Buffer.from(entry.bytes);
    newer[0] = 2;
    expect(() => one.machine.prefetch({ ...entry, bytes: newer })).toThrow(UnknownEntry);
    const unknown = one.entry({
      kind: 'commands',
      stamp: at(one.time),
      commands: [
        {
          command: { code: 250, database: 0, args: [] },
          stamp: one.stamp(),
          rangeEpoch: 1 as Epoch,
        },
      ],
    });
    expect(() => one.machine.prefetch(unknown)).toThrow(UnknownEntry);
    expect(() => one.machine.prefetch({ ...entry, bytes: bytes('\x01\x01') })).toThrow(RkvError);
    expect(one.state.descriptor.applied.index).toBe(0);
  });

  it('applies several entries prefetched together', async () => {
    const one = await Driver.open();
    const first = oneWrite(one);
    const second = { ...first, index: 2 as LogIndex };
    await one.machine.prefetch(first);
    await one.machine.prefetch(second);
    one.machine.apply(first);
    expect(one.state.pins).toBe(1);
    one.machine.apply(second);
    expect(one.state.pins).toBe(0);
  });
});

describe('the meta group', () => {
  const runner: MetaRunner = {
    apply(one, { time, index, state }) {
      state.putRow('m', 0, 'last', one, false);
      return bytes(`${Buffer.from(one).toString('latin1')} at ${time} #${index}`);
    },
  };

  it('hands commands to its runner with cluster time and index', async () => {
    const one = await Driver.open({ machine: { meta: runner } });
    const applied = await one.apply({
      kind: 'meta',
      stamp: 7 as EpochMs,
      commands: [bytes('a'), bytes('b')],
    });
    expect(applied.meta?.map((reply) => Buffer.from(reply).toString())).toEqual([
      'a at 7 #1',
      'b at 7 #1',
    ]);
    const rows = [];
    for await (const row of one.state.rows('m')) rows.push(row.key);
    expect(rows).toEqual(['last']);
  });

  it('is no business of a shard', async () => {
    const one = await Driver.open();
    await expect(
      one.apply({ kind: 'meta', stamp: 7 as EpochMs, commands: [bytes('a')] }),
    ).rejects.toThrow(AssertionError);
  });
});
