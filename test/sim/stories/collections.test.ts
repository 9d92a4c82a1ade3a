/** Stories of hashes that are gone: what is cleaned up behind them, whatever comes in between. */
import { describe, expect, it, vi } from 'vitest';
import type { CleanUpStep } from '../node/clean-up.js';
import { command } from './caller.js';
import { BUSY_MACHINE_MS, eachDraw, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const FIELDS = 12;
const fields = Array.from({ length: FIELDS }, (_, at) => [`f${at}`, `v${at}`]).flat();

/** Waits until nothing is left to be cleaned up on a node. */
const cleaned = (stage: Stage, id: number): Promise<void> =>
  stage.until('its store is clean', () => stage.node(id).look().problem === null);

describe('a node that dies in the midst of a clean-up', () => {
  it('has nothing left of the hash when it has started again', () =>
    eachDraw(6, async (draw) => {
      let slices = 0;
      const onCleanUp = (_: number, step: CleanUpStep): void => {
        if (step === 'a slice is cleaned up') slices++;
      };
      const stage = await Stage.open({ nodes: 1, draw, watcher: { onCleanUp } });
      await stage.ask(command('hset', 'h', ...fields), stage.node(1), stage.stamp());
      await stage.pass(2_000);
      await stage.ask(command('del', 'h'), stage.node(1), stage.stamp());
      await stage.until('it cleans up', () => slices === 1 + (draw % 3));
      if (draw % 2 === 0) stage.cutPower(1);
      else stage.kill(1);
      await stage.start(1);
      await stage.rest();
      await cleaned(stage, 1);
      expect(stage.node(1).look()).toEqual({ problem: null, collections: 0 });
    }));

  it('keeps the hash that was made again under its name', () =>
    eachDraw(3, async (draw) => {
      let slices = 0;
      const onCleanUp = (_: number, step: CleanUpStep): void => {
        if (step === 'a slice is cleaned up') slices++;
      };
      const stage = await Stage.open({ nodes: 1, draw, watcher: { onCleanUp } });
      await stage.ask(command('hset', 'h', ...fields), stage.node(1), stage.stamp());
      await stage.pass(2_000);
      await stage.ask(command('del', 'h'), stage.node(1), stage.stamp());
      await stage.ask(command('hset', 'h', ...fields), stage.node(1), stage.stamp());
      await stage.until('it cleans up', () => slices === draw);
      stage.kill(1);
      await stage.start(1);
      await stage.pass(2_000);
      await cleaned(stage, 1);
      expect(await stage.ask(command('hlen', 'h'))).toBe(String(FIELDS));
      await stage.until('it is stored, whole', () => {
        const { problem, collections } = stage.node(1).look();
        return problem === null && collections === 1;
      });
    }));
});
