/** Changes of members while other things go wrong: voters that are learners for a while. */
import { type GroupId, groupId, type ReplicaId } from '../../../src/base/ids.js';
import type { Cluster } from '../cluster.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';
import type { Operator } from './operator.js';

const anyGroup = (cluster: Cluster, chance: Chance): GroupId =>
  groupId(chance.below(cluster.groups));

/** Some voters, most often the leader among them: who is demoted then has to hand over. */
function drawVoters(
  cluster: Cluster,
  chance: Chance,
  operator: Operator,
  group: GroupId,
  count: number,
): ReadonlySet<ReplicaId> {
  const voters = operator.votersOf(group).map(({ replica }) => replica);
  const drawn = new Set<ReplicaId>();
  for (const node of cluster.nodes) {
    const replica = node.running?.host?.replicas.get(group);
    const leads = replica?.leads === true && voters.includes(replica.self);
    if (leads && chance.below(2) === 0) drawn.add(replica.self);
  }
  while (drawn.size < Math.min(count, voters.length - 1)) drawn.add(chance.pick(voters));
  return drawn;
}

export const MEMBER_FAULTS: readonly Fault[] = [
  {
    kind: 'a voter is demoted',
    weight: 4,
    lasts: [300, 6_000],
    begin(cluster, chance, { operator }) {
      const group = anyGroup(cluster, chance);
      if (!operator.demote(group, drawVoters(cluster, chance, operator, group, 1))) return null;
      return () => operator.restore(group);
    },
  },
  {
    kind: 'members change together',
    weight: 5,
    lasts: [800, 8_000],
    begin(cluster, chance, { operator }) {
      const group = anyGroup(cluster, chance);
      const draw = (): ReadonlySet<ReplicaId> =>
        drawVoters(cluster, chance, operator, group, 1 + chance.below(3));
      if (!operator.demote(group, draw())) return null;
      // Others instead, half-way: some are promoted by the change that demotes the next.
      let over = false;
      cluster.timeline.in(chance.between(200, 3_000), null, 'operator', () => {
        if (!over) operator.demote(group, draw());
      });
      return () => {
        over = true;
        operator.restore(group);
      };
    },
  },
];
