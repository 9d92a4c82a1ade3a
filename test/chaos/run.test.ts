/** The parts of a run that act: faults at their time, callers, counts, history lines, digests. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrng } from '../../src/base/prng.js';
import { differences } from '../../src/chaos/aftermath.js';
import { Injector } from '../../src/chaos/injector.js';
import { OperationSource } from '../../src/chaos/operations.js';
import { Recorder } from '../../src/chaos/recorder.js';
import type { PlannedFault } from '../../src/chaos/schedule.js';
import { Tally } from '../../src/chaos/tally.js';
import type { DoneFault } from '../../src/chaos/types.js';
import { LeaderWatch } from '../../src/chaos/watch.js';
import { RkvError } from '../../src/kv/errors.js';
import type { ShardStatus, Topology } from '../../src/kv/status.js';
import type { Fault, FaultOutcome } from '../../src/launcher/fault-types.js';
import type { HistoryOp } from '../../src/verify/history.js';

const pause = (atMs: number, index: number): PlannedFault => ({
  atMs,
  forMs: 300,
  aim: { kind: 'node', index },
  other: 0,
  wide: false,
  plot: { kind: 'pause' },
});

/** A supervisor whose faults last until the test ends them. */
class Stage {
  readonly asked: Fault[] = [];
  readonly done: DoneFault[] = [];
  healed = 0;
  #endings: (() => void)[] = [];
  #waiters: (() => void)[] = [];
  readonly injector = new Injector({
    nodes: [1, 2, 3],
    leaders: () => [3],
    inject: (fault) => this.inject(fault),
    heal: async () => {
      this.healed += 1;
      this.end();
    },
    nowUs: () => performance.now() * 1000,
    onDone: (done) => this.done.push(done),
    say: () => undefined,
  });

  inject(fault: Fault): Promise<FaultOutcome> {
    this.asked.push(fault);
    for (const tell of this.#waiters.splice(0)) tell();
    return new Promise((resolve) => this.#endings.push(() => resolve({ hits: 5 })));
  }

  end(): void {
    for (const end of this.#endings) end();
  }

  async until(count: number): Promise<void> {
    while (this.asked.length < count) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }
}

describe('the injector', () => {
  it('does faults at their time, several at once, and tells when they are over', async () => {
    const stage = new Stage();
    const running = stage.injector.run([pause(0, 0), pause(30, 1)]);
    await stage.until(2);
    // the second would have cost the majority: it meets the node that is out already
    expect(stage.asked).toEqual([
      { kind: 'pause', node: 1, forMs: 300 },
      { kind: 'pause', node: 1, forMs: 300 },
    ]);
    expect(stage.done).toEqual([]);
    await stage.injector.stop();
    await running;
    expect(stage.done.map(({ hits, what, nodes }) => ({ hits, what, nodes }))).toEqual([
      { hits: 5, what: 'node 1 paused for 300 ms', nodes: [1] },
      { hits: 5, what: 'node 1 paused for 300 ms', nodes: [1] },
    ]);
    for (const { callUs, returnUs } of stage.done) expect(returnUs).toBeGreaterThan(callUs);
  });

  it('waits for a killed node to come back before it does anything to it', async () => {
    const stage = new Stage();
    const kill: PlannedFault = { ...pause(0, 0), plot: { kind: 'kill' } };
    const running = stage.injector.run([kill, pause(0, 0), pause(0, 2)]);
    await stage.until(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stage.asked).toEqual([{ kind: 'kill', node: 1, forMs: 300 }]);
    stage.end();
    await stage.until(3);
    await stage.injector.stop();
    await running;
    // they were let go in one moment, and still do not cost the majority
    expect(stage.asked.slice(1)).toEqual([
      { kind: 'pause', node: 1, forMs: 300 },
      { kind: 'pause', node: 1, forMs: 300 },
    ]);
    expect(stage.done).toHaveLength(3);
  });

  it('leaves out what a node that stays down would make wait for long', async () => {
    const stage = new Stage();
    const kill: PlannedFault = { ...pause(0, 0), plot: { kind: 'kill' } };
    const running = stage.injector.run([kill, pause(0, 0)]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    stage.end();
    await running;
    expect(stage.asked.map(({ kind }) => kind)).toEqual(['kill']);
  });

  it('stopped before its time begins nothing more, and heals', async () => {
    const stage = new Stage();
    const running = stage.injector.run([pause(0, 0), pause(3_600_000, 1)]);
    await stage.until(1);
    await stage.injector.stop();
    await running;
    expect(stage.asked).toHaveLength(1);
    expect(stage.healed).toBe(1);
  });

  it('a fault that cannot be done ends the plan with the reason', async () => {
    const stage = new Stage();
    stage.inject = () => Promise.reject(new RkvError('NO_CLUSTER', 'the supervisor is gone'));
    const running = stage.injector.run([pause(0, 0), pause(3_600_000, 1)]);
    await expect(running).rejects.toMatchObject({ code: 'NO_CLUSTER' });
  });
});

describe('operations', () => {
  it('use every key and kind, values once, and fit the key they are for', () => {
    const source = new OperationSource(createPrng(5), 'p:', 40);
    const seen = new Map<string, Set<string>>();
    const values = new Set<string>();
    const keys = new Set<string>();
    let written = 0;
    for (let n = 0; n < 20_000; n += 1) {
      const { op, key, args } = source.next();
      const family = key.split(':')[1] ?? '';
      seen.set(family, (seen.get(family) ?? new Set()).add(op));
      keys.add(key);
      if (op === 'incr' || args.length === 0) continue;
      written += 1;
      values.add(args.at(-1) ?? '');
    }
    expect(values.size).toBe(written);
    expect([...keys].sort()).toEqual(source.keys.sort());
    expect(Object.fromEntries([...seen].map(([name, ops]) => [name, [...ops].sort()]))).toEqual({
      register: ['append', 'cas', 'del', 'get', 'set'],
      counter: ['del', 'get', 'incr'],
      list: ['append', 'del', 'get'],
    });
  });

  it('a cas expects what was seen last', () => {
    const source = new OperationSource(createPrng(5), 'p:', 1);
    source.saw('p:register:0', 'here');
    const all = Array.from({ length: 200 }, () => source.next());
    const olds = all.flatMap((next) => (next.op === 'cas' ? [next.args[0]] : []));
    expect(new Set(olds)).toEqual(new Set(['here']));
  });
});

const op = (change: Partial<HistoryOp>): HistoryOp => ({
  client: 1,
  op: 'get',
  key: 'k',
  args: [],
  call: 0,
  return: 0,
  result: 'ok',
  out: {},
  ...change,
});
const DONE: DoneFault = {
  fault: { kind: 'kill', node: 2, forMs: 5 },
  what: 'node 2 killed, down for 5 ms',
  nodes: [2],
  callUs: 10.7,
  returnUs: 20.2,
  hits: 1,
};

describe('the tally', () => {
  it('counts outcomes and finds the longest gap, to the very end', () => {
    const tally = new Tally(0, ['kill']);
    for (const at of [1_000_000, 1_500_000, 4_500_000]) tally.operation(op({ return: at }));
    tally.operation(op({ result: 'unknown', return: 3e6, out: { code: 'OUTCOME_UNKNOWN' } }));
    tally.operation(op({ result: 'refused', return: 3e6, out: { code: 'NO_LEADER' } }));
    expect(tally.operations(5_000_000)).toEqual({
      ok: 3,
      refused: 1,
      unknown: 1,
      codes: { OUTCOME_UNKNOWN: 1, NO_LEADER: 1 },
      longestGapMs: 3_000,
    });
    expect(tally.operations(9_000_000).longestGapMs).toBe(4_500);
  });

  it('counts faults with and without effect, and whom they met', () => {
    const tally = new Tally(0, ['kill', 'delay']);
    tally.fault(DONE);
    tally.fault({ ...DONE, hits: 0 });
    expect(Object.fromEntries(tally.faults)).toEqual({
      kill: { injected: 2, effective: 1, hits: 1, nodes: { 2: 2 } },
      delay: { injected: 0, effective: 0, hits: 0, nodes: {} },
    });
  });
});

describe('the recorder', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rkv-chaos-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('writes operations and faults as lines', async () => {
    const path = join(dir, 'history.jsonl');
    const recorder = await Recorder.open(path);
    recorder.operation(op({ op: 'set', args: ['v1'], call: 3, return: 9, out: { applied: true } }));
    recorder.fault(DONE);
    await recorder.close();
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        client: 1,
        op: 'set',
        key: 'k',
        args: ['v1'],
        call: 3,
        return: 9,
        result: 'ok',
        out: { applied: true },
      },
      {
        fault: 'kill',
        what: 'node 2 killed, down for 5 ms',
        nodes: [2],
        call: 10,
        return: 21,
        result: 'ok',
        hits: 1,
      },
    ]);
  });

  it('a file that cannot be written is told before anything happens', async () => {
    const opened = Recorder.open(join(dir, 'no', 'such', 'folder'));
    await expect(opened).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
  });
});

