/** The plan of a run: from a seed alone, inside its time, of the kinds asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Plot, planFaults } from '../../src/chaos/schedule.js';
import { FAULT_KINDS, type FaultKind } from '../../src/launcher/fault-types.js';

const ALL: ReadonlyMap<FaultKind, number> = new Map(FAULT_KINDS.map((kind) => [kind, 5]));

/** What of a fault is a choice among few. */
function shapeOf(plot: Plot): string {
  switch (plot.kind) {
    case 'partition':
      return `partition ${plot.shape} ${plot.clog}`;
    case 'delay':
      return `delay ${plot.everywhere}`;
    case 'slow-disk':
      return `slow-disk ${plot.delayMs === null}`;
    case 'clock':
      return `clock ${plot.offsetMs}`;
    case 'kill':
    case 'pause':
      return plot.kind;
  }
}

describe('planFaults', () => {
  it('gives the same plan for the same seed, another for another', () => {
    expect(planFaults(7, 60_000, ALL)).toEqual(planFaults(7, 60_000, ALL));
    expect(planFaults(7, 60_000, ALL)).not.toEqual(planFaults(8, 60_000, ALL));
  });

  it('keeps every fault inside the time, after a first second of peace, in order', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 120_000 }), (seed, durationMs) => {
        const plan = planFaults(seed, durationMs, ALL);
        let before = 1_000;
        for (const { atMs, forMs } of plan) {
          expect(atMs).toBeGreaterThanOrEqual(before);
          expect(forMs).toBeGreaterThanOrEqual(100);
          expect(atMs + forMs).toBeLessThanOrEqual(durationMs - 500);
          before = atMs;
        }
      }),
    );
  });

  it('keeps to the rates, on the long run', () => {
    const rates = new Map<FaultKind, number>([
      ['kill', 40],
      ['clock', 20],
    ]);
    const plan = planFaults(3, 60 * 60_000, rates);
    const count = (kind: FaultKind): number =>
      plan.filter(({ plot }) => plot.kind === kind).length / 60;
    expect(count('kill')).toBeCloseTo(40, -1);
    expect(count('clock')).toBeCloseTo(20, -1);
    expect(plan.every(({ plot }) => plot.kind === 'kill' || plot.kind === 'clock')).toBe(true);
  });

  it('has enough faults for a verdict in a short run too, whatever the seed', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(planFaults(seed, 10_000, ALL).length).toBeGreaterThanOrEqual(3);
      }),
    );
  });

  it('draws every shape of every fault, aims at leaders and nodes', () => {
    const plan = planFaults(1, 60 * 60_000, ALL);
    const shapes = new Set(plan.map(({ plot }) => shapeOf(plot)));
    expect(shapes.size).toBe(2 + 5 * 2 + 2 + 2 + 8);
    expect(new Set(plan.map(({ aim }) => aim.kind)).size).toBe(2);
    for (const { wide, forMs } of plan) if (wide) expect(forMs).toBeLessThanOrEqual(1_500);
  });

  it('is empty when there is no time or no rate', () => {
    expect(planFaults(1, 1_000, ALL)).toEqual([]);
    expect(planFaults(1, 60_000, new Map())).toEqual([]);
  });
});
