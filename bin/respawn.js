// Runs this very process again with more environment, and is nothing but its shadow from then on:
// signals go down, the exit code comes up. The IPC channel tells the child when its shadow is
// killed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];

export function respawn(environment) {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...environment },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Whoever started this process may wait for the node's word, and the node for its end.
  if (process.send) {
    child.on('message', (message) => process.connected && process.send(message));
    process.on('disconnect', () => child.connected && child.disconnect());
  }
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`rkv: cannot start: ${error.message}\n`);
    process.exitCode = 70;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}
