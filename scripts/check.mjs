/**
 * `npm run check`: types, lint, imports, tidy. Runs all of them, reports all of them, changes
 * nothing. `--report FILE` leaves each check's name and outcome there, for .ci/run.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const tool = (...path) => join(ROOT, 'node_modules', ...path);

const CHECKS = [
  { name: 'types', args: [tool('typescript', 'bin', 'tsc'), '-p', 'tsconfig.check.json'] },
  {
    name: 'lint',
    args: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'],
  },
  { name: 'imports', args: ['scripts/check-imports.mjs'] },
  { name: 'tidy', args: ['scripts/tidy.mjs'] },
];

function run({ name, args }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const gather = (bytes) => {
      output += bytes;
    };
    child.stdout.setEncoding('utf8').on('data', gather);
    child.stderr.setEncoding('utf8').on('data', gather);
    child.on('error', (error) => resolve({ name, ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ name, ok: code === 0, output }));
  });
}

const results = await Promise.all(CHECKS.map(run));
const failed = results.filter(({ ok }) => !ok);
for (const { name, output } of failed) process.stdout.write(`── ${name}\n${output.trimEnd()}\n`);
const outcome = results.map(({ name, ok }) => `${name} ${ok ? 'ok' : 'FAILED'}`).join(', ');
process.stdout.write(`${outcome}\n`);
const reportTo = process.argv[process.argv.indexOf('--report') + 1];
if (process.argv.includes('--report') && reportTo !== undefined) {
  writeFileSync(reportTo, JSON.stringify(results.map(({ name, ok }) => ({ name, ok }))));
}
process.exitCode = failed.length > 0 ? 1 : 0;
