/** The model store is an adapter of the ordered store like any other. */
import { createPrng } from '../../../src/base/prng.js';
import { orderedStoreConformance } from '../../conformance/store/ordered-store.js';
import { createModelDisk } from './model-disk.js';

orderedStoreConformance('model', async () =>
  createModelDisk(createPrng(7), (run) => void setImmediate(run)).open(),
);
orderedStoreConformance('model, answers in microtasks', async () =>
  createModelDisk(createPrng(8), queueMicrotask, { batchesPerLog: 2 }).open(),
);
