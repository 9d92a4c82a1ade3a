/** Data commands: every JSON shape and exit code of the contract, against a real gRPC door. */
import type { Command } from '@oclif/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import Append from '../../commands/append.js';
import Cad from '../../commands/cad.js';
import Cas from '../../commands/cas.js';
import Del from '../../commands/del.js';
import Exists from '../../commands/exists.js';
import Expire from '../../commands/expire.js';
import Get from '../../commands/get.js';
import Incr from '../../commands/incr.js';
import Mget from '../../commands/mget.js';
import Mset from '../../commands/mset.js';
import Persist from '../../commands/persist.js';
import Scan from '../../commands/scan.js';
import SetCommand from '../../commands/set.js';
import Ttl from '../../commands/ttl.js';
import { MAX_KEY_BYTES } from '../../src/kv/limits.js';
import { type FakeNode, startFakeNode } from '../client/support/fake-node.js';
import { type Ran, runCommand } from './support/run.js';

let node: FakeNode;

beforeAll(async () => {
  node = await startFakeNode();
});

afterAll(() => node.close());

beforeEach(() => {
  node.behave(null);
  node.store.data.clear();
  node.store.revision = 0;
});

const run = (command: typeof Command, ...argv: string[]): Promise<Ran> =>
  runCommand(command, ['--endpoints', node.address, ...argv]);
const json = (command: typeof Command, ...argv: string[]): Promise<Ran> =>
  run(command, ...argv, '-o', 'json');
const lines = (ran: Ran): [string, number] => [ran.stdout, ran.code];

describe('JSON shapes', () => {
  it('set and get', async () => {
    expect(lines(await json(SetCommand, 'k', 'v'))).toEqual([
      '{"key":"k","revision":1,"applied":true,"previous":null}\n',
      0,
    ]);
    expect(lines(await json(Get, 'k'))).toEqual([
      '{"key":"k","value":"v","revision":1,"expiresAt":null,"shard":1}\n',
      0,
    ]);
    expect(lines(await json(Get, 'missing'))).toEqual(['{"key":"missing","found":false}\n', 1]);
    expect(lines(await json(SetCommand, 'k', 'w', '--if-absent', '--get-old'))).toEqual([
      '{"key":"k","revision":1,"applied":false,"previous":"v"}\n',
      1,
    ]);
  });

  it('times are RFC 3339, UTC', async () => {
    await run(SetCommand, 'k', 'v', '--ttl', '10s');
    node.store.data.get('k')!.expiresAt = Date.UTC(2027, 0, 2, 3, 4, 5, 6);
    expect((await json(Get, 'k')).stdout).toContain('"expiresAt":"2027-01-02T03:04:05.006Z"');
  });

  it('bytes that are no text come as base64', async () => {
    await run(SetCommand, 'ff00', 'c328', '--hex');
    const { stdout } = await json(Get, 'ff00', '--hex');
    expect(JSON.parse(stdout)).toMatchObject({ keyBase64: '/wA=', valueBase64: 'wyg=' });
    expect((await run(Get, 'ff00', '--hex')).stdout).toBe('c328\n');
    expect((await json(SetCommand, 'ff00', '00', '--hex', '--get-old')).stdout).toContain(
      '"previousBase64":"wyg="',
    );
  });

  it('counters are strings', async () => {
    await run(SetCommand, 'n', '9223372036854775800');
    expect(lines(await json(Incr, 'n', '--by', '7'))).toEqual([
      '{"key":"n","value":"9223372036854775807"}\n',
      0,
    ]);
    expect(lines(await run(Incr, 'm', '--by', '-3'))).toEqual(['-3\n', 0]);
  });

  it('del, exists, append, mget, mset', async () => {
    expect(lines(await json(Mset, 'a', '1', 'b', '1', 'c', '3'))).toEqual(['{"written":3}\n', 0]);
    expect(lines(await json(Exists, 'a', 'b', 'x'))).toEqual(['{"count":2}\n', 1]);
    expect(lines(await json(Append, 'a', '23'))).toEqual(['{"key":"a","bytes":3}\n', 0]);
    expect(lines(await json(Mget, 'a', 'x'))).toEqual([
      '{"items":[{"key":"a","value":"123","revision":4,"expiresAt":null},' +
        '{"key":"x","found":false}]}\n',
      1,
    ]);
    expect(lines(await json(Del, 'a', 'b', 'x'))).toEqual(['{"deleted":2}\n', 0]);
    expect(lines(await json(Del, 'c', '--must-exist'))).toEqual(['{"deleted":1}\n', 0]);
    expect(lines(await json(Del, 'c', '--must-exist'))).toEqual(['{"deleted":0}\n', 1]);
  });

  it('expire, ttl, persist', async () => {
    await run(SetCommand, 'k', 'v');
    expect(lines(await json(Expire, 'k', '10m'))).toEqual(['{"key":"k","applied":true}\n', 0]);
    expect((await json(Ttl, 'k')).stdout).toMatch(/^\{"key":"k","ttlMs":59\d{4}\}\n$/);
    expect(lines(await json(Persist, 'k'))).toEqual(['{"key":"k","applied":true}\n', 0]);
    expect(lines(await json(Persist, 'k'))).toEqual(['{"key":"k","applied":false}\n', 1]);
    expect(lines(await json(Ttl, 'k'))).toEqual(['{"key":"k","ttlMs":null}\n', 0]);
    expect(lines(await json(Ttl, 'x'))).toEqual(['{"key":"x","found":false}\n', 1]);
    expect(lines(await json(Expire, 'x', '1s'))).toEqual(['{"key":"x","applied":false}\n', 1]);
    expect(lines(await run(Ttl, 'k'))).toEqual(['none\n', 0]);
  });

  it('cas and cad', async () => {
    await run(SetCommand, 'k', 'v');
    expect(lines(await json(Cas, 'k', 'v', 'w'))).toEqual([
      '{"key":"k","revision":2,"applied":true,"previous":null}\n',
      0,
    ]);
    expect(lines(await json(Cad, 'k', 'v'))).toEqual([
      '{"key":"k","revision":2,"applied":false,"previous":null}\n',
      1,
    ]);
    expect(lines(await run(Cad, 'k', 'w'))).toEqual(['OK\n', 0]);
    expect((await json(Cas, 'k', 'w', 'x')).stdout).toContain('"revision":null,"applied":false');
  });

  it('yaml is the same document', async () => {
    await run(SetCommand, 'k', 'v');
    expect((await run(Get, 'k', '-o', 'yaml')).stdout).toBe(
      'key: k\nvalue: v\nrevision: 1\nexpiresAt: null\nshard: 1\n',
    );
  });
});

