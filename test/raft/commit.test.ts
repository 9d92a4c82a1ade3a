/** Commit, apply and what is durable: order, hand-out and several Readys in flight. */
import { describe, expect, it } from 'vitest';
import { describeMessage, describeReady } from '../../src/raft/describe.js';
import { at, entries, fixed, id, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

describe('commit', () => {
  it('SingleNodeCommit: alone, but not before the own disk has it', () => {
    const solo = new Solo({ members: members([1]) }, {}, fixed(0));
    solo.raft.campaign();
    solo.raft.propose([5]);
    expect(solo.show()).toBe(
      [
        'ready 1 sync',
        '  soft leader t1 leader=1',
        '  hard t1 vote=1 commit=0',
        '  entries [1/1! 2/1:5]',
      ].join('\n'),
    );
    expect(solo.raft.hasReady()).toBe(false);
    solo.raft.advance({ kind: 'durable', number: 1 });
    expect(solo.raft.view().commit).toBe(2);
    expect(solo.drained().split('\n')).toContain('  committed 1..2');
  });

  it('CannotCommitWithoutNewTermEntry, CommitWithoutNewTermEntry: the no-op takes the old ones along', () => {
    const net = new Net([1, 2, 3, 4, 5]);
    net.campaign(1);
    net.cut(1, 3).cut(1, 4).cut(1, 5).propose(1).propose(1);
    expect(net.view(1).commit).toBe(1);
    net.heal().cut(2, 3).cut(2, 4);
    // The new leader's appends are lost at first: the old term's entries stay uncommitted.
    net.drops = (message) => message.kind === 'append';
    net.campaign(2);
    expect(net.view(2)).toMatchObject({ role: 'leader', term: 2, commit: 1 });
    net.heal().tickAll(3);
    expect(net.view(2).commit).toBe(4);
  });

  it('CommitAfterRemoveNode: what waited for the removed one commits without it', () => {
    const solo = new Solo({ members: members([1, 2]) }).lead();
    const ack = (match: number) =>
      solo.step('append-reply', 2, 1, { result: { ok: true, match: at(match) }, round: 0 });
    ack(1).drain();
    const change = {
      kind: 'change',
      steps: [{ op: 'remove', replica: id(2) }],
      autoLeave: false,
    } as const;
    expect(solo.raft.proposeConfig(change, 3)).toEqual({ ok: true, index: 2, term: 1 });
    expect(solo.raft.propose([1])).toEqual({ ok: true, index: 3, term: 1 });
    solo.drain();
    expect(solo.raft.view().commit).toBe(1);
    ack(2);
    expect(solo.raft.view().commit).toBe(2);
    solo.drain();
    solo.raft.applyConfig(change, at(2));
    expect(solo.raft.view().commit).toBe(3);
  });

  it('LogReplicationWithReorderedMessage: acknowledgements in any order count once', () => {
    const solo = new Solo().lead();
    solo.raft.propose([1, 1, 1]);
    solo.drain();
    const commits = [3, 1, 4, 2].map((match) => {
      solo.step('append-reply', 2, 1, { result: { ok: true, match: at(match) }, round: 0 });
      return solo.raft.view().commit;
    });
    expect(commits).toEqual([3, 3, 4, 4]);
  });

  it('FastLogRejection: one round per differing term, not per entry', () => {
    const leader = [1, 2, 2, 4, 4, 4, 4];
    const follower = [1, 2, 2, 3, 3, 3, 3, 3, 3];
    const states = { 1: { term: 4, log: leader }, 2: { term: 4, log: follower }, 3: { term: 4 } };
    const net = new Net([1, 2, 3], { states });
    net.campaign(1);
    const refusals = net.sent.filter(
      (text) => text.startsWith('append-reply 2>1') && /rej/.test(text),
    );
    expect(refusals).toEqual(['append-reply 2>1 t5 rejected=7 hint=7/3']);
    expect(net.logs()[1]).toBe(net.logs()[0]);
  });

  it('NodeCommitPaginationAfterRestart: from the applied index on, nothing skipped or doubled', () => {
    const solo = new Solo({ log: [1, 1, 1, 1, 1], commit: 5, applied: 2 });
    expect(solo.raft.ready().committed).toEqual({ from: 3, to: 5 });
    expect(solo.raft.hasReady()).toBe(false);
    const ahead = new Solo({ log: [1, 1, 1], commit: 1, applied: 3 });
    expect(ahead.raft.view()).toMatchObject({ commit: 3, applied: 3 });
  });

  it('a group may begin at a floor record (10, term 5)', () => {
    const net = new Net([1, 2, 3], {
      states: Object.fromEntries([1, 2, 3].map((n) => [n, { floor: [10, 5] as const, term: 5 }])),
    });
    net.campaign(1).propose(1);
    expect(net.view(1)).toMatchObject({ role: 'leader', term: 6, commit: 12, applied: 12 });
    expect(net.view(3).commit).toBe(12);
  });

  it('a replica whose hard state is older than its floor begins in the term of the floor', () => {
    const solo = new Solo({ floor: [10, 5], term: 3, vote: 2 });
    expect(solo.show()).toBe(
      'ready 1 sync\n  soft follower t5 leader=-\n  hard t5 vote=- commit=10',
    );
  });
});

describe('Readys in flight', () => {
  const append = (solo: Solo, t: number, prev: [number, number], terms: number[], commit = 0) =>
    solo.step('append', 2, t, {
      prevIndex: at(prev[0]),
      prevTerm: term(prev[1]),
      entries: entries(terms, prev[0] + 1),
      commit: at(commit),
      round: 0,
    });

  it('async_storage_writes_append_aba_race: a late completion makes nothing durable that was overwritten', () => {
    const solo = new Solo({ term: 1 });
    append(solo, 1, [0, 0], [1, 1]);
    const first = solo.raft.ready();
    append(solo, 2, [1, 1], [2]);
    const second = solo.raft.ready();
    solo.step('append', 3, 3, {
      prevIndex: at(1),
      prevTerm: term(1),
      entries: entries([1, 3], 2),
      commit: at(3),
      round: 0,
    });
    const third = solo.raft.ready();
    expect([first, second, third].map((ready) => ready.committed)).toEqual([null, null, null]);
    const applied = [first, second, third].map(({ number }) => {
      solo.raft.advance({ kind: 'durable', number });
      return solo.raft.ready().committed;
    });
    // After the first write only 1/1 is safe: the second, under way, overwrites 2/1.
    expect(applied).toEqual([{ from: 1, to: 1 }, null, { from: 2, to: 3 }]);
    expect(third.messagesAfterPersist.map(describeMessage)).toEqual([
      'append-reply 1>3 t3 match=3',
    ]);
  });

  it('several Readys in flight: each acknowledgement waits for its own', () => {
    const solo = new Solo({ term: 1 });
    append(solo, 1, [0, 0], [1]);
    expect(solo.show()).toBe(
      [
        'ready 1 sync',
        '  soft follower t1 leader=2',
        '  entries [1/1]',
        '  after append-reply 1>2 t1 match=1',
      ].join('\n'),
    );
    append(solo, 1, [1, 1], [1], 1);
    expect(solo.show()).toBe(
      [
        'ready 2 sync',
        '  hard t1 vote=- commit=1',
        '  entries [2/1]',
        '  after append-reply 1>2 t1 match=2',
      ].join('\n'),
    );
    solo.raft.advance({ kind: 'durable', number: 1 });
    expect(solo.show()).toBe('ready 3\n  committed 1..1');
  });

  it('a term shows itself only when it is durable: heartbeat answers wait for it, too', () => {
    const solo = new Solo({ term: 1 });
    solo.step('heartbeat', 2, 2, { commit: at(0), round: 0 });
    const first = solo.raft.ready();
    expect(describeReady(first)).toBe(
      [
        'ready 1 sync',
        '  soft follower t2 leader=2',
        '  hard t2 vote=- commit=0',
        '  after heartbeat-reply 1>2 t2',
      ].join('\n'),
    );
    solo.step('heartbeat', 2, 2, { commit: at(0), round: 0 });
    expect(solo.show()).toBe('ready 2\n  after heartbeat-reply 1>2 t2');
    solo.raft.advance({ kind: 'durable', number: 1 });
    solo.step('heartbeat', 2, 2, { commit: at(0), round: 0 });
    expect(solo.show()).toBe('ready 3\n  now heartbeat-reply 1>2 t2');
  });

  it('the commit index rides with entries, or goes alone after a quiet tick', () => {
    const solo = new Solo({ members: members([1]) }, {}, fixed(0));
    solo.raft.campaign();
    const hard = solo.drain().map(({ hardState, mustSync }) => [hardState?.commit, mustSync]);
    expect(hard).toEqual([
      [0, true],
      [undefined, false],
    ]);
    solo.raft.propose([1]);
    expect(solo.drain()[0]?.hardState?.commit).toBe(1);
    // The tick ends an interval in which entries were written; the next one was quiet.
    solo.tick();
    expect(solo.drain().map(({ hardState }) => hardState)).toEqual([]);
    solo.tick();
    const [rest] = solo.drain();
    expect([rest?.hardState?.commit, rest?.mustSync]).toEqual([2, false]);
    solo.tick(3);
    expect(solo.drain()).toEqual([]);
  });

  it('completions come in order, each once, and only for what was handed out', () => {
    const solo = new Solo();
    expect(() => solo.raft.advance({ kind: 'durable', number: 1 })).toThrow('handed out');
    solo.lead();
    const { number } = solo.raft.ready();
    solo.raft.advance({ kind: 'durable', number });
    expect(() => solo.raft.advance({ kind: 'durable', number })).toThrow('each once');
    expect(() => solo.raft.advance({ kind: 'applied', index: at(9) })).toThrow('handed out');
  });

  it('one turn, one message: proposals and commits share what a Ready sends', () => {
    const solo = new Solo().lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.step('append-reply', 3, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.raft.propose([3]);
    solo.raft.propose([4, 5]);
    expect(solo.raft.ready().messages.map(describeMessage)).toEqual([
      'append 1>2 t1 prev=1/1 [2/1:3 3/1:4 4/1:5] commit=1',
      'append 1>3 t1 prev=1/1 [2/1:3 3/1:4 4/1:5] commit=1',
    ]);
  });

  it('mere news of the commit index is not answered', () => {
    const net = new Net([1, 2, 3]);
    net.campaign(1);
    net.sent = [];
    net.propose(1);
    expect(net.sent.filter((text) => / 1>2 | 2>1 /.test(text))).toEqual([
      'append 1>2 t1 prev=1/1 [2/1:1] commit=1',
      'append-reply 2>1 t1 match=2',
      'append 1>2 t1 prev=2/1 [] commit=2',
    ]);
  });
});
