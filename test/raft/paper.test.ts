/**
 * The rules of the Raft paper, one by one; section numbers are the extended paper's (2014). Without
 * pre-vote and check-quorum, which come later and have their own tests.
 */
import { describe, expect, it } from 'vitest';
import { describeMessage } from '../../src/raft/describe.js';
import { at, entries, fixed, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

const sent = (solo: Solo): string[] => solo.messages().map(describeMessage);
const state = (solo: Solo): string => {
  const { role, term: t, leader } = solo.raft.view();
  return `${role}/${t} leader=${leader ?? '-'}`;
};

const candidate = (): Solo => {
  const solo = new Solo({ term: 1 });
  solo.raft.campaign();
  solo.drain();
  return solo;
};

describe('terms, §5.1', () => {
  it('FollowerUpdateTermFromMessage, CandidateUpdateTermFromMessage, LeaderUpdateTermFromMessage', () => {
    for (const solo of [new Solo({ term: 1 }), candidate(), new Solo({ term: 1 }).lead()]) {
      const body = { prevIndex: at(0), prevTerm: term(0), entries: [], commit: at(0), round: 0 };
      solo.step('append', 2, 9, body);
      expect(state(solo)).toBe('follower/9 leader=2');
    }
  });

  it('RejectStaleTermMessage: answered with the newer term, nothing taken over', () => {
    const solo = new Solo({ term: 3 });
    solo.step('append', 2, 2, {
      prevIndex: at(0),
      prevTerm: term(0),
      entries: entries([2]),
      commit: at(1),
      round: 0,
    });
    expect(solo.drained()).toBe('ready 1\n  now heartbeat-reply 1>2 t3');
    expect(solo.raft.view().lastIndex).toBe(0);
  });
});

describe('elections, §5.2', () => {
  it('StartAsFollower', () => {
    expect(state(new Solo({ term: 4 }))).toBe('follower/4 leader=-');
    expect(new Solo({ term: 4 }).show()).toBe('(nothing)');
  });

  it('LeaderBcastBeat: every heartbeat interval, to everybody', () => {
    const solo = new Solo().lead();
    solo.drain();
    solo.tick();
    expect(sent(solo)).toEqual(['heartbeat 1>2 t1 commit=0', 'heartbeat 1>3 t1 commit=0']);
  });

  it('FollowerStartElection: the whole Ready', () => {
    const solo = new Solo({ term: 1 }, {}, fixed(0)).tick(10);
    expect(solo.show()).toBe(
      [
        'ready 1 sync',
        '  soft candidate t2 leader=-',
        '  hard t2 vote=1 commit=0',
        '  after vote 1>2 t2 last=0/0',
        '  after vote 1>3 t2 last=0/0',
      ].join('\n'),
    );
  });

  it('CandidateStartNewElection: with a higher term', () => {
    const solo = new Solo({ term: 1 }, {}, fixed(0)).tick(10);
    solo.drain();
    solo.tick(10);
    expect(state(solo)).toBe('candidate/3 leader=-');
    expect(sent(solo)).toEqual(['vote 1>2 t3 last=0/0', 'vote 1>3 t3 last=0/0']);
  });

  it('LeaderElectionInOneRoundRPC: a majority of votes, and no fewer', () => {
    const cases: [size: number, votes: Record<number, boolean>, role: string][] = [
      [1, {}, 'leader'],
      [3, { 2: true, 3: true }, 'leader'],
      [3, { 2: true }, 'leader'],
      [5, { 2: true, 3: true }, 'leader'],
      [3, { 2: false, 3: false }, 'follower'],
      [5, { 2: false, 3: false, 4: false }, 'follower'],
      [5, { 2: false, 3: true }, 'candidate'],
      [3, {}, 'candidate'],
      [5, { 2: true }, 'candidate'],
    ];
    for (const [size, votes, role] of cases) {
      const all = Array.from({ length: size }, (_, i) => i + 1);
      const solo = new Solo({ members: members(all) });
      solo.raft.campaign();
      for (const [from, granted] of Object.entries(votes)) {
        solo.step('vote-reply', Number(from), 1, { granted });
      }
      expect(`${size} ${JSON.stringify(votes)}: ${state(solo).split('/')[0]}`).toBe(
        `${size} ${JSON.stringify(votes)}: ${role}`,
      );
    }
  });

  it('FollowerVote: one vote per term, first come first served, not before it is durable', () => {
    const cases: [vote: number | null, from: number, answer: string][] = [
      [null, 2, 'granted'],
      [null, 3, 'granted'],
      [2, 2, 'granted'],
      [3, 3, 'granted'],
      [2, 3, 'refused'],
      [3, 2, 'refused'],
    ];
    for (const [vote, from, answer] of cases) {
      const solo = new Solo({ term: 1, vote });
      solo.step('vote', from, 1, { lastIndex: at(0), lastTerm: term(0), forced: false });
      const ready = solo.raft.ready();
      expect(ready.messages).toEqual([]);
      expect(ready.messagesAfterPersist.map(describeMessage)).toEqual([
        `vote-reply 1>${from} t1 ${answer}`,
      ]);
      expect(ready.mustSync).toBe(answer === 'granted' && vote === null);
    }
  });

  it('CandidateFallback: a leader of the same or a newer term ends the campaign', () => {
    for (const t of [2, 3]) {
      const solo = candidate();
      solo.step('heartbeat', 2, t, { commit: at(0), round: 0 });
      expect(state(solo)).toBe(`follower/${t} leader=2`);
    }
  });

  it('FollowerElectionTimeoutRandomized, CandidateElectionTimeoutRandomized: all of [10, 20)', () => {
    for (const candidates of [false, true]) {
      const seen = new Set<number>();
      const solo = new Solo({ members: members([1, 2, 3]) });
      for (let i = 0; i < 400; i++) {
        if (!candidates) {
          const t = solo.raft.view().term + 1;
          solo.step('heartbeat', 2, t, { commit: at(0), round: 0 });
        }
        const before = solo.raft.view().term;
        let ticks = 0;
        for (; solo.raft.view().term === before; ticks++) solo.tick();
        if (i > 0) seen.add(ticks);
        solo.drain();
      }
      expect([...seen].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    }
  });

  it('FollowersElectionTimeoutNonconflict, CandidatesElectionTimeoutNonconflict: mostly one is first', () => {
    let conflicts = 0;
    for (let seed = 0; seed < 200; seed++) {
      const net = new Net([1, 2, 3, 4, 5], { seed });
      let started = 0;
      for (let i = 0; i < 20 && started === 0; i++) {
        for (const n of net.nodes.keys()) net.raft(n).tick();
        started = [...net.nodes.keys()].filter((n) => net.view(n).role === 'candidate').length;
      }
      if (started > 1) conflicts++;
    }
    expect(conflicts).toBeLessThan(80);
  });
});

describe('replication, §5.3', () => {
  it('LeaderStartReplication: sent while it is being written, committed by nobody yet', () => {
    const solo = new Solo().lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.step('append-reply', 3, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.drain();
    expect(solo.raft.propose([7])).toEqual({ ok: true, index: 2, term: 1 });
    expect(solo.show()).toBe(
      [
        'ready 4 sync',
        '  hard t1 vote=1 commit=1',
        '  entries [2/1:7]',
        '  now append 1>2 t1 prev=1/1 [2/1:7] commit=1',
        '  now append 1>3 t1 prev=1/1 [2/1:7] commit=1',
      ].join('\n'),
    );
  });

  it('LeaderCommitEntry: the next messages say so', () => {
    const solo = new Solo().lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    const [ready] = solo.drain();
    expect(ready?.committed).toEqual({ from: 1, to: 1 });
    expect(ready?.messages.map(describeMessage)).toEqual(['append 1>2 t1 prev=1/1 [] commit=1']);
  });

  it('LeaderAcknowledgeCommit: a majority of acknowledgements commits', () => {
    const cases: [size: number, acks: number[], committed: boolean][] = [
      [1, [], true],
      [3, [], false],
      [3, [2], true],
      [3, [2, 3], true],
      [5, [2], false],
      [5, [2, 3], true],
      [5, [2, 3, 4, 5], true],
    ];
    for (const [size, acks, committed] of cases) {
      const all = Array.from({ length: size }, (_, i) => i + 1);
      const solo = new Solo({ members: members(all) }).lead();
      for (const from of acks) {
        solo.step('append-reply', from, 1, { result: { ok: true, match: at(1) }, round: 0 });
      }
      solo.drain();
      expect([size, acks, solo.raft.view().commit]).toEqual([size, acks, committed ? 1 : 0]);
    }
  });

  it('LeaderCommitPrecedingEntries: what older terms left commits with the first of the own', () => {
    for (const log of [[], [2], [1, 2], [1]]) {
      const solo = new Solo({ term: 2, log }).lead();
      const match = at(log.length + 1);
      solo.step('append-reply', 2, 3, { result: { ok: true, match }, round: 0 });
      const [ready] = solo.drain();
      expect(ready?.committed).toEqual({ from: 1, to: log.length + 1 });
    }
  });

  it('FollowerCommitEntry: told by the leader, applied only when durable here', () => {
    const solo = new Solo({ term: 1 });
    solo.step('append', 2, 1, {
      prevIndex: at(0),
      prevTerm: term(0),
      entries: entries([1, 1]),
      commit: at(1),
      round: 0,
    });
    const first = solo.raft.ready();
    expect([first.committed, solo.raft.view().commit]).toEqual([null, 1]);
    solo.raft.advance({ kind: 'durable', number: first.number });
    expect(solo.raft.ready().committed).toEqual({ from: 1, to: 1 });
  });

  it('FollowerCheckMsgApp: refused where the logs differ, with a hint', () => {
    const log = [1, 2];
    const cases: [prev: number, prevTerm: number, answer: string][] = [
      [0, 0, 'match=1'],
      [1, 1, 'match=1'],
      [2, 2, 'match=2'],
      [1, 2, 'rejected=1 hint=1/1'],
      [2, 3, 'rejected=2 hint=2/2'],
      [3, 3, 'rejected=3 hint=2/2'],
    ];
    for (const [prevIndex, prevTerm, answer] of cases) {
      const solo = new Solo({ term: 2, log, commit: 1 });
      const body = { prevIndex: at(prevIndex), prevTerm: term(prevTerm), entries: [] };
      solo.step('append', 2, 3, { ...body, commit: at(0), round: 0 });
      expect([prevIndex, prevTerm, sent(solo)]).toEqual([
        prevIndex,
        prevTerm,
        [`append-reply 1>2 t3 ${answer}`],
      ]);
    }
  });

  it('FollowerAppendEntries: conflicting entries go, the rest stays', () => {
    const cases: [prev: number, prevTerm: number, terms: number[], log: string, wrote: string][] = [
      [2, 2, [3], '1 2 3', '3/3'],
      [1, 1, [3, 4], '1 3 4', '2/3 3/4'],
      [0, 0, [1], '1 2', ''],
      [0, 0, [3], '3', '1/3'],
    ];
    for (const [prevIndex, prevTerm, terms, log, wrote] of cases) {
      const solo = new Solo({ term: 2, log: [1, 2] });
      solo.step('append', 2, 4, {
        prevIndex: at(prevIndex),
        prevTerm: term(prevTerm),
        entries: entries(terms, prevIndex + 1),
        commit: at(0),
        round: 0,
      });
      const [ready] = solo.drain();
      expect(ready?.entries.map((entry) => `${entry.index}/${entry.term}`).join(' ')).toBe(wrote);
      expect(solo.raft.view().lastIndex).toBe(log.split(' ').length);
    }
  });

  it('LeaderSyncFollowerLog: every follower of figure 7 comes to agree', () => {
    const leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    const followers = [
      [1, 1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1, 1, 4],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 1, 4, 4, 4, 4],
      [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for (const log of followers) {
      const states = { 1: { term: 8, log: leader }, 2: { term: 8, log }, 3: { term: 8 } };
      const net = new Net([1, 2, 3], { states });
      // Replica 3 votes in place of a follower whose log is longer than the leader's.
      net.campaign(1).tickAll(3).propose(1).tickAll(3);
      expect(net.logs()[1]).toBe(net.logs()[0]);
    }
  });
});

describe('safety, §5.4', () => {
  it('VoteRequest: carries the last entry', () => {
    for (const log of [[1], [1, 2]]) {
      const solo = new Solo({ log }, {}, fixed(0)).tick(10);
      const t = log.at(-1)! + 1;
      const last = `${log.length}/${log.at(-1)}`;
      expect(sent(solo)).toEqual([`vote 1>2 t${t} last=${last}`, `vote 1>3 t${t} last=${last}`]);
    }
  });

  it('Voter: grants only to logs at least as up to date (§5.4.1)', () => {
    const cases: [log: number[], lastTerm: number, lastIndex: number, granted: boolean][] = [
      [[1], 1, 1, true],
      [[1], 1, 2, true],
      [[1, 1], 1, 1, false],
      [[1], 2, 1, true],
      [[1], 2, 2, true],
      [[1, 1], 2, 1, true],
      [[2], 1, 1, false],
      [[2], 1, 2, false],
      [[2, 2], 1, 1, false],
    ];
    for (const [log, lastTerm, lastIndex, granted] of cases) {
      const solo = new Solo({ log });
      const body = { lastIndex: at(lastIndex), lastTerm: term(lastTerm), forced: false };
      solo.step('vote', 2, 3, body);
      expect([log, lastTerm, lastIndex, sent(solo)]).toEqual([
        log,
        lastTerm,
        lastIndex,
        [`vote-reply 1>2 t3 ${granted ? 'granted' : 'refused'}`],
      ]);
    }
  });

  it('LeaderOnlyCommitsLogFromCurrentTerm: older entries never by count alone (§5.4.2)', () => {
    const committed = [1, 2, 3].map((match) => {
      const solo = new Solo({ term: 2, log: [1, 2] }).lead();
      solo.step('append-reply', 2, 3, { result: { ok: true, match: at(match) }, round: 0 });
      return solo.raft.view().commit;
    });
    expect(committed).toEqual([0, 0, 3]);
  });
});
