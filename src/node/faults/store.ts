/**
 * The ordered store with a disk that can be slow, hang or fail: every synced batch meets it. Reads
 * do not, as in the log.
 */
import { StoreFailed } from '../../engine/errors.js';
import type { OrderedStore, StoreBatch } from '../../machine/ports.js';
import type { FaultBoard, Verdict } from './board.js';
import { diskError } from './log-fs.js';

export function faultyStore(store: OrderedStore, board: FaultBoard): OrderedStore {
  return {
    getSync: (key) => store.getSync(key),
    getMany: (keys) => store.getMany(keys),
    batch: () => faultyBatch(store.batch(), board),
    iterate: (range) => store.iterate(range),
    snapshot: () => store.snapshot(),
    approximateSize: (range) => store.approximateSize(range),
    close: () => store.close(),
  };
}

function faultyBatch(batch: StoreBatch, board: FaultBoard): StoreBatch {
  return {
    put: (key, value) => batch.put(key, value),
    del: (key) => batch.del(key),
    get length() {
      return batch.length;
    },
    async write() {
      const verdict = await new Promise<Verdict>((resolve) => board.beforeDisk(resolve));
      if (verdict === 'fail') throw new StoreFailed('write', diskError('write'));
      await batch.write();
    },
    abandon: () => batch.abandon(),
  };
}
