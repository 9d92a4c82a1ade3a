/** Histories whose verdict is known, by hand and by construction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryOp } from '../../src/verify/history.js';
import { checkHistory, type Violation } from '../../src/verify/linearizability.js';
import { bruteForce } from './brute-force.js';
import { FULL_MIX, generateHistory } from './generate.js';
import { NO, op, REFUSED, saw, UNKNOWN, YES } from './support.js';

const BAD: Record<string, HistoryOp[]> = {
  'a stale read': [op('set 1', 0, 1), op('set 2', 2, 3), op('get', 4, 5, saw('1'))],
  'a read that goes back': [
    op('set 1', 0, 1),
    op('set 2', 2, 20),
    op('get', 3, 4, saw('2')),
    op('get', 5, 6, saw('1')),
  ],
  'a lost update': [op('incr', 0, 5, saw('1')), op('incr', 0, 5, saw('1'))],
  'a write that vanished': [op('set 1', 0, 1), op('get', 2, 3, saw(null))],
  'a number counted twice': [op('incr', 0, 1, saw('1')), op('get', 2, 3, saw('2'))],
  'a deleted key that comes back': [
    op('set 1', 0, 1),
    op('del', 2, 3, YES),
    op('get', 4, 5, saw(null)),
    op('get', 6, 7, saw('1')),
  ],
  'an unknown outcome applied twice': [
    op('incr', 0, 1, {}, UNKNOWN),
    op('get', 2, 3, saw('1')),
    op('get', 4, 5, saw('2')),
  ],
  'an unknown append applied twice': [
    op('append x', 0, 1, {}, UNKNOWN),
    op('get', 2, 3, saw('xx')),
  ],
  'an unknown write that comes and goes': [
    op('set 1', 0, 1),
    op('set 2', 2, 3, {}, UNKNOWN),
    op('get', 4, 5, saw('2')),
    op('get', 6, 7, saw('1')),
  ],
  'an unknown write before it was called': [
    op('get', 0, 1, saw('2')),
    op('set 2', 2, 3, {}, UNKNOWN),
  ],
  'a value nobody wrote': [op('set 1', 0, 1), op('get', 2, 3, saw('9'))],
  'a refused write that is seen': [op('set 1', 0, 1, {}, REFUSED), op('get', 2, 3, saw('1'))],
  'two compare-and-sets that both won': [
    op('set 1', 0, 1),
    op('cas 1 2', 2, 9, YES),
    op('cas 1 3', 2, 9, YES),
  ],
  'a compare-and-set that lost to nobody': [op('set 1', 0, 1), op('cas 1 2', 2, 3, NO)],
  'two creations of one key': [op('set 1 NX', 0, 9, YES), op('set 2 NX', 0, 9, YES)],
  'real time ignored': [op('get', 0, 1, saw('1')), op('set 1', 2, 3)],
  'two readers who disagree on the order': [
    op('set 1', 0, 20),
    op('set 2', 0, 20),
    op('get', 1, 2, saw('1')),
    op('get', 3, 4, saw('2')),
    op('get', 5, 6, saw('1')),
  ],
  'an append with a hole': [
    op('append a', 0, 1, { length: 1 }),
    op('append b', 2, 3, { length: 2 }),
    op('get', 4, 5, saw('b')),
  ],
  'an append of the wrong length': [
    op('append a', 0, 1, { length: 1 }),
    op('append b', 2, 3, { length: 3 }),
  ],
  'a deletion of what was there said to be of nothing': [op('set 1', 0, 1), op('del', 2, 3, NO)],
  'a number refused as none': [
    op('set 1', 0, 1),
    op('incr', 2, 3, { code: 'NOT_INTEGER' }, REFUSED),
  ],
  'a key found after it was deleted': [
    op('set 1', 0, 1),
    op('del', 2, 3),
    op('exists', 4, 5, { found: true }),
  ],
  'a previous value that was not': [
    op('set 1', 0, 1),
    op('set 2 GET', 2, 3, { applied: true, previous: null }),
  ],
};

const GOOD: Record<string, HistoryOp[]> = {
  nothing: [],
  'an absent key': [op('get', 0, 1, saw(null)), op('del', 2, 3, NO), op('cas 1 2', 4, 5, NO)],
  'an unknown write that comes late': [
    op('set 1', 0, 1),
    op('set 2', 2, 3, {}, UNKNOWN),
    op('get', 4, 5, saw('1')),
    op('set 3', 6, 7),
    op('get', 8, 9, saw('2')),
  ],
  'an unknown write that never comes': [
    op('set 1', 0, 1),
    op('set 2', 2, 3, {}, UNKNOWN),
    op('get', 4, 5, saw('1')),
  ],
  'unknown increments, some of them': [
    op('incr', 0, 1, {}, UNKNOWN),
    op('incr', 0, 1, {}, UNKNOWN),
    op('incr', 0, 1, {}, UNKNOWN),
    op('get', 2, 3, saw('1')),
    op('incr', 4, 5, saw('4')),
  ],
  'unknown appends in either order': [
    op('append a', 0, 1, {}, UNKNOWN),
    op('append b', 0, 1, {}, UNKNOWN),
    op('append c', 2, 3, { length: 3 }),
    op('get', 4, 5, saw('bac')),
  ],
  'everything at once': [
    op('set 1', 0, 9),
    op('set 2', 0, 9),
    op('get', 0, 9, saw('2')),
    op('get', 0, 9, saw('1')),
    op('get', 0, 9, saw(null)),
    op('cas 2 3', 0, 9, YES),
    op('incr', 0, 9, saw('4')),
    op('del', 0, 9, YES),
  ],
  'a write seen before it returned': [op('set 1', 0, 9), op('get', 1, 2, saw('1'))],
  'the same instant, in either order': [op('get', 0, 5, saw('1')), op('set 1', 5, 6)],
  'an unknown compare-and-set in a chain': [
    op('set 1', 0, 1),
    op('cas 1 2', 2, 3, {}, UNKNOWN),
    op('cas 2 3', 4, 5, YES),
    op('get', 6, 7, saw('3')),
  ],
  'an unknown deletion': [
    op('set 1', 0, 1),
    op('del', 2, 3, {}, UNKNOWN),
    op('set 2 NX', 4, 5, YES),
  ],
  'answers without a word': [op('set 1', 0, 1), op('append 2', 2, 3), op('get', 4, 5, saw('12'))],
  'an increment of what is no number': [
    op('set x', 0, 1),
    op('incr', 2, 3, { code: 'NOT_INTEGER' }, REFUSED),
  ],
  'numbers of 64 bits': [
    op('set 9223372036854775806', 0, 1),
    op('incr', 2, 3, saw('9223372036854775807')),
    op('incr', 4, 5, { code: 'OVERFLOW' }, REFUSED),
    op('incr -9223372036854775807', 6, 7, saw('0')),
  ],
  'parts of many-key commands': [op('mset 1', 0, 1), op('mget', 2, 3, saw('1')), op('mdel', 4, 5)],
};

/** Lines of many-key commands as the command for one key. */
const asSingle = (line: HistoryOp): HistoryOp => ({ ...line, op: line.op.replace(/^m/, '') });

