import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFailed, StoreOpenFailed, storeErrorCode } from '../../src/engine/errors.js';
import { openLevelStore } from '../../src/engine/level-store.js';
import { createReadSlots } from '../../src/engine/read-slots.js';

describe('LevelDB store', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'rkv-level-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('keeps what was written over a restart', async () => {
    const first = await openLevelStore(join(dir, 'db'));
    const batch = first.batch();
    batch.put(Buffer.from('k'), Buffer.from('v'));
    await batch.write();
    await first.close();
    const second = await openLevelStore(join(dir, 'db'));
    expect(second.getSync(Buffer.from('k'))).toEqual(Buffer.from('v'));
    await second.close();
  });

  it('says LEVEL_LOCKED when another opener holds the directory', async () => {
    const holder = await openLevelStore(dir);
    const error = await openLevelStore(dir).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreOpenFailed);
    expect((error as StoreOpenFailed).code).toBe('LEVEL_LOCKED');
    await holder.close();
  });

  it('does not open over a broken CURRENT, and says where', async () => {
    await (await openLevelStore(dir)).close();
    expect(await readdir(dir)).toContain('CURRENT');
    await writeFile(join(dir, 'CURRENT'), 'rubbish');
    const error = await openLevelStore(dir).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreOpenFailed);
    expect((error as StoreOpenFailed).code).toBe('LEVEL_CORRUPTION');
    expect((error as StoreOpenFailed).message).toContain(dir);
  });

  it('tells a full disk from other failures by its code', () => {
    const full = Object.assign(new Error('IO error: /x/1.log: No space left on device'), {
      code: 'LEVEL_IO_ERROR',
    });
    expect(new StoreFailed('write', full).code).toBe('ENOSPC');
    const wrapped = Object.assign(new Error('not open', { cause: full }), {
      code: 'LEVEL_DATABASE_NOT_OPEN',
    });
    expect(storeErrorCode(wrapped)).toBe('ENOSPC');
    expect(storeErrorCode(new Error('odd'))).toBe('UNKNOWN');
  });
});

describe('read slots', () => {
  it('lets no more than its number run, in order, also after a failure', async () => {
    const slots = createReadSlots(2);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const gates: (() => void)[] = [];
    const read = (n: number) =>
      slots.run(async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => gates.push(resolve));
        running--;
        order.push(n);
        if (n === 1) throw new Error('broken');
      });
    const all = Promise.allSettled([0, 1, 2, 3].map(read));
    while (order.length < 4) {
      gates.shift()?.();
      await Promise.resolve();
    }
    expect((await all).map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3]);
  });
});
