/** What people may write about a cluster, and what they are told when it does not work. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClusterSpec, type SpecFlags } from '../../src/launcher/spec.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rkv-spec-'));
});
afterAll(() => rm(dir, { recursive: true }));

const load = async (text: string | null, flags: SpecFlags = {}, env = {}) => {
  const file = join(dir, 'cluster.yaml');
  if (text !== null) await writeFile(file, text);
  return loadClusterSpec({ file: text === null ? undefined : file, env, flags });
};

describe('cluster spec', () => {
  it('is three nodes and four shards of factor three without a word', async () => {
    const spec = await load(null);
    expect(spec).toMatchObject({ name: 'default', basePort: null, nodesNamed: false, notes: [] });
    expect(spec.nodes.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(spec.options).toMatchObject({ shards: 4, replicas: 3, engine: 'level' });
    expect(spec.named).toEqual([]);
  });

  it('takes file < environment < flag', async () => {
    const text = 'name: x\nnodes: 5\nshards: 8\nreplicas: 5\noptions:\n  electionMs: 2s\n';
    const spec = await load(text, { name: 'y', replicas: 1 }, { RKV_SHARDS: '16' });
    expect(spec.name).toBe('y');
    expect(spec.nodes).toHaveLength(5);
    expect(spec.options).toMatchObject({ shards: 16, replicas: 1, electionMs: 2000 });
  });

  it('ignores variables that belong to one node', async () => {
    const env = { RKV_NODE_ID: '7', RKV_DATA_DIR: '/x', RKV_LISTEN_GRPC: 'nonsense' };
    const spec = await load(null, {}, env);
    expect(spec.options).toMatchObject({ nodeId: 1, dataDir: './data' });
  });

  it('reads nodes with labels, ports and directories', async () => {
    const spec = await load(
      'nodes:\n  - {id: 4, labels: {zone: a}, ports: auto}\n' +
        '  - {id: 5, ports: 9000}\n  - {id: 6, ports: {grpc: 9100, peer: 9200}, dataDir: /d}\n',
    );
    expect(spec.nodes).toEqual([
      { id: 4, labels: { zone: 'a' }, ports: 'auto', dataDir: null },
      {
        id: 5,
        labels: {},
        ports: { grpc: 9000, redis: 9001, http: 9002, peer: 9003, redisCluster: 9004 },
        dataDir: null,
      },
      {
        id: 6,
        labels: {},
        ports: { grpc: 9100, redis: 9101, http: 9102, peer: 9200, redisCluster: 9104 },
        dataDir: '/d',
      },
    ]);
  });

  it.each([
    [1, 1, 0],
    [2, 1, 1],
    [3, 3, 0],
    [4, 3, 0],
    [5, 3, 0],
  ])('%d nodes without a word: factor %d, sentences %d', async (nodes, replicas, notes) => {
    const spec = await load(null, { nodes });
    expect(spec.options.replicas).toBe(replicas);
    expect(spec.notes).toHaveLength(notes);
  });

  it('says what two nodes mean', async () => {
    const [note] = (await load(null, { nodes: 2 })).notes;
    expect(note).toBe(
      '2 nodes: replication factor 1, so each shard is on one node only ' +
        'and is gone while that node is down; three nodes survive the loss of one.',
    );
  });
});

describe('refusals', () => {
  it.each<[string, string | null, SpecFlags, number, string]>([
    ['an unknown key', 'node: 3\n', {}, 2, ":1: unknown key 'node'; did you mean 'nodes'?"],
    ['an unknown option', 'options:\n  tick: 3\n', {}, 2, ":2: unknown key 'tick'; did you mean"],
    ['an option of one node', 'options:\n  nodeId: 3\n', {}, 2, ':2: nodeId differs from node'],
    ['a wrong option', 'options:\n  tickMs: x\n', {}, 2, ':2: tickMs must be a time'],
    ['a key of a node', 'nodes:\n  - {id: 1, zone: a}\n', {}, 2, ":2: unknown key 'zone'"],
    ['a node twice', 'nodes:\n  - {id: 1}\n  - {id: 1}\n', {}, 2, ':3: node ids are'],
    ['a wrong label', 'nodes:\n  - {labels: {zone: "a b"}}\n', {}, 2, "'a b' is no label"],
    ['no YAML', 'nodes: [1\n', {}, 2, 'cluster.yaml:2:'],
    ['nodes as text', 'nodes: three\n', {}, 2, ':1: nodes is a number or a list'],
    ['a count against a list', 'nodes:\n  - {id: 1}\n', { nodes: 2 }, 2, 'the file lists 1 nodes'],
    ['no nodes', null, { nodes: 0 }, 2, 'nodes must be a whole number from 1 to 99, not 0'],
    ['an even factor', null, { replicas: 2 }, 2, 'replicas is odd'],
    ['a factor above the nodes', null, { nodes: 3, replicas: 5 }, 7, 'replication factor 5 needs'],
    ['too many nodes for a base', null, { nodes: 10 }, 2, 'at most 9 nodes fit one base port'],
    ['ports', null, { ports: 'many' }, 2, "only 'auto' is known"],
    ['ports and base', null, { ports: 'auto', basePort: 7500 }, 2, 'contradict'],
    ['a base port', null, { basePort: 80 }, 2, 'the base port must be from 1024'],
    ['a name', null, { name: '../x' }, 2, "'../x' is no cluster name"],
    ['an engine', null, { engine: 'rocks' }, 2, 'engine must be one of level, memory'],
  ])('%s', async (_, text, flags, exitCode, words) => {
    const error = (await load(text, flags).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'RkvError', exitCode });
    expect(error.message).toContain(words);
  });

  it('ten nodes are fine on ports of the system', async () => {
    expect((await load(null, { nodes: 10, ports: 'auto' })).nodes).toHaveLength(10);
  });
});
