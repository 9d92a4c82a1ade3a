import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.js';
import type { MonoMs } from '../../../src/base/ids.js';
import { ScanSlots } from '../../../src/machine/store/scan-slots.js';
import { openShard, put, scanAll } from './helpers.js';

/** Pages that end by hand, and what became of each. */
function crowd(slots: ScanSlots) {
  const ends = new Map<string, () => void>();
  const log: string[] = [];
  return {
    log,
    ask: (name: string, deadline: number | null = null) => {
      const page = async () => {
        log.push(`${name} begins`);
        await new Promise<void>((resolve) => ends.set(name, resolve));
      };
      const asked = slots.run(deadline as MonoMs | null, page);
      asked.catch((error: { code: string }) => log.push(`${name} ${error.code}`));
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('slots of scans', () => {
  it('let so many read at once; the others follow in order', async () => {
    const { log, ask, end } = crowd(new ScanSlots(systemClock, { atOnce: 2, waiting: 9 }));
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    expect(log).toEqual(['a begins', 'b begins']);
    await end('b');
    await end('a');
    expect(log).toEqual(['a begins', 'b begins', 'c begins', 'd begins']);
    for (const name of ['c', 'd']) await end(name);
    ask('e');
    expect(log.at(-1)).toBe('e begins');
  });

  it('refuse what is too much, what nobody waits for any more, and all at the end', async () => {
    let now = 0;
    const clock = { ...systemClock, monotonic: () => now as MonoMs };
    const slots = new ScanSlots(clock, { atOnce: 1, waiting: 2 });
    const { log, ask, end } = crowd(slots);
    ask('a');
    ask('b', 10);
    ask('c', 30);
    ask('d');
    await end('');
    expect(log).toEqual(['a begins', 'd OVERLOADED']);
    now = 20;
    await end('a');
    expect(log.slice(2).sort()).toEqual(['b TIMEOUT', 'c begins']);
    ask('f');
    slots.close();
    await end('');
    expect(log.at(-1)).toBe('f NOT_READY');
  });

  it('give back their slot when a page fails', async () => {
    const slots = new ScanSlots(systemClock, { atOnce: 1, waiting: 9 });
    const failing = slots.run(null, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await slots.run(null, async () => 'page')).toBe('page');
  });

  it('take many waiting pages in turn', async () => {
    const slots = new ScanSlots(systemClock, { atOnce: 3, waiting: 500 });
    let most = 0;
    let running = 0;
    const page = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 400 }, () => slots.run(null, page)));
    expect(most).toBe(3);
  });

  it('are those of the store: every scan of a node goes through them', async () => {
    const { state, shard } = await openShard();
    for (let i = 0; i < 50; i++) await put(shard, `k${i}`, 'v');
    const scans = Array.from({ length: 30 }, () => scanAll(shard, { reverse: false, count: 7 }));
    for (const found of await Promise.all(scans)) expect(found).toHaveLength(50);
    await state.close();
  });
});
