/** Where option values come from, what is refused, and in which words. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadOptions, toFlags } from '../../src/config/load.js';
import { defaultOptions, hardOptions } from '../../src/config/options.js';
import { envOf, flagOf } from '../../src/config/row.js';
import { OPTION_NAMES, rowOf } from '../../src/config/rows.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-config-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function fileOf(text: string): Promise<string> {
  const path = join(dir, 'server.yaml');
  await writeFile(path, text);
  return path;
}

const refusal = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
  return (error as Error).message;
};

describe('precedence', () => {
  it('is file < environment < flag, and says where each value is from', async () => {
    const file = await fileOf('nodeId: 2\nshards: 8\nelectionMs: 2s\n');
    const env = { RKV_SHARDS: '16', RKV_HEARTBEAT_MS: '200ms' };
    const loaded = await loadOptions({ file, env, flags: { heartbeatMs: 250 } });
    expect(loaded.options).toEqual(
      defaultOptions({ nodeId: 2, shards: 16, electionMs: 2000, heartbeatMs: 250 }),
    );
    const { nodeId, shards, heartbeatMs, engine } = loaded.origins;
    expect({ nodeId, shards, heartbeatMs, engine }).toEqual({
      nodeId: 'file',
      shards: 'environment',
      heartbeatMs: 'flag',
      engine: 'default',
    });
  });

  it('takes an empty variable as not set', async () => {
    const { options } = await loadOptions({ env: { RKV_SHARDS: '' } });
    expect(options.shards).toBe(4);
  });

  it('reads sizes and times with units', async () => {
    const file = await fileOf('segmentBytes: 8 MiB\nscrubBytesPerSecond: 2MiB/s\nflushAgeMs: 1s\n');
    const { options } = await loadOptions({ file });
    expect(options.segmentBytes).toBe(8 * 1024 * 1024);
    expect(options.scrubBytesPerSecond).toBe(2 * 1024 * 1024);
    expect(options.flushAgeMs).toBe(1000);
  });

  it('hands back allowed keys that are no options, with their lines', async () => {
    const file = await fileOf('nodeId: 1\nlabels:\n  zone: a\n');
    const { extras } = await loadOptions({ file, extraKeys: ['labels'] });
    expect(extras.get('labels')?.line).toBe(2);
  });
});

describe('refusals name the place', () => {
  it.each([
    ['nodeId: 1\nshard: 4\n', ":2: unknown key 'shard'; did you mean 'shards'?"],
    ['frobnicate: 4\n', ":1: unknown key 'frobnicate'"],
    ['shards: [4\n', ':2: Flow sequence'],
    ['shards: 4\nshards: 5\n', ':2: Map keys must be unique'],
    ['- 1\n', ": expected 'name: value' lines"],
    ['shards:\n  - 1\n', ':1: shards takes one value, not a list or map'],
    ['\nshards: 257\n', ":2: shards must be a whole number from 1 to 256, not '257'"],
    ['shards: 4.5\n', ":1: shards must be a whole number from 1 to 256, not '4.5'"],
    ['engine: rocks\n', ":1: engine must be one of level, memory, not 'rocks'"],
    ['leaseReads: yes please\n', ":1: leaseReads must be true or false, not 'yes please'"],
    ['listenGrpc: "7410"\n', ":1: listenGrpc must be an address like 127.0.0.1:7410, not '7410'"],
    ['flushBytes: much\n', ":1: flushBytes must be a size from 64 KiB to 256 MiB, not 'much'"],
  ])('file %j', async (text, message) => {
    const file = await fileOf(text);
    expect(await refusal(loadOptions({ file }))).toContain(`${file}${message}`);
  });

  it('names the variable and the flag', async () => {
    expect(await refusal(loadOptions({ env: { RKV_SHARDS: 'x' } }))).toContain('RKV_SHARDS: ');
    expect(await refusal(loadOptions({ flags: { nodeId: 0 } }))).toContain('--node-id: ');
  });

  it('names a file that is not there', async () => {
    const path = join(dir, 'none.yaml');
    expect(await refusal(loadOptions({ file: path }))).toBe(`cannot read ${path}: ENOENT`);
  });

  it('refuses contradictions between options with their reason', async () => {
    const message = await refusal(loadOptions({ flags: { maxAppendBytes: 4096 } }));
    expect(message).toBe(
      'options contradict each other: maxBatchBytes <= maxAppendBytes ' +
        '(one entry of several commands fits one append message)',
    );
  });

  it('refuses to listen beyond loopback unless told so', async () => {
    const flags = { listenGrpc: '0.0.0.0:7410' };
    expect(await refusal(loadOptions({ flags }))).toContain('listenGrpc 0.0.0.0:7410');
    const { options } = await loadOptions({ flags: { ...flags, insecureListen: true } });
    expect(options.listenGrpc).toBe('0.0.0.0:7410');
  });
});

describe('rows', () => {
  it('derive flag and environment names that never meet', () => {
    expect(flagOf('listenRedisCluster')).toBe('listen-redis-cluster');
    expect(envOf('listenRedisCluster')).toBe('RKV_LISTEN_REDIS_CLUSTER');
    expect(new Set(OPTION_NAMES.map(envOf)).size).toBe(OPTION_NAMES.length);
  });

  it('have defaults inside their own bounds', () => {
    for (const name of OPTION_NAMES) {
      const row = rowOf(name);
      if (row.type === 'int') {
        expect(row.default, name).toBeGreaterThanOrEqual(row.min);
        expect(row.default, name).toBeLessThanOrEqual(row.max);
      }
      if (row.type === 'enum') expect(row.values, name).toContain(row.default);
      expect(row.help, name).toMatch(/\.$/);
    }
  });

  it('go to a child as flags and come back the same', async () => {
    const options = defaultOptions({ shards: 7, leaseReads: true, clusterId: 'abc', tickMs: 25 });
    const flags: Record<string, string | boolean> = {};
    for (const text of toFlags(options)) {
      const [name, value] = text.split('=');
      flags[OPTION_NAMES.find((option) => `--${flagOf(option)}` === name) ?? ''] = value ?? true;
    }
    expect((await loadOptions({ flags })).options).toEqual(options);
  });

  it('fingerprint hard options only, and the election timeout once leases rest on it', () => {
    const fixed = { slots: 16_384, buckets: 256, keyFormat: 1 };
    expect(hardOptions(defaultOptions())).toEqual({ ...fixed, shards: 4, leaseReads: false });
    expect(hardOptions(defaultOptions({ leaseReads: true }))).toEqual({
      ...fixed,
      shards: 4,
      leaseReads: true,
      electionMs: 1000,
    });
  });
});
