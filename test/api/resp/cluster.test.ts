/** Cluster discovery and MOVED: node 1 of three leads shard 1, node 2 shard 2, nobody shard 3. */
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeDoor } from './support/fake-door.js';
import { type Plain, RespClient } from './support/resp-client.js';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open() {
  const fake = await startFakeDoor();
  ends.push(() => fake.door.close(0));
  const plain = await RespClient.connect(fake.address);
  const cluster = await RespClient.connect(fake.clusterAddress);
  ends.push(() => plain.close());
  ends.push(() => cluster.close());
  return { fake, plain, cluster };
}

/** Slot 12182: shard 2, led by node 2. */
const ELSEWHERE = 'foo';
/** Slot 5061: shard 1, led here. */
const HERE = 'bar';
/** Slot 15495: shard 3, led by nobody that is known. */
const NOBODY = 'a';

describe('discovery', () => {
  it('is answered alike on both listeners', async () => {
    const { plain, cluster } = await open();
    const slots = (await plain.ask('CLUSTER', 'SLOTS')) as Plain[][];
    expect(slots).toEqual(await cluster.ask('CLUSTER', 'SLOTS'));
    const id = await plain.ask('CLUSTER', 'MYID');
    expect(id).toMatch(/^[0-9a-f]{40}$/);
    expect(slots[0]?.slice(0, 3)).toEqual([0, 8191, ['127.0.0.1', 7414, id, []]]);
    const where = (node: Plain | undefined): Plain => (node as Plain[]).slice(0, 2);
    expect(where(slots[1]?.[2])).toEqual(['127.0.0.1', 7424]);
    // of a node that listens everywhere: where its peers reach it
    expect(slots[2]?.slice(2).map(where)).toEqual([
      ['127.0.0.1', 7424],
      ['10.0.0.3', 7434],
    ]);
    const nodes = String(await plain.ask('CLUSTER', 'NODES'));
    expect(nodes.split('\n')[0]).toBe(
      `${id} 127.0.0.1:7414@17414 myself,master - 0 0 1 connected 0-8191`,
    );
    expect(nodes.split('\n')[2]).toMatch(
      / 10\.0\.0\.3:7434@17434 master,fail - 0 0 3 disconnected/,
    );
    expect(String(await plain.ask('CLUSTER', 'INFO'))).toContain('cluster_state:fail\r\n');
    const shards = (await plain.ask('CLUSTER', 'SHARDS')) as Plain[][];
    expect(shards.map((shard) => shard[1])).toEqual([
      [0, 8191],
      [8192, 12287],
      [12288, 16383],
    ]);
    const links = (await plain.ask('CLUSTER', 'LINKS')) as Plain[][];
    const other = (slots[1]?.[2] as Plain[] | undefined)?.[2] ?? expect.fail('no second node');
    const link = (direction: string, events: string): Plain[] => [
      ...['direction', direction, 'node', other],
      ...['create-time', 1_700_000_000_000, 'events', events],
    ];
    expect(links).toEqual([link('to', 'w'), link('from', 'r')]);
    expect(await plain.ask('CLUSTER', 'REPLICAS', other as string)).toEqual([]);
    expect(await plain.ask('CLUSTER', 'COUNT-FAILURE-REPORTS', other as string)).toBe(0);
    expect(await plain.ask('CLUSTER', 'SLAVES', 'x')).toBe('-ERR Unknown node x');
    expect(await plain.ask('CLUSTER', 'KEYSLOT', '{foo}bar')).toBe(12182);
    expect(await plain.ask('CLUSTER', 'MEET', '1.1.1.1', '1')).toMatch(/^-ERR .*rkv node add$/);
  });

  it('tells each client which mode it is in', async () => {
    const { plain, cluster } = await open();
    expect(String(await plain.ask('INFO', 'cluster'))).toContain('cluster_enabled:0');
    expect(String(await cluster.ask('INFO', 'cluster'))).toContain('cluster_enabled:1');
    const hello = (await cluster.ask('HELLO')) as Plain[];
    expect(hello[hello.indexOf('mode') + 1]).toBe('cluster');
    expect(await cluster.ask('SELECT', '1')).toBe('-ERR SELECT is not allowed in cluster mode');
  });
});

describe('MOVED', () => {
  it('is for cluster clients alone, and for keys that another node leads', async () => {
    const { plain, cluster } = await open();
    const moved = '-MOVED 12182 127.0.0.1:7424';
    expect(await plain.ask('SET', ELSEWHERE, '1')).toBe('+OK');
    expect(await cluster.ask('SET', ELSEWHERE, '1')).toBe(moved);
    expect(await cluster.ask('MGET', '{foo}1', '{foo}2')).toBe(moved);
    expect(await cluster.ask('SET', HERE, '1')).toBe('+OK');
    expect(await cluster.ask('SET', NOBODY, '1')).toBe('+OK');
    expect(await cluster.ask('MGET', HERE, ELSEWHERE)).toEqual(['1', '1']);
    expect(await cluster.ask('PING')).toBe('+PONG');
  });

  it('READONLY lets a replica here answer reads, not writes', async () => {
    const { cluster } = await open();
    expect(await cluster.ask('READONLY')).toBe('+OK');
    expect(await cluster.ask('GET', ELSEWHERE)).toBeNull();
    expect(await cluster.ask('SET', ELSEWHERE, '1')).toMatch(/^-MOVED/);
    expect(await cluster.ask('READWRITE')).toBe('+OK');
    expect(await cluster.ask('GET', ELSEWHERE)).toMatch(/^-MOVED/);
    expect(await cluster.ask('ASKING')).toBe('+OK');
  });

  it('inside MULTI spoils the transaction', async () => {
    const { cluster } = await open();
    const replies = await cluster.pipeline([['MULTI'], ['SET', ELSEWHERE, '1'], ['EXEC']]);
    expect(replies).toEqual([
      '+OK',
      '-MOVED 12182 127.0.0.1:7424',
      '-EXECABORT Transaction discarded because of previous errors.',
    ]);
  });
});
