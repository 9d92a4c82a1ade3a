import { describe, expect, it } from 'vitest';
import { groupId, nodeId } from '../../src/base/ids.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import { encodeExec } from '../../src/kv/catalog/exec.js';
import { RkvError } from '../../src/kv/errors.js';
import type { RouteAnswer } from '../../src/kv/forward.js';
import type { RoutedAnswer } from '../../src/router/types.js';

import { LINEARIZABLE, ok, setup } from './support.js';

// Slots by Redis Cluster: {b} is 3300 (bucket 51, shard 1), {a} is 15495 (bucket 242, shard 2).
const FIRST = '{b}';
const SECOND = '{a}';

const codeOfAnswer = (answer: RoutedAnswer | undefined): string | null =>
  answer instanceof RkvError ? answer.code : null;

describe('one key', () => {
  it('is run here when this node leads its shard, forwarded when another does', () => {
    const { state, run, answers } = setup();
    run('set', [FIRST, 'v']);
    expect(state.local).toHaveLength(1);
    run('set', [SECOND, 'v']);
    expect(state.forwarded).toHaveLength(1);
    expect(state.forwarded[0]?.node).toBe(2);
    state.local[0]?.done(ok);
    state.forwarded[0]?.done(ok);
    expect(answers).toHaveLength(2);
  });

  it('a write without leader waits for one inside its deadline', () => {
    const { clock, state, run, answers } = setup();
    state.leaders.clear();
    state.localLeads = false;
    run('set', [FIRST, 'v']);
    clock.advance(200);
    expect(state.forwarded).toHaveLength(0);
    state.leaders.set(groupId(1), nodeId(3));
    state.change();
    clock.endTurns();
    expect(state.forwarded[0]?.node).toBe(3);
    state.forwarded[0]?.done(ok);
    expect(answers).toHaveLength(1);
  });

  it('nothing was proposed when the deadline passes: refused, may be asked again', () => {
    const { clock, state, run, answers } = setup();
    state.leaders.clear();
    state.localLeads = false;
    run('set', [FIRST, 'v'], LINEARIZABLE, 300);
    clock.advance(400);
    expect(codeOfAnswer(answers[0])).toBe('NO_LEADER');
    expect((answers[0] as RkvError).kind).toBe('refused');
  });

  it('a write that may be applied is asked again under the same stamp only', () => {
    const { clock, state, run, answers } = setup();
    run('incr', [FIRST, '1']);
    const first = state.local[0]?.stamp;
    state.local[0]?.done({ kind: 'dropped' });
    state.localLeads = false;
    state.leaders.set(groupId(1), nodeId(2));
    clock.advance(50);
    const second = state.forwarded[0]?.forward;
    expect(second?.kind === 'write' ? second.write.stamp : null).toEqual(first);
    state.forwarded[0]?.done(ok);
    expect(answers).toHaveLength(1);
  });

  it('and is unknown when the deadline passes before anybody answers', () => {
    const { clock, state, run, answers } = setup();
    run('incr', [FIRST, '1'], LINEARIZABLE, 200);
    state.localLeads = false;
    state.leaders.clear();
    state.local[0]?.done({ kind: 'dropped' });
    clock.advance(400);
    expect(codeOfAnswer(answers[0])).toBe('OUTCOME_UNKNOWN');
  });

  it('a settled or expired record after a lost answer says nothing: unknown', () => {
    for (const code of ['SETTLED', 'EXPIRED'] as const) {
      const { clock, state, run, answers } = setup();
      run('incr', [FIRST, '1']);
      state.local[0]?.done({ kind: 'dropped' });
      clock.advance(50);
      state.local[1]?.done({ kind: 'refused', code });
      expect(codeOfAnswer(answers[0])).toBe('OUTCOME_UNKNOWN');
    }
  });

  it('a refusal of a later try says nothing of an earlier one: asked again, or unknown', () => {
    for (const code of ['FULL', 'OVERLOADED', 'NOT_READY', 'LIMIT'] as const) {
      const { clock, state, run, answers } = setup();
      run('incr', [FIRST, '1'], LINEARIZABLE, 200);
      state.local[0]?.done({ kind: 'dropped' });
      clock.advance(50);
      state.local[1]?.done({ kind: 'refused', code });
      clock.advance(50);
      state.local[2]?.done({ kind: 'late' });
      expect(codeOfAnswer(answers[0])).toBe('OUTCOME_UNKNOWN');
    }
    const { clock, state, run, answers } = setup();
    run('incr', [FIRST, '1']);
    state.local[0]?.done({ kind: 'dropped' });
    clock.advance(50);
    state.local[1]?.done({ kind: 'refused', code: 'FULL' });
    clock.advance(50);
    state.local[2]?.done(ok);
    expect(answers).toEqual([ok.reply]);
    expect(state.local[2]?.stamp).toEqual(state.local[0]?.stamp);
  });

  it('different requests of one node never share a sequence; the mark follows the answers', () => {
    const { state, run } = setup();
    run('set', [FIRST, '1']);
    run('set', [FIRST, '2']);
    expect(state.local.map((one) => one.stamp?.sequence)).toEqual([1, 2]);
    state.local[0]?.done(ok);
    state.local[1]?.done(ok);
    run('set', [FIRST, '3']);
    expect(state.local[2]?.stamp).toMatchObject({ sequence: 3, mark: 3 });
  });
});

