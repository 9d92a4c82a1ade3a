/** Faults of processes: killed, cut from power, stopped; and an operator who moves leaders. */
import { groupId } from '../../../src/base/ids.js';
import type { Cluster } from '../cluster.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

/** A crash comes at once or in the middle of the next so many effects. */
const EFFECTS = 60;

export function someNode(cluster: Cluster, chance: Chance): SimNode | null {
  const up = cluster.nodes.filter((node) => node.up && !node.paused);
  return up.length === 0 ? null : chance.pick(up);
}

function kill(cluster: Cluster, chance: Chance, powerCut: boolean): (() => void) | null {
  const node = someNode(cluster, chance);
  if (node === null) return null;
  if (chance.below(3) === 0) node.kill('a fault', powerCut);
  else node.killSoon(1 + chance.below(EFFECTS), powerCut);
  return () => node.revive();
}

/** All at once, as when a rack loses its power. */
function killAll(cluster: Cluster, chance: Chance): () => void {
  const powerCut = chance.below(2) === 0;
  for (const node of cluster.nodes) node.kill('all nodes die', powerCut);
  return () => {
    for (const node of cluster.nodes) {
      cluster.timeline.in(chance.below(500), null, 'start', () => node.start());
    }
  };
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    kind: 'a process is killed',
    weight: 6,
    lasts: [20, 4_000],
    begin: (cluster, chance) => kill(cluster, chance, false),
  },
  {
    kind: 'a node loses its power',
    weight: 6,
    lasts: [50, 6_000],
    begin: (cluster, chance) => kill(cluster, chance, true),
  },
  { kind: 'all nodes die', weight: 1, lasts: [50, 1_000], begin: killAll },
  {
    kind: 'a process is stopped for a while',
    weight: 4,
    lasts: [100, 5_000],
    begin(cluster, chance) {
      const node = someNode(cluster, chance);
      const process = node?.running?.process;
      if (node === null || process === undefined) return null;
      cluster.timeline.say(`node ${node.id} is stopped`);
      process.pause();
      return () => {
        cluster.timeline.say(`node ${node.id} goes on`);
        process.resume();
      };
    },
  },
  {
    kind: 'a leader is moved',
    weight: 4,
    lasts: [1, 10],
    begin(cluster, chance) {
      const group = groupId(chance.below(cluster.groups));
      const leader = cluster.nodes.find((node) => {
        return node.running?.host?.replicas.get(group)?.leads === true && !node.paused;
      });
      if (leader === undefined) return null;
      const to = chance.pick(cluster.nodes);
      cluster.timeline.say(`group ${group} is asked to move from node ${leader.id} to ${to.id}`);
      leader.running?.process.later(0, 'transfer', () => {
        leader.running?.host?.transfer(group, to.id);
      });
      return () => undefined;
    },
  },
];
