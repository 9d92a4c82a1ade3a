/**
 * Builds a copy for tests with real processes: as scripts/build.mjs does, but without asking the
 * compiler whether the types are right, which a mutant's need not be.
 */
import { execFile } from 'node:child_process';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const run = promisify(execFile);
const GENERATED = join('src', 'wire', 'generated');

export async function buildCopy(copy) {
  const names = await readdir(join(copy, 'src'), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  await build({
    absWorkingDir: copy,
    entryPoints: sources.map((name) => join('src', name)),
    outbase: '.',
    outdir: 'dist',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  });
  await cp(join(copy, GENERATED), join(copy, 'dist', GENERATED), { recursive: true });
  for (const script of ['bundle.mjs', 'manifest.mjs']) {
    await run(process.execPath, [join(copy, 'scripts', script)], { cwd: copy });
  }
}