describe('a leader that only this node cannot hear', () => {
  const silent = () => {
    const parts = setup();
    parts.state.leaders.clear();
    parts.state.localLeads = false;
    return parts;
  };

  it('is reached through another replica: one asks, the others follow when it got through', () => {
    const { clock, state, run, answers } = silent();
    for (const value of ['1', '2', '3']) run('set', [FIRST, value]);
    clock.advance(275);
    expect(state.forwarded).toHaveLength(0);
    clock.advance(50);
    expect(state.forwarded.map(({ node }) => node)).toEqual([2]);
    expect(state.forwarded[0]?.forward).toMatchObject({ kind: 'write', relay: true });
    state.forwarded[0]?.done({ kind: 'not-leader' });
    clock.advance(150);
    expect(state.forwarded.map(({ node }) => node)).toEqual([2, 3]);
    state.forwarded[1]?.done(ok);
    clock.advance(50);
    expect(state.forwarded.map(({ node }) => node)).toEqual([2, 3, 3, 3]);
    for (const { done } of state.forwarded.slice(2)) done(ok);
    expect(answers).toHaveLength(3);
    run('set', [FIRST, '4']);
    expect(state.forwarded.at(-1)?.node).toBe(3);
  });

  it('is asked for itself again as soon as it is heard', () => {
    const { clock, state, run } = silent();
    run('set', [FIRST, '1']);
    clock.advance(325);
    state.forwarded[0]?.done(ok);
    state.leaders.set(groupId(1), nodeId(3));
    run('set', [FIRST, '2']);
    expect(state.forwarded[1]?.node).toBe(3);
    expect(state.forwarded[1]?.forward).not.toHaveProperty('relay');
    state.leaders.clear();
    run('set', [FIRST, '3']);
    expect(state.forwarded).toHaveLength(2);
  });

  it('is not looked for while its way is known to be lost, nor asked twice for a lost answer', () => {
    const { clock, state, run, answers } = silent();
    run('incr', [FIRST, '1'], LINEARIZABLE, 2_000);
    clock.advance(325);
    const [first] = state.forwarded;
    first?.done({ kind: 'dropped' });
    clock.advance(150);
    const second = state.forwarded[1];
    const stampOf = (one: typeof first): unknown =>
      one?.forward.kind === 'write' ? one.forward.write.stamp : null;
    expect(stampOf(second)).toEqual(stampOf(first));
    second?.done(ok);
    expect(answers).toHaveLength(1);
  });

  it('is read through another replica', () => {
    const { clock, state, run, answers } = silent();
    run('get', [FIRST]);
    expect(state.local).toHaveLength(1);
    state.local[0]?.done({ kind: 'not-leader' });
    clock.advance(325);
    expect(state.local).toHaveLength(1);
    expect(state.forwarded[0]).toMatchObject({ node: 2, forward: { kind: 'read' } });
    state.forwarded[0]?.done(ok);
    expect(answers).toHaveLength(1);
  });
});

describe('reads', () => {
  it('the replica of this node serves them; without one the leader does', () => {
    const { state, run } = setup();
    state.localLeads = false;
    run('get', [FIRST]);
    run('get', [SECOND]);
    expect(state.local).toHaveLength(1);
    expect(state.forwarded[0]?.node).toBe(2);
  });

  it('a follower read goes to a replica that does not lead', () => {
    const { state, run } = setup();
    run('get', [FIRST], { kind: 'follower' });
    expect(state.local).toHaveLength(0);
    expect([2, 3]).toContain(state.forwarded[0]?.node);
  });

  it('a fenced replica sends its readers to the leader', () => {
    const { clock, state, run, answers } = setup();
    state.localLeads = false;
    state.leaders.set(groupId(1), nodeId(3));
    run('get', [FIRST]);
    state.local[0]?.done({ kind: 'refused', code: 'FENCED' });
    clock.advance(30);
    expect(state.forwarded[0]?.node).toBe(3);
    state.forwarded[0]?.done(ok);
    expect(answers).toHaveLength(1);
  });
});

