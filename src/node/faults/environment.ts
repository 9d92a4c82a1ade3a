/**
 * The machine a node runs on, with a disk and a clock that can be made to fail. Everything else is
 * as it is; a node without `--inject-faults` never meets this.
 */
import type { Environment } from '../environment.js';
import type { FaultBoard } from './board.js';
import { shiftedClock } from './clock.js';
import { faultyLogFs } from './log-fs.js';
import { faultyStore } from './store.js';

export function faultyEnvironment(environment: Environment, board: FaultBoard): Environment {
  return {
    ...environment,
    clock: shiftedClock(environment.clock, board),
    files: faultyLogFs(environment.files, board),
    openStore: async (dir, options) =>
      faultyStore(await environment.openStore(dir, options), board),
  };
}