describe('the watch', () => {
  it('counts a change when another leads, not when nobody does', () => {
    let leaders: (number | null)[] = [1, 2];
    const topology = (): Topology => ({
      clusterId: 'c',
      version: 1,
      nodes: [],
      shards: leaders.map((leader, index) => ({
        id: index + 1,
        firstBucket: 0,
        lastBucket: 0,
        rangeEpoch: 1,
        leader,
      })),
    });
    const watch = new LeaderWatch(topology);
    for (const next of [
      [1, 2],
      [null, 2],
      [1, 3],
      [1, null],
      [2, 2],
    ]) {
      leaders = next;
      watch.look();
    }
    watch.stop();
    expect(watch.changes).toBe(3);
    expect(watch.leaders).toEqual([2, 2]);
  });
});

describe('digests', () => {
  const shard = (digests: readonly (readonly [number, string] | null)[]): ShardStatus => ({
    id: 2,
    slots: [0, 1],
    rangeEpoch: 1,
    membersEpoch: 1,
    state: 'serving',
    leader: 1,
    term: 1,
    commit: 9,
    applied: 9,
    keys: 0,
    bytes: 0,
    readsPerSecond: 0,
    writesPerSecond: 0,
    members: digests.map((digest, index) => ({
      node: index + 1,
      replica: index + 1,
      role: 'voter',
      state: 'replicate',
      match: 9,
      applied: 9,
      lag: 0,
      digest: digest === null ? null : { index: digest[0], value: digest[1] },
    })),
  });

  it('differ only where two of one index are unequal', () => {
    expect(differences(shard([[5, 'a'], [5, 'a'], null]))).toEqual([]);
    expect(
      differences(
        shard([
          [5, 'a'],
          [6, 'b'],
          [7, 'c'],
        ]),
      ),
    ).toEqual([]);
    expect(
      differences(
        shard([
          [5, 'a'],
          [5, 'b'],
          [5, 'a'],
        ]),
      ),
    ).toEqual(['shard 2 at index 5: a on node 1, 3 against b on node 2']);
  });
});
