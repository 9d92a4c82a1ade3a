/** Stories of requests that come twice: the second one must change nothing. */
import { describe, expect, it, vi } from 'vitest';
import { command } from './caller.js';
import { BUSY_MACHINE_MS, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const INCR = command('incr', 'n', '1');

describe('a write whose answer was lost', () => {
  it('is asked again at the next leader and has run once', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    const stamp = stage.stamp();
    expect(await stage.ask(INCR, stage.node(1), stamp)).toBe('1');
    stage.cutPower(1);
    expect(await stage.ask(INCR, stage.node(2), stamp)).toBe('1');
    expect(await stage.get('n', stage.node(3))).toBe('1');
    await stage.start(1);
    await stage.rest();
  });

  it('is refused when it comes after a later one, which settled it', async () => {
    const stage = await Stage.open();
    const first = stage.stamp();
    expect(await stage.ask(INCR, stage.node(1), first)).toBe('1');
    expect(await stage.ask(INCR, stage.node(2), stage.stamp())).toBe('2');
    await expect(stage.ask(INCR, stage.node(3), first)).rejects.toMatchObject({ code: 'SETTLED' });
    expect(await stage.get('n', stage.node(3))).toBe('2');
    await stage.rest();
  });
});
