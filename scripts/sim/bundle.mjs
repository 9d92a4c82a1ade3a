/** The simulator as one file, so that its processes start at once. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Builds it and says where it is. @returns {Promise<string>} */
export async function bundle() {
  const folder = join(root, 'node_modules', '.cache', 'rkv-sim');
  await mkdir(folder, { recursive: true });
  // Two at a time must not write one file.
  const outfile = join(folder, `sim-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, 'test', 'sim', 'main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}
