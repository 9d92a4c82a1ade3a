import { describe, expect, it } from 'vitest';
import { Ticker } from '../../src/host/ticker.js';
import { manualClock } from '../support/manual-clock.js';

describe('the ticker', () => {
  it('ticks once per interval', () => {
    const clock = manualClock();
    const counts: number[] = [];
    const ticker = new Ticker(clock, 50, 20, (count) => counts.push(count));
    ticker.start();
    clock.advance(250);
    expect(counts).toEqual([1, 1, 1, 1, 1]);
    ticker.stop();
    clock.advance(500);
    expect(counts).toHaveLength(5);
  });

  it('after a stall lets arrived messages in first, then ticks at most one election timeout', () => {
    const clock = manualClock();
    let stalledMs = 0;
    // The timer fires late: the process was paused while monotonic time went on.
    const late = { ...clock, monotonic: () => (clock.monotonic() + stalledMs) as never };
    const counts: number[] = [];
    const ticker = new Ticker(late, 50, 20, (count) => counts.push(count));
    ticker.start();
    stalledMs = 10_000;
    clock.advance(50);
    expect(counts).toEqual([]);
    clock.endTurns();
    expect(counts).toEqual([20]);
    clock.advance(50);
    expect(counts).toEqual([20, 1]);
  });

  it('slows down while every group rests, and goes on at once when one wakes', () => {
    const clock = manualClock();
    let resting = false;
    const counts: number[] = [];
    const ticker = new Ticker(
      clock,
      50,
      20,
      (count) => counts.push(count),
      () => resting,
    );
    ticker.start();
    clock.advance(50);
    resting = true;
    clock.advance(50 + 250);
    expect(counts).toEqual([1, 1, 5]);
    clock.advance(200);
    resting = false;
    ticker.hurry();
    // The 200 ms before it woke are nobody's.
    clock.advance(50);
    expect(counts).toEqual([1, 1, 5, 1]);
    ticker.hurry();
    clock.advance(50);
    expect(counts).toEqual([1, 1, 5, 1, 1]);
    ticker.stop();
  });
});
