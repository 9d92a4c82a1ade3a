/** Stories of the store below a node: rows that rot, batches that are lost, flushes cut in two. */
import { describe, expect, it, vi } from 'vitest';
import { command } from './caller.js';
import { BUSY_MACHINE_MS, eachDraw, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const FLUSHED_MS = 1_500;
const VALUE = 'a value that is long enough to be hit '.repeat(20);

describe('a stored row that rots', () => {
  it('is never given to a reader', () =>
    eachDraw(3, async (draw) => {
      const stage = await Stage.open({ draw });
      await stage.set('rotten', VALUE);
      await stage.pass(FLUSHED_MS);
      stage.kill(2);
      const { store } = stage.node(2);
      expect(store.rotAny((key) => key.endsWith('rotten'))).not.toBeNull();
      await stage.start(2);
      await stage.rest();
      // The first one may still be answered by the leader.
      for (let read = 1; read <= 3; read++) {
        const given = await stage.get('rotten', stage.node(2));
        expect(given === VALUE, 'what was written is what is given').toBe(true);
      }
    }));
});

describe('a node killed right after a batch of its store', () => {
  it('holds what the others hold when it has caught up', () =>
    eachDraw(4, async (draw) => {
      const stage = await Stage.open({ draw });
      const { store } = stage.node(2);
      for (let i = 1; i <= 5; i++)
        await stage.ask(command('incr', 'n', '1'), stage.node(1), stage.stamp());
      const { batches } = store.counts;
      await stage.until('a batch is written', () => store.counts.batches > batches);
      stage.kill(2);
      await stage.start(2);
      await stage.ask(command('incr', 'n', '1'), stage.node(1), stage.stamp());
      await stage.rest();
      expect(await stage.get('n', stage.node(2))).toBe('6');
    }));
});

describe('a node whose store has not finished a flush when the power goes', () => {
  it('has everything that was acknowledged', () =>
    eachDraw(6, async (draw) => {
      const options = { logBytesPerGroup: 1024, flushAgeMs: 200 };
      const stage = await Stage.open({ nodes: 1, draw, options });
      // What its birth wrote is flushed; the next flush is the one that hangs.
      await stage.pass(FLUSHED_MS);
      stage.node(1).store.hang(true);
      for (let i = 1; i <= 9; i++) {
        await stage.set(`k${i}`, VALUE);
        await stage.pass(100);
      }
      stage.cutPower(1);
      stage.node(1).store.hang(false);
      await stage.start(1);
      for (let i = 1; i <= 9; i++) expect(await stage.get(`k${i}`)).toBe(VALUE);
    }));
});
