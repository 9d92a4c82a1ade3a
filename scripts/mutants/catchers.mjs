/**
 * Runs a catcher in a copy of the tree. What it says: `passed`, `caught` (a test that ran and did
 * not find what it expects), or `broken` (nothing ran, or the code did not even load).
 */
import { spawn } from 'node:child_process';
import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCrew } from '../sim/crew.mjs';
import { buildCopy } from './build.mjs';

const STORIES = 'test/stories/stories.test.ts';
const PROCESSES = 'test/e2e/';
/** Errors of code that cannot run at all: such a mutant proves nothing. */
const NO_BEHAVIOUR =
  /^(SyntaxError|ReferenceError)|Test timed out|STACK_TRACE_ERROR|Failed to load|Cannot find module/;

export const nameOf = ({ file, test, story, seeds, from = 1, breaks }) => {
  if (seeds !== undefined) {
    return `simulator, seeds ${from} to ${from + seeds - 1}: ${breaks ?? 'any invariant'}`;
  }
  return story === undefined ? `${file} › ${test}` : `test/stories/${story}`;
};

/** @returns {Promise<{ outcome: 'passed' | 'caught' | 'broken', line: string }>} */
export function runCatcher(copy, catcher) {
  if (catcher.seeds !== undefined) return runSeeds(copy, catcher);
  if (catcher.story !== undefined) return runStory(copy, catcher.story);
  return runTest(copy, catcher.file, catcher.test);
}

function node(copy, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: copy,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const gather = (text) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', gather);
    child.stderr.setEncoding('utf8').on('data', gather);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Copies whose dist is there. */
const built = new Set();

async function vitest(copy, file, test, env = {}) {
  const onProcesses = file.startsWith(PROCESSES);
  if (onProcesses && !built.has(copy)) {
    await buildCopy(copy);
    built.add(copy);
  }
  const report = join(copy, 'report.json');
  await rm(report, { force: true });
  const { output } = await node(
    copy,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      `--project=${onProcesses ? 'e2e' : 'unit'}`,
      '--reporter=json',
      `--outputFile=${report}`,
      '--includeTaskLocation',
      file,
      '-t',
      escaped(test),
    ],
    env,
  );
  try {
    return JSON.parse(await readFile(report, 'utf8'));
  } catch {
    throw new Error(`no report of ${file}:\n${output}`);
  }
}

async function runTest(copy, file, test) {
  const report = await vitest(copy, file, test);
  const ran = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = ran.find(({ status }) => status === 'failed');
  if (failed !== undefined) {
    const message = failed.failureMessages[0] ?? '';
    // A property's own words come first, what its counterexample broke later.
    const [first = ''] = (/^Got \w+: .*$/m.exec(message)?.[0] ?? message).split('\n');
    const at = /\/(test\/[^\s:]+:\d+)/.exec(message)?.[1] ?? `${file}:${failed.location?.line}`;
    const outcome = NO_BEHAVIOUR.test(first) ? 'broken' : 'caught';
    return { outcome, line: `${at}: ${first.replace(/^\w*Error: /, '').slice(0, 160)}` };
  }
  const passed = ran.filter(({ status }) => status === 'passed').length;
  if (passed > 0) return { outcome: 'passed', line: '' };
  if (ran.some(({ status }) => status === 'pending' || status === 'skipped')) {
    const matched = ran.filter(({ fullName }) => fullName.includes(test));
    if (matched.length > 0) return { outcome: 'broken', line: `${file} skips it on this machine` };
  }
  const why = report.testResults.map(({ message }) => message).join(' ');
  return { outcome: 'broken', line: why || `no test of ${file} is named ${test}` };
}

/** The first line of the transcript that came out differently. */
async function runStory(copy, story) {
  const { outcome, line } = await runTest(copy, STORIES, story);
  if (outcome !== 'caught') return { outcome, line };
  const path = join(copy, 'test', 'stories', story);
  const told = (await readFile(path, 'utf8')).split('\n');
  await vitest(copy, STORIES, story, { REWRITE: '1' });
  const played = (await readFile(path, 'utf8')).split('\n');
  const at = told.findIndex((text, i) => text !== played[i]);
  if (at < 0) return { outcome, line };
  const differs = `told "${told[at]}", played "${played[at]}"`;
  return { outcome, line: `test/stories/${story}:${at + 1}: ${differs}` };
}

/** Seeds in a row, until one breaks that invariant; null: any. */
async function runSeeds(copy, { seeds: count, from = 1, breaks }) {
  const { bundle } = await import(pathToFileURL(join(copy, 'scripts', 'sim', 'bundle.mjs')).href);
  // By way of the link a worker would not know itself for the program that was started.
  const file = await realpath(await bundle());
  let broken = null;
  let done = 0;
  function* seeds() {
    for (let at = 0; at < count && broken === null; at++) yield from + at;
  }
  try {
    const died = await runCrew(file, {
      seeds: seeds(),
      workers: 2,
      onResult({ seed, violation }) {
        done++;
        const breaksIt = violation !== null && (breaks === null || violation.invariant === breaks);
        if (breaksIt) broken ??= `seed ${seed}: ${violation.message}`;
      },
    });
    if (broken === null && died === null && done === count) return { outcome: 'passed', line: '' };
    const line = (broken ?? died ?? `only ${done} seeds ran`).split('\n')[0].slice(0, 200);
    return { outcome: broken === null ? 'broken' : 'caught', line };
  } finally {
    await rm(file, { force: true });
  }
}
