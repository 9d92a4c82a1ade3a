/**
 * `npm run sim -- --seeds 1000 [--from N]`: so many seeds of the simulator, spread over the cores.
 * `npm run sim -- --seed N`: one seed, with every line of its trace. Exit 0 when everything held, 8
 * when an invariant was broken, 5 when nothing was broken but a row of the coverage table stayed at
 * zero, 2 for a number that is none. docs/simulation.md explains the rest.
 */

import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './sim/bundle.mjs';
import { runCrew } from './sim/crew.mjs';
import { failureText, Report } from './sim/report.mjs';

/** From so many seeds on, a row of the coverage table at zero is a failure. */
const COVERING_SEEDS = 200;
const USAGE = 'npm run sim -- [--seeds N] [--from N] [--workers N] [--coverage] | --seed N';

function wholeNumber(name, text) {
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`--${name} must be a whole number, not '${text}'\n${USAGE}`);
    process.exit(2);
  }
  return Number(text);
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        seeds: { type: 'string', default: '200' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        workers: { type: 'string', default: String(availableParallelism()) },
        coverage: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

async function one(file, seed) {
  const { runWatched } = await import(pathToFileURL(file).href);
  const result = await runWatched(seed, (line) => console.log(line));
  console.log(`seed ${seed}: trace ${result.hash}, ${result.events} events`);
  if (result.violation !== null) console.log(failureText(result));
  return result.violation === null ? 0 : 8;
}

async function many(file, values) {
  const { from, seeds: count } = values;
  const workers = Math.max(1, values.workers);
  const { REQUIRED_ROWS } = await import(pathToFileURL(file).href);
  const report = new Report(REQUIRED_ROWS);
  const seeds = Array.from({ length: count }, (_, at) => from + at);
  const died = await runCrew(file, {
    seeds,
    workers,
    onResult(result) {
      report.add(result);
      if (result.violation !== null) console.log(`${failureText(result)}\n`);
      else if (report.seeds % 100 === 0) console.log(report.summary(workers));
    },
  });
  if (values.coverage || count >= COVERING_SEEDS) console.log(report.table());
  console.log(report.summary(workers));
  if (died !== null) console.log(died);
  if (report.failed.length > 0 || died !== null) {
    console.log(`broken: seeds ${report.failed.map(({ seed }) => seed).join(', ')}`);
    return 8;
  }
  if (count >= COVERING_SEEDS && report.missing.length > 0) {
    console.log(`never happened: ${report.missing.join(' · ')}`);
    return 5;
  }
  return 0;
}

const values = options();
const numbers = Object.fromEntries(
  ['seeds', 'from', 'workers', 'seed']
    .filter((name) => values[name] !== undefined)
    .map((name) => [name, wholeNumber(name, values[name])]),
);
const file = await bundle();
try {
  process.exitCode =
    numbers.seed === undefined
      ? await many(file, { ...numbers, coverage: values.coverage })
      : await one(file, numbers.seed);
} finally {
  await rm(file, { force: true });
}
