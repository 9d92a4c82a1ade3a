/** Linearizable reads (§6.4): rounds, forwarding, leases. */
import { describe, expect, it } from 'vitest';
import { describeMessage, describeRead } from '../../src/raft/describe.js';
import { at, id, members, Solo } from './support/build.js';
import { Net } from './support/net.js';

const SAFE = { preVote: true, checkQuorum: true };
const reads = (net: Net, n: number): string[] => net.nodes.get(n)!.reads.map(describeRead);
const led = (ids = [1, 2, 3], config = {}): Net => {
  const net = new Net(ids, { config: { ...SAFE, ...config } });
  net.campaign(1).propose(1).tickAll();
  net.sent = [];
  return net;
};

describe('read index', () => {
  it('ReadOnlyOptionSafe: at the leader one round of heartbeats, shared by all that waited', () => {
    const net = led();
    net.raft(1).readIndex(71, 'confirmed');
    net.raft(1).readIndex(72, 'confirmed');
    net.settle();
    expect(reads(net, 1)).toEqual(['ctx=71 index=2', 'ctx=72 index=2']);
    expect(net.sent).toEqual([
      'heartbeat 1>2 t1 commit=2 round=1',
      'heartbeat 1>3 t1 commit=2 round=1',
      'heartbeat-reply 2>1 t1 round=1',
      'heartbeat-reply 3>1 t1 round=1',
    ]);
  });

  it('a follower of three: its request is its own confirmation, one round trip', () => {
    const net = led();
    const start = net.nodes.get(2)!.reads.length;
    net.raft(2).readIndex(5, 'confirmed');
    net.raft(2).readIndex(6, 'confirmed');
    net.settle();
    expect(reads(net, 2).slice(start)).toEqual(['ctx=5 index=2', 'ctx=6 index=2']);
    expect(net.sent.map((text) => text.replace(/ctx=\d+/, 'ctx=N'))).toEqual([
      'read-index 2>1 t1 ctx=N',
      'read-index-reply 1>2 t1 ctx=N index=2',
    ]);
  });

  it('a request confirms only the reads it was sent for, never the leader’s own', () => {
    const solo = new Solo({}, SAFE).lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.drain();
    // The request was sent before the leader's own read arrived.
    solo.step('read-index', 3, 1, { context: 9 });
    solo.raft.readIndex(1, 'confirmed');
    const ready = solo.raft.ready();
    expect(ready.reads).toEqual([]);
    expect(ready.messages.map(describeMessage)).toContain('read-index-reply 1>3 t1 ctx=9 index=1');
    expect(ready.messages.map(describeMessage)).toContain('heartbeat 1>2 t1 commit=1 round=1');
    solo.step('heartbeat-reply', 3, 1, { round: 1 });
    expect(solo.raft.ready().reads).toEqual([{ context: 1, outcome: 'ok', index: 1 }]);
  });

  it('the asker takes the commit index over up to what it holds of this leader', () => {
    const net = led();
    net.drops = ({ kind, to }) => kind === 'append' && to === 3;
    net.propose(1);
    net.drops = () => false;
    expect(net.view(3).commit).toBe(2);
    net.raft(3).readIndex(5, 'confirmed');
    net.settle();
    expect(reads(net, 3)).toEqual(['ctx=5 index=3']);
    expect(net.view(3).commit).toBe(2);
    // Replica 2 holds entry 3; had it not heard of the commit, the answer would tell it.
    const late = led();
    late.drops = (message) =>
      message.to === 2 && message.kind === 'append' && message.entries.length === 0;
    late.propose(1);
    late.drops = () => false;
    expect(late.view(2).commit).toBe(2);
    late.raft(2).readIndex(6, 'confirmed');
    late.settle();
    expect(late.view(2).commit).toBe(3);
  });

  it('ReadOnlyForNewLeader: waits for the no-op of the term', () => {
    const solo = new Solo({ term: 1, log: [1, 1], commit: 1 }, SAFE).lead();
    solo.raft.readIndex(3, 'confirmed');
    expect(solo.drain().flatMap((ready) => ready.reads)).toEqual([]);
    solo.step('append-reply', 2, 2, { result: { ok: true, match: at(3) }, round: 0 });
    solo.drain();
    solo.step('heartbeat-reply', 2, 2, { round: 1 });
    expect(solo.drain().flatMap((ready) => ready.reads)).toEqual([
      { context: 3, outcome: 'ok', index: 3 },
    ]);
  });

  it('alone in the group: at once', () => {
    const solo = new Solo({ members: members([1]) });
    solo.raft.campaign();
    solo.drain();
    solo.raft.readIndex(3, 'confirmed');
    expect(solo.raft.ready().reads).toEqual([{ context: 3, outcome: 'ok', index: 1 }]);
  });

  it('an answer to an earlier round confirms no later read', () => {
    const solo = new Solo({}, SAFE).lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.drain();
    solo.raft.readIndex(1, 'confirmed');
    solo.drain();
    solo.raft.readIndex(2, 'confirmed');
    solo.drain();
    solo.step('heartbeat-reply', 2, 1, { round: 1 });
    expect(solo.raft.ready().reads.map(({ context }) => context)).toEqual([1]);
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 2 });
    expect(solo.raft.ready().reads.map(({ context }) => context)).toEqual([2]);
  });

  it('ReadOnlyWithLearner: a learner may ask, but proves nothing', () => {
    const net = new Net([1, 2, 3, 4], {
      config: SAFE,
      members: members([1, 2, 3], { learners: [4] }),
    });
    net.campaign(1).propose(1).tickAll();
    net.sent = [];
    net.raft(4).readIndex(8, 'confirmed');
    net.settle();
    expect(reads(net, 4)).toEqual(['ctx=8 index=2']);
    expect(net.sent.filter((text) => text.startsWith('heartbeat '))).toHaveLength(3);
    net.isolate(2).isolate(3);
    net.raft(4).readIndex(9, 'confirmed');
    net.settle();
    expect(reads(net, 4)).toEqual(['ctx=8 index=2']);
  });

  it('ReadOnlyDuplicateRequest: the same request twice is answered, the read only once', () => {
    const net = led();
    let held: string[] = [];
    net.drops = ({ kind }) => kind === 'read-index';
    net.raft(2).readIndex(5, 'confirmed');
    net.settle();
    held = net.sent.filter((text) => text.startsWith('read-index'));
    expect(held).toHaveLength(1);
    net.drops = () => false;
    // Lost messages are sent again every heartbeat interval, under their own number.
    net.tick(2);
    expect(net.sent.filter((text) => text.startsWith('read-index ')).at(-1)).toBe(held[0]);
    expect(reads(net, 2)).toEqual(['ctx=5 index=2']);
    net.tick(2, 3);
    expect(reads(net, 2)).toEqual(['ctx=5 index=2']);
  });

  it('NodeReadIndexToOldLeader: reads asked of a leader that is over are given back', () => {
    const net = led();
    net.isolate(1);
    net.raft(1).readIndex(4, 'confirmed');
    net.settle();
    expect(reads(net, 1)).toEqual([]);
    net.tick(1, 25);
    expect(reads(net, 1)).toEqual(['ctx=4 lost']);
    net.raft(3).readIndex(6, 'confirmed');
    net.settle().tickAll(60);
    expect(reads(net, 3)).toContain('ctx=6 lost');
  });

  it('without a leader a read is given back at once', () => {
    const solo = new Solo({ term: 2 });
    solo.raft.readIndex(1, 'confirmed');
    expect(solo.show()).toBe('ready 1\n  read ctx=1 lost');
  });

  it('a read in a joint configuration needs both halves', () => {
    const joint = members([1, 4, 5], { outgoing: [1, 2, 3] });
    const net = new Net([1, 2, 3, 4, 5], { config: SAFE, members: joint });
    net.campaign(1).propose(1).tickAll();
    net.isolate(4).isolate(5);
    net.raft(1).readIndex(3, 'confirmed');
    net.settle();
    expect(reads(net, 1)).toEqual([]);
    net.heal().tickAll(2);
    expect(reads(net, 1)).toEqual(['ctx=3 index=2']);
  });
});

