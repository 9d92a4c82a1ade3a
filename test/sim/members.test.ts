/** The door for changes of members, on real nodes in a simulated world without faults. */
import { describe, expect, it } from 'vitest';
import { type GroupId, groupId, nodeId, type ReplicaId, replicaId } from '../../src/base/ids.js';
import type { ConfigChange, ConfigStep } from '../../src/raft/types.js';
import type { Replica } from '../../src/replica/replica.js';
import { Cluster } from './cluster.js';
import { drawPlan } from './plan.js';

const GROUP = groupId(1);
const demote = (replica: ReplicaId): ConfigStep => ({ op: 'add-learner', replica });
const promote = (replica: ReplicaId): ConfigStep => ({ op: 'add-voter', replica });
const changeTo = (...steps: readonly ConfigStep[]): ConfigChange => ({
  kind: 'change',
  steps,
  autoLeave: true,
});

/** Three nodes that compact their logs early; nothing goes wrong by itself. */
async function started() {
  const cluster = new Cluster({
    seed: 7,
    plan(chance) {
      const plan = drawPlan(chance);
      const options = { ...plan.options, logBytesPerGroup: 1024, flushAgeMs: 50 };
      return { ...plan, nodes: 3, replicas: 3, lull: null, thinkMs: 40, options };
    },
    watchers: [],
    onOutcome: () => undefined,
  });
  cluster.start();
  await cluster.run(5_000);
  return cluster;
}

const replicasOf = (cluster: Cluster, group: GroupId): Replica[] =>
  cluster.nodes.flatMap((node) => node.running?.host?.replicas.get(group) ?? []);

function leaderOf(cluster: Cluster, group: GroupId): Replica {
  const leader = replicasOf(cluster, group).find((replica) => replica.leads);
  if (leader === undefined) throw new Error(`group ${group} has no leader`);
  return leader;
}

function change(cluster: Cluster, what: ConfigChange) {
  const leader = leaderOf(cluster, GROUP);
  return cluster.nodes
    .find((node) => node.running?.host?.replicas.get(GROUP) === leader)
    ?.running?.host?.changeMembers(GROUP, what);
}

const followersOf = (cluster: Cluster): ReplicaId[] =>
  replicasOf(cluster, GROUP)
    .filter((replica) => !replica.leads)
    .map(({ self }) => self);

const wait = (cluster: Cluster, ms: number) => cluster.run(cluster.timeline.now + ms);

/** Runs until it is so; a minute is more than anything here takes. */
async function until(cluster: Cluster, so: () => boolean): Promise<void> {
  await cluster.run(cluster.timeline.now + 60_000, so);
  expect(so()).toBe(true);
}

/** Who votes, in the descriptor and in the core of every replica; they must agree. */
function votersOn(cluster: Cluster): (readonly ReplicaId[])[] {
  return replicasOf(cluster, GROUP).map(({ descriptor, core }) => {
    const { voters, outgoing } = core.view().members;
    const described = descriptor.members.filter(({ role }) => role === 'voter');
    expect(described.map(({ replica }) => replica)).toEqual(voters);
    expect(outgoing).toEqual([]);
    return voters;
  });
}

const allVote = (cluster: Cluster, voters: readonly ReplicaId[]): boolean =>
  replicasOf(cluster, GROUP).length === 3 &&
  replicasOf(cluster, GROUP).every(
    ({ core }) => String(core.view().members.voters) === String(voters),
  );

