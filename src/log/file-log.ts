/**
 * Opens the node's write-ahead log on disk: one for all its groups (DESIGN section 5). Scan, cut,
 * make a new segment and write the tail into it again; from there on it is a RunningLog.
 */
import path from 'node:path';
import { LogFailure, systemCodeOf } from './errors.js';
import { type LogFs, nodeLogFs } from './fs.js';
import type { CompleteLog, FileLogOptions } from './options.js';
import { mustBeWhole, Replayer } from './replay.js';
import { RunningLog } from './running-log.js';
import { listSegments, type Scan, scanLog } from './scan.js';
import { checkIdentity, SPARE_NAME, segmentName } from './segment.js';
import { LogState } from './state.js';

/**
 * Opens the log, or begins one. When it resolves, everything in `restored` is durable whatever the
 * page cache held before. Rejects with LogCorruption, LogMismatch or LogFailure.
 */
export async function openFileLog(options: FileLogOptions): Promise<CompleteLog> {
  checkIdentity(options);
  const files = options.files ?? nodeLogFs;
  try {
    return await open(options, files);
  } catch (thrown) {
    if (!/^E[A-Z0-9]+$/.test(systemCodeOf(thrown))) throw thrown;
    throw new LogFailure(options.dir, 'opening', thrown);
  }
}

async function open(options: FileLogOptions, files: LogFs): Promise<CompleteLog> {
  const { dir } = options;
  if (await files.mkdir(dir)) await files.dirsync(path.dirname(dir));
  if ((await files.list(dir)).includes(SPARE_NAME)) {
    await files.unlink(path.join(dir, SPARE_NAME));
  }
  const state = new LogState();
  const replayer = new Replayer(state);
  let tail: Buffer | null = null;
  const pathOf = (number: number) => path.join(dir, segmentName(number));
  const numbers = await listSegments(files, dir);
  const scan = await scanLog(files, numbers, pathOf, options, (segment, found, again) => {
    const { offset, sequence, payload } = found;
    const frame = { segment, offset, length: payload.length, sequence, payload: null };
    replayer.frame(frame, payload, again);
    tail = payload;
  });
  mustBeWhole(state, dir);
  await cutTail(files, scan, options.logger);
  const first = tail === null ? scan.nextSequence : scan.nextSequence - 1;
  const log = new RunningLog(options, files, state, scan, first);
  await log.begin(tail, replayer);
  return log;
}

/**
 * The last segment ends with its last good frame from now on; nothing is ever appended to it.
 * Synced in any case, for what a killed process left in the page cache.
 */
async function cutTail(files: LogFs, scan: Scan, logger?: (line: string) => void): Promise<void> {
  const last = scan.segments.at(-1);
  if (last === undefined) return;
  await files.truncate(last.ref.path, last.end);
  if (scan.torn !== null) {
    logger?.(`write-ahead log: torn tail cut, ${last.ref.path} at byte ${last.end}`);
  }
}
