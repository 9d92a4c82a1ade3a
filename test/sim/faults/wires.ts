/**
 * Faults of the network: cut in one direction or both, in part or whole, slow, lossy, disordered.
 */
import type { NodeId } from '../../../src/base/ids.js';
import type { Cluster } from '../cluster.js';
import { HOT_KEY, leadersOf } from '../load/leaders.js';
import { CALM, type Wire } from '../network/network.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

type Pair = readonly [NodeId, NodeId];

/** Every direction between two different nodes. */
function pairs(cluster: Cluster): Pair[] {
  const ids = cluster.nodes.map(({ id }) => id);
  return ids.flatMap((from) => ids.filter((to) => to !== from).map((to): Pair => [from, to]));
}

function cutAll(cluster: Cluster, cut: readonly Pair[]): () => void {
  const fresh = cut.filter(([from, to]) => !cluster.network.wire(from, to).cut);
  for (const [from, to] of fresh) {
    cluster.timeline.say(`the wire ${from} > ${to} is cut`);
    cluster.network.cut(from, to);
  }
  return () => {
    for (const [from, to] of fresh) cluster.network.mend(from, to);
    if (fresh.length > 0) cluster.timeline.say(`mended: ${fresh.map((p) => p.join('>'))}`);
  };
}

/** Changes some wires for a while; each kind of fault has fields of its own. */
function change(cluster: Cluster, wires: readonly Pair[], harm: Partial<Wire>): () => void {
  const harmed = wires.map(([from, to]) => cluster.network.wire(from, to));
  for (const wire of harmed) Object.assign(wire, harm);
  const calm = Object.fromEntries(
    Object.keys(harm).map((name) => [name, CALM[name as keyof Wire]]),
  );
  return () => {
    for (const wire of harmed) Object.assign(wire, calm);
  };
}

/** The node that leads most, if any does; the one with the hot key when there is one. */
function leaderToCut(cluster: Cluster, chance: Chance): SimNode | null {
  const hot = cluster.plan.focus === 'reads' ? leadersOf(cluster.nodes, HOT_KEY) : [];
  if (hot.length > 0) return chance.pick(hot);
  const led = (node: SimNode): number =>
    [...(node.running?.host?.replicas.values() ?? [])].filter(({ leads }) => leads).length;
  const most = cluster.nodes.reduce((a, b) => (led(b) > led(a) ? b : a));
  return led(most) > 0 && !most.paused ? most : null;
}

const some = (cluster: Cluster, chance: Chance): Pair[] => {
  const share = 1 + chance.below(1000);
  const chosen = pairs(cluster).filter(() => chance.permille(share));
  return chosen.length > 0 ? chosen : [chance.pick(pairs(cluster))];
};

export const WIRE_FAULTS: readonly Fault[] = [
  {
    kind: 'the cluster is cut in two',
    weight: 5,
    lasts: [200, 9_000],
    begin(cluster, chance) {
      const left = new Set(cluster.nodes.filter(() => chance.below(2) === 0).map(({ id }) => id));
      return cutAll(
        cluster,
        pairs(cluster).filter(([from, to]) => left.has(from) !== left.has(to)),
      );
    },
  },
  {
    kind: 'one node is cut off',
    weight: 4,
    lasts: [200, 9_000],
    begin(cluster, chance) {
      const { id } = chance.pick(cluster.nodes);
      return cutAll(
        cluster,
        pairs(cluster).filter((pair) => pair.includes(id)),
      );
    },
  },
  {
    // Its peers hear at once that it is gone and elect another; it believes to lead until its
    // quorum is missed, and its clients still reach it.
    kind: 'a leader is cut off, and its connections end',
    weight: 4,
    focus: 'reads',
    lasts: [800, 4_000],
    begin(cluster, chance) {
      const node = chance.below(3) > 0 ? leaderToCut(cluster, chance) : chance.pick(cluster.nodes);
      if (node === null) return null;
      const { id } = node;
      const mend = cutAll(
        cluster,
        pairs(cluster).filter((pair) => pair.includes(id)),
      );
      for (const other of cluster.nodes) {
        if (other !== node) cluster.network.break(id, other.id, 'a fault', 20);
      }
      node.cutOff = true;
      return () => {
        node.cutOff = false;
        mend();
      };
    },
  },
  {
    kind: 'two nodes do not reach each other',
    weight: 4,
    lasts: [200, 9_000],
    begin(cluster, chance) {
      const [a, b] = chance.pick(pairs(cluster));
      return cutAll(cluster, [
        [a, b],
        [b, a],
      ]);
    },
  },
  {
    kind: 'a wire carries one way only',
    weight: 4,
    lasts: [200, 9_000],
    begin: (cluster, chance) => cutAll(cluster, [chance.pick(pairs(cluster))]),
  },
  {
    kind: 'a node hears but is not heard',
    weight: 3,
    lasts: [200, 6_000],
    begin(cluster, chance) {
      const { id } = chance.pick(cluster.nodes);
      const from = chance.below(2) === 0;
      return cutAll(
        cluster,
        pairs(cluster).filter((pair) => pair[from ? 0 : 1] === id),
      );
    },
  },
  {
    kind: 'wires lose messages',
    weight: 4,
    lasts: [500, 8_000],
    begin(cluster, chance) {
      const loss = chance.pick([20, 100, 300, 1000]);
      return change(cluster, some(cluster, chance), { loss });
    },
  },
  {
    kind: 'wires double messages',
    weight: 3,
    lasts: [500, 8_000],
    begin: (cluster, chance) =>
      change(cluster, some(cluster, chance), { doubling: chance.pick([50, 500]) }),
  },
  {
    kind: 'wires reorder messages',
    weight: 3,
    lasts: [500, 8_000],
    begin: (cluster, chance) =>
      change(cluster, some(cluster, chance), { reordering: chance.pick([50, 300]) }),
  },
  {
    // The write is done, and nobody is told.
    kind: 'answers to clients are lost',
    weight: 4,
    lasts: [500, 6_000],
    begin(cluster, chance) {
      const loss = chance.pick([300, 700, 1000]);
      const nodes = cluster.nodes.filter(() => chance.below(2) === 0);
      const wires = nodes.flatMap(({ id }) =>
        cluster.clients.map((client) => cluster.network.wire(id, client.id)),
      );
      for (const wire of wires) wire.loss = loss;
      return () => {
        for (const wire of wires) wire.loss = CALM.loss;
      };
    },
  },
  {
    // One after the other, and free again in another order (FoundationDB's swizzle).
    kind: 'wires are clogged one by one',
    weight: 3,
    lasts: [1_500, 7_000],
    begin(cluster, chance) {
      const wires = some(cluster, chance).map(([from, to]) => cluster.network.wire(from, to));
      let over = false;
      for (const wire of wires) {
        cluster.timeline.in(chance.between(0, 1_500), null, 'clog', () => {
          if (!over) Object.assign(wire, { fastMs: 200, slowMs: 800 });
        });
        cluster.timeline.in(chance.between(1_500, 4_000), null, 'unclog', () => {
          if (!over) Object.assign(wire, { fastMs: CALM.fastMs, slowMs: CALM.slowMs });
        });
      }
      return () => {
        over = true;
        for (const wire of wires) Object.assign(wire, { fastMs: CALM.fastMs, slowMs: CALM.slowMs });
      };
    },
  },
  {
    kind: 'wires are clogged',
    weight: 4,
    lasts: [300, 6_000],
    begin(cluster, chance) {
      const slowMs = chance.pick([20, 150, 600, 2_000]);
      return change(cluster, some(cluster, chance), { fastMs: slowMs / 4, slowMs });
    },
  },
];
