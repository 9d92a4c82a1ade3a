/** The load generator against a store in memory whose answers come a turn later. */
import { describe, expect, it } from 'vitest';
import { keyName } from '../../src/bench/keys.js';
import { Ledger } from '../../src/bench/ledger.js';
import { LoadRun } from '../../src/bench/load.js';
import type { LoadOptions, LoadResult, Operation } from '../../src/bench/types.js';
import { RkvError } from '../../src/kv/errors.js';
import { MemoryTarget } from './memory-target.js';

const OPTIONS: LoadOptions = {
  callers: 4,
  inFlight: 2,
  rate: null,
  valueBytes: 64,
  reads: 0,
  durationMs: 150,
  warmupMs: 30,
  keys: 50,
  distribution: 'uniform',
  seed: 3,
  lastId: 0,
};

async function run(
  options: Partial<LoadOptions>,
  target = new MemoryTarget(),
): Promise<{ result: LoadResult; operations: Operation[]; target: MemoryTarget }> {
  const operations: Operation[] = [];
  const load = new LoadRun(target, { ...OPTIONS, ...options }, (one) => operations.push(one));
  return { result: await load.run(), operations, target };
}

describe('LoadRun', () => {
  it('keeps callers × in-flight requests on the way, and waits for the last answer', async () => {
    const { result, operations, target } = await run({});
    expect(target.most).toBe(8);
    expect(target.onTheWay).toBe(0);
    expect(result.writes.count).toBeGreaterThan(100);
    expect(result.operations).toBe(result.writes.count);
    expect(operations.length).toBeGreaterThan(result.operations);
    expect(new Set(operations.map(({ caller }) => caller))).toEqual(new Set([0, 1, 2, 3]));
    expect(result.errors).toEqual({});
  });

  it('mixes reads and writes by share', async () => {
    const { result } = await run({ reads: 0.5 });
    const share = result.reads.count / result.operations;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  it('holds the rate of an open loop and counts latency from the intended start', async () => {
    const slow = new MemoryTarget();
    const submit = slow.submit.bind(slow);
    slow.submit = (command, done) => {
      setTimeout(() => submit(command, done), 20);
    };
    const held = await run({ rate: 2_000, durationMs: 300 });
    expect(held.result.perSecond).toBeGreaterThan(800);
    expect(held.result.perSecond).toBeLessThan(2_500);
    // One caller that answers after 20 ms cannot serve 200 a second: the queue must show.
    const late = await run({ rate: 200, callers: 1, inFlight: 1, durationMs: 300 }, slow);
    expect(late.result.writes.maxUs).toBeGreaterThan(60_000);
  });

  it('counts refusals by code and rests after them', async () => {
    const target = new MemoryTarget();
    target.failWith = new RkvError('NO_LEADER', 'none');
    const { result, operations } = await run({}, target);
    expect(result.operations).toBe(0);
    expect(result.errors.NO_LEADER).toBeGreaterThan(0);
    expect(operations.length).toBeLessThan(1_000);
    expect(result.longestStallMs).toBeGreaterThan(100);
  });

  it.each([0, 7])('with every %i-th write lost is judged rightly by the ledger', async (every) => {
    const target = new MemoryTarget();
    target.loseEvery = every;
    const { operations } = await run({}, target);
    const ledger = new Ledger();
    for (const operation of operations) ledger.note(operation);
    const losses = ledger
      .keys()
      .map((key) => ledger.check(key, target.data.get(keyName(key)) ?? null))
      .filter((loss) => loss !== null);
    expect(ledger.acknowledged).toBe(operations.length);
    expect(losses.length > 0).toBe(every > 0);
  });
});
