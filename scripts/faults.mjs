/**
 * `scripts/faults [--only NAME] [--seconds 60] [--list]`: faults on real nodes that take root:
 * failing system calls (strace), power cuts and hanging disks (loop devices, fsfreeze), partitions
 * (network namespaces). `--seconds`: how long those last that stay, a disk that hangs, a node cut
 * off. One line each: passed, failed, or skipped with what the machine lacks. Exit 1 when one
 * failed; 2 for a name or number that is none. Needs a build (`npm run build`).
 */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bed } from './injection/bed.mjs';
import { FAULTS } from './injection/table.mjs';

/** Beside the time a fault lasts: the longest takes a minute on two cores. */
const LONGEST_MS = 240_000;
const MAX_SECONDS = 600;
const SIGNALS = ['SIGINT', 'SIGTERM'];

const say = (line) => process.stdout.write(`${line}\n`);
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];

async function has(program) {
  if (program === 'root') return process.getuid?.() === 0;
  for (const folder of FOLDERS) {
    const found = access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (await found) return true;
  }
  return false;
}

async function missing(needs) {
  for (const need of needs) {
    if (!(await has(need))) return need === 'root' ? 'not root' : `${need} is not installed`;
  }
  return null;
}

async function tryFault({ name, needs, run }) {
  const lacks = await missing(needs);
  if (lacks !== null) return say(`${name}: skipped: ${lacks}`) ?? true;
  const begin = performance.now();
  const bed = await Bed.create();
  let giveUp = () => {};
  const over = new Promise((_, reject) => {
    giveUp = (why) => reject(new Error(why));
  });
  const timer = setTimeout(
    () => giveUp(`it took too long, waiting for: ${bed.asked}`),
    LONGEST_MS + seconds * 1000,
  );
  const onSignal = () => giveUp('interrupted');
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const took = () => `${Math.round((performance.now() - begin) / 1000)} s`;
  try {
    say(`${name}: passed: ${await Promise.race([run(bed, { seconds }), over])} (${took()})`);
    return true;
  } catch (error) {
    say(`${name}: failed: ${error.message} (${took()})`);
    return false;
  } finally {
    clearTimeout(timer);
    await bed.remove();
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    list: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
if (!Number.isInteger(seconds) || seconds < 15 || seconds > MAX_SECONDS) {
  process.stderr.write(`--seconds: '${values.seconds}' is no number from 15 to ${MAX_SECONDS}\n`);
  process.exit(2);
}
const chosen = FAULTS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`no fault is named ${values.only}; --list shows them\n`);
  process.exit(2);
}
if (values.list) {
  for (const { name, what } of chosen) say(`${name}: ${what}`);
} else {
  let failed = 0;
  for (const fault of chosen) if (!(await tryFault(fault))) failed += 1;
  process.exitCode = failed > 0 ? 1 : 0;
}
