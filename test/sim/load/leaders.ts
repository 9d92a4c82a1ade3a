/** Who leads the shard of a key, as a client that follows leaders would have heard. */
import { META_GROUP } from '../../../src/base/ids.js';
import { bucketOf } from '../../../src/shard/slot.js';
import type { SimNode } from '../node/sim-node.js';

/** The key that most of a seed's operations are about when its focus is on reads. */
export const HOT_KEY = 'r0';

/** Every node that believes to lead it; two while one of them has not heard of the other. */
export function leadersOf(nodes: readonly SimNode[], key: string): readonly SimNode[] {
  const bucket = bucketOf(Buffer.from(key, 'latin1'));
  return nodes.filter(({ running }) =>
    [...(running?.host?.replicas.values() ?? [])].some(({ group, leads, machine }) => {
      if (group === META_GROUP || !leads || machine === null) return false;
      const { first, last } = machine.state.descriptor.range;
      return first <= bucket && bucket <= last;
    }),
  );
}
