import { describe, expect, it } from 'vitest';
import { groupId, logIndex, replicaId } from '../../src/base/ids.js';
import { Digests } from '../../src/host/digests.js';

const group = groupId(1);
const voters = [1, 2, 3].map(replicaId);
const report = (replica: number, index: number, digest: string) => ({
  group,
  replica: replicaId(replica),
  index: logIndex(index),
  digest,
});

describe('digests of the replicas', () => {
  it('who differs from the majority at the same index is named, once', () => {
    const digests = new Digests();
    expect(digests.onReport(report(1, 100, 'a'), voters)).toEqual([]);
    expect(digests.onReport(report(2, 100, 'b'), voters)).toEqual([]);
    expect(digests.onReport(report(3, 100, 'a'), voters)).toEqual([2]);
    expect(digests.onReport(report(3, 100, 'a'), voters)).toEqual([]);
  });

  it('the leader itself can be the one', () => {
    const digests = new Digests();
    digests.onReport(report(1, 100, 'x'), voters);
    digests.onReport(report(2, 100, 'a'), voters);
    expect(digests.onReport(report(3, 100, 'a'), voters)).toEqual([1]);
  });

  it('without a majority nobody differs', () => {
    const digests = new Digests();
    digests.onReport(report(1, 100, 'a'), voters);
    digests.onReport(report(2, 100, 'b'), voters);
    expect(digests.onReport(report(3, 100, 'c'), voters)).toEqual([]);
    const two = [1, 2].map(replicaId);
    const pair = new Digests();
    pair.onReport(report(1, 5, 'a'), two);
    expect(pair.onReport(report(2, 5, 'b'), two)).toEqual([]);
  });

  it('different indexes are never compared; a late report of an old round says nothing', () => {
    const digests = new Digests();
    digests.onReport(report(1, 100, 'a'), voters);
    digests.onReport(report(2, 120, 'b'), voters);
    expect(digests.onReport(report(3, 100, 'c'), voters)).toEqual([]);
    expect(digests.of(group, replicaId(3))).toEqual({ index: 100, value: 'c' });
    expect(digests.onReport(report(1, 120, 'b'), voters)).toEqual([]);
    expect(digests.onReport(report(3, 120, 'z'), voters)).toEqual([3]);
  });

  it('a learner that differs is named, but does not vote on what is right', () => {
    const digests = new Digests();
    const learner = 4;
    digests.onReport(report(learner, 7, 'x'), voters);
    digests.onReport(report(1, 7, 'a'), voters);
    expect(digests.onReport(report(2, 7, 'a'), voters)).toEqual([learner]);
  });
});
