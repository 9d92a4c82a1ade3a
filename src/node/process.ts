/**
 * The process around one node: what signals, the launcher's channel and a failed node make of it.
 * `commands/serve` calls it; embedding users call `startNode` and keep their own process.
 */
import { constants } from 'node:os';
import type { ChildReport } from '../config/child.js';
import { RkvError, toRkvError } from '../kv/errors.js';
import type { Log } from '../observe/logger.js';
import type { RunningNode } from './types.js';

/** A stop that takes longer than this is given up: the log has all that was acknowledged. */
const STOP_LIMIT_MS = 8000;
/** Without its launcher a node has nobody to wait for it. */
const ORPHAN_STOP_LIMIT_MS = 3000;
/** A terminal's Ctrl-C reaches a process and its re-executed child, which is told again. */
const SAME_SIGNAL_MS = 1000;
const LOG_FLUSH_MS = 300;

type End =
  | { readonly kind: 'signal'; readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' }
  | { readonly kind: 'orphaned' }
  | { readonly kind: 'failed'; readonly error: RkvError };

/**
 * Runs a node until it is told to end, and resolves with the process's exit code: 0 for SIGTERM
 * and for the launcher's end, 128 + n for another signal, the error's code for a failed node.
 * Rejects when the node does not start; the launcher has then been told why.
 */
export async function runNodeProcess(start: () => Promise<RunningNode>, log: Log): Promise<number> {
  // what log and store create is for the owner only
  process.umask(0o077);
  const end = watchForEnd();
  let node: RunningNode;
  let starting = true;
  // asked when the end comes: once the node is up, ending it is the business of `finish`
  const cutShort = end.then((how) =>
    starting ? leaveWhileStarting(how) : new Promise<never>(() => undefined),
  );
  try {
    node = await Promise.race([start(), cutShort]);
    starting = false;
  } catch (thrown) {
    await report({ kind: 'failed', ...describe(toRkvError(thrown)) });
    throw thrown;
  }
  log.logger.info(
    { ...shown(node), pid: process.pid, try: `rkv status --endpoints ${node.addresses.grpc}` },
    `node ${node.nodeId} is up`,
  );
  await report({ kind: 'ready', nodeId: node.nodeId, addresses: node.addresses });
  const failed = node.failed.then((error): End => ({ kind: 'failed', error }));
  const code = await finish(node, await Promise.race([end, failed]), log);
  await log.sink.flush(LOG_FLUSH_MS);
  return code;
}

/** A start that is cut short is a crash, and a crash is safe; nothing is worth waiting for. */
function leaveWhileStarting(end: End): never {
  process.exit(end.kind === 'signal' ? exitCodeOf(end.signal) : 0);
}

async function finish(node: RunningNode, end: End, log: Log): Promise<number> {
  switch (end.kind) {
    case 'failed': {
      const { code, message } = end.error;
      log.logger.error({ code, exitCode: end.error.exitCode }, message);
      await report({ kind: 'failed', ...describe(end.error) });
      return end.error.exitCode;
    }
    case 'orphaned':
      log.logger.warn({}, 'the launcher is gone: stopping');
      await stopWithin(node, ORPHAN_STOP_LIMIT_MS, log);
      return 0;
    case 'signal':
      log.logger.info({ signal: end.signal }, 'stopping');
      await stopWithin(node, STOP_LIMIT_MS, log);
      return exitCodeOf(end.signal);
  }
}

/** A failing stop must not turn into a process that never ends. */
async function stopWithin(node: RunningNode, limitMs: number, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  const outcome = await Promise.race([node.stop().then(() => 'stopped', toRkvError), limit]);
  clearTimeout(timer);
  if (outcome === 'late') log.logger.warn({ limitMs }, 'the node did not stop in time');
  if (outcome instanceof RkvError) {
    log.logger.error({ code: outcome.code }, `stopping failed: ${outcome.message}`);
  }
}

const exitCodeOf = (signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP'): number =>
  signal === 'SIGTERM' ? 0 : 128 + constants.signals[signal];

/** Resolves at the first reason to end; a second signal, a while later, ends at once. */
function watchForEnd(): Promise<End> {
  return new Promise((resolve) => {
    let first: number | null = null;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (first !== null && now - first > SAME_SIGNAL_MS) {
          process.exit(128 + constants.signals[signal]);
        }
        first ??= now;
        resolve({ kind: 'signal', signal });
      });
    }
    if (process.channel !== undefined) {
      process.once('disconnect', () => resolve({ kind: 'orphaned' }));
    }
  });
}

const describe = (error: RkvError): { code: RkvError['code']; message: string } => ({
  code: error.code,
  message: error.message,
});

/** Doors that are open. */
function shown(node: RunningNode): Record<string, string> {
  const open = Object.entries(node.addresses).filter(([, address]) => address !== null);
  return Object.fromEntries(open) as Record<string, string>;
}

/** To the launcher, if there is one; a channel that just broke is no error here. */
function report(message: ChildReport): Promise<void> {
  if (process.send === undefined || !process.connected) return Promise.resolve();
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
