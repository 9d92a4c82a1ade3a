/** Snapshots by reference, flow control, bounds, rest. */
import { describe, expect, it } from 'vitest';
import { describeMember, describeMessage, describeProposal } from '../../src/raft/describe.js';
import type { RaftConfig } from '../../src/raft/types.js';
import { at, entries, id, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

const sent = (solo: Solo): string[] => solo.messages().map(describeMessage);
const ok = (solo: Solo, from: number, match: number): Solo =>
  solo.step('append-reply', from, solo.raft.view().term, {
    result: { ok: true, match: at(match) },
    round: 0,
  });
const progress = (solo: Solo, n: number): string =>
  describeMember(solo.raft.view().progress.find(({ replica }) => replica === n)!);

/** A leader of term 2 whose log begins at 11, with replica 2 asking for what is gone. */
const behind = (): Solo => {
  const solo = new Solo({ floor: [11, 1], log: [1], term: 1, members: members([1, 2]) }).lead();
  solo.step('heartbeat-reply', 2, 2, { round: 0 });
  solo.drain();
  solo.step('append-reply', 2, 2, {
    result: { ok: false, rejected: at(12), hintIndex: at(0), hintTerm: term(0) },
    round: 0,
  });
  return solo;
};

describe('providing a snapshot', () => {
  it('ProvideSnap: to who needs what the log no longer holds', () => {
    const solo = behind();
    expect(sent(solo)).toEqual(['snapshot 1>2 t2 11/1 (1 2)']);
    expect(progress(solo, 2)).toBe('2 voter snapshot match=0');
  });

  it('IgnoreProvidingSnap: not to who is silent', () => {
    const net = new Net([1, 2, 3], { config: { checkQuorum: true } });
    net.campaign(1).isolate(3).propose(1).propose(1).tick(1, 10);
    net.raft(1).compact(at(3));
    net.raft(1).reportUnreachable(id(3));
    net.settle().tick(1);
    expect(net.sent.filter((text) => text.startsWith('snapshot'))).toEqual([]);
    net.heal().tickAll(3);
    expect(net.sent.filter((text) => text.startsWith('snapshot'))).toHaveLength(1);
    expect(net.view(3).commit).toBe(3);
  });

  it('PendingSnapshotPauseReplication: no entries meanwhile', () => {
    const solo = behind();
    solo.drain();
    solo.raft.propose([1]);
    expect(sent(solo)).toEqual([]);
  });

  it('SnapshotFailure: waits for a sign of life, then begins again', () => {
    const solo = behind();
    solo.drain();
    solo.raft.reportSnapshot(id(2), 'failed');
    expect(sent(solo)).toEqual([]);
    solo.step('heartbeat-reply', 2, 2, { round: 0 });
    expect(sent(solo)).toEqual(['snapshot 1>2 t2 11/1 (1 2)']);
  });

  it('SnapshotSucceed: goes on above it', () => {
    const solo = behind();
    solo.drain();
    solo.raft.reportSnapshot(id(2), 'installed');
    expect(sent(solo)).toEqual(['append 1>2 t2 prev=11/1 [12/1 13/2!] commit=11']);
  });

  it('SnapshotAbort, snapshot_succeed_via_app_resp: an acknowledgement says the same', () => {
    const solo = behind();
    solo.drain();
    ok(solo, 2, 11);
    expect(progress(solo, 2)).toBe('2 voter replicate match=11');
    expect(sent(solo)).toEqual(['append 1>2 t2 prev=11/1 [12/1 13/2!] commit=11']);
  });

  it('only the report was lost: the next heartbeat answers find out', () => {
    const net = new Net([1, 2, 3], { config: { checkQuorum: true } });
    net.campaign(1).propose(1).isolate(3).propose(1).tick(1);
    net.raft(1).compact(at(3));
    net.heal();
    net.drops = ({ kind, from }) => kind === 'append-reply' && from === 3;
    // The refusal is lost as well until the leader asks again.
    net.tick(1, 2);
    net.drops = (message) =>
      message.from === 3 && message.kind === 'append-reply' && message.result.ok;
    net.tick(1, 3);
    expect(net.view(3).commit).toBe(3);
    net.drops = () => false;
    net.tick(1, 3).propose(1);
    expect(net.view(3).commit).toBe(4);
  });

  it('SlowNodeRestore, slow_follower_after_compaction', () => {
    const net = new Net([1, 2, 3]);
    net.campaign(1).isolate(3);
    for (let i = 0; i < 20; i++) net.propose(1);
    net.raft(1).compact(at(15));
    net.heal().tickAll(4);
    expect(net.view(3)).toMatchObject({ commit: 21, lastIndex: 21, floor: { index: 21 } });
    net.propose(1);
    expect(net.view(3).commit).toBe(22);
  });
});

describe('receiving a snapshot', () => {
  const offer = (solo: Solo, index: number, t: number): string[] => {
    solo.step('snapshot', 2, 3, {
      floor: { index: at(index), term: term(t) },
      members: members([1, 2, 3]),
    });
    return solo.show().split('\n');
  };

  it('LearnerReceiveSnapshot: installed first, acknowledged when durable, then all goes on', () => {
    const solo = new Solo({
      term: 3,
      log: [1, 1],
      commit: 1,
      members: members([2, 3], { learners: [1] }),
    });
    expect(offer(solo, 11, 2)).toEqual([
      'ready 1 sync',
      '  soft follower t3 leader=2',
      '  hard t3 vote=- commit=11',
      '  snapshot 11/2 (1 2 3)',
      '  after append-reply 1>2 t3 match=11',
    ]);
    solo.step('append', 2, 3, {
      prevIndex: at(11),
      prevTerm: term(2),
      entries: entries([3], 12),
      commit: at(12),
      round: 0,
    });
    expect(solo.raft.ready().committed).toBeNull();
    solo.raft.advance({ kind: 'durable', number: 2 });
    expect(solo.raft.ready().committed).toEqual({ from: 12, to: 12 });
    expect(solo.raft.view()).toMatchObject({ floor: { index: 11, term: 2 }, lastIndex: 12 });
  });

  it('RestoreIgnoreSnapshot: refused when its content is here, with the truth for an answer', () => {
    const solo = new Solo({ term: 3, log: [1, 1, 1], commit: 2, applied: 1 });
    expect(offer(solo, 2, 1)).toContain('  after append-reply 1>2 t3 match=2');
    expect(solo.traced).toContain('snapshot refused 1 at 2');
    expect(solo.raft.view().floor.index).toBe(0);
  });

  it('entries above it stay if the log holds its point', () => {
    const solo = new Solo({ term: 3, log: [1, 1, 2, 2], commit: 1 });
    expect(offer(solo, 3, 2)).toContain('  snapshot 3/2 (1 2 3)');
    expect(solo.raft.view()).toMatchObject({ lastIndex: 4, commit: 3 });
    const other = new Solo({ term: 3, log: [1, 1, 2, 2], commit: 1 });
    offer(other, 3, 3);
    expect(other.raft.view()).toMatchObject({ lastIndex: 3, commit: 3 });
  });

  it('a fenced replica takes one that is not above its commit index, and applies on from there', () => {
    const solo = new Solo({ term: 3, log: [1, 1, 1, 1], commit: 4, applied: 1 });
    solo.raft.setMayLead(false);
    solo.raft.ready();
    expect(offer(solo, 3, 1)).toContain('  snapshot 3/1 (1 2 3)');
    solo.raft.advance({ kind: 'durable', number: 2 });
    expect(solo.raft.ready().committed).toEqual({ from: 4, to: 4 });
  });

  it('nobody campaigns while one is being installed', () => {
    const solo = new Solo({ term: 3 });
    offer(solo, 11, 2);
    solo.raft.campaign();
    expect(solo.traced).toContain('does not campaign: a snapshot is being installed');
    solo.raft.advance({ kind: 'durable', number: 1 });
    solo.raft.campaign();
    expect(solo.raft.view().role).toBe('candidate');
  });
});

describe('flow control', () => {
  const leading = (config: Partial<RaftConfig>): Solo => {
    const solo = new Solo({ members: members([1, 2]) }, config).lead();
    ok(solo, 2, 1).drain();
    return solo;
  };

  it('MsgAppFlowControlFull: the window by count', () => {
    const solo = leading({ maxInflightMessages: 3 });
    const messages = [1, 2, 3, 4, 5].map(() => {
      solo.raft.propose([1]);
      return sent(solo).filter((text) => text.startsWith('append')).length;
    });
    expect(messages).toEqual([1, 1, 1, 0, 0]);
  });

  it('MsgAppFlowControlMoveForward: acknowledgements move it, late ones do not', () => {
    const solo = leading({ maxInflightMessages: 2 });
    for (let i = 0; i < 5; i++) {
      solo.raft.propose([1]);
      solo.drain();
    }
    ok(solo, 2, 2);
    expect(sent(solo)).toEqual(['append 1>2 t1 prev=3/1 [4/1:1 5/1:1 6/1:1] commit=2']);
    ok(solo, 2, 2);
    expect(sent(solo)).toEqual([]);
  });

  it('the window by bytes; appends of at most maxAppendBytes, at least one entry', () => {
    const solo = leading({ maxInflightBytes: 25, maxAppendBytes: 10 });
    solo.raft.propose([4, 4, 4, 30, 4]);
    expect(sent(solo)).toEqual([
      'append 1>2 t1 prev=1/1 [2/1:4 3/1:4] commit=1',
      'append 1>2 t1 prev=3/1 [4/1:4] commit=1',
      'append 1>2 t1 prev=4/1 [5/1:30] commit=1',
    ]);
    ok(solo, 2, 5);
    expect(sent(solo)).toEqual(['append 1>2 t1 prev=5/1 [6/1:4] commit=5']);
  });

  it('MsgAppFlowControlRecvHeartbeat: a full window that nobody answers is asked about', () => {
    const solo = leading({ maxInflightMessages: 1 });
    solo.raft.propose([1]);
    solo.drain();
    solo.raft.propose([1]);
    expect(sent(solo)).toEqual([]);
    for (let i = 0; i < 2; i++) solo.step('heartbeat-reply', 2, 1, { round: 0 });
    expect(sent(solo)).toEqual(['append 1>2 t1 prev=2/1 [] commit=1']);
  });

  it('probe_and_replicate, replicate_pause: a lost append is found out and sent again', () => {
    const net = new Net([1, 2, 3]);
    net.campaign(1);
    net.drops = ({ kind, to }) => kind === 'append' && to === 3;
    net.propose(1).propose(1);
    net.drops = () => false;
    net.propose(1);
    expect(net.logs()[2]).toBe(net.logs()[0]);
  });

  it('heartbeat_resp_recovers_from_probing: a lost probe is sent again after a heartbeat', () => {
    const net = new Net([1, 2, 3]);
    net.campaign(1).propose(1);
    net.raft(1).reportUnreachable(id(3));
    net.drops = ({ kind, to }) => kind === 'append' && to === 3;
    net.settle();
    net.drops = () => false;
    net.propose(1);
    expect(net.view(3).lastIndex).toBe(2);
    net.tick(1);
    expect(net.view(3).lastIndex).toBe(3);
  });

  it('paused appends: nothing with entries until the bytes are there', () => {
    const solo = leading({});
    solo.raft.pauseAppends(id(2));
    solo.raft.propose([1]);
    expect(sent(solo)).toEqual([]);
    solo.tick();
    expect(sent(solo)).toEqual(['heartbeat 1>2 t1 commit=1']);
    solo.raft.resumeAppends(id(2));
    expect(sent(solo)).toEqual(['append 1>2 t1 prev=1/1 [2/1:1] commit=1']);
  });

  it('UncommittedEntryLimit, RawNodeBoundedLogGrowthWithPartition: then refused, until some commit', () => {
    const solo = leading({ maxUncommittedBytes: 100 });
    const propose = (size: number) => describeProposal(solo.raft.propose([size]));
    expect([propose(60), propose(40), propose(1), propose(0)]).toEqual([
      'ok 2/1',
      'ok 3/1',
      'overloaded',
      'ok 4/1',
    ]);
    solo.drain();
    ok(solo, 2, 4);
    expect(propose(500)).toBe('ok 5/1');
    expect(propose(1)).toBe('overloaded');
  });

  it('lagging_commit: who acknowledges late learns the commit at once', () => {
    const solo = new Solo().lead();
    ok(solo, 2, 1).drain();
    ok(solo, 3, 1);
    expect(sent(solo)).toEqual(['append 1>3 t1 prev=1/1 [] commit=1']);
  });
});

describe('rest', () => {
  const CONFIG = { preVote: true, checkQuorum: true, quiesceTicks: 4 };
  const resting = (): Net => {
    const net = new Net([1, 2, 3], { config: CONFIG });
    net.campaign(1).propose(1).tickAll(8);
    expect([1, 2, 3].map((n) => net.view(n).quiesced)).toEqual([true, true, true]);
    net.sent = [];
    return net;
  };

  it('an idle group sends nothing and elects nobody', () => {
    const net = resting();
    net.tickAll(100);
    expect(net.sent).toEqual([]);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
  });

  it('a proposal or a read wakes it', () => {
    const net = resting();
    net.propose(1);
    expect(net.logs()).toEqual(['111|3', '111|3', '111|3']);
    const other = resting();
    other.raft(2).readIndex(4, 'confirmed');
    other.settle();
    expect(other.nodes.get(2)!.reads).toEqual([{ context: 4, outcome: 'ok', index: 2 }]);
  });

  it('a lost node heartbeat wakes it: a dead leader is replaced', () => {
    const net = resting();
    net.isolate(1);
    net.raft(2).wake();
    net.raft(3).wake();
    net.tickAll(60);
    expect(net.leaders().filter((n) => n !== 1)).toHaveLength(1);
  });

  it('who does not agree stays awake, and wakes the leader', () => {
    const net = new Net([1, 2, 3], { config: CONFIG });
    net.campaign(1).propose(1);
    net.drops = ({ kind, to }) => kind === 'quiesce' && to === 3;
    net.tickAll(8);
    expect([1, 2, 3].map((n) => net.view(n).quiesced)).toEqual([true, true, false]);
    net.tickAll(25);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
    net.drops = () => false;
    net.tickAll(40);
    expect([1, 2, 3].map((n) => net.view(n).quiesced)).toEqual([true, true, true]);
  });

  it('also when rest comes later than several checks of the quorum', () => {
    const net = new Net([1, 2, 3], { config: { ...CONFIG, quiesceTicks: 35 } });
    net.campaign(1).propose(1).tickAll(34);
    expect(net.view(1).quiesced).toBe(false);
    net.tickAll(12);
    expect([1, 2, 3].map((n) => net.view(n).quiesced)).toEqual([true, true, true]);
  });

  it('not while somebody is silent, however long the group was idle', () => {
    const net = new Net([1, 2, 3], { config: { ...CONFIG, quiesceTicks: 35 } });
    net.campaign(1).propose(1).isolate(3).tickAll(100);
    expect(net.view(1).quiesced).toBe(false);
    expect(net.view(1).role).toBe('leader');
  });

  it('not while somebody is behind', () => {
    const net = new Net([1, 2, 3], { config: CONFIG });
    net.campaign(1).isolate(3).propose(1).tick(1, 9);
    expect(net.view(1).quiesced).toBe(false);
  });
});
