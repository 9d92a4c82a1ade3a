import { describe, expect, it } from 'vitest';
import { groupId, nodeId, term } from '../../src/base/ids.js';
import { Leaders } from '../../src/host/leaders.js';

const group = groupId(3);

describe('who leads what', () => {
  it('the larger term wins, a late word of an older one is ignored', () => {
    const leaders = new Leaders();
    leaders.learn(group, nodeId(1), term(5));
    leaders.learn(group, nodeId(2), term(7));
    leaders.learn(group, nodeId(1), term(6));
    expect(leaders.of(group)).toBe(2);
    expect(leaders.term(group)).toBe(7);
  });

  it('a term without a leader yet hides the old one', () => {
    const leaders = new Leaders();
    leaders.learn(group, nodeId(1), term(5));
    leaders.learn(group, null, term(6));
    expect(leaders.of(group)).toBeNull();
    leaders.learn(group, nodeId(3), term(6));
    expect(leaders.of(group)).toBe(3);
    leaders.learn(group, null, term(6));
    expect(leaders.of(group)).toBe(3);
  });

  it('a lost node leads nothing, and leads again when it says so in the same term', () => {
    const leaders = new Leaders();
    const told: number[] = [];
    leaders.onChange((changed) => told.push(changed));
    leaders.learn(group, nodeId(1), term(5));
    leaders.lose(nodeId(1));
    expect(leaders.of(group)).toBeNull();
    leaders.learn(group, nodeId(1), term(5));
    expect(leaders.of(group)).toBe(1);
    leaders.learn(group, nodeId(1), term(5));
    expect(told).toEqual([3, 3, 3]);
  });
});
