import { describe, expect, it } from 'vitest';
import { type EpochMs, nodeId } from '../../src/base/ids.js';
import { ClusterClock } from '../../src/host/cluster-clock.js';
import { manualClock } from '../support/manual-clock.js';

const HOUR = 3_600_000;
const at = (ms: number): EpochMs => ms as EpochMs;

describe('the cluster clock', () => {
  it('goes on from applied time until a majority of the clocks is heard', () => {
    const clock = manualClock(5 * HOUR);
    const cluster = new ClusterClock(clock, at(1_000));
    clock.advance(100);
    cluster.adjust(3);
    expect(cluster.now()).toBe(1_100);
    cluster.onBeat(nodeId(2), clock.wall());
    cluster.adjust(3);
    expect(cluster.now()).toBe(clock.wall());
  });

  it('trusts its own clock when it is alone', () => {
    const clock = manualClock(5 * HOUR);
    const cluster = new ClusterClock(clock, at(0));
    cluster.adjust(1);
    expect(cluster.now()).toBe(5 * HOUR);
  });

  it('one wrong clock among three moves nothing', () => {
    for (const wrong of [-2 * HOUR, 2 * HOUR]) {
      const clock = manualClock(10 * HOUR);
      const cluster = new ClusterClock(clock, at(10 * HOUR));
      for (let i = 0; i < 100; i++) {
        clock.advance(100);
        cluster.onBeat(nodeId(2), clock.wall());
        cluster.onBeat(nodeId(3), clock.wall() + wrong);
        cluster.adjust(3);
      }
      expect(Math.abs(cluster.now() - clock.wall())).toBeLessThanOrEqual(1);
    }
  });

  it('a wrong clock that is gone does not side with the next that goes wrong', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(10 * HOUR));
    const right = () => 10 * HOUR + clock.monotonic();
    for (let i = 0; i < 50; i++) {
      clock.advance(100);
      cluster.onBeat(nodeId(2), right() + HOUR);
      cluster.onBeat(nodeId(3), right());
      cluster.adjust(3);
    }
    cluster.onPeerDown(nodeId(2));
    clock.setWall(clock.wall() + HOUR);
    for (let i = 0; i < 50; i++) {
      clock.advance(100);
      cluster.onBeat(nodeId(3), right());
      cluster.adjust(3);
      expect(Math.abs(cluster.now() - right())).toBeLessThanOrEqual(1);
    }
  });

  it('its own clock jumping back an hour moves nothing when two others stand', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(10 * HOUR));
    const right = () => 10 * HOUR + clock.monotonic();
    for (let i = 0; i < 50; i++) {
      if (i === 25) clock.setWall(clock.wall() - HOUR);
      clock.advance(100);
      cluster.onBeat(nodeId(2), right());
      cluster.onBeat(nodeId(3), right());
      cluster.adjust(3);
    }
    expect(Math.abs(cluster.now() - right())).toBeLessThanOrEqual(1);
  });

  it('cut off with a wrong clock of its own it goes on as it was', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(10 * HOUR));
    const right = () => 10 * HOUR + clock.monotonic();
    for (let i = 0; i < 100; i++) {
      if (i === 50) clock.setWall(clock.wall() + HOUR);
      clock.advance(100);
      // Its peers fall silent at the moment at which it goes wrong.
      if (i < 50) cluster.onBeat(nodeId(2), right());
      if (i < 50) cluster.onBeat(nodeId(3), right());
      cluster.adjust(3);
    }
    expect(Math.abs(cluster.now() - right())).toBeLessThanOrEqual(1);
  });

  it('is slewed by a tenth of the time that passed, and never goes back', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(10 * HOUR));
    cluster.onBeat(nodeId(2), clock.wall());
    cluster.adjust(2);
    const start = cluster.now();
    // Both wall clocks turn out to be five seconds behind.
    clock.setWall(clock.wall() - 5_000);
    let last = start;
    for (let i = 0; i < 10; i++) {
      clock.advance(1_000);
      cluster.onBeat(nodeId(2), clock.wall());
      cluster.adjust(2);
      expect(cluster.now()).toBeGreaterThanOrEqual(last);
      last = cluster.now();
    }
    expect(last - start).toBeGreaterThanOrEqual(8_990);
    expect(last - start).toBeLessThanOrEqual(9_110);
  });

  it('takes the median at once when it first hears a majority: nothing was stamped before', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(10 * HOUR - 6_000));
    cluster.onBeat(nodeId(2), clock.wall());
    cluster.adjust(3);
    expect(cluster.now()).toBe(10 * HOUR);
    // Later a lead of that size is slewed.
    clock.setWall(clock.wall() + 6_000);
    clock.advance(1_000);
    cluster.onBeat(nodeId(2), clock.wall());
    cluster.adjust(3);
    expect(cluster.now()).toBeLessThanOrEqual(10 * HOUR + 1_100);
  });

  it('steps forward at once when the median leads by more than ten seconds', () => {
    const clock = manualClock(10 * HOUR);
    const cluster = new ClusterClock(clock, at(HOUR));
    cluster.onBeat(nodeId(2), clock.wall());
    cluster.onBeat(nodeId(3), clock.wall());
    cluster.adjust(3);
    expect(cluster.now()).toBe(10 * HOUR);
  });

  it('is not trusted before a majority was heard, so that nothing is stamped with it', () => {
    const cluster = new ClusterClock(manualClock(5 * HOUR), at(0));
    cluster.adjust(3);
    expect(cluster.trusted).toBe(false);
    cluster.onBeat(nodeId(2), 5 * HOUR);
    cluster.adjust(3);
    expect(cluster.trusted).toBe(true);
  });

  it('is never behind a time that was applied here', () => {
    const clock = manualClock(HOUR);
    const cluster = new ClusterClock(clock, at(HOUR));
    cluster.atLeast(at(HOUR + 500));
    expect(cluster.now()).toBe(HOUR + 500);
  });
});
