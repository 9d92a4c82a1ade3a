/** What the adapter asks of an abstract-level database. */
import { expect, it } from 'vitest';
import { type LevelDatabase, storeOver } from '../../src/engine/abstract-store.js';
import { createReadSlots } from '../../src/engine/read-slots.js';

it('a batch is on disk when it is written: the database is told to sync, and waited for', async () => {
  const asked: unknown[] = [];
  let answer = (): void => undefined;
  const database = {
    batch: () => ({
      length: 1,
      put: () => undefined,
      del: () => undefined,
      write: (options: unknown) => {
        asked.push(options);
        return new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
      close: async () => undefined,
    }),
  } as unknown as LevelDatabase;
  const store = storeOver(database, createReadSlots(2), async () => 0);
  const batch = store.batch();
  batch.put(Buffer.from('key'), Buffer.from('value'));
  let done = false;
  const writing = batch.write().then(() => {
    done = true;
  });
  await Promise.resolve();
  expect(asked).toEqual([{ sync: true }]);
  expect(done).toBe(false);
  answer();
  await writing;
});
