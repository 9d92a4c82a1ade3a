/**
 * A process of the simulator: runs seeds and tells the results to whoever started it. With one seed
 * it prints what happened; as a worker (`--worker`) it takes seeds from its parent over IPC.
 */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Result, runSeed } from './run.js';

export { REQUIRED_ROWS } from './coverage-rows.js';

/** What a promise that nobody looked at threw: a process of Node's would end by it. */
let stray: unknown = null;
process.on('unhandledRejection', (error) => {
  stray ??= error;
});

/** A run with what went astray in it. */
export async function runWatched(
  seed: number,
  echo: ((line: string) => void) | null,
): Promise<Result> {
  stray = null;
  const result = await runSeed(seed, echo);
  if (stray === null || result.violation !== null) return result;
  const message = stray instanceof Error ? (stray.stack ?? stray.message) : String(stray);
  return { ...result, violation: { invariant: 'no promise is left to itself', message } };
}

function work(): void {
  process.on('message', (message: { readonly seed: number } | 'end') => {
    if (message === 'end') {
      process.disconnect();
      return;
    }
    const begun = process.cpuUsage();
    runWatched(message.seed, null).then(
      (result) => {
        const { user, system } = process.cpuUsage(begun);
        const cpuMs = (user + system) / 1000;
        process.send?.({ ...result, lastEvents: tail(result), cpuMs });
      },
      (error: unknown) => {
        throw error;
      },
    );
  });
  process.send?.('ready');
}

/** The last events of a run that failed; nobody reads those of the others. */
const tail = ({ violation, lastEvents }: Result): readonly string[] =>
  violation === null ? [] : lastEvents;

/** Node names a program by where it really lies, whatever links lead there. */
const program = process.argv[1];
if (program !== undefined && import.meta.url === pathToFileURL(realpathSync(program)).href) {
  if (process.argv[2] === '--worker') work();
}
