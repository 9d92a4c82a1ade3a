/** Worker processes of the simulator: each takes the next seed when it has finished one. */
import { fork } from 'node:child_process';

/** Most objects of a run live for an event or two: room for them to die young saves a tenth. */
const WORKER_FLAGS = [
  '--enable-source-maps',
  '--min-semi-space-size=16',
  '--max-semi-space-size=64',
];

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
  let failure = null;
  const member = () =>
    new Promise((resolve) => {
      let current = null;
      const child = fork(file, ['--worker'], { execArgv: WORKER_FLAGS });
      const next = () => {
        const { value, done } = enough() ? { value: undefined, done: true } : queue.next();
        if (done || failure !== null) {
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
        if (current !== null) failure ??= `seed ${current} ended its process: ${signal ?? code}`;
        resolve();
      });
    });
  await Promise.all(Array.from({ length: workers }, member));
  return failure;
}
