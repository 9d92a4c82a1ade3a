/** Anomalies by hand, one per name, and whole histories that a right store could have given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrng } from '../../src/base/prng.js';
import type { HistoryResult } from '../../src/verify/history.js';
import {
  type Anomaly,
  checkListAppend,
  describeAnomaly,
  type ListStep,
  type ListTransaction,
} from '../../src/verify/list-append.js';

/** `a x1` appends 1 to x; `r x 1 2` reads [1 2] from it; `r x ?` what is not known. */
function steps(text: string): ListStep[] {
  return text.split(', ').map((part) => {
    const [kind, key = '', ...words] = part.split(' ');
    if (kind === 'a') return { kind: 'append', key, element: words[0] as string };
    return { kind: 'read', key, list: words[0] === '?' ? null : words };
  });
}

/** Transactions that all overlap, unless times are given. */
const T = (
  text: string,
  result: HistoryResult = 'ok',
  [call, end]: readonly [number, number] = [0, 100],
): ListTransaction => ({ client: 1, call, return: end, result, steps: steps(text) });

const namesOf = (anomalies: readonly Anomaly[]): string[] => anomalies.map(({ name }) => name);
const check = (...history: ListTransaction[]) => namesOf(checkListAppend(history).anomalies);
const checkInTime = (...history: ListTransaction[]) =>
  namesOf(checkListAppend(history, { realTime: true }).anomalies);

describe('single reads', () => {
  it('G1a: an element that was refused', () => {
    expect(check(T('a x 1', 'refused'), T('r x 1'))).toEqual(['G1a']);
  });

  it('G1b: a list in the midst of a transaction', () => {
    expect(check(T('a x 1, a x 2'), T('r x 1'))).toContain('G1b');
    expect(check(T('a x 1, a x 2'), T('r x 1 2'))).toEqual([]);
  });

  it('internal: not what it had read and appended itself', () => {
    expect(check(T('r x, a x 1, r x'))).toEqual(['internal']);
    expect(check(T('a x 1, r x'))).toEqual(['internal']);
    expect(check(T('a x 1, r x 1'), T('r x'))).toEqual([]);
    expect(check(T('a x 1'), T('r x 1, a x 2, r x 1 2'))).toEqual([]);
  });

  it('lists of which neither begins with the other', () => {
    expect(check(T('a x 1'), T('a x 2'), T('r x 1'), T('r x 2'))).toContain('incompatible-order');
    expect(check(T('a x 1'), T('a x 2'), T('r x 1 2'), T('r x 2'))).toContain('incompatible-order');
  });

  it('an element twice, or from nobody', () => {
    expect(check(T('a x 1'), T('r x 1 1'))).toContain('duplicate-element');
    expect(check(T('a y 1'), T('r x 1'))).toContain('unknown-element');
  });
});

describe('cycles', () => {
  it('G0: writes in one order here, in the other there', () => {
    const seen = T('r x 1 2, r y 2 1');
    expect(check(T('a x 1, a y 1'), T('a x 2, a y 2'), seen)).toEqual(['G0']);
  });

  it('G1c: each saw the other', () => {
    expect(check(T('a x 1, r y 1'), T('a y 1, r x 1'))).toEqual(['G1c']);
  });

  it('G-single: half of a transaction seen', () => {
    expect(check(T('a x 1, a y 1'), T('r x, r y 1'), T('r x 1'))).toEqual(['G-single']);
    // A lost update: both read the same and appended.
    expect(check(T('r x, a x 1'), T('r x, a x 2'), T('r x 1 2'))).toContain('G-single');
  });

  it('G2: each did not see the other', () => {
    expect(check(T('r x, a y 1'), T('r y, a x 1'), T('r x 1'), T('r y 1'))).toEqual(['G2']);
    // Nobody read the elements afterwards, but both transactions say they ran.
    expect(check(T('r x, a y 1'), T('r y, a x 1'))).toEqual(['G2']);
  });

  it('in real time: a write that had returned was not seen', () => {
    const history = [T('a x 1', 'ok', [0, 1]), T('r x', 'ok', [2, 3]), T('r x 1', 'ok', [2, 3])];
    expect(check(...history)).toEqual([]);
    expect(checkInTime(...history)).toEqual(['G-single']);
    const { anomalies } = checkListAppend(history, { realTime: true });
    expect(anomalies[0]).toMatchObject({ kind: 'cycle', realTime: true });
  });

  it('at the same instant nothing comes before anything', () => {
    expect(checkInTime(T('a x 1', 'ok', [0, 2]), T('r x', 'ok', [2, 3]))).toEqual([]);
  });

  it('is told with its transactions and why one comes before the other', () => {
    const { anomalies } = checkListAppend([T('a x 1, r y 1'), T('a y 1, r x 1')]);
    const text = describeAnomaly(anomalies[0] as Anomaly);
    expect(text).toContain('G1c');
    expect(text).toContain('client 1 at 0: append x 1, read y [1]');
    expect(text).toContain('wr (x: saw 1)');
    const [aborted] = checkListAppend([T('a x 1', 'refused'), T('r x 1')]).anomalies;
    expect(describeAnomaly(aborted as Anomaly)).toContain('G1a on x: 1 was refused');
  });
});