const SMALL = { operations: 100, clients: 4, keys: 2, unknownPerMille: 60, seed: 1, values: 0 };

const ANSWERS = [YES, NO, saw(null), saw('1'), saw('2'), { length: 1 }, { length: 2 }, {}];

/** Any line on one key: few values and short times, so that answers fit now and then. */
const LINE = fc
  .record({
    line: fc.constantFrom(
      'get',
      'get',
      'get',
      'set 1',
      'set 2',
      'set 3 NX',
      'cas 1 2',
      'cas 2 1',
      'cad 2',
      'incr',
      'append 1',
      'del',
    ),
    call: fc.nat({ max: 12 }),
    takes: fc.nat({ max: 8 }),
    result: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'refused'),
    applied: fc.boolean(),
    value: fc.constantFrom(null, '1', '1', '2', '2', '3', '11'),
  })
  .map(({ line, call, takes, result, applied, value }): HistoryOp => {
    const name = line.split(' ')[0] as string;
    const out =
      name === 'append'
        ? { length: value?.length ?? 1 }
        : name === 'get'
          ? { value }
          : name === 'incr'
            ? { value: value ?? '1' }
            : { applied };
    return op(line, call, call + takes, out, { result: result as HistoryOp['result'] });
  });

const partOf = (history: readonly HistoryOp[]): Violation => {
  const verdict = checkHistory(history);
  if (verdict.kind !== 'violation') throw new Error(`${verdict.kind} instead of a violation`);
  return verdict.violations[0] as Violation;
};

describe('a bad history is rejected', () => {
  for (const [name, history] of Object.entries(BAD)) {
    it(name, () => {
      expect(checkHistory(history).kind).toBe('violation');
      expect(bruteForce(history)).toBe(false);
    });
  }
});

describe('a good history is accepted', () => {
  for (const [name, history] of Object.entries(GOOD)) {
    it(name, () => {
      expect(checkHistory(history).kind).toBe('linearizable');
      // The oracle counts in plain numbers.
      if (!name.includes('64 bits')) expect(bruteForce(history.map(asSingle))).toBe(true);
    });
  }
});

