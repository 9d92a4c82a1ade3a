/**
 * A row of a snapshot rots between its receipt and its installation: the replica that would stand
 * on it is fenced and built anew, like any other with a wrong row.
 */
import { expect, it } from 'vitest';
import { must } from '../../src/base/assert.js';
import { groupId, type LogIndex, spaceId } from '../../src/base/ids.js';
import { RkvError } from '../../src/kv/errors.js';
import { encodeDescriptor } from '../../src/machine/store/descriptor-codec.js';
import { spaceOfKey, tableOfKey } from '../../src/machine/store/keys.js';
import type { Received } from '../../src/replica/installation.js';
import type { Replica } from '../../src/replica/replica.js';
import { membersOf } from '../../src/shard/members.js';
import { Cluster } from './cluster.js';
import { drawPlan } from './plan.js';

const GROUP = groupId(1);
const SESSIONS = 's'.charCodeAt(0);

it('a row that rots while its snapshot is installed fences the replica, which is rebuilt', async () => {
  const cluster = new Cluster({
    seed: 3,
    plan(chance) {
      const plan = drawPlan(chance);
      const options = { ...plan.options, logBytesPerGroup: 1024, flushAgeMs: 50, shards: 1 };
      return { ...plan, nodes: 3, replicas: 3, lull: null, thinkMs: 40, options };
    },
    watchers: [],
    onOutcome: () => undefined,
  });
  const replicas = (): Replica[] =>
    cluster.nodes.flatMap((node) => node.running?.host?.replicas.get(GROUP) ?? []);
  const leader = (): Replica | undefined => replicas().find((replica) => replica.leads);
  const until = async (so: () => boolean): Promise<void> => {
    await cluster.run(cluster.timeline.now + 60_000, so);
    expect(so()).toBe(true);
  };
  cluster.start();
  await cluster.run(3_000);
  const away = cluster.nodes.find(
    (node) => node.running?.host?.replicas.get(GROUP)?.leads === false,
  );
  const back = (): Replica | undefined => away?.running?.host?.replicas.get(GROUP);
  away?.kill('the test', false);
  const from = leader()?.applied ?? 0;
  await until(() => (leader()?.view().floor.index ?? 0) > from);
  away?.start();
  await until(() => back() !== undefined);

  let rotten = 0;
  const all = [...(away?.running?.host?.replicas.values() ?? [])];
  const own = Math.max(...all.flatMap(({ descriptor }) => descriptor.pieces.map((p) => p.space)));
  const rot = (): void => {
    const key = away?.store.rotAny((one) => {
      const bytes = Buffer.from(one, 'latin1');
      return spaceOfKey(bytes) > own && tableOfKey(bytes) === SESSIONS;
    });
    if (key != null) rotten++;
    else if (rotten === 0) cluster.timeline.in(0.01, null, 'rot', rot);
  };
  rot();
  await until(() => rotten > 0 && cluster.coverage.of('says: replica fenced') > 0);
  await until(() => back()?.fenced === false && back()?.applied === leader()?.view().commit);
  expect(back()?.machine?.state.digest()).toBe(leader()?.machine?.state.digest());
  expect(cluster.violation).toBeNull();
});

it('what a snapshot record has settled no older snapshot takes back', async () => {
  const cluster = new Cluster({
    seed: 5,
    plan(chance) {
      const plan = drawPlan(chance);
      const options = { ...plan.options, shards: 1 };
      return { ...plan, nodes: 3, replicas: 3, lull: null, thinkMs: 40, options };
    },
    watchers: [],
    onOutcome: () => undefined,
  });
  const until = async (so: () => boolean): Promise<void> => {
    await cluster.run(cluster.timeline.now + 60_000, so);
    expect(so()).toBe(true);
  };
  cluster.start();
  await cluster.run(3_000);
  const node = cluster.nodes.find((one) => one.running?.host?.replicas.get(GROUP)?.leads === false);
  const host = must(node?.running?.host, 'a node that runs');
  const replica = must(host.replicas.get(GROUP), 'its replica');
  replica.fence();
  await until(() => replica.view().commit > replica.view().applied + 2);
  for (const client of cluster.clients) client.stop();
  const { commit, term } = replica.view();
  const said: string[] = [];
  const offer = (index: LogIndex): void => {
    const received: Received = {
      record: {
        kind: 'snapshot',
        group: GROUP,
        replica: replica.self,
        index,
        term,
        space: spaceId(4_000),
        keepsAbove: false,
        descriptor: encodeDescriptor(replica.descriptor),
      },
      install: () => Promise.reject(new RkvError('CORRUPT', 'a row rots')),
      refused: (reason) => said.push(`${index - commit} refused: ${reason}`),
      installed: () => said.push(`${index - commit} installed`),
      failed: ({ message }) => said.push(`${index - commit} failed: ${message}`),
    };
    replica.offer(received, {
      kind: 'snapshot',
      from: must(replica.view().leader, 'a leader'),
      to: replica.self,
      term,
      floor: { index, term },
      members: membersOf(replica.descriptor),
    });
  };
  offer(commit);
  await until(() => said.length === 1);
  offer((commit - 1) as LogIndex);
  await until(() => said.length === 2);
  expect(said).toEqual([
    '0 failed: a row rots',
    '-1 refused: the snapshot is older than what is here',
  ]);
});
