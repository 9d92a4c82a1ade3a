import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import { effectiveFactor, initialGroups } from '../../src/shard/bootstrap.js';
import { BUCKETS } from '../../src/shard/slot.js';

const nodes = (count: number) => Array.from({ length: count }, (_, i) => nodeId(i + 1));

describe('the groups of a new cluster', () => {
  it('the factor is the largest odd number there is, at most what was asked for', () => {
    expect([1, 2, 3, 4, 5, 9].map((count) => effectiveFactor(count, 3))).toEqual([
      1, 1, 3, 3, 3, 3,
    ]);
    expect(effectiveFactor(9, 5)).toBe(5);
  });

  it('every bucket belongs to exactly one shard; members are distinct nodes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 256 }),
        (count, shards) => {
          const [meta, ...plans] = initialGroups(nodes(count), shards, 3);
          expect(meta?.members).toHaveLength(count);
          let next = 0;
          for (const plan of plans) {
            expect(plan.range.first).toBe(next);
            next = plan.range.last + 1;
            expect(plan.range.last).toBeGreaterThanOrEqual(plan.range.first);
            const homes = new Set(plan.members.map((member) => member.node));
            expect(homes.size).toBe(effectiveFactor(count, 3));
          }
          expect(next).toBe(BUCKETS);
        },
      ),
    );
  });

  it('is the same whatever order the founders are listed in', () => {
    const forward = initialGroups(nodes(5), 4, 3);
    expect(initialGroups(nodes(5).reverse(), 4, 3)).toEqual(forward);
  });

  it('replicas spread evenly over more nodes than the factor', () => {
    const plans = initialGroups(nodes(5), 5, 3).slice(1);
    const counts = new Map<number, number>();
    for (const { members } of plans) {
      for (const { node } of members) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual([3, 3, 3, 3, 3]);
  });
});