describe('keys', () => {
  it('are checked apart, and the bad one is named', () => {
    const verdict = checkHistory([
      op('set 1', 0, 1, YES, { key: 'a' }),
      op('get', 2, 3, saw('1'), { key: 'a' }),
      op('get', 2, 3, saw('1'), { key: 'b' }),
    ]);
    expect(verdict).toMatchObject({ kind: 'violation', operations: 3, keys: 2, undecided: [] });
    expect(verdict.kind === 'violation' && verdict.violations.map(({ key }) => key)).toEqual(['b']);
  });

  it('are undecided when they are told to stop, and never called linearizable', () => {
    const values = 2;
    const ops = generateHistory({ ...SMALL, operations: 2000, keys: 1, values, seed: 4 });
    const asked: number[] = [];
    const verdict = checkHistory(ops, {
      shouldStop: (key, steps) => {
        expect(key).toBe('k0');
        asked.push(steps);
        return steps > 0;
      },
    });
    expect(verdict).toMatchObject({ kind: 'undecided', undecided: ['k0'] });
    expect(asked).toEqual([0, 256]);
  });

  it('a violation elsewhere stands beside an undecided key', () => {
    const ops = generateHistory({ ...SMALL, operations: 2000, keys: 1, values: 2, seed: 4 });
    const verdict = checkHistory([...ops, op('get', 0, 1, saw('9'), { key: 'b' })], {
      shouldStop: (_, steps) => steps > 0,
    });
    expect(verdict).toMatchObject({ kind: 'violation', undecided: ['k0'] });
  });
});

describe('the smallest part', () => {
  it('is the stale read, with the two writes it contradicts', () => {
    const before = generateHistory({ ...SMALL, operations: 300, keys: 1, mix: ['get', 'set'] });
    const end = Math.max(...before.map((line) => line.return)) + 1;
    const late = (line: string, at: number, out = {}) => op(line, end + at, end + at + 1, out);
    const stale = [late('set old', 0), late('set new', 2), late('get', 9, saw('old'))];
    const noise = [late('get', 4, saw('new')), late('get', 6, saw('new'))];
    const all = [...before.map((line) => ({ ...line, key: 'k' })), ...noise, ...stale];
    const { part } = partOf(all);
    expect(part.length).toBeLessThanOrEqual(3);
    expect(part).toContainEqual(stale[2]);
    expect(bruteForce(part)).toBe(false);
  });

  it('is a read alone when nobody wrote what it saw', () => {
    const wrong = op('get', 50, 51, saw('never'));
    const ops = [op('set 1', 0, 1), op('set 2', 2, 3), wrong, op('set 3', 60, 61)];
    expect(partOf(ops)).toEqual({ key: 'k', part: [wrong], at: 51 });
  });

  it('has nothing in it that could be left out', () => {
    for (let seed = 0; seed < 16; seed += 1) {
      const { part } = partOf(spoiled(seed, 400));
      expect(part.length).toBeLessThanOrEqual(8);
      expect(bruteForce(part)).toBe(false);
    }
  });
});

/** A right history of one key with one answer of a read made impossible. */
function spoiled(seed: number, operations: number): HistoryOp[] {
  const ops = generateHistory({ ...SMALL, operations, keys: 1, seed });
  const reads = ops.flatMap((line, at) => (line.op === 'get' && line.result === 'ok' ? [at] : []));
  const at = reads[seed % reads.length] as number;
  const earlier = ops[reads[0] as number] as HistoryOp;
  const value = seed % 2 === 0 || at === reads[0] ? 'never written' : `${earlier.out.value}!`;
  return ops.map((line, index) => (index === at ? { ...line, out: { value } } : line));
}

describe('properties', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 31 });

  it('accepts whatever a right store could have answered', () => {
    const clients = fc.integer({ min: 1, max: 12 });
    const values = fc.integer({ min: 0, max: 3 });
    const mix = fc.subarray(FULL_MIX, { minLength: 2 });
    fc.assert(
      fc.property(seed, clients, values, mix, (seed, clients, values, mix) => {
        const ops = generateHistory({ ...SMALL, operations: 120, seed, clients, values, mix });
        expect(checkHistory(ops).kind).toBe('linearizable');
      }),
      { numRuns: 300 },
    );
  });

  it('rejects it with one answer made impossible', () => {
    fc.assert(
      fc.property(seed, (seed) => {
        expect(checkHistory(spoiled(seed, 100)).kind).toBe('violation');
      }),
      { numRuns: 50 },
    );
  });

  it('agrees with the definition on tiny histories', () => {
    let good = 0;
    let bad = 0;
    fc.assert(
      fc.property(fc.array(LINE, { minLength: 1, maxLength: 6 }), (ops) => {
        const right = bruteForce(ops);
        const verdict = checkHistory(ops);
        expect(verdict.kind).toBe(right ? 'linearizable' : 'violation');
        if (verdict.kind === 'violation') {
          expect(bruteForce(verdict.violations[0]?.part as HistoryOp[])).toBe(false);
          bad += 1;
        } else good += 1;
      }),
      { numRuns: 4000 },
    );
    expect(Math.min(good, bad)).toBeGreaterThan(400);
  });

  it('agrees with the definition on right histories with a changed answer', () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: 6 }), fc.constantFrom(...ANSWERS), (seed, at, out) => {
        const ops = generateHistory({ ...SMALL, operations: 7, keys: 1, values: 2, seed });
        const changed = ops.map((line, index) =>
          index === at && line.result === 'ok' ? { ...line, out } : line,
        );
        const right = bruteForce(changed);
        expect(checkHistory(changed).kind).toBe(right ? 'linearizable' : 'violation');
      }),
      { numRuns: 3000 },
    );
  });
});
