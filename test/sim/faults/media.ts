/**
 * Stored bytes that change by themselves. One node of a seed is the victim, so that every row and
 * every entry keeps good copies elsewhere. A rotten row fences its replica, which is built anew; a
 * rotten log segment is found at the next start, and the node stays down for good.
 * A read may also give other bytes than there are, once: the medium is sound, the next read right.
 */
import type { Cluster } from '../cluster.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

function victimOf(cluster: Cluster): SimNode | null {
  const victim = cluster.nodes[cluster.plan.victim];
  return victim === undefined || victim.retired !== null ? null : victim;
}

/** Whose bytes on the medium have changed already. */
const rotten = new WeakSet<SimNode>();

/** Rows of replicas; what lies in space 0 is the node's own. */
const ofReplica = (key: string): boolean => key.slice(0, 4) !== '\0\0\0\0';

/** A byte in the first half of a segment that others follow: no torn tail can explain it. */
function rotSegment(node: SimNode, chance: Chance): string | null {
  const names = [...node.disk.names.keys()].filter((name) => name.endsWith('.wal')).sort();
  if (names.length < 2) return null;
  const name = chance.pick(names.slice(0, -1));
  const file = node.disk.names.get(name);
  if (file === undefined || file.cache.length < 1024) return null;
  const at = 16 + chance.below(Math.min(file.cache.length, 4096) / 2);
  const bits = 1 << chance.below(8);
  for (const bytes of [file.cache, file.durable]) bytes[at] = (bytes[at] ?? 0) ^ bits;
  return `${name} at byte ${at}`;
}

export const MEDIA_FAULTS: readonly Fault[] = [
  {
    kind: 'a stored row rots',
    weight: 3,
    lasts: [10, 20],
    begin(cluster) {
      const victim = victimOf(cluster);
      const key = victim?.store.rotAny(ofReplica) ?? null;
      if (victim === null || key === null) return null;
      rotten.add(victim);
      victim.mayEndBy.add('CORRUPT');
      cluster.timeline.say(`a row in the store of node ${victim.id} rots`);
      return () => undefined;
    },
  },
  {
    kind: 'reads give other bytes',
    weight: 4,
    lasts: [300, 6_000],
    begin(cluster, chance) {
      const victim = victimOf(cluster);
      if (victim === null || victim.store.misread !== null) return null;
      victim.mayEndBy.add('CORRUPT');
      const rate = chance.pick([5, 30, 200]);
      cluster.timeline.say(`${rate} of 1000 reads of node ${victim.id} give other bytes`);
      victim.disk.mood.misreads = Math.min(900, 5 * rate);
      victim.store.misread = (key, value) => {
        if (value.length === 0 || !ofReplica(key) || !chance.permille(rate)) return null;
        cluster.coverage.hit('store: a read gives other bytes');
        victim.disk.misreadsGiven++;
        const spoiled = Buffer.from(value);
        const at = chance.below(value.length);
        spoiled[at] = (spoiled[at] ?? 0) ^ (1 << chance.below(8));
        return spoiled;
      };
      // A log is read as a whole at a start alone.
      if (chance.below(3) === 0) {
        victim.kill('its reads are to go wrong at a start', false);
        victim.start();
      }
      return () => {
        victim.disk.mood.misreads = 0;
        victim.store.misread = null;
        victim.start();
      };
    },
  },
  {
    kind: 'a log segment rots',
    weight: 1,
    lasts: [10, 20],
    begin(cluster, chance) {
      const victim = victimOf(cluster);
      if (victim === null || rotten.has(victim)) return null;
      const where = rotSegment(victim, chance);
      if (where === null) return null;
      rotten.add(victim);
      victim.mayEndBy.add('CORRUPT');
      cluster.timeline.say(`a bit flips in ${where}`);
      return () => undefined;
    },
  },
];
