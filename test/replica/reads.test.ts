import { describe, expect, it } from 'vitest';
import type { EpochMs, LogIndex, MonoMs } from '../../src/base/ids.js';
import { logIndex } from '../../src/base/ids.js';
import { RkvError } from '../../src/kv/errors.js';
import type { Machine, ReadResult } from '../../src/machine/types.js';
import { ReadQueue } from '../../src/replica/reads.js';
import type { PendingRead, ReplicaLimits } from '../../src/replica/types.js';

const limits = { maxReadRounds: 1, maxWaitingRequests: 3 } as ReplicaLimits;
const VALUE: ReadResult = { kind: 'reply', reply: { kind: 'integer', value: 1n } };

function setup() {
  const state = {
    applied: logIndex(10) as LogIndex,
    result: VALUE as ReadResult | Promise<ReadResult>,
    lease: true,
    log: [] as string[],
    asked: [] as string[],
    timed: [] as PendingRead[],
    mayAsk: true,
    rounds: [] as string[],
  };
  const machine = { read: () => state.result } as unknown as Machine;
  const queue = new ReadQueue(limits, {
    machine: () => machine,
    applied: () => state.applied,
    clusterNow: () => 0 as EpochMs,
    needTime: (read) => state.timed.push(read),
    leaseHolds: () => state.lease,
    fail: (error) => state.log.push(String(error)),
    mayAsk: () => state.mayAsk,
    roundBegins: (reads) => state.rounds.push(`begins ${reads}`),
    roundEnds: (batch) => state.rounds.push(`ends ${batch}`),
  });
  const read = (name: string, mode: 'confirmed' | 'lease' = 'confirmed', deadline = 100) =>
    queue.add({
      command: { code: 1, database: 0, args: [] },
      mode,
      deadline: deadline as MonoMs,
      done: (answer) => {
        const code = answer.kind === 'refused' ? ` ${answer.code}` : '';
        state.log.push(`${name}:${answer.kind}${code}`);
      },
    });
  const begin = () => queue.begin((context, mode) => state.asked.push(`${context} ${mode}`));
  return { state, queue, read, begin };
}

describe('linearizable reads', () => {
  it('all that wait share one round; those that come later share the next', () => {
    const { state, queue, read, begin } = setup();
    read('a');
    read('b');
    begin();
    read('c');
    begin();
    expect(state.asked).toEqual(['1 confirmed']);
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(10) });
    begin();
    expect(state.log).toEqual(['a:reply', 'b:reply']);
    expect(state.asked).toEqual(['1 confirmed', '2 confirmed']);
  });

  it('gather while the node holds its rounds back, and every round that begins ends', () => {
    const { state, queue, read, begin } = setup();
    state.mayAsk = false;
    read('a');
    read('b');
    begin();
    expect(queue.hasWork).toBe(false);
    expect(state.asked).toEqual([]);
    state.mayAsk = true;
    begin();
    expect(state.rounds).toEqual(['begins 2']);
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(10) });
    expect(state.rounds).toEqual(['begins 2', 'ends 1']);
    read('c');
    begin();
    queue.drop();
    expect(state.rounds.slice(2)).toEqual(['begins 1', 'ends 3']);
  });

  it('wait until their index is applied here', () => {
    const { state, queue, read, begin } = setup();
    read('a');
    begin();
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(12) });
    queue.onApplied(logIndex(11));
    expect(state.log).toEqual([]);
    queue.onApplied(logIndex(12));
    expect(state.log).toEqual(['a:reply']);
  });

  it('an answer for a context that is gone is ignored: nothing rides on an old confirmation', () => {
    const { state, queue, read, begin } = setup();
    read('a');
    begin();
    queue.onState({ context: 1, outcome: 'lost' });
    read('b');
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(5) });
    expect(state.log).toEqual(['a:not-leader']);
    begin();
    expect(state.asked.at(-1)).toBe('2 confirmed');
  });

  it('past its deadline a read is refused; too many are refused at once', () => {
    const { state, queue, read } = setup();
    expect(read('a', 'confirmed', 10)).toBe(true);
    expect(read('b')).toBe(true);
    expect(read('c')).toBe(true);
    expect(read('d')).toBe(false);
    queue.sweep(50 as MonoMs);
    expect(state.log).toEqual(['a:refused TIMEOUT']);
  });

  it('a lease lost between check and read sends the read through a round (scenario 22)', () => {
    const { state, queue, read, begin } = setup();
    read('a', 'lease');
    begin();
    expect(state.asked).toEqual(['1 lease']);
    state.lease = false;
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(10) });
    expect(state.log).toEqual([]);
    begin();
    expect(state.asked).toEqual(['1 lease', '2 confirmed']);
  });

  it('a passed deadline asks for time, once; then applied cluster time decides', () => {
    const { state, queue, read, begin } = setup();
    state.result = { kind: 'needs-time' };
    read('a');
    begin();
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(10) });
    expect(state.timed).toHaveLength(1);
    state.result = VALUE;
    queue.run(state.timed[0] ?? expect.fail('no read'), true);
    expect(state.log).toEqual(['a:reply']);
  });

  it('a replica that stops tells everybody', () => {
    const { state, queue, read, begin } = setup();
    read('a');
    begin();
    read('b');
    queue.drop();
    expect(state.log.sort()).toEqual(['a:not-leader', 'b:not-leader']);
  });
});

describe('a read that the machine rejects', () => {
  const rejecting = async (error: unknown) => {
    const { state, queue, read, begin } = setup();
    state.result = Promise.reject(error);
    read('a');
    begin();
    queue.onState({ context: 1, outcome: 'ok', index: logIndex(10) });
    await new Promise((resolve) => setImmediate(resolve));
    return state.log;
  };

  it('because the replica was replaced meanwhile is asked elsewhere, and the replica stays', async () => {
    expect(await rejecting(new RkvError('NOT_READY', 'replaced'))).toEqual(['a:not-leader']);
  });

  it('because too much waits, or its deadline passed, is refused as that', async () => {
    expect(await rejecting(new RkvError('OVERLOADED', 'full'))).toEqual(['a:refused OVERLOADED']);
    expect(await rejecting(new RkvError('TIMEOUT', 'late'))).toEqual(['a:refused TIMEOUT']);
  });

  it('because a row is wrong, or for a reason nobody foresaw, is told to the node', async () => {
    const corrupt = new RkvError('CORRUPT', 'a row');
    expect(await rejecting(corrupt)).toEqual(['a:refused FENCED', String(corrupt)]);
    const other = new Error('what?');
    expect(await rejecting(other)).toEqual(['a:refused FENCED', String(other)]);
  });
});
