/** The log against a plain array, and the completions that come too late. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RaftLog } from '../../../src/raft/log/log.js';
import type { EntryMeta } from '../../../src/raft/types.js';
import { at, entries, members, restored, term } from '../support/build.js';

const fresh = (terms: number[], floor: [number, number] = [0, 0], commit?: number): RaftLog =>
  new RaftLog(
    restored(
      { log: terms, floor, ...(commit === undefined ? {} : { commit, applied: floor[0] }) },
      members([1]),
    ),
  );

type Op =
  | { op: 'append'; up: number; size: number }
  | { op: 'replace'; back: number; up: number }
  | { op: 'commit'; part: number }
  | { op: 'apply' }
  | { op: 'compact'; part: number }
  | { op: 'write' }
  | { op: 'durable' };

const part = fc.integer({ min: 0, max: 100 });
const op: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant('append'), up: fc.nat(1), size: fc.nat(50) }) as fc.Arbitrary<Op>,
  fc.record({ op: fc.constant('replace'), back: fc.nat(4), up: fc.nat(1) }) as fc.Arbitrary<Op>,
  fc.record({ op: fc.constant('commit'), part }) as fc.Arbitrary<Op>,
  fc.record({ op: fc.constant('compact'), part }) as fc.Arbitrary<Op>,
  fc.constantFrom<Op>({ op: 'apply' }, { op: 'write' }, { op: 'durable' }),
);

/** The same log the simple way: every entry in an array, the disk as the writes left it. */
class Model {
  all: EntryMeta[] = [];
  disk: EntryMeta[] = [];
  floor = 0;
  committed = 0;
  applied = 0;
  writing: { number: number; entries: EntryMeta[] }[] = [];

  write(list: EntryMeta[]): void {
    const first = list[0];
    if (first === undefined) return;
    this.disk = [...this.disk.filter(({ index }) => index < first.index), ...list];
  }

  /** As far as disk and memory agree. */
  get durable(): number {
    let last = 0;
    for (let i = 0; i < this.all.length; i++) {
      if (this.disk[i]?.term !== this.all[i]!.term) break;
      last = i + 1;
    }
    return last;
  }
}

function run(log: RaftLog, model: Model, step: Op, number: number): void {
  const top = model.all.length;
  const lastTerm = model.all.at(-1)?.term ?? 1;
  switch (step.op) {
    case 'append': {
      const t = term(lastTerm + step.up);
      log.append(t, 'normal', step.size);
      model.all.push({ index: at(top + 1), term: t, kind: 'normal', size: step.size });
      return;
    }
    case 'replace': {
      const from = Math.max(model.committed, top - step.back) + 1;
      const list = entries([lastTerm + 1 + step.up], from);
      log.replace(list);
      model.all = [...model.all.slice(0, from - 1), ...list];
      return;
    }
    case 'commit':
      model.committed += Math.floor(((top - model.committed) * step.part) / 100);
      log.commitTo(at(model.committed));
      return;
    case 'apply': {
      const range = log.takeCommitted();
      if (range === null) return;
      expect(range.from).toBe(model.applied + 1);
      expect(range.to).toBeLessThanOrEqual(Math.min(model.committed, model.durable));
      model.applied = range.to;
      log.appliedTo(range.to);
      return;
    }
    case 'compact':
      model.floor += Math.floor(((model.applied - model.floor) * step.part) / 100);
      log.compact(at(model.floor));
      return;
    case 'write': {
      const list = log.takeUnwritten(number);
      if (list.length > 0) model.writing.push({ number, entries: list });
      return;
    }
    case 'durable': {
      const write = model.writing.shift();
      if (write === undefined) return;
      model.write(write.entries);
      log.durableTo(write.number);
    }
  }
}

