/**
 * Random life of a log against the model: appends, overwrites, releases, snapshots, replicas that
 * come and go, clean restarts, kills and power cuts at any moment, tiny segments so that rotation
 * and compaction never rest. Whatever was acknowledged is there; what is there was written, in
 * order.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPrng, type Prng } from '../../src/base/prng.js';
import type { LogRecord } from '../../src/replica/ports.js';
import { CrashFs } from './support/crash-fs.js';
import {
  append,
  entry,
  floorRecord,
  G,
  hardState,
  I,
  installed,
  type Opened,
  openOn,
  snapshot,
  T,
  ticking,
  tombstone,
  turnOfLoop,
} from './support/harness.js';
import { difference, Model, observe } from './support/model.js';

const OPTIONS = {
  segmentBytes: 2048,
  maxFrameBytes: 512,
  keepSegments: 2,
  maxLogBytesPerGroup: 600,
  cacheBytes: 1024,
};

/** One node's life: what was written, how much of it was acknowledged, what was released. */
class Life {
  files = new CrashFs();
  opened!: Opened;
  writes: LogRecord[][] = [];
  acked = 0;
  readonly released = new Map<string, number>();
  readonly #prng: Prng;
  #text = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  async start(): Promise<void> {
    this.opened = await openOn(this.files, OPTIONS);
    const seen = await ticking(this.opened.clock, observe(this.opened.log));
    const reasons: string[] = [];
    for (let k = this.acked; k <= this.writes.length; k++) {
      const why = difference(Model.of(this.writes.slice(0, k)), seen, this.released);
      if (why === null) {
        this.writes.length = k;
        this.acked = k;
        return;
      }
      reasons.push(why);
    }
    expect.fail(`no prefix of the writes fits: ${reasons.join(' | ')}`);
  }

  write(records: LogRecord[], sync: boolean): void {
    const number = this.writes.push(records);
    this.opened.log.write(records, sync, () => {
      expect(this.acked).toBe(number - 1);
      this.acked = number;
    });
  }

  /** A random write that makes sense for the group as it is. */
  step(): void {
    const below = (bound: number) => this.#prng.below(bound);
    const model = Model.of(this.writes);
    const id = 1 + below(3);
    const group = model.groups.get(id);
    const replica = group?.replica ?? (model.tombstones.get(id) ?? 0) + 1;
    const floor = group?.floor.index ?? 0;
    const last = floor + (group?.entries.size ?? 0);
    const term = 1 + Math.floor(this.writes.length / 10);
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => entry(from + i, term, this.#bytes(below(6))));
    const dice = below(40);
    if (dice < 22) this.write([append(id, some(last + 1, 1 + below(4)), replica)], below(3) > 0);
    else if (dice < 26) {
      const from = Math.max(floor + 1, this.#above(id, replica), last - below(4));
      const records = [append(id, some(from, 1 + below(3)), replica)];
      this.write([...records, hardState(id, term, floor, replica)], true);
    } else if (dice < 31) this.write([hardState(id, term, last, replica)], below(2) > 0);
    else if (dice < 36) this.#release(model, id, floor, last);
    else if (dice < 37) {
      this.write([snapshot(id, last + below(3), term, below(2) > 0, replica)], true);
    } else if (dice < 38) this.write([installed(id, last, replica)], true);
    else if (dice < 39 && group === undefined) this.write([floorRecord(id, 10, 5, replica)], true);
    else if (below(4) === 0) {
      this.write([tombstone(id, replica)], true);
    }
  }

  #bytes(size: number): string {
    this.#text += 1;
    return size === 0 ? '' : `${this.#text}-`.repeat(1 + (size === 5 ? 60 : size * 4));
  }

  /** What is released is committed: it is never overwritten. */
  #above(id: number, replica: number): number {
    return (this.released.get(`${id}.${replica}`) ?? 0) + 1;
  }

  #release(model: Model, id: number, floor: number, last: number): void {
    const durable = Model.of(this.writes.slice(0, this.acked)).groups.get(id);
    const group = model.groups.get(id);
    if (group === undefined || durable?.replica !== group.replica || last === floor) return;
    const index = floor + 1 + this.#prng.below(last - floor);
    const text = group.entries.get(index);
    if (text === undefined || durable.entries.get(index) !== text) return;
    const key = `${id}.${group.replica}`;
    this.released.set(key, Math.max(index, this.released.get(key) ?? 0));
    this.opened.log.release(G(id), I(index), T(Number(text.split('/')[1])));
  }
}

async function live(seed: number): Promise<void> {
  const prng = createPrng(seed);
  const life = new Life(prng);
  await life.start();
  for (let step = 0; step < 300; step++) {
    life.step();
    for (let turns = prng.below(4); turns > 0; turns--) await turnOfLoop();
    if (prng.below(6) === 0) life.opened.clock.advance(30);
    expect(life.opened.fatal).toEqual([]);
    const end = prng.below(60);
    if (end === 0) {
      await ticking(life.opened.clock, life.opened.log.close());
      expect(life.acked).toBe(life.writes.length);
      await life.start();
    } else if (end === 1) {
      life.files = life.files.kill();
      life.files.honest = prng.below(2) === 0;
      await life.start();
    } else if (end === 2) {
      life.files = life.files.powerCut(prng.below(1_000_000));
      await life.start();
    }
  }
  await ticking(life.opened.clock, life.opened.log.close());
}

test('a random life matches the model', async () => {
  await fc.assert(fc.asyncProperty(fc.nat(), live), {
    numRuns: Number(process.env.RKV_TEST_RUNS ?? 20),
  });
}, 300_000);
