/**
 * Builds dist/ from src/ and commands/: compiles, copies the generated codecs that the compiler
 * does not touch, removes what has no source any more (oclif lists every file of dist/commands),
 * bundles the commands and writes their manifest. Runs as npm's `prepare` and `build`; silent
 * unless something is wrong.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const GENERATED = join('src', 'wire', 'generated');
const COMPILER = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
/** What may stand in dist, and the endings its source may have. */
const SOURCES = [
  { ending: '.js.map', from: ['.ts'] },
  { ending: '.d.ts', from: ['.ts', '.d.ts'] },
  { ending: '.js', from: ['.ts', '.js'] },
];

function compile() {
  if (!existsSync(COMPILER)) {
    if (existsSync(join(DIST, 'src', 'index.js'))) return;
    throw new Error('the TypeScript compiler is missing: run "npm ci" with development packages');
  }
  const done = spawnSync(process.execPath, [COMPILER, '-p', join(ROOT, 'tsconfig.json')], {
    stdio: 'inherit',
  });
  if (done.status !== 0) throw new Error('the compiler found errors');
}

function copyGenerated() {
  const from = join(ROOT, GENERATED);
  if (!existsSync(from)) return;
  cpSync(from, join(DIST, GENERATED), { recursive: true });
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

function hasSource(path) {
  const inTree = join(ROOT, relative(DIST, path));
  const rule = SOURCES.find(({ ending }) => path.endsWith(ending));
  if (rule === undefined) return existsSync(inTree);
  const base = inTree.slice(0, -rule.ending.length);
  return rule.from.some((ending) => existsSync(base + ending));
}

function removeStale() {
  for (const top of ['src', 'commands']) {
    for (const path of filesUnder(join(DIST, top))) {
      if (!hasSource(path)) rmSync(path, { force: true });
    }
  }
}

try {
  compile();
  copyGenerated();
  removeStale();
  if (existsSync(COMPILER)) await import('./bundle.mjs');
  await import('./manifest.mjs');
} catch (error) {
  process.stderr.write(`build: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
