/** Progress: the window, and the moves between its states. */
import { describe, expect, it } from 'vitest';
import { Inflight } from '../../../src/raft/progress/inflight.js';
import {
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  mayAppend,
  newProgress,
  onMatch,
  onReject,
  type Progress,
} from '../../../src/raft/progress/progress.js';
import { at, id } from '../support/build.js';

const LIMITS = { maxInflightMessages: 2, maxInflightBytes: 100 };
const show = ({ state, match }: Progress): string =>
  state.kind === 'snapshot'
    ? `snapshot ${state.pending} match=${match}`
    : `${state.kind} next=${state.next} match=${match}`;

describe('inflight', () => {
  it('is full by count, and free again when acknowledged', () => {
    const window = new Inflight({ maxMessages: 2, maxBytes: 1000 });
    window.add(at(3), 10);
    window.add(at(7), 10);
    expect(window.full).toBe(true);
    expect(() => window.add(at(8), 1)).toThrow('a full window takes no message');
    window.freeTo(at(5));
    expect([window.count, window.bytes, window.full]).toEqual([1, 10, false]);
    window.freeTo(at(9));
    expect([window.count, window.bytes]).toEqual([0, 0]);
  });

  it('is full by bytes; one large message may pass alone', () => {
    const window = new Inflight({ maxMessages: 9, maxBytes: 100 });
    window.add(at(1), 500);
    expect(window.full).toBe(true);
    window.freeTo(at(1));
    expect(window.full).toBe(false);
  });

  it('messages run upwards', () => {
    const window = new Inflight({ maxMessages: 9, maxBytes: 100 });
    window.add(at(4), 1);
    expect(() => window.add(at(4), 1)).toThrow('messages run upwards');
  });
});

describe('progress', () => {
  it('ProgressFlowControl: a probe sends one, a replicate up to its window, a snapshot none', () => {
    const p = newProgress(id(2), at(5));
    expect(mayAppend(p)).toBe(true);
    if (p.state.kind === 'probe') p.state.waiting = true;
    expect(mayAppend(p)).toBe(false);
    becomeReplicate(p, LIMITS);
    expect(mayAppend(p)).toBe(true);
    if (p.state.kind === 'replicate') p.state.inflight.add(at(1), 100);
    expect(mayAppend(p)).toBe(false);
    becomeSnapshot(p, at(5));
    expect(mayAppend(p)).toBe(false);
  });

  it('a match ends probing and never falls', () => {
    const p = newProgress(id(2), at(5));
    expect(onMatch(p, at(3), LIMITS)).toBe(true);
    expect(show(p)).toBe('replicate next=4 match=3');
    expect(onMatch(p, at(2), LIMITS)).toBe(false);
    expect(show(p)).toBe('replicate next=4 match=3');
  });

  it('a refusal sends a replicate back to probing above its match; late ones change nothing', () => {
    const p = newProgress(id(2), at(9));
    onMatch(p, at(4), LIMITS);
    if (p.state.kind === 'replicate') p.state.next = at(9);
    expect(onReject(p, at(3), at(1))).toBe(false);
    expect(onReject(p, at(8), at(6))).toBe(true);
    expect(show(p)).toBe('probe next=5 match=4');
    expect(onReject(p, at(8), at(6))).toBe(false);
  });

  it('a refused probe goes to the hint, never below the match', () => {
    const p = newProgress(id(2), at(9));
    expect(onReject(p, at(9), at(6))).toBe(true);
    expect(show(p)).toBe('probe next=7 match=0');
    expect(onReject(p, at(6), at(0))).toBe(true);
    expect(show(p)).toBe('probe next=1 match=0');
  });

  it('SnapshotSucceed, SnapshotFailure, SnapshotAbort', () => {
    const p = newProgress(id(2), at(9));
    becomeSnapshot(p, at(7));
    becomeProbe(p, 'installed');
    expect(show(p)).toBe('probe next=8 match=0');
    becomeSnapshot(p, at(7));
    becomeProbe(p, 'failed');
    expect(show(p)).toBe('probe next=1 match=0');
    expect(mayAppend(p)).toBe(false);
    becomeSnapshot(p, at(7));
    onMatch(p, at(6), LIMITS);
    expect(show(p)).toBe('snapshot 7 match=6');
    onMatch(p, at(7), LIMITS);
    expect(show(p)).toBe('replicate next=8 match=7');
  });

  it('pausing stops appends in every state', () => {
    const p = newProgress(id(2), at(5));
    p.paused = true;
    expect(mayAppend(p)).toBe(false);
    becomeReplicate(p, LIMITS);
    expect(mayAppend(p)).toBe(false);
  });
});
