/** `npm run test:long`: real processes and long random runs; minutes, not seconds. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'long',
    include: ['test/long/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 20 * 60_000,
    hookTimeout: 2 * 60_000,
    passWithNoTests: true,
  },
});
