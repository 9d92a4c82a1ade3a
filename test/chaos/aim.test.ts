/** Whom a planned fault meets, and which links it takes. */
import { describe, expect, it } from 'vitest';
import { describeFault, faultOf, nodesOf, victimOf } from '../../src/chaos/aim.js';
import type { PlannedFault, Plot } from '../../src/chaos/schedule.js';

const NODES = [1, 2, 3];
const planned = (plot: Plot, change: Partial<PlannedFault> = {}): PlannedFault => ({
  atMs: 0,
  forMs: 700,
  aim: { kind: 'node', index: 1 },
  other: 0,
  wide: false,
  plot,
  ...change,
});
const KILL: Plot = { kind: 'kill' };
const scene = (out: readonly number[] = [], leaders: readonly number[] = []) => ({
  nodes: NODES,
  leaders,
  out: new Set(out),
});

describe('victimOf', () => {
  it('is the node, or the leader, that is meant', () => {
    expect(victimOf(planned(KILL), scene())).toBe(2);
    const aim = { kind: 'leader', index: 4 } as const;
    expect(victimOf(planned(KILL, { aim }), scene([], [3, 3, 1]))).toBe(3);
    expect(victimOf(planned(KILL, { aim }), scene())).toBe(2);
  });

  it('is one that is out already when another would cost a majority', () => {
    expect(victimOf(planned(KILL), scene([3]))).toBe(3);
    expect(victimOf(planned({ kind: 'slow-disk', delayMs: null }), scene([3]))).toBe(3);
    const five = { nodes: [1, 2, 3, 4, 5], leaders: [], out: new Set([3]) };
    expect(victimOf(planned(KILL), five)).toBe(2);
  });

  it('may cost a majority when it is wide, or takes nobody out', () => {
    expect(victimOf(planned(KILL, { wide: true }), scene([3]))).toBe(2);
    expect(victimOf(planned({ kind: 'clock', offsetMs: 5 }), scene([3]))).toBe(2);
    expect(victimOf(planned({ kind: 'slow-disk', delayMs: 9 }), scene([3]))).toBe(2);
    const pair: Plot = { kind: 'partition', shape: 'pair', clog: false };
    expect(victimOf(planned(pair), scene([3]))).toBe(2);
  });
});

describe('faultOf', () => {
  const links = (plot: Plot, other = 0): string => {
    const fault = faultOf(planned(plot, { other }), 2, NODES);
    if (!('links' in fault)) return expect.fail('no links');
    return fault.links.map(({ from, to }) => `${from}>${to}`).join(' ');
  };
  const cut = (shape: 'isolate' | 'mute' | 'deaf' | 'pair' | 'one-way', other = 0): string =>
    links({ kind: 'partition', shape, clog: false }, other);

  it('takes the links of its shape', () => {
    expect(cut('isolate')).toBe('1>2 2>1 2>3 3>2');
    expect(cut('mute')).toBe('2>1 2>3');
    expect(cut('deaf')).toBe('1>2 3>2');
    expect(cut('pair')).toBe('2>1 1>2');
    expect(cut('pair', 1)).toBe('2>3 3>2');
    expect(cut('one-way', 3)).toBe('2>3');
    expect(links({ kind: 'delay', everywhere: false, delayMs: 5 })).toBe('1>2 2>1 2>3 3>2');
    expect(links({ kind: 'delay', everywhere: true, delayMs: 5 }).split(' ')).toHaveLength(6);
  });

  it.each<[Plot, string, number[]]>([
    [KILL, 'node 2 killed, down for 700 ms', [2]],
    [{ kind: 'pause' }, 'node 2 paused for 700 ms', [2]],
    [{ kind: 'partition', shape: 'mute', clog: true }, 'clogged for 700 ms: 2>1 2>3', [2]],
    [{ kind: 'partition', shape: 'pair', clog: false }, 'cut for 700 ms: 2>1 1>2', [2, 1]],
    [
      { kind: 'delay', everywhere: false, delayMs: 5 },
      '5 ms late for 700 ms: 1>2 2>1 2>3 3>2',
      [2],
    ],
    [{ kind: 'slow-disk', delayMs: null }, 'disk of node 2 hangs for 700 ms', [2]],
    [{ kind: 'slow-disk', delayMs: 9 }, 'disk of node 2 takes 9 ms more for 700 ms', [2]],
    [{ kind: 'clock', offsetMs: -60 }, 'clock of node 2 off by -60 ms for 700 ms', [2]],
  ])('%j is told in words, and whom it means', (plot, words, nodes) => {
    const fault = faultOf(planned(plot), 2, NODES);
    expect(describeFault(fault)).toBe(words);
    expect(nodesOf(fault)).toEqual(nodes);
  });
});
