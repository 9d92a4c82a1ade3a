/** `rkv verify`: exit codes, sentences, and a real recording of a real node. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '@oclif/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import Bench from '../../commands/bench.js';
import Verify from '../../commands/verify.js';
import { checkHistoryFile } from '../../src/cli/history-file.js';
import { verdictObject, verdictText } from '../../src/cli/verdict-view.js';
import { startNode } from '../../src/index.js';
import { formatHistoryLine, type HistoryOp } from '../../src/verify/history.js';
import { generateHistory } from '../verify/generate.js';
import { op, saw } from '../verify/support.js';
import { runCommand } from './support/run.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-verify-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const verify = (...argv: string[]) => runCommand(Verify as unknown as typeof Command, argv);

async function file(name: string, lines: readonly (HistoryOp | string)[]): Promise<string> {
  const path = join(dir, name);
  const text = lines.map((line) => (typeof line === 'string' ? line : formatHistoryLine(line)));
  await writeFile(path, `${text.join('\n')}\n`);
  return path;
}

const STALE = [
  op('set old', 0, 1, { applied: true }, { client: 7 }),
  op('get', 2, 3, saw('old')),
  op('set new', 4, 5, { applied: true }),
  op('get', 6, 7, saw('old'), { client: 9 }),
];
const FAULT = '{"fault":"kill","what":"node 2","nodes":[2],"call":1,"return":2,"result":"ok"}';

describe('rkv verify', () => {
  it('exits 0 on a linearizable history, with faults in it', async () => {
    const path = await file('good.jsonl', [...STALE.slice(0, 3), '', FAULT]);
    const ran = await verify(path, '-o', 'json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      verdict: 'linearizable',
      operations: 3,
      keys: 1,
      faults: 1,
      violations: [],
      undecided: [],
    });
    expect((await verify(path, '-o', 'raw')).stdout).toBe('linearizable\n');
    expect((await verify(path, '-o', 'yaml')).stdout).toContain('verdict: linearizable');
    const table = await verify(path, '-o', 'table');
    expect(table.stdout).toMatch(/^linearizable: 3 operations on 1 keys, 1 faults meanwhile, /);
  });

  it('exits 8 on a violation and names the operations that show it', async () => {
    const noise = generateHistory({
      ...{ operations: 500, clients: 4, keys: 3, unknownPerMille: 10, seed: 2 },
    });
    const path = await file('bad.jsonl', [...noise, ...STALE]);
    const ran = await verify(path, '-o', 'table');
    expect(ran.code).toBe(8);
    expect(ran.stdout).toMatch(/^violation: 504 operations on 4 keys/);
    expect(ran.stdout).toContain('key "k": no order explains these 2 operations (by 7 ');
    expect(ran.stdout).toContain('4 to 5  client 1  set "new" -> applied true');
    expect(ran.stdout).toContain('6 to 7  client 9  get -> "old"');
    const json = JSON.parse((await verify(path, '--json')).stdout);
    expect(json).toMatchObject({ verdict: 'violation', violations: [{ key: 'k', atUs: 7 }] });
    expect(json.violations[0].part).toEqual(STALE.slice(2));
  });

  it('says undecided when a key takes too long, and nothing else', async () => {
    const many = { operations: 3000, clients: 8, keys: 1, unknownPerMille: 40, seed: 4, values: 2 };
    const path = await file('hard.jsonl', generateHistory(many));
    const checked = await checkHistoryFile(path, -1);
    expect(checked.verdict.kind).toBe('undecided');
    expect(verdictText(checked)).toContain('undecided: the time for "k0" ran out');
    for (const told of [verdictText(checked), JSON.stringify(verdictObject(checked))]) {
      expect(told).not.toContain('linearizable');
    }
  });

  it.each([
    ['a missing file', null, 'ENOENT'],
    ['another file', ['# README', 'hello'], 'is not a history: line 1: it is not JSON'],
    ['a line in the midst', [STALE[0] as HistoryOp, '{"op":"get"}'], 'line 2: client is no whole'],
    ['an empty file', [], 'holds no operation'],
    ['nothing but faults', [FAULT], 'holds no operation'],
  ])('exits 2 with a sentence: %s', async (name, lines, problem) => {
    const path = lines === null ? join(dir, 'nowhere') : await file(`${name}.jsonl`, lines);
    const ran = await verify(path);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(problem);
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('exits 2 on a folder', async () => {
    expect(await verify(dir)).toMatchObject({ code: 2, stdout: '' });
  });

  it('accepts what bench --record wrote, and finds the one answer that was changed', async () => {
    const node = await startNode({
      options: {
        dataDir: join(dir, 'data'),
        listenGrpc: '127.0.0.1:0',
        listenPeer: '127.0.0.1:0',
        listenRedis: 'off',
        listenRedisCluster: 'off',
        diskReserveBytes: 4 * 1024 * 1024,
        ballastBytes: 1024 * 1024,
      },
    });
    const path = join(dir, 'bench.jsonl');
    try {
      const words = [
        '--record',
        path,
        '--any',
        '--reads',
        '0.5',
        '--keys',
        '40',
        '--in-flight',
        '4',
      ];
      const short = ['--clients', '8', '--duration', '300ms', '--warmup', '50ms'];
      const endpoint = ['--endpoints', node.addresses.grpc ?? ''];
      const bench = await runCommand(Bench as unknown as typeof Command, [
        ...[...words, ...short, ...endpoint, '-o', 'json'],
      ]);
      expect(bench).toMatchObject({ code: 0 });
    } finally {
      await node.stop();
    }
    const good = await verify(path, '-o', 'json');
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout).operations).toBeGreaterThan(100);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    const at = lines.findLastIndex((line) => line.includes('"op":"get"'));
    const read = JSON.parse(lines[at] as string) as HistoryOp;
    lines[at] = formatHistoryLine({ ...read, out: { value: '1' } });
    const changed = await verify(await file('changed.jsonl', lines), '--json');
    expect(changed.code).toBe(8);
    expect(JSON.parse(changed.stdout).violations).toMatchObject([{ key: read.key }]);
  }, 60_000);
});