describe('lease reads', () => {
  const LEASE = { ...SAFE, leaseTicks: 10 };
  const leased = (): Net => {
    const net = new Net([1, 2, 3], { config: LEASE });
    net.tickAll(10).campaign(1).propose(1).tickAll(2);
    net.sent = [];
    return net;
  };

  it('ReadOnlyOptionLease: no round while the lease holds', () => {
    const net = leased();
    expect(net.raft(1).leaseHolds()).toBe(true);
    net.raft(1).readIndex(3, 'lease');
    net.settle();
    expect(reads(net, 1)).toEqual(['ctx=3 index=2']);
    expect(net.sent).toEqual([]);
  });

  it('ends before any voter is free to elect another', () => {
    let runs = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const net = new Net([1, 2, 3], { config: LEASE, seed });
      net.tickAll(10).campaign(1).propose(1).tickAll(2).isolate(1);
      // Somebody else may have been first; then this seed tells nothing.
      if (!net.raft(1).leaseHolds()) continue;
      runs++;
      let held = 0;
      for (
        let i = 0;
        i < 60 && net.view(2).role !== 'leader' && net.view(3).role !== 'leader';
        i++
      ) {
        if (net.raft(1).leaseHolds()) held++;
        net.tickAll();
      }
      expect(net.raft(1).leaseHolds()).toBe(false);
      expect(held).toBeGreaterThan(5);
      expect(held).toBeLessThan(10);
    }
    expect(runs).toBeGreaterThan(10);
  });

  it('a replica that has just started votes for nobody for a lease time', () => {
    const vote = { lastIndex: at(0), lastTerm: 0 as never, forced: false };
    const solo = new Solo({ term: 1 }, LEASE);
    solo.step('vote', 2, 2, vote);
    expect(solo.raft.view().term).toBe(1);
    solo.tick(10).step('vote', 2, 2, vote);
    expect(solo.messages().map(describeMessage)).toContain('vote-reply 1>2 t2 granted');
  });

  it('is given up for a transfer, for the rest of the term', () => {
    const net = leased();
    net.drops = ({ kind }) => kind === 'timeout-now';
    net.raft(1).transferLeader(id(2));
    net.settle();
    expect(net.raft(1).leaseHolds()).toBe(false);
    net.tickAll(15);
    expect(net.view(1)).toMatchObject({ role: 'leader', transferTo: null });
    expect(net.raft(1).leaseHolds()).toBe(false);
  });

  it('is given up by order, and taken again', () => {
    const net = leased();
    net.raft(1).setLeaseAllowed(false);
    expect(net.raft(1).leaseHolds()).toBe(false);
    net.raft(1).setLeaseAllowed(true);
    expect(net.raft(1).leaseHolds()).toBe(true);
  });

  it('with leases off a lease read is a confirmed one', () => {
    const net = led();
    net.raft(1).readIndex(3, 'lease');
    expect(net.raft(1).leaseHolds()).toBe(false);
    net.settle();
    expect(reads(net, 1)).toEqual(['ctx=3 index=2']);
    expect(net.sent).toHaveLength(4);
  });
});
