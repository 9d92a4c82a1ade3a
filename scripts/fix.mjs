/**
 * `npm run fix`: breaks comment lines that run too wide, then lets biome format and repair. Only
 * rewrites; what neither can repair is left for `npm run check` to name.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCode, projectFiles } from './tidy/files.mjs';
import { wrapComments } from './tidy/wrap.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIOME = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

const wanted = process.argv.slice(2);
const isWanted = (path) => wanted.length === 0 || wanted.some((start) => path.startsWith(start));

for (const file of projectFiles(ROOT)) {
  if (!isCode(file) || !isWanted(file.path)) continue;
  const wrapped = wrapComments(file.scan());
  if (wrapped !== file.read()) writeFileSync(join(ROOT, file.path), wrapped);
}
const done = spawnSync(process.execPath, [BIOME, 'check', '--write', ...wanted], {
  cwd: ROOT,
  stdio: 'inherit',
});
process.exitCode = done.status ?? 1;
