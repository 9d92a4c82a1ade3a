/** Very many keys of several shards: FAULTS section 3 row 97. */
import { describe, expect, it } from 'vitest';
import { ok, setup } from './support.js';

describe('pieces', () => {
  it('very many keys go to each shard in pieces, a few at once', () => {
    const { state, run, answers } = setup();
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}`);
    run('exists', keys);
    const sizes: number[] = [];
    for (;;) {
      expect(state.local.length + state.forwarded.length).toBeLessThanOrEqual(8);
      const own = state.local.shift();
      const sent = state.forwarded.shift();
      if (own === undefined && sent === undefined) break;
      if (sent?.forward.kind === 'read') sizes.push(sent.forward.command.args.length);
      own?.done(ok);
      sent?.done(ok);
    }
    expect(Math.max(...sizes)).toBe(1024);
    expect(answers).toHaveLength(1);
    const pieces = (answers[0] as { value: bigint }).value;
    expect(pieces).toBeGreaterThanOrEqual(20n);
    expect(pieces).toBeLessThanOrEqual(21n);
  });

  it('no further piece begins when one has failed', () => {
    const { state, run, answers } = setup();
    run(
      'exists',
      Array.from({ length: 20_000 }, (_, i) => `k${i}`),
    );
    const begun = state.local.length + state.forwarded.length;
    expect(begun).toBe(8);
    state.local.shift()?.done({ kind: 'refused', code: 'OVERLOADED' });
    for (const own of state.local.splice(0)) own.done(ok);
    for (const sent of state.forwarded.splice(0)) sent.done(ok);
    expect([state.local.length, state.forwarded.length]).toEqual([0, 0]);
    expect(answers).toMatchObject([{ code: 'OVERLOADED' }]);
  });
});
