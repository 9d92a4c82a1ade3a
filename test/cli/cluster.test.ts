/** Bad input to the cluster and wal commands: one sentence, the code of the contract. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@oclif/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import ClusterDown from '../../commands/cluster/down.js';
import ClusterEnv from '../../commands/cluster/env.js';
import ClusterKill from '../../commands/cluster/kill.js';
import ClusterList from '../../commands/cluster/list.js';
import ClusterLogs from '../../commands/cluster/logs.js';
import ClusterRestart from '../../commands/cluster/restart.js';
import ClusterStatus from '../../commands/cluster/status.js';
import ClusterWait from '../../commands/cluster/wait.js';
import WalDump from '../../commands/wal/dump.js';
import WalVerify from '../../commands/wal/verify.js';
import { runCommand } from './support/run.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rkv-cli-'));
  process.env.RKV_HOME = home;
});
afterEach(async () => {
  delete process.env.RKV_HOME;
  await rm(home, { recursive: true });
});

describe('cluster commands', () => {
  it.each<[string, typeof Command, string[], number, string]>([
    ['status', ClusterStatus, [], 3, "no local cluster 'default' is running"],
    ['status of a name', ClusterStatus, ['--name', 'x'], 3, 'rkv cluster up --name x'],
    ['down', ClusterDown, ['--cluster', 'x'], 3, "no local cluster 'x' is running"],
    ['env', ClusterEnv, [], 3, 'no local cluster'],
    ['wait', ClusterWait, [], 3, 'no local cluster'],
    ['logs', ClusterLogs, [], 3, 'no local cluster'],
    ['restart of no node', ClusterRestart, ['one'], 2, "'one' is no node"],
    ['kill of no node', ClusterKill, ['one'], 2, "'one' is no node"],
    ['kill with no signal', ClusterKill, ['1', '--signal', 'NOPE'], 2, "no signal 'NOPE'"],
    ['kill without a node', ClusterKill, [], 2, 'Missing 1 required arg'],
    ['a name that is a path', ClusterStatus, ['--name', '../x'], 2, "'../x' is no cluster name"],
    ['wait for no time', ClusterWait, ['--timeout', 'soon'], 2, "'soon' is no time"],
  ])('%s', async (_, command, argv, code, words) => {
    const ran = await runCommand(command, argv);
    expect(ran).toMatchObject({ code, stdout: '' });
    expect(ran.stderr).toContain(words);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('list nothing where nothing is', async () => {
    const ran = await runCommand(ClusterList, ['--json']);
    expect(ran).toEqual({ code: 0, stdout: '{"clusters":[]}\n', stderr: '' });
  });
});

describe('wal commands', () => {
  it.each<[string, typeof Command]>([
    ['verify', WalVerify],
    ['dump', WalDump],
  ])('%s needs a log', async (_, command) => {
    const missing = await runCommand(command, [join(home, 'none')]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('cannot read the directory');
    const empty = await runCommand(command, [home]);
    expect(empty).toMatchObject({ code: 2, stdout: '' });
    expect(empty.stderr).toContain('there is no log in');
  });

  it('refuse the log of a running node', async () => {
    const { takeLock } = await import('../../src/base/lockfile.js');
    await mkdir(join(home, 'wal'));
    await writeFile(join(home, 'wal', '000000000001.wal'), '');
    const lock = await takeLock(join(home, 'LOCK'));
    const ran = await runCommand(WalVerify, [home]);
    if (lock.kind === 'held') await lock.lock.release();
    expect(ran).toMatchObject({ code: 7, stdout: '' });
    expect(ran.stderr).toContain(`is running as process ${process.pid}`);
  });

  it('verify says where a log is broken, and exits 8', async () => {
    await writeFile(join(home, '000000000001.wal'), Buffer.alloc(8192, 1));
    const ran = await runCommand(WalVerify, [home, '--json']);
    expect(ran).toMatchObject({ code: 8, stdout: '' });
    const { error } = JSON.parse(ran.stderr) as { error: { code: string; message: string } };
    expect(error.code).toBe('CORRUPT');
    expect(error.message).toContain('000000000001.wal at byte 0');
  });
});
