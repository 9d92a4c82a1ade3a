/**
 * `npm test`: everything that runs inside this process on both cores, then the seeds of the
 * simulator, which take both cores for themselves, then the tests with real node processes one file
 * at a time. What takes longer is in vitest.long.config.ts.
 */
import { defineConfig } from 'vitest/config';

const SEEDS = 'test/sim/seeds.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/long/**', SEEDS],
          testTimeout: 30_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'seeds',
          include: [SEEDS],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 90_000,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
