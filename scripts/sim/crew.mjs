/** Worker processes of the simulator: each takes the next seed when it has finished one. */
import { execFileSync, fork } from 'node:child_process';

/**
 * For V8. Most objects of a run live for an event or two: room for them to die young saves a tenth.
 * The whole of a node is warm at once: baseline code at the first call and a later decision about
 * what to optimize, in a process that lives for minutes only, save a sixth. Each core has a
 * worker of its own, so threads that help a collection only wait for each other: without them a
 * fifth less.
 */
const ENGINE_FLAGS = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--single-threaded-gc',
  '--always-sparkplug',
  '--interrupt-budget=270000',
];

/** Those of them that this version of Node knows; it would end at another. */
function workerFlags() {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const knows = (flag) => known.includes(`\n  ${flag.split('=')[0]} (`);
  return ['--enable-source-maps', ...ENGINE_FLAGS.filter(knows)];
}

/**
 * Runs all seeds; `onResult` is called for each, in no order. Resolves when all are done or a
 * worker has died, then with why.
 * @param {string} file the bundle
 * @param {{
 *   seeds: Iterable<number>,
 *   workers: number,
 *   onResult: (result: any) => void,
 *   enough?: () => boolean,
 * }} work `enough`: no further seed is begun
 * @returns {Promise<string | null>}
 */
export async function runCrew(file, { seeds, workers, onResult, enough = () => false }) {
  const queue = seeds[Symbol.iterator]();
  const execArgv = workerFlags();
  let failure = null;
  const member = () =>
    new Promise((resolve) => {
      let current = null;
      let dismissed = false;
      const child = fork(file, ['--worker'], { execArgv });
      const next = () => {
        const { value, done } = enough() ? { value: undefined, done: true } : queue.next();
        if (done || failure !== null) {
          dismissed = true;
          child.send('end');
          return;
        }
        current = value;
        child.send({ seed: value });
      };
      child.on('message', (message) => {
        if (message !== 'ready') onResult(message);
        current = null;
        next();
      });
      child.on('exit', (code, signal) => {
        // One that never said a word has run nothing, and says so by its absence alone.
        if (current !== null) failure ??= `seed ${current} ended its process: ${signal ?? code}`;
        else if (!dismissed) failure ??= `a worker ended before it took a seed: ${signal ?? code}`;
        resolve();
      });
    });
  await Promise.all(Array.from({ length: workers }, member));
  return failure;
}
