import { describe, expect, it } from 'vitest';
import { type LogIndex, logIndex, type MonoMs, term } from '../../src/base/ids.js';
import type { AppliedEntry, CommittedEntry, Machine } from '../../src/machine/types.js';
import { Applier } from '../../src/replica/applier.js';

interface Setup {
  readonly log: string[];
  readonly applier: Applier;
  readonly entries: Map<number, CommittedEntry>;
  loading: (() => void) | null;
  saturated: boolean;
  now: number;
}

const EMPTY: AppliedEntry = { outcomes: [], payload: null };

function setup(loads: (index: number) => boolean = () => false): Setup {
  const state: Setup = {
    log: [],
    entries: new Map(),
    loading: null,
    saturated: false,
    now: 0,
    applier: undefined as never,
  };
  for (let i = 11; i <= 20; i++) {
    const entry = {
      index: logIndex(i),
      term: term(1),
      kind: 'normal' as const,
      bytes: new Uint8Array(1),
    };
    state.entries.set(i, entry);
  }
  const machine = {
    prefetch(entry: CommittedEntry) {
      if (!loads(entry.index)) return undefined;
      state.log.push(`load ${entry.index}`);
      return new Promise<void>((resolve) => {
        state.loading = resolve;
      });
    },
    apply(entry: CommittedEntry) {
      state.log.push(`apply ${entry.index}`);
      return EMPTY;
    },
  } as unknown as Machine;
  const applier = new Applier(
    {
      machine: () => machine,
      entry: (index) => state.entries.get(index),
      fetch: (from, to) => state.log.push(`fetch ${from}-${to}`),
      saturated: () => state.saturated,
      monotonic: () => state.now as MonoMs,
      onEntry: () => undefined,
      onRun: (applied) => state.log.push(`run to ${applied}`),
      again: () => state.log.push('again'),
      fail: (error) => state.log.push(String(error)),
    },
    { runCommands: 4, runMs: 2 },
    logIndex(10),
  );
  return Object.assign(state, { applier });
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const to = (index: number): LogIndex => logIndex(index);

describe('applying in order', () => {
  it('a run ends after so many commands and is asked to go on', () => {
    const { applier, log } = setup();
    applier.onCommitted(to(16));
    applier.run();
    expect(log).toEqual(['apply 11', 'apply 12', 'apply 13', 'apply 14', 'again', 'run to 14']);
    applier.run();
    expect(applier.applied).toBe(16);
  });

  it('waits for rows to be loaded, and nothing is applied meanwhile', async () => {
    const state = setup((index) => index === 12);
    state.applier.onCommitted(to(13));
    state.applier.run();
    state.applier.run();
    expect(state.log).toEqual(['apply 11', 'load 12', 'run to 11']);
    state.loading?.();
    await settle();
    expect(state.applier.applied).toBe(13);
  });

  it('a snapshot that comes while rows are loaded wins: the old entry is not applied', async () => {
    const state = setup((index) => index === 11);
    state.applier.onCommitted(to(12));
    state.applier.run();
    state.applier.pause();
    state.applier.restart(to(15));
    state.loading?.();
    await settle();
    expect(state.log).toEqual(['load 11']);
    state.applier.onCommitted(to(16));
    state.applier.run();
    expect(state.log).toEqual(['load 11', 'apply 16', 'run to 16']);
  });

  it('entries that are no longer in memory come from the log, once', () => {
    const state = setup();
    state.entries.delete(12);
    state.applier.onCommitted(to(14));
    state.applier.run();
    state.applier.run();
    expect(state.log).toEqual(['apply 11', 'fetch 12-14', 'run to 11']);
  });

  it('a full overlay makes it wait', () => {
    const state = setup();
    state.saturated = true;
    state.applier.onCommitted(to(12));
    state.applier.run();
    expect(state.log).toEqual([]);
    state.saturated = false;
    state.applier.run();
    expect(state.applier.applied).toBe(12);
  });

  it('commit and applied never go back', () => {
    const { applier } = setup();
    applier.onCommitted(to(14));
    expect(() => applier.onCommitted(to(13))).toThrow(/goes back/);
    applier.run();
    expect(() => applier.restart(to(11))).toThrow(/goes back/);
  });
});
