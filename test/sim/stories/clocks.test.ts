/** Stories of clocks: a key is there until its deadline, whoever leads and whatever clocks say. */
import { describe, expect, it, vi } from 'vitest';
import { BUSY_MACHINE_MS, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const HOUR_MS = 3_600_000;

describe('a wall clock that jumps ahead by an hour', () => {
  it("lets nothing expire, the leader's own included", async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('k', 'v', ['PX', '60000']);
    stage.node(1).hands.wallOffset += HOUR_MS;
    await stage.pass(2_000);
    await stage.set('other', 'w', ['PX', '60000']);
    expect(await stage.get('k', stage.node(1))).toBe('v');
    expect(await stage.get('k', stage.node(2))).toBe('v');
    await stage.rest();
  });

  it('on a node that is cut off lets nothing expire when that node leads later', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('k', 'v', ['PX', '600000']);
    stage.cutOff(3);
    stage.node(3).hands.wallOffset += HOUR_MS;
    await stage.pass(6_000);
    stage.node(3).hands.wallOffset -= HOUR_MS;
    stage.joinAgain(3);
    await stage.rest();
    await stage.lead(3);
    expect(await stage.get('k', stage.node(3))).toBe('v');
    await stage.rest();
  });
});

describe('a node that was away', () => {
  it('for some seconds gives deadlines that hold under the next leader', async () => {
    // No entry but those of the story tells the node what time it is.
    const stage = await Stage.open({ options: { digestEveryMs: 60_000 } });
    await stage.lead(1);
    await stage.set('before', 'v');
    await stage.pass(1_000);
    stage.kill(3);
    await stage.pass(7_000);
    await stage.start(3);
    await stage.pass(6_000);
    await stage.lead(3);
    await stage.set('k', 'v', ['PX', '4000'], stage.node(3));
    await stage.lead(1);
    expect(await stage.get('k', stage.node(1))).toBe('v');
    await stage.rest();
  });

  it('gives no deadline before it has heard the time of a majority', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('before', 'v');
    stage.kill(3);
    await stage.pass(30_000);
    const hearAgain = await stage.startDeaf(3);
    await stage.lead(3);
    const written = stage.set('k', 'v', ['PX', '5000'], stage.node(1));
    hearAgain();
    await written;
    expect(await stage.get('k', stage.node(1))).toBe('v');
    await stage.rest();
  });
});
