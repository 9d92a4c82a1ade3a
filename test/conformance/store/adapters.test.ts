import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openLevelStore } from '../../../src/engine/level-store.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import { orderedStoreConformance } from './ordered-store.js';

let dir = '';
let opened = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-store-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

orderedStoreConformance('memory', openMemoryStore);
orderedStoreConformance('LevelDB', () => openLevelStore(join(dir, String(opened++))));
