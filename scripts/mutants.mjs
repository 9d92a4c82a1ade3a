/**
 * `npm run mutants [-- --only NAME]`: are the tests awake? Each mutant is a small, grave bug put
 * into a copy of the source (no sync, no pre-vote, …), each regression a fixed bug given back;
 * every catcher its row names must fail in the copy, on behaviour, and pass without the bug. Exit 1
 * when one survives, or when a row no longer fits the source; 2 for a name that is none.
 */
import { parseArgs } from 'node:util';
import { nameOf, runCatcher } from './mutants/catchers.mjs';
import { applyEdits, makeCopy, removeCopy } from './mutants/copy.mjs';
import { REGRESSIONS } from './mutants/regressions.mjs';
import { MUTANTS, seesBehaviour } from './mutants/table.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
const ALL = [
  ...MUTANTS.map((row) => ({ ...row, kind: 'mutant' })),
  ...REGRESSIONS.map((row) => ({ ...row, kind: 'regression' })),
];

function chosen() {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, list: { type: 'boolean', default: false } },
  });
  if (values.list) {
    for (const { kind, name } of ALL) say(`${kind}: ${name}`);
    process.exit(0);
  }
  const rows = ALL.filter(({ kind, name }) => `${kind}: ${name}`.includes(values.only ?? ''));
  if (rows.length > 0) return rows;
  process.stderr.write(`no mutant is named ${values.only}; --list shows them\n`);
  process.exit(2);
}

async function withCopy(edits, work) {
  const copy = await makeCopy();
  try {
    await applyEdits(copy, edits);
    return await work(copy);
  } finally {
    await removeCopy(copy);
  }
}

/** Problems of the unbroken tree: a catcher that fails there proves nothing. */
async function problemsOfOriginal(rows) {
  const catchers = new Map(rows.flatMap(({ caughtBy }) => caughtBy.map((it) => [nameOf(it), it])));
  return withCopy([], async (copy) => {
    const problems = [];
    for (const [name, catcher] of catchers) {
      const { outcome, line } = await runCatcher(copy, catcher);
      if (outcome !== 'passed') problems.push(`without any mutant: ${name}: ${outcome} ${line}`);
    }
    return problems;
  });
}

/** Runs all catchers of a row; the problems there are. */
async function tryMutant({ kind, name, edits, caughtBy }) {
  const problems = [];
  if (!caughtBy.some(seesBehaviour)) problems.push(`${name}: nobody looks at behaviour`);
  await withCopy(edits, async (copy) => {
    for (const catcher of caughtBy) {
      const { outcome, line } = await runCatcher(copy, catcher);
      say(
        `${kind}: ${name} | ${nameOf(catcher)} | ${outcome === 'caught' ? line : `NOT CAUGHT: ${line}`}`,
      );
      if (outcome !== 'caught') problems.push(`${name}: ${nameOf(catcher)}: ${outcome} ${line}`);
    }
  });
  return problems;
}

const rows = chosen();
const problems = [];
for (const row of rows) {
  try {
    problems.push(...(await tryMutant(row)));
  } catch (error) {
    problems.push(`${row.name}: ${error.message}`);
  }
}
problems.push(...(await problemsOfOriginal(rows)));
for (const problem of problems) say(problem);
say(`${rows.length} mutants and regressions, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
