/**
 * A row of a snapshot rots between its receipt and its installation: the replica that would stand
 * on it is fenced and built anew, like any other with a wrong row.
 */
import { expect, it } from 'vitest';
import { groupId } from '../../src/base/ids.js';
import { spaceOfKey, tableOfKey } from '../../src/machine/store/keys.js';
import type { Replica } from '../../src/replica/replica.js';
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
