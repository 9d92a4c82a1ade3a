/** What `serve` makes of flags, file, environment and a directory that was born before. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { defaultOptions, hardOptions } from '../../src/config/options.js';
import { bootstrapClusterId } from '../../src/node/cluster-id.js';
import { openDataDir } from '../../src/node/identity.js';
import { resolveServe, type ServeRequest } from '../../src/node/serve.js';
import { silentLogger } from '../../src/observe/logger.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-serve-'));
});
afterEach(() => rm(dir, { recursive: true }));

const resolve = async (changes: Partial<ServeRequest> = {}) =>
  resolveServe({
    file: undefined,
    flags: {},
    env: { RKV_DATA_DIR: join(dir, 'data') },
    bootstrap: undefined,
    join: undefined,
    labels: [],
    ...changes,
  });

async function born(id: number, shards: number): Promise<void> {
  const opened = await openDataDir({
    dir: join(dir, 'data'),
    nodeId: nodeId(id),
    clusterId: 'c',
    fingerprint: hardOptions(defaultOptions({ shards })),
  });
  await opened.release();
}

describe('serve', () => {
  it('is a cluster of one without a word', async () => {
    const { nodeOptions } = await resolve();
    expect(nodeOptions).toEqual({
      options: defaultOptions({ dataDir: join(dir, 'data') }),
      bootstrap: null,
      join: null,
      labels: {},
    });
  });

  it('takes founders and labels from flag over file', async () => {
    const file = join(dir, 'server.yaml');
    await writeFile(file, 'labels: {zone: a, rack: r1}\nbootstrap:\n  1: a:7413\n  2: b:7413\n');
    const fromFile = (await resolve({ file, labels: ['zone=b'] })).nodeOptions;
    expect([...(fromFile.bootstrap ?? [])]).toEqual([
      [1, 'a:7413'],
      [2, 'b:7413'],
    ]);
    expect(fromFile.labels).toEqual({ zone: 'b', rack: 'r1' });
    const { nodeOptions } = await resolve({ file, bootstrap: '1=c:1' });
    expect([...(nodeOptions.bootstrap ?? [])]).toEqual([[1, 'c:1']]);
  });

  it('starts a directory again as it was born, unless told otherwise', async () => {
    await born(3, 16);
    const { options } = (await resolve()).nodeOptions;
    expect(options).toMatchObject({ nodeId: 3, shards: 16 });
    const named = (await resolve({ flags: { nodeId: '4', shards: '8' } })).nodeOptions;
    expect(named.options).toMatchObject({ nodeId: 4, shards: 8 });
  });

  it('says what was given but has no effect', async () => {
    await born(1, 4);
    const said: string[] = [];
    const write = (_: object, message: string) => void said.push(message);
    const flags = { listenHttp: '127.0.0.1:1', semiSpaceMb: '17' };
    const { warn } = await resolve({ flags, bootstrap: '1=a:1' });
    warn({ ...silentLogger, info: write, warn: write });
    expect(said).toEqual([
      'the data directory has an identity: the bootstrap list is ignored',
      'this door is not in this version of rkv',
      'start node with --max-semi-space-size=17: only the launcher does it',
    ]);
  });

  it.each<[Partial<ServeRequest>, string]>([
    [{ join: 'a:1' }, 'joining a running cluster is not in this version'],
    [{ bootstrap: '2=a:1,3=b:1' }, 'node 1 is not in the bootstrap list (2, 3)'],
    [{ bootstrap: '1=a:1,1=b:1' }, 'node 1 stands twice'],
    [{ bootstrap: '1=a:1,2=a:1' }, 'a:1 stands twice'],
    [{ bootstrap: '1=a' }, "'a' is no address"],
    [{ bootstrap: 'x=a:1' }, "'x' is no node id"],
    [{ bootstrap: 'a:1' }, "'a:1' is not written name=value"],
    [{ labels: ['zone'] }, "'zone' is not written name=value"],
    [{ labels: ['zone=a b'] }, "'a b' is no label"],
    [{ labels: ['zone=a', 'zone=b'] }, "'zone' stands twice"],
  ])('refuses %j', async (changes, words) => {
    const error = (await resolve(changes).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code: 'USAGE', exitCode: 2 });
    expect(error.message).toContain(words);
  });
});

describe('the cluster id of founders', () => {
  const list = (...pairs: [number, string][]) => new Map(pairs.map(([id, at]) => [nodeId(id), at]));

  it('is the same for each of them, whatever the order of the list', () => {
    const id = bootstrapClusterId('x', list([1, 'a:1'], [2, 'b:1']));
    expect(bootstrapClusterId('x', list([2, 'b:1'], [1, 'a:1']))).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('differs for another list or name', () => {
    const id = bootstrapClusterId('x', list([1, 'a:1']));
    expect(bootstrapClusterId('x', list([1, 'a:2']))).not.toBe(id);
    expect(bootstrapClusterId('y', list([1, 'a:1']))).not.toBe(id);
  });
});
