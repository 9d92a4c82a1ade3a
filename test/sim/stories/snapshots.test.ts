/** Stories of a follower that is too far behind and gets a snapshot. */
import { describe, expect, it, vi } from 'vitest';
import { nodeId } from '../../../src/base/ids.js';
import type { Watcher } from '../node/observer.js';
import { BUSY_MACHINE_MS, eachDraw, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const LARGE = 900 * 1024;
/** Next to nothing of the log is kept for a follower. */
const options = { logBytesPerGroup: 1024, segmentBytes: 1024 * 1024 };

/** Node 3 was away while the others wrote and forgot. */
async function leftBehind(stage: Stage, values: readonly string[]): Promise<void> {
  await stage.lead(1);
  stage.kill(3);
  for (const [i, value] of values.entries()) await stage.set(`k${i}`, value);
  // Flushed, and let go of by the log.
  await stage.pass(1_500);
}

/** Calls once, when the record of a snapshot is durable on node 3. */
function whenRecorded(run: () => void): Watcher {
  let done = false;
  return {
    onDurable(node, records) {
      if (done || node !== 3 || !records.some(({ kind }) => kind === 'snapshot')) return;
      done = true;
      run();
    },
  };
}

describe('a follower that gets a snapshot', () => {
  it('has all of it when the power goes as soon as the record of it is durable', () =>
    eachDraw(3, async (draw) => {
      let recorded = false;
      const watcher = whenRecorded(() => {
        recorded = true;
      });
      const stage = await Stage.open({ draw, options, watcher });
      // Few batches to a log of LevelDB: one that is full is closed without a sync.
      stage.node(3).store.batchesPerLog = 4;
      const values = ['a', 'b', 'c'].map((letter) => letter.repeat(LARGE));
      await leftBehind(stage, values);
      stage.node(3).start();
      await stage.until('a snapshot is recorded', () => recorded);
      stage.cutPower(3);
      await stage.start(3);
      await stage.rest();
      for (const [i, value] of values.entries()) {
        expect((await stage.get(`k${i}`, stage.node(3))) === value).toBe(true);
      }
    }));

  it('keeps it when the stream breaks after the record of it was durable', async () => {
    let broken = false;
    const watcher = whenRecorded(() => {
      broken = true;
      stage.cluster.network.break(nodeId(1), nodeId(3), 'the story', 0);
    });
    const stage = await Stage.open({ options, watcher });
    const values = Array.from({ length: 5 }, (_, i) => `value ${i} `.repeat(60));
    await leftBehind(stage, values);
    await stage.start(3);
    await stage.until('the stream has been broken', () => broken);
    await stage.rest();
    for (const [i, value] of values.entries()) {
      expect(await stage.get(`k${i}`, stage.node(3))).toBe(value);
    }
  });
});
