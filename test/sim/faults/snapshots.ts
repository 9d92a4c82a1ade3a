/**
 * Snapshots that do not come through: at one of their steps the receiver or the sender dies, or the
 * connection between them breaks. What the receiver had made durable by then must be finished or
 * forgotten, never half of it.
 */
import type { Fault } from './fault.js';

/** Where between the effects of a step it happens. */
const EFFECTS = 12;

export const SNAPSHOT_FAULTS: readonly Fault[] = [
  {
    kind: 'a snapshot is interrupted',
    weight: 8,
    focus: 'snapshots',
    lasts: [6_000, 15_000],
    begin(cluster, chance) {
      const { network, timeline } = cluster;
      if (network.onSnapshotStep !== null) return null;
      let left = chance.pick([1, 2, 3, 3, 3]);
      const hit = new Set<number>();
      network.onSnapshotStep = (sender, receiver) => {
        if (--left > 0) return;
        network.onSnapshotStep = null;
        const how = chance.pick(['receiver', 'sender', 'connection', 'connection'] as const);
        timeline.say(`a snapshot from node ${sender} to ${receiver} is interrupted: ${how}`);
        cluster.coverage.hit(`snapshot interrupted: ${how}`);
        if (how === 'connection') {
          // While the step is worked on.
          network.break(sender, receiver, 'a fault', 1.2);
          return;
        }
        const node = cluster.nodes[(how === 'sender' ? sender : receiver) - 1];
        if (node === undefined) return;
        hit.add(node.id);
        node.killSoon(1 + chance.below(EFFECTS), chance.below(2) === 0);
      };
      return () => {
        network.onSnapshotStep = null;
        for (const node of cluster.nodes) if (hit.has(node.id)) node.revive();
      };
    },
  },
];
