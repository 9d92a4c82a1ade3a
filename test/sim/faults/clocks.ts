/**
 * Faults of clocks: wall clocks that jump, clocks that run fast or slow. One wall clock is wrong at
 * a time, but for five nodes: the majority that is heard may be three of them, and when two of the
 * three are ahead, cluster time is ahead by the smaller of their leads, and no more.
 */
import type { Cluster } from '../cluster.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

export const RIGHT_WALL = 1_800_000_000_000;

/** A clock that nobody hears any more still has its say for so long (STALE_MS of the product). */
const REMEMBERED_MS = 3_500;
const righted = new WeakMap<Cluster, number>();

function mayGoWrong(cluster: Cluster, chance: Chance): SimNode | null {
  const wrong = cluster.nodes.filter(({ hands }) => hands.wallOffset !== RIGHT_WALL);
  const lately = cluster.timeline.now - (righted.get(cluster) ?? -REMEMBERED_MS) < REMEMBERED_MS;
  return wrong.length > 0 || lately ? null : chance.pick(cluster.nodes);
}

function setRight(cluster: Cluster, nodes: readonly SimNode[]): void {
  for (const { hands } of nodes) hands.wallOffset = RIGHT_WALL;
  righted.set(cluster, cluster.timeline.now);
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
      return () => setRight(cluster, [node]);
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
      return () => setRight(cluster, [node]);
    },
  },
  {
    kind: 'two of five wall clocks jump',
    weight: 3,
    focus: 'clocks',
    lasts: [500, 8_000],
    begin(cluster, chance) {
      if (cluster.nodes.length < 5 || mayGoWrong(cluster, chance) === null) return null;
      const first = chance.below(5);
      const second = (first + 1 + chance.below(4)) % 5;
      const jumps = [first, second].map((at) => {
        const jump = chance.pick([-7_200_000, -20_000, -2_000, 2_000, 20_000, 60_000]);
        const node = cluster.nodes[at];
        if (node !== undefined) node.hands.wallOffset += jump;
        cluster.timeline.say(`the wall clock of node ${at + 1} jumps by ${jump} ms`);
        return jump;
      });
      cluster.clocksLeadMs = Math.max(cluster.clocksLeadMs, Math.min(...jumps));
      return () => setRight(cluster, cluster.nodes);
    },
  },
  {
    // What expired under the old leader must stay so; what is set now lives its time.
    kind: 'who leads next has a clock that lags by hours',
    weight: 3,
    focus: 'clocks',
    lasts: [400, 6_000],
    begin(cluster, chance) {
      const node = mayGoWrong(cluster, chance);
      if (node === null || !node.up) return null;
      node.hands.wallOffset -= 7_200_000;
      cluster.timeline.say(`the wall clock of node ${node.id} lags; it is to lead`);
      for (const other of cluster.nodes) {
        const host = other.paused ? null : other.running?.host;
        if (host == null || other === node) continue;
        other.running?.process.later(0, 'transfer', () => {
          for (const [group, { leads }] of host.replicas) if (leads) host.transfer(group, node.id);
        });
      }
      return () => setRight(cluster, [node]);
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