describe('plain output', () => {
  it('get prints the value and a newline, raw the bytes alone, absent nothing', async () => {
    await run(SetCommand, 'k', 'v');
    expect(lines(await run(Get, 'k'))).toEqual(['v\n', 0]);
    expect(lines(await run(Get, 'k', '-o', 'raw'))).toEqual(['v', 0]);
    expect(await run(Get, 'x')).toEqual({ stdout: '', stderr: 'not found\n', code: 1 });
    expect(await run(Get, 'x', '-o', 'raw')).toMatchObject({ stdout: '', code: 1 });
  });

  it('set says OK, or prints the old value when asked', async () => {
    expect(lines(await run(SetCommand, 'k', 'v'))).toEqual(['OK\n', 0]);
    expect(lines(await run(SetCommand, 'k', 'w', '--get-old'))).toEqual(['v\n', 0]);
    expect(await run(SetCommand, 'k', 'x', '--if-absent')).toEqual({
      stdout: '',
      stderr: 'not set: the condition is false\n',
      code: 1,
    });
    expect(lines(await run(SetCommand, '--', '-k', '-v'))).toEqual(['OK\n', 0]);
  });
});

describe('scan', () => {
  beforeEach(async () => {
    for (const [i, key] of ['u:1', 'u:2', 'u:3', 'u:4', 'v:1'].entries()) {
      await run(SetCommand, key, `${i}`);
    }
  });

  it('prints key TAB value of all pages, or keys, or how many', async () => {
    expect((await run(Scan, '--prefix', 'u:')).stdout).toBe('u:1\t0\nu:2\t1\nu:3\t2\nu:4\t3\n');
    expect((await run(Scan, '--keys-only', '-0', '--from', 'u:3')).stdout).toBe('u:3\0u:4\0v:1\0');
    expect(lines(await run(Scan, '--count-only'))).toEqual(['5\n', 0]);
    expect(lines(await json(Scan, '--count-only', '--prefix', 'u'))).toEqual(['{"count":4}\n', 0]);
    expect((await run(Scan, '--reverse', '--keys-only', '--unordered')).stdout).toMatch(/^v:1\n/);
  });

  it('with --limit the next cursor goes to stderr, and goes on where it stopped', async () => {
    const first = await run(Scan, '--limit', '2', '--prefix', 'u:');
    expect(first).toMatchObject({ stdout: 'u:1\t0\nu:2\t1\n', code: 0 });
    const cursor = first.stderr.trim();
    const rest = await run(Scan, '--limit', '5', '--prefix', 'u:', '--cursor', cursor);
    expect(rest).toEqual({ stdout: 'u:3\t2\nu:4\t3\n', stderr: '', code: 0 });
  });

  it('as JSON', async () => {
    const { stdout } = await json(Scan, '--prefix', 'u:', '--limit', '1');
    expect(stdout).toBe(
      '{"items":[{"key":"u:1","value":"0","revision":1,"expiresAt":null}],"cursor":"dTox"}\n',
    );
    const all = JSON.parse((await json(Scan, '--keys-only')).stdout);
    expect(all.cursor).toBeNull();
    expect(all.items.map((item: { key: string }) => item.key)).toEqual([
      'u:1',
      'u:2',
      'u:3',
      'u:4',
      'v:1',
    ]);
    expect((await json(Scan, '--prefix', 'none')).stdout).toBe('{"items":[],"cursor":null}\n');
  });
});

