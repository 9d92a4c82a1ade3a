/**
 * Elections with everything the paper left to later: pre-vote, check-quorum, hints, stuck terms.
 */
import { describe, expect, it } from 'vitest';
import { describeMessage } from '../../src/raft/describe.js';
import { at, entries, fixed, id, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

const SAFE = { preVote: true, checkQuorum: true };
const sent = (solo: Solo): string[] => solo.messages().map(describeMessage);

describe('elections', () => {
  it('LeaderElection, LeaderElectionPreVote: with a majority reachable, and not without', () => {
    for (const preVote of [false, true]) {
      const net = new Net([1, 2, 3, 4, 5], { config: { preVote } });
      net.isolate(2).isolate(3).campaign(1);
      expect(net.view(1).role).toBe('leader');
      net.heal().isolate(1).isolate(2).isolate(3).campaign(4);
      expect(net.view(4).role).toBe(preVote ? 'pre-candidate' : 'candidate');
      // Without a pre-vote each try costs a term, with it none.
      expect(net.view(4).term).toBe(preVote ? 1 : 2);
    }
  });

  it('LeaderCycle: each in turn, with a newer term each time', () => {
    for (const preVote of [false, true]) {
      const net = new Net([1, 2, 3], { config: { preVote } });
      const terms = [1, 2, 3].map((n) => {
        net.campaign(n);
        expect(net.leaders()).toEqual([n]);
        return net.view(n).term;
      });
      expect(terms).toEqual([1, 2, 3]);
    }
  });

  it('DuelingCandidates: the one whose log is behind falls back', () => {
    const net = new Net([1, 2, 3]);
    net.cut(1, 3).campaign(1).campaign(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:candidate/1');
    net.heal().campaign(3);
    expect(net.roles()).toBe('1:follower/2 2:follower/2 3:follower/2');
  });

  it('DuelingPreCandidates: nobody loses a term', () => {
    const net = new Net([1, 2, 3], { config: { preVote: true } });
    net.cut(1, 3).campaign(1).campaign(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
    net.heal().campaign(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
  });

  it('CandidateConcede: to the leader, and takes over its log', () => {
    const net = new Net([1, 2, 3]);
    net.isolate(1).campaign(1).campaign(3);
    net.heal().tick(3).propose(3);
    expect(net.view(1).role).toBe('follower');
    expect(new Set(net.logs())).toEqual(new Set(['11|2']));
  });

  it('OldMessages: appends of a leader that is over change nothing', () => {
    const net = new Net([1, 2, 3]);
    net.campaign(1).campaign(2).campaign(1);
    net.raft(1).step({
      kind: 'append',
      from: id(2),
      to: id(1),
      term: term(2),
      prevIndex: at(2),
      prevTerm: term(2),
      entries: entries([2], 3),
      commit: at(0),
      round: 0,
    });
    net.settle().propose(1);
    expect(net.logs()).toEqual(['1233|4', '1233|4', '1233|4']);
  });

  it('VoteFromAnyState: a newer term is voted for in every role', () => {
    const roles = {
      follower: () => new Solo({ term: 1 }),
      candidate: () => {
        const solo = new Solo();
        solo.raft.campaign();
        return solo;
      },
      'pre-candidate': () => {
        const solo = new Solo({ term: 1 }, { preVote: true });
        solo.raft.campaign();
        return solo;
      },
      leader: () => new Solo().lead(),
    };
    for (const [role, build] of Object.entries(roles)) {
      const solo = build();
      expect(solo.raft.view().role).toBe(role);
      solo.drain();
      const body = { lastIndex: at(42), lastTerm: term(9), forced: false };
      solo.step('vote', 2, 9, body);
      expect(sent(solo)).toEqual(['vote-reply 1>2 t9 granted']);
      expect(solo.raft.view()).toMatchObject({ role: 'follower', term: 9 });
    }
  });

  it('LeaderElectionOverwriteNewerLogs: a longer minority log of an older term goes', () => {
    const states = {
      1: { log: [1] },
      2: { log: [1] },
      3: { log: [2] },
      4: { term: 2, vote: 3 },
      5: { term: 2, vote: 3 },
    };
    const net = new Net([1, 2, 3, 4, 5], { states });
    net.campaign(1);
    // 3, 4 and 5 are in term 2 already and show it.
    expect(net.view(1)).toMatchObject({ role: 'follower', term: 2 });
    net.campaign(1).tickAll();
    expect(net.view(1)).toMatchObject({ role: 'leader', term: 3 });
    expect(net.logs()).toEqual(Array(5).fill('13|2'));
  });

  it('CandidateSelfVoteAfterLostElection: a vote of an earlier campaign elects nobody', () => {
    const solo = new Solo();
    solo.raft.campaign();
    solo.drain();
    solo.step('heartbeat', 2, 1, { commit: at(0), round: 0 });
    solo.step('vote-reply', 3, 1, { granted: true });
    expect(solo.raft.view().role).toBe('follower');
    expect(solo.traced.at(-1)).toBe('ignored vote-reply as follower: this campaign is over');
  });

  it('LeaderMsgAppSelfAckAfterTermChange: a late completion counts for nobody', () => {
    const solo = new Solo().lead();
    solo.raft.propose([1]);
    const ready = solo.raft.ready();
    solo.step('append', 2, 2, {
      prevIndex: at(1),
      prevTerm: term(1),
      entries: entries([2], 2),
      commit: at(0),
      round: 0,
    });
    solo.raft.advance({ kind: 'durable', number: ready.number });
    expect(solo.raft.view()).toMatchObject({ role: 'follower', commit: 0, lastIndex: 2 });
    expect(solo.drained()).toContain('after append-reply 1>2 t2 match=2');
  });
});

describe('pre-vote and check-quorum', () => {
  it('prevote: the whole exchange, term and vote only move for the real one', () => {
    const solo = new Solo({ term: 3, log: [3] }, { preVote: true }, fixed(0)).tick(10);
    expect(solo.show()).toBe(
      [
        'ready 1',
        '  soft pre-candidate t3 leader=-',
        '  now pre-vote 1>2 t4 last=1/3',
        '  now pre-vote 1>3 t4 last=1/3',
      ].join('\n'),
    );
    solo.step('pre-vote-reply', 2, 4, { granted: true });
    expect(solo.show()).toBe(
      [
        'ready 2 sync',
        '  soft candidate t4 leader=-',
        '  hard t4 vote=1 commit=0',
        '  after vote 1>2 t4 last=1/3',
        '  after vote 1>3 t4 last=1/3',
      ].join('\n'),
    );
  });

  it('LeaderStepdownWhenQuorumActive, LeaderStepdownWhenQuorumLost', () => {
    const active = new Solo({}, { checkQuorum: true }).lead();
    for (let i = 0; i < 30; i++) {
      active.step('heartbeat-reply', 2, 1, { round: 0 }).tick();
    }
    expect(active.raft.view().role).toBe('leader');
    const lost = new Solo({}, { checkQuorum: true }).lead().tick(20);
    expect(lost.raft.view()).toMatchObject({ role: 'follower', term: 1, leader: null });
    expect(lost.traced).toContain('steps down: no quorum answered within an election timeout');
  });

  it('LeaderSupersedingWithCheckQuorum: only when the others have lost the leader', () => {
    const net = new Net([1, 2, 3], { config: { checkQuorum: true } });
    net.campaign(1).tickAll(2).campaign(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:candidate/2');
    net.heal().isolate(1);
    for (let i = 0; i < 10; i++) net.raft(2).tick();
    net.campaign(3);
    expect(net.view(3).role).toBe('leader');
  });

  it('FreeStuckCandidateWithCheckQuorum: a higher term is shown to the leader, which gives way', () => {
    const net = new Net([1, 2, 3], { config: { checkQuorum: true } });
    net.campaign(1).tickAll(1).isolate(3).campaign(3).campaign(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:candidate/3');
    net.heal().tick(1);
    expect(net.view(1)).toMatchObject({ role: 'follower', term: 3 });
    net.tickAll(40);
    expect(net.leaders()).toHaveLength(1);
    expect(new Set([...net.nodes.keys()].map((n) => net.view(n).term)).size).toBe(1);
  });

  it('DisruptiveFollowerPreVote: who was cut off comes back without unrest', () => {
    const net = new Net([1, 2, 3], { config: SAFE });
    net.campaign(1).propose(1).isolate(3);
    net.tickAll(60);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:pre-candidate/1');
    net.heal().tickAll(3);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
  });

  it('DisruptiveFollower: without pre-vote it costs an election', () => {
    const net = new Net([1, 2, 3], { config: { checkQuorum: true } });
    net.campaign(1).propose(1).isolate(3).tick(3, 25);
    expect(net.view(3).role).toBe('candidate');
    net.heal().tick(1);
    expect(net.view(1).role).toBe('follower');
  });

  it('NonPromotableVoterWithCheckQuorum: who is no voter yet never campaigns, but follows', () => {
    const net = new Net([1, 2], {
      config: { checkQuorum: true },
      states: { 2: { members: members([1]) } },
      members: members([1, 2]),
    });
    net.tick(2, 50);
    expect(net.view(2)).toMatchObject({ role: 'follower', term: 0 });
    net.campaign(1);
    expect(net.view(1).role).toBe('leader');
    expect(net.view(2).leader).toBe(1);
  });

  it('NodeWithSmallerTermCanCompleteElection: terms meet, somebody is elected', () => {
    const net = new Net([1, 2, 3], {
      config: SAFE,
      states: {
        1: { term: 2, log: [1, 1] },
        2: { term: 2, log: [1, 1] },
        3: { term: 5, log: [1] },
      },
    });
    net.tickAll(80);
    expect(net.leaders()).toHaveLength(1);
    expect(net.view(1).term).toBeGreaterThan(5);
  });

  it('PreVoteWithSplitVote: the next round decides', () => {
    const net = new Net([1, 2, 3], { config: SAFE });
    net.campaign(1).isolate(1).tickAll(60);
    // Both had the same idea at the same time.
    net.raft(2).campaign();
    net.raft(3).campaign();
    net.settle().tickAll(60);
    expect(net.leaders().filter((n) => n !== 1)).toHaveLength(1);
  });

  it('PreVoteMigrationCanCompleteElection: also among replicas without pre-vote', () => {
    const net = new Net([1, 2, 3], {
      configs: { 1: SAFE, 2: SAFE, 3: { checkQuorum: true } },
    });
    net.campaign(1).isolate(1).tickAll(80);
    const [leader] = net.leaders().filter((n) => n !== 1);
    expect(leader).toBeDefined();
  });

  it('PreVoteMigrationWithFreeStuckPreCandidate: one with a higher term and an old log is freed', () => {
    const net = new Net([1, 2, 3], {
      configs: { 1: SAFE, 2: SAFE, 3: SAFE },
      states: {
        1: { term: 2, log: [1, 2] },
        2: { term: 2, log: [1, 2] },
        3: { term: 4, log: [1] },
      },
    });
    net.isolate(3).campaign(1);
    expect(net.view(1)).toMatchObject({ role: 'leader', term: 3 });
    net.heal().tickAll(60);
    expect(net.leaders()).toHaveLength(1);
    expect(new Set(net.logs()).size).toBe(1);
  });

  it('AddNodeCheckQuorum: a newcomer that has not answered yet deposes nobody', () => {
    const net = new Net([1], { config: { checkQuorum: true } });
    net.campaign(1).tick(1, 9);
    net.change(1, {
      kind: 'change',
      steps: [{ op: 'add-voter', replica: id(2) }],
      autoLeave: false,
    });
    net.tick(1, 2);
    expect(net.view(1).role).toBe('leader');
    net.tick(1, 20);
    expect(net.view(1).role).toBe('follower');
  });
});

describe('lost connection as a hint', () => {
  const settled = (): Net => {
    const net = new Net([1, 2, 3], { config: SAFE });
    return net.campaign(1).propose(1).tickAll(2);
  };

  it('both followers lost it: a new leader in a fraction of an election timeout', () => {
    const net = settled().isolate(1);
    net.raft(2).connectionLost();
    net.raft(3).connectionLost();
    let ticks = 0;
    for (; net.leaders().length < 2 && ticks < 10; ticks++) net.tick(2).tick(3);
    expect(ticks).toBeLessThanOrEqual(4);
    expect(net.sent).toContainEqual(expect.stringMatching(/^pre-vote .* hint$/));
  });

  it('one follower lost it: refused by who still hears the leader', () => {
    const net = settled().cut(1, 3);
    net.raft(3).connectionLost();
    for (let i = 0; i < 5; i++) net.tick(3).tick(1).tick(2);
    expect(net.view(1)).toMatchObject({ role: 'leader', term: 1 });
    expect(net.view(3).term).toBe(1);
    net.heal().tickAll(2);
    expect(net.roles()).toBe('1:leader/1 2:follower/1 3:follower/1');
  });

  it('hearing the leader ends it', () => {
    const net = settled();
    net.raft(3).connectionLost();
    net.tick(1).tick(3, 5);
    expect(net.view(3).role).toBe('follower');
    expect(net.sent.filter((text) => text.endsWith('hint'))).toEqual([]);
  });

  it('off while leases are on', () => {
    const net = new Net([1, 2, 3], { config: { ...SAFE, leaseTicks: 10 } });
    net.tickAll(10).campaign(1).tickAll(2).isolate(1);
    net.raft(2).connectionLost();
    net.raft(3).connectionLost();
    for (let i = 0; i < 6; i++) net.tick(2).tick(3);
    expect(net.leaders()).toEqual([1]);
    expect(net.sent.filter((text) => text.endsWith('hint'))).toEqual([]);
  });
});