describe('several shards', () => {
  it('mget is taken apart, and its answers put together in the order asked', () => {
    const { state, run, answers } = setup();
    run('mget', [`${SECOND}1`, `${FIRST}1`, `${SECOND}2`]);
    const item = (text: string) => ({ kind: 'bytes', bytes: Buffer.from(text) }) as const;
    state.local[0]?.done({ kind: 'reply', reply: { kind: 'list', items: [item('f1')] } });
    state.forwarded[0]?.done({
      kind: 'reply',
      reply: { kind: 'list', items: [item('s1'), item('s2')] },
    });
    expect(answers).toEqual([{ kind: 'list', items: [item('s1'), item('f1'), item('s2')] }]);
  });

  it('an mset of which one part was applied and the other refused is unknown, not refused', () => {
    const { state, run, answers } = setup();
    run('mset', [`${FIRST}1`, 'v', `${SECOND}1`, 'v']);
    state.local[0]?.done(ok);
    state.forwarded[0]?.done({ kind: 'refused', code: 'FULL' });
    expect(codeOfAnswer(answers[0])).toBe('OUTCOME_UNKNOWN');
  });

  it('so many scans are put together at once, the others in turn, and not for ever', () => {
    const { clock, state, run, answers } = setup();
    for (let i = 0; i < 2; i++) run('scan', ['', '']);
    run('scan', ['', ''], LINEARIZABLE, 100);
    run('scan', ['', ''], LINEARIZABLE, 10_000);
    expect([state.local.length, state.forwarded.length]).toEqual([2, 2]);
    run('get', [FIRST]);
    expect(state.local.length).toBe(3);
    clock.advance(500);
    const page: RouteAnswer = { kind: 'reply', reply: { kind: 'page', items: [], next: null } };
    state.local[1]?.done(page);
    expect(answers).toEqual([]);
    state.forwarded[1]?.done(page);
    expect(answers.map(codeOfAnswer)).toEqual(['TIMEOUT', null]);
    expect([state.local.length, state.forwarded.length]).toEqual([4, 3]);
  });

  it('a scan asks every shard', () => {
    const { state, run, answers } = setup();
    run('scan', ['', '', 'LIMIT', '10']);
    const page: RouteAnswer = { kind: 'reply', reply: { kind: 'page', items: [], next: null } };
    state.local[0]?.done(page);
    state.forwarded[0]?.done(page);
    expect(answers).toEqual([{ kind: 'page', items: [], next: null }]);
  });

  it('sends keys that belong together to their one shard, or refuses them', () => {
    const { state, run, answers } = setup();
    run('rename', [`${FIRST}1`, `${FIRST}2`]);
    expect(state.local).toHaveLength(1);
    state.local[0]?.done(ok);
    run('rename', [FIRST, SECOND]);
    run('rename', [SECOND, `${SECOND}1`]);
    expect(state.local).toHaveLength(1);
    expect(state.forwarded).toHaveLength(1);
    const commands = [FIRST, SECOND].map((key) => ({
      code: codeOf('get'),
      database: 0,
      args: [Buffer.from(key)],
    }));
    for (const some of [commands, commands.slice(1)]) {
      const exec = encodeExec({ watched: [], commands: some }, 0);
      run('exec', exec.args);
    }
    expect(state.forwarded).toHaveLength(2);
    expect(
      answers.map((answer) => (answer instanceof RkvError ? answer.code : answer.kind)),
    ).toEqual(['integer', 'CROSS_SHARD', 'CROSS_SHARD']);
  });

  it('asks the shard that has the bucket of a position', () => {
    const { state, run } = setup();
    run('walk', [Buffer.from([0, 3])]);
    expect(state.local).toHaveLength(1);
    run('walk', [Buffer.from([0, 200])]);
    expect(state.forwarded).toHaveLength(1);
  });

  it('picks a random key with odds by the shards’ numbers of keys', () => {
    const { state, run, answers } = setup();
    const shard = (keys: bigint, key: string): RouteAnswer => {
      const picked = { kind: 'bytes', bytes: Buffer.from(key) } as const;
      const items = [{ kind: 'integer', value: keys } as const, picked];
      return { kind: 'reply', reply: { kind: 'list', items } };
    };
    for (let seed = -40; seed < 40; seed++) {
      run('randomkey', [String(seed)]);
      state.local.pop()?.done(shard(1n, 'first'));
      state.forwarded.pop()?.done(shard(3n, 'second'));
    }
    const first = answers.filter(
      (one) => 'bytes' in one && Buffer.from(one.bytes).equals(Buffer.from('first')),
    );
    expect(first).toHaveLength(20);
    expect(answers).toHaveLength(80);
  });
});
