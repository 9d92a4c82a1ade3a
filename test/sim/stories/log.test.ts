/**
 * Stories of the log on one node: what was acknowledged is there whatever moment the power goes at,
 * nothing that was not written is, and the node starts.
 */
import { describe, expect, it, vi } from 'vitest';
import { command } from './caller.js';
import { BUSY_MACHINE_MS, eachDraw, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const SIX_KB = 6 * 1024;

describe('a node whose power goes', () => {
  it('with the answer to a write on its way keeps the write', () =>
    eachDraw(6, async (draw) => {
      const stage = await Stage.open({ nodes: 1, draw });
      await stage.set('k', 'one');
      stage.slowDisk(1);
      await stage.set('k', 'two');
      stage.cutPower(1);
      await stage.start(1);
      expect(await stage.get('k')).toBe('two');
    }));

  it('keeps the write where a write is no sync and fdatasync has to come', () =>
    eachDraw(6, async (draw) => {
      const stage = await Stage.open({
        nodes: 1,
        draw,
        before: (dark) => {
          dark.node(1).disk.durableWrites = false;
        },
      });
      await stage.set('k', 'one');
      await stage.set('k', 'two');
      stage.cutPower(1);
      await stage.start(1);
      expect(await stage.get('k')).toBe('two');
    }));

  it('in the middle of a write shows all of it or none', () =>
    eachDraw(6, async (draw) => {
      const stage = await Stage.open({ nodes: 1, draw });
      const [before, after] = ['1'.repeat(SIX_KB), '2'.repeat(SIX_KB)];
      await stage.set('k', before);
      stage.slowDisk(1);
      stage.begin(command('set', 'k', after), stage.node(1), stage.stamp());
      await stage.until('the write is under way', () => {
        return (stage.segments(1).at(-1)?.unsynced.length ?? 0) > 0;
      });
      stage.cutPower(1);
      await stage.start(1);
      expect([before, after]).toContain(await stage.get('k'));
    }));

  it('just after a segment was made keeps what is in it', () =>
    eachDraw(6, async (draw) => {
      const stage = await Stage.open({ nodes: 1, draw });
      const segments = stage.segments(1).length;
      let last = 0;
      while (stage.segments(1).length === segments) {
        await stage.set('k', `${++last}`.padEnd(1000, '.'));
      }
      stage.cutPower(1);
      await stage.start(1);
      expect(await stage.get('k')).toBe(`${last}`.padEnd(1000, '.'));
    }));

  it('after a sync had failed takes nothing back that it showed in between', () =>
    eachDraw(4, async (draw) => {
      const stage = await Stage.open({
        nodes: 1,
        draw,
        before: (dark) => {
          dark.node(1).disk.durableWrites = false;
          dark.node(1).mayEndBy.add('STORAGE_FAILED');
        },
      });
      await stage.set('k', 'one');
      const { disk } = stage.node(1);
      stage.slowDisk(1);
      stage.begin(command('set', 'k', 'two'), stage.node(1), stage.stamp());
      await stage.until('the write is under way', () => {
        return (stage.segments(1).at(-1)?.unsynced.length ?? 0) > 0;
      });
      // The system tells of it once, and counts the pages as clean from then on.
      disk.mood.fails = true;
      await stage.until('the node has ended', () => !stage.node(1).up);
      await stage.start(1);
      const shown = await stage.get('k');
      stage.cutPower(1);
      await stage.start(1);
      expect(await stage.get('k')).toBe(shown);
    }));
});

describe('a node whose power goes in its very first frame, and in the start after that', () => {
  it('starts, and keeps what it then takes', () =>
    eachDraw(20, async (draw) => {
      const stage = Stage.dark({ nodes: 1, draw });
      const { mood } = stage.node(1).disk;
      stage.slowDisk(1);
      // The frame is small: on a sector of its own it would be whole or not there at all.
      mood.shortWrites = 1000;
      stage.node(1).start();
      await stage.until('its first frame is under way', () => {
        return (stage.segments(1)[0]?.unsynced.length ?? 0) > 0;
      });
      stage.cutPower(1);
      mood.shortWrites = 0;
      stage.node(1).start();
      // Before that it has only read.
      stage.cutPowerSoon(1, draw + 8);
      await stage.until('the power is gone, or never goes', () => {
        return !stage.node(1).up || stage.node(1).serving;
      });
      stage.node(1).revive();
      await stage.start(1);
      await stage.set('k', 'one');
      stage.cutPower(1);
      await stage.start(1);
      expect(await stage.get('k')).toBe('one');
    }));
});
