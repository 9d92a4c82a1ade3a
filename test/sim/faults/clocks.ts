/**
 * Faults of clocks: wall clocks that jump, clocks that run fast or slow. One wall clock is wrong at
 * a time: a majority that is heard may be three of five, and two wrong ones among three win.
 */
import type { Cluster } from '../cluster.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

export const RIGHT_WALL = 1_800_000_000_000;

function mayGoWrong(cluster: Cluster, chance: Chance): SimNode | null {
  const wrong = cluster.nodes.filter(({ hands }) => hands.wallOffset !== RIGHT_WALL);
  if (wrong.length > 0) return null;
  const right = cluster.nodes.filter(({ hands }) => hands.wallOffset === RIGHT_WALL);
  return chance.pick(right);
}

export const CLOCK_FAULTS: readonly Fault[] = [
  {
    kind: 'a wall clock jumps',
    weight: 4,
    lasts: [500, 12_000],
    begin(cluster, chance) {
      const node = mayGoWrong(cluster, chance);
      if (node === null) return null;
      const jump = chance.pick([-7_200_000, -20_000, -900, 900, 20_000, 3_600_000]);
      cluster.timeline.say(`the wall clock of node ${node.id} jumps by ${jump} ms`);
      node.hands.wallOffset += jump;
      return () => {
        node.hands.wallOffset = RIGHT_WALL;
      };
    },
  },
  {
    // Whoever stamps entries: what it says must not be believed, nor what its successor inherits.
    kind: 'the wall clock of a leader jumps ahead',
    weight: 3,
    focus: 'clocks',
    lasts: [400, 6_000],
    begin(cluster, chance) {
      const led = cluster.nodes.filter((node) =>
        [...(node.running?.host?.replicas.values() ?? [])].some(({ leads }) => leads),
      );
      if (led.length === 0 || mayGoWrong(cluster, chance) === null) return null;
      const node = chance.pick(led);
      const jump = chance.pick([2_500, 6_000, 20_000, 3_600_000]);
      cluster.timeline.say(`the wall clock of leader ${node.id} jumps by ${jump} ms`);
      node.hands.wallOffset += jump;
      const { host } = node.running ?? {};
      const after = chance.below(3) === 0 ? null : chance.between(50, 1_500);
      if (after !== null) {
        cluster.timeline.in(after, null, 'others lead', () => {
          if (node.running?.host !== host || !node.up || host == null) return;
          for (const [group, { leads }] of host.replicas) {
            if (leads) host.transfer(group, chance.pick(cluster.nodes).id);
          }
        });
      }
      return () => {
        node.hands.wallOffset = RIGHT_WALL;
      };
    },
  },
  {
    kind: 'a clock runs fast or slow',
    weight: 3,
    lasts: [1_000, 15_000],
    begin(cluster, chance) {
      const node = chance.pick(cluster.nodes);
      const rate = chance.pick([0.96, 0.99, 1.01, 1.04]);
      const set = (to: number): void => {
        const process = node.running?.process;
        if (process?.alive) process.setRate(to);
        else node.hands.rate = to;
      };
      cluster.timeline.say(`the clock of node ${node.id} runs at ${rate}`);
      set(rate);
      return () => set(1);
    },
  },
];
