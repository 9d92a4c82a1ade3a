import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.js';
import { openFileLog } from '../../../src/log/file-log.js';
import { nodeLogFs } from '../../../src/log/fs.js';
import { createMemoryDisk, openMemoryLog } from '../../../src/log/memory-log.js';
import type { CompleteLog } from '../../../src/log/options.js';
import { type LogHarness, logConformance } from './log.js';

/** On a real disk; a crash leaves the old log running without anybody listening, on a copy. */
function fileHarness(durableWrites: boolean): LogHarness {
  const logs: CompleteLog[] = [];
  const roots: string[] = [];
  let dir = '';
  const files = { ...nodeLogFs, durableWrites: durableWrites && nodeLogFs.durableWrites };
  const start = async (): Promise<CompleteLog> => {
    const onFatal = (error: Error) => {
      throw error;
    };
    const log = await openFileLog({
      dir: path.join(dir, 'wal'),
      clusterId: 'conformance',
      nodeId: 1,
      clock: systemClock,
      files,
      onFatal,
    });
    logs.push(log);
    return log;
  };
  const freshDir = async (): Promise<string> => {
    const root = await fs.mkdtemp(path.join(os.tmpdir(), 'rkv-log-'));
    roots.push(root);
    return root;
  };
  return {
    async open() {
      dir = await freshDir();
      return start();
    },
    async reopen() {
      await logs.at(-1)?.close();
      return start();
    },
    async crash() {
      const copy = await freshDir();
      await fs.cp(dir, copy, { recursive: true });
      dir = copy;
      return start();
    },
    async cleanUp() {
      for (const log of logs) await log.close();
      for (const root of roots) await fs.rm(root, { recursive: true, force: true });
    },
  };
}

function memoryHarness(): LogHarness {
  const disk = createMemoryDisk();
  let log: CompleteLog | null = null;
  const open = async (): Promise<CompleteLog> => {
    log = await openMemoryLog({ clock: systemClock, disk });
    return log;
  };
  return {
    open,
    async reopen() {
      await log?.close();
      return open();
    },
    crash: open,
    cleanUp: async () => {
      await log?.close();
    },
  };
}

logConformance('file', () => fileHarness(true));
logConformance('file with fdatasync', () => fileHarness(false));
logConformance('memory', memoryHarness);