describe('bad words: exit 2, one line, nothing done', () => {
  const cases: [string, typeof Command, string[]][] = [
    ['a missing argument', Get, []],
    ['an argument too many', Get, ['a', 'b']],
    ['an unknown flag', Get, ['k', '--nope']],
    ['an unknown output format', Get, ['k', '-o', 'xml']],
    ['an empty key', Get, ['']],
    ['an empty key among others', Mget, ['a', '']],
    ['a key over the limit', Get, ['k'.repeat(MAX_KEY_BYTES + 1)]],
    ['odd hex', Get, ['abc', '--hex']],
    ['no hex', Get, ['zz', '--hex']],
    ['a time that is none', Get, ['k', '--timeout', 'soon']],
    ['a time of nothing', SetCommand, ['k', 'v', '--ttl', '0s']],
    ['two conditions', SetCommand, ['k', 'v', '--if-absent', '--if-present']],
    ['a key without its value', Mset, ['a', '1', 'b']],
    ['a number that is none', Incr, ['n', '--by', '1.5']],
    ['a number over 64 bits', Incr, ['n', '--by', '9223372036854775808']],
    ['stale without a bound', Get, ['k', '--read', 'stale']],
    ['a bound without stale', Get, ['k', '--max-staleness', '1s']],
    ['a cursor that is none', Scan, ['--cursor', '%%']],
    ['a limit of nothing', Scan, ['--limit', '0']],
  ];
  it.each(cases)('%s', async (_what, command, argv) => {
    const before = node.seen.length;
    const plain = await run(command, ...argv);
    expect([plain.code, plain.stdout]).toEqual([2, '']);
    expect(plain.stderr).toMatch(/^rkv: [^\n]+\n$/);
    const structured = await run(command, ...argv, '--json');
    expect([structured.code, structured.stdout]).toEqual([2, '']);
    expect(JSON.parse(structured.stderr).error).toMatchObject({ kind: 'usage', exitCode: 2 });
    expect(node.seen.length).toBe(before);
  });

  it('an empty key is taken when it is meant', async () => {
    expect((await run(SetCommand, '', 'v', '--allow-empty-key')).code).toBe(0);
    expect(lines(await run(Get, '', '--allow-empty-key'))).toEqual(['v\n', 0]);
  });
});

describe('bad news', () => {
  const refusal = { code: 'NO_LEADER', kind: 'refused', retryable: true, exitCode: 5 };

  it('the error object', async () => {
    const { RkvError } = await import('../../src/kv/errors.js');
    node.behave((_request, answer) => {
      answer(new RkvError('NO_LEADER', 'shard 3 has no leader', { shard: 3, leader: null }));
    });
    const ran = await json(SetCommand, 'k', 'v', '--timeout', '400ms');
    expect([ran.stdout, ran.code]).toEqual(['', 5]);
    expect(ran.stderr).toBe(
      `${JSON.stringify({
        error: {
          code: refusal.code,
          kind: refusal.kind,
          message: 'shard 3 has no leader',
          retryable: true,
          exitCode: 5,
          shard: 3,
          leader: null,
          hint: 'rkv status',
        },
      })}\n`,
    );
  });

  it('a write without an answer is unknown: exit 6; a read timed out: exit 5', async () => {
    node.behave(() => undefined);
    expect((await run(SetCommand, 'k', 'v', '--timeout', '400ms')).code).toBe(6);
    expect((await run(Get, 'k', '--timeout', '400ms')).code).toBe(5);
  });

  it('nobody there: exit 3', async () => {
    const ran = await runCommand(Get, ['k', '--endpoints', '127.0.0.1:1']);
    expect(ran).toEqual({
      stdout: '',
      stderr:
        'rkv: no node could be reached at 127.0.0.1:1 (connection refused) ' +
        '(try: rkv cluster up)\n',
      code: 3,
    });
  });

  it('a value of another kind: exit 1', async () => {
    node.behave((_request, answer) => answer({ kind: 'failed', code: 'NOT_INTEGER' }));
    expect((await run(Incr, 'k')).code).toBe(1);
  });
});