describe('unknown outcomes', () => {
  it('count once somebody saw them, and bind nothing before', () => {
    expect(check(T('a x 1', 'unknown'), T('r x'))).toEqual([]);
    expect(check(T('a x 1', 'unknown'), T('r x 1'), T('r x'))).toEqual([]);
    expect(check(T('a x 1, a y 1', 'unknown'), T('r x, r y 1'), T('r x 1'))).toEqual(['G-single']);
  });

  it('may come any time after their call', () => {
    const late = T('a x 1', 'unknown', [0, 1]);
    expect(checkInTime(late, T('r x', 'ok', [2, 3]), T('r x 1', 'ok', [4, 5]))).toEqual([]);
    const early = T('a x 1', 'unknown', [6, 7]);
    expect(checkInTime(T('r x 1', 'ok', [2, 3]), early)).toEqual(['G1c']);
  });

  it('of a read are no read', () => {
    expect(check(T('r x ?'), T('r x 9', 'unknown'))).toEqual([]);
  });
});

it('refuses a history whose elements are not unique', () => {
  expect(() => check(T('a x 1'), T('a x 1'))).toThrow('appended twice');
});

/** A store that runs each transaction at one instant between its call and its return. */
function serial(seed: number, count: number): ListTransaction[] {
  const prng = createPrng(seed);
  const plans = Array.from({ length: count }, (_, client) => {
    const call = prng.below(count * 4);
    const end = call + 1 + prng.below(20);
    const point = call + (end - call) * (prng.below(1000) / 1000);
    const result: HistoryResult = (['ok', 'ok', 'ok', 'ok', 'unknown', 'refused'] as const)[
      prng.below(6)
    ] as HistoryResult;
    const kinds = Array.from({ length: 1 + prng.below(4) }, () => ({
      append: prng.below(2) === 0,
      key: 'xyz'[prng.below(3)] as string,
    }));
    const runs = result === 'ok' || (result === 'unknown' && prng.below(2) === 0);
    return { client, call, end, point, result, kinds, runs };
  });
  const lists = new Map<string, string[]>();
  let elements = 0;
  const ran = [...plans].sort((a, b) => a.point - b.point);
  const done = new Map(
    ran.map((plan) => {
      const own: ListStep[] = plan.kinds.map(({ append, key }) => {
        elements += 1;
        const list = lists.get(key) ?? [];
        if (!append) return { kind: 'read', key, list: [...list] };
        if (plan.runs) lists.set(key, [...list, String(elements)]);
        return { kind: 'append', key, element: String(elements) };
      });
      return [plan.client, own];
    }),
  );
  return plans.map(({ client, call, end, result }) => {
    return { client, call, return: end, result, steps: done.get(client) as ListStep[] };
  });
}

describe('properties', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 31 });

  it('a right store is never accused', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 60 }), (seed, count) => {
        expect(checkListAppend(serial(seed, count), { realTime: true }).anomalies).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('a read that misses what had returned is found', () => {
    let found = 0;
    fc.assert(
      fc.property(seed, (seed) => {
        const history = serial(seed, 40);
        const at = history.findLastIndex(({ result, steps: [first] }) => {
          return result === 'ok' && first?.kind === 'read' && (first.list?.length ?? 0) > 0;
        });
        const victim = history[at] as ListTransaction | undefined;
        const read = victim?.steps[0];
        if (victim === undefined || read?.kind !== 'read') return;
        const early = history.some(
          ({ result, return: end, steps }) =>
            result === 'ok' &&
            end < victim.call &&
            steps.some((step) => step.kind === 'append' && step.key === read.key),
        );
        if (!early) return;
        found += 1;
        const spoiled = [{ ...read, list: [] }, ...victim.steps.slice(1)];
        const bad = history.with(at, { ...victim, steps: spoiled });
        expect(checkListAppend(bad, { realTime: true }).anomalies).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(50);
  });
});