describe('a change of members', () => {
  it('is applied by every replica, and is there after all of them lost their power', async () => {
    const cluster = await started();
    const [first = replicaId(1), second = replicaId(2)] = followersOf(cluster);
    const { self } = leaderOf(cluster, GROUP);
    const rest = [self, second].sort((a, b) => a - b);
    expect(change(cluster, changeTo(demote(first)))).toMatchObject({ ok: true });
    await wait(cluster, 1_000);
    expect(votersOn(cluster)).toEqual([rest, rest, rest]);
    const epoch = leaderOf(cluster, GROUP).descriptor.membersEpoch;
    expect(epoch).toBe(2);

    for (const node of cluster.nodes) node.kill('the test', true);
    for (const node of cluster.nodes) node.start();
    await until(cluster, () => allVote(cluster, rest));
    await wait(cluster, 3_000);
    expect(votersOn(cluster)).toEqual([rest, rest, rest]);
    expect(leaderOf(cluster, GROUP).descriptor.membersEpoch).toBe(epoch);
    expect(rest).toContain(leaderOf(cluster, GROUP).self);

    expect(change(cluster, changeTo(promote(first)))).toMatchObject({ ok: true });
    await until(cluster, () => allVote(cluster, [replicaId(1), replicaId(2), replicaId(3)]));
    expect(cluster.violation).toBeNull();
  });

  it('of two members is joint, and is left by itself; the leader may be one of them', async () => {
    const cluster = await started();
    const { self } = leaderOf(cluster, GROUP);
    const [first = replicaId(1), second = replicaId(2)] = followersOf(cluster);
    expect(change(cluster, changeTo(demote(first)))).toMatchObject({ ok: true });
    await wait(cluster, 1_000);
    expect(change(cluster, changeTo(demote(self), promote(first)))).toMatchObject({ ok: true });
    const rest = [first, second].sort((a, b) => a - b);
    await until(cluster, () => allVote(cluster, rest));
    await wait(cluster, 5_000);
    expect(votersOn(cluster)).toEqual([rest, rest, rest]);
    expect(rest).toContain(leaderOf(cluster, GROUP).self);
    expect(cluster.violation).toBeNull();
  });

  it('left half-way stays joint over a restart, until it is left', async () => {
    const cluster = await started();
    const followers = followersOf(cluster);
    const steps = followers.map(demote);
    expect(change(cluster, { kind: 'change', steps, autoLeave: false })).toMatchObject({
      ok: true,
    });
    const joint = (): boolean =>
      replicasOf(cluster, GROUP).length === 3 &&
      replicasOf(cluster, GROUP).every(({ core }) => core.view().members.outgoing.length === 3);
    await until(cluster, joint);
    for (const node of cluster.nodes) node.kill('the test', true);
    for (const node of cluster.nodes) node.start();
    await wait(cluster, 5_000);
    expect(joint()).toBe(true);
    expect(change(cluster, { kind: 'leave' })).toMatchObject({ ok: true });
    await until(cluster, () =>
      replicasOf(cluster, GROUP).every(({ core }) => core.view().members.learners.length === 2),
    );
    votersOn(cluster);
    expect(cluster.violation).toBeNull();
  });

  it('reaches a replica that was away by the snapshot it gets', async () => {
    const cluster = await started();
    const [first = replicaId(1)] = followersOf(cluster);
    const away = cluster.nodes.find(
      (node) => node.running?.host?.replicas.get(GROUP)?.self === first,
    );
    away?.kill('the test', false);
    expect(change(cluster, changeTo(demote(first)))).toMatchObject({ ok: true });
    const appliedBefore = leaderOf(cluster, GROUP).applied;
    await until(cluster, () => leaderOf(cluster, GROUP).view().floor.index > appliedBefore + 1);
    away?.start();
    const back = (): Replica | undefined => away?.running?.host?.replicas.get(GROUP);
    await until(cluster, () => back()?.machine?.state.descriptor.membersEpoch === 2);
    expect(cluster.coverage.of('says: snapshot installed')).toBeGreaterThan(0);
    expect(back()?.core.view().members.learners).toEqual([first]);
    votersOn(cluster);
    expect(cluster.violation).toBeNull();
  });
});

describe('a new replica', () => {
  it('gets a number that is never given out again, on a node that has none of its group', async () => {
    const cluster = await started();
    const leader = leaderOf(cluster, GROUP);
    const [replica, node] = [replicaId(4), nodeId(9)];
    const placed = [{ replica, node }];
    expect(leader.changeMembers(changeTo(demote(replica)), placed)).toMatchObject({ ok: true });
    await wait(cluster, 1_000);
    for (const { descriptor } of replicasOf(cluster, GROUP)) {
      expect(descriptor.members.at(-1)).toMatchObject({ replica, node, role: 'learner' });
      expect(descriptor.nextReplica).toBe(5);
    }
    const removed = changeTo({ op: 'remove', replica });
    expect(leader.changeMembers(removed)).toMatchObject({ ok: true });
    await wait(cluster, 1_000);
    for (const { descriptor } of replicasOf(cluster, GROUP)) {
      expect(descriptor.members).toHaveLength(3);
    }
    expect(leader.changeMembers(changeTo(demote(replica)), placed)).toEqual({
      ok: false,
      reason: 'config-invalid',
    });
    expect(cluster.violation).toBeNull();
  });
});

describe('a change of members is refused', () => {
  it('by who does not lead, when it makes no sense, and while another is under way', async () => {
    const cluster = await started();
    const [first = replicaId(1), second = replicaId(2)] = followersOf(cluster);
    const leader = leaderOf(cluster, GROUP);
    const follower = replicasOf(cluster, GROUP).find(({ leads }) => !leads);
    const refused = (reason: string) => ({ ok: false, reason });
    expect(follower?.changeMembers(changeTo(demote(first)))).toEqual(refused('not-leader'));
    expect(leader.changeMembers({ kind: 'leave' })).toEqual(refused('config-invalid'));
    expect(leader.changeMembers(changeTo(promote(first)))).toEqual(refused('config-invalid'));
    expect(leader.changeMembers(changeTo(promote(replicaId(4))))).toEqual(
      refused('config-invalid'),
    );
    const everybody = [leader.self, first, second].map(demote);
    expect(leader.changeMembers(changeTo(...everybody))).toEqual(refused('config-invalid'));
    // A new replica has a number that was never given out, and a node that has none yet.
    const added = changeTo({ op: 'add-learner', replica: replicaId(4) });
    const on = (replica: number, node: number) => [
      { replica: replicaId(replica), node: cluster.nodes[node - 1]?.id ?? (9 as never) },
    ];
    expect(leader.changeMembers(added, on(4, 1))).toEqual(refused('config-invalid'));
    expect(leader.changeMembers(added, on(3, 9))).toEqual(refused('config-invalid'));
    expect(leader.changeMembers(changeTo(demote(first)))).toMatchObject({ ok: true });
    expect(leader.changeMembers(changeTo(demote(second)))).toEqual(refused('config-pending'));
    expect(cluster.violation).toBeNull();
  });
});