describe('log', () => {
  it('does what a plain array does', () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), (steps) => {
        const log = fresh([]);
        const model = new Model();
        steps.forEach((step, i) => {
          run(log, model, step, i + 1);
          log.mustHold();
          expect(log.last).toBe(model.all.length);
          // Never more than the disk holds, whatever completes when.
          expect(log.durable).toBeLessThanOrEqual(model.durable);
          if (model.writing.length === 0 && !log.hasUnwritten) {
            expect(log.durable).toBe(model.durable);
          }
          expect(log.slice(at(model.floor + 1), log.last)).toEqual(model.all.slice(model.floor));
          const waiting = model.all.slice(model.committed).reduce((sum, e) => sum + e.size, 0);
          expect(log.uncommittedBytes).toBe(waiting);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('append ABA: a late completion of overwritten entries changes nothing', () => {
    const log = fresh([]);
    log.replace(entries([1, 1, 1]));
    log.takeUnwritten(1);
    // Term 2 overwrites 2 and 3; a leader of term 3 brings back what term 1 had at 2.
    log.replace(entries([2], 2));
    log.takeUnwritten(2);
    log.replace(entries([1, 3], 2));
    log.takeUnwritten(3);
    const durable = [1, 2, 3].map((number) => {
      log.durableTo(number);
      return log.durable;
    });
    // The first write held 2/1 as the log does now, but the disk is about to lose it again.
    expect(durable).toEqual([1, 1, 3]);
  });

  it('lastAtMost skips whole terms', () => {
    const log = fresh([1, 1, 3, 3, 5, 5]);
    expect(log.lastAtMost(at(6), term(5))).toBe(6);
    expect(log.lastAtMost(at(6), term(4))).toBe(4);
    expect(log.lastAtMost(at(3), term(3))).toBe(3);
    expect(log.lastAtMost(at(9), term(2))).toBe(2);
    expect(log.lastAtMost(at(6), term(0))).toBe(0);
  });

  it('a floor record at birth: everything begins above it', () => {
    const log = fresh([5, 6], [10, 5]);
    expect([log.floor.index, log.applied, log.committed, log.last]).toEqual([10, 10, 10, 12]);
    expect([log.termAt(at(9)), log.termAt(at(10)), log.termAt(at(12))]).toEqual([null, 5, 6]);
  });

  it('a snapshot keeps the entries above it only if the log holds its point', () => {
    const held = fresh([1, 1, 1, 2], [0, 0], 1);
    held.restore({ floor: { index: at(3), term: term(1) }, members: members([1]) });
    expect([held.last, held.committed, held.floor.index]).toEqual([4, 3, 3]);
    const other = fresh([1, 1, 1, 2], [0, 0], 1);
    other.restore({ floor: { index: at(3), term: term(2) }, members: members([1]) });
    expect([other.last, other.committed, other.lastTerm]).toEqual([3, 3, 2]);
    expect(other.toApply).toBeNull();
  });

  it('nothing is handed to apply while a snapshot is being installed', () => {
    const log = fresh([1, 1, 1, 1], [0, 0], 0);
    log.restore({ floor: { index: at(2), term: term(1) }, members: members([1]) });
    log.commitTo(at(4));
    expect(log.toApply).toBeNull();
    log.takeSnapshot(7);
    log.durableTo(6);
    expect(log.toApply).toBeNull();
    log.durableTo(7);
    expect(log.takeCommitted()).toEqual({ from: 3, to: 4 });
    expect(log.takeCommitted()).toBeNull();
  });

  it('what cannot be is fatal', () => {
    const log = fresh([1, 1], [0, 0], 2);
    expect(() => log.replace(entries([2], 2))).toThrow('committed entries are never replaced');
    expect(() => log.commitTo(at(3))).toThrow('only entries that are here can commit');
    expect(() => log.appliedTo(at(1))).toThrow('only what was handed out');
    expect(() => log.compact(at(2))).toThrow('only applied entries are released');
    expect(() => fresh([1], [0, 0], 2)).toThrow('committed ≤ last');
  });
});
