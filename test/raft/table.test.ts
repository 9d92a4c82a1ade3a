/** Every role meets every kind of message, of every age: nothing is unheard of, nothing breaks. */
import { describe, expect, it } from 'vitest';
import type { Message, MessageKind, RoleName } from '../../src/raft/types.js';
import { at, entries, id, members, message, Solo, term } from './support/build.js';

const ROLES: Record<RoleName, () => Solo> = {
  follower: () => new Solo({ term: 5, log: [5] }),
  'pre-candidate': () => {
    const solo = new Solo({ term: 5, log: [5] }, { preVote: true });
    solo.raft.campaign();
    return solo;
  },
  candidate: () => {
    const solo = new Solo({ term: 4, log: [4] });
    solo.raft.campaign();
    return solo;
  },
  leader: () => new Solo({ term: 4, log: [4] }).lead(),
};

function sample(kind: MessageKind, t: number): Message {
  const log = { lastIndex: at(9), lastTerm: term(4) };
  const append = { prevIndex: at(0), prevTerm: term(0), entries: entries([4]), commit: at(0) };
  const all: { [K in MessageKind]: Message } = {
    'pre-vote': message('pre-vote', 2, 1, t, { ...log, hint: false }),
    'pre-vote-reply': message('pre-vote-reply', 2, 1, t, { granted: false }),
    vote: message('vote', 2, 1, t, { ...log, forced: false }),
    'vote-reply': message('vote-reply', 2, 1, t, { granted: false }),
    append: message('append', 2, 1, t, { ...append, round: 0 }),
    'append-reply': message('append-reply', 2, 1, t, {
      result: { ok: true, match: at(1) },
      round: 0,
    }),
    heartbeat: message('heartbeat', 2, 1, t, { commit: at(0), round: 0 }),
    'heartbeat-reply': message('heartbeat-reply', 2, 1, t, { round: 0 }),
    'read-index': message('read-index', 2, 1, t, { context: 1 }),
    'read-index-reply': message('read-index-reply', 2, 1, t, { context: 1, index: at(1) }),
    snapshot: message('snapshot', 2, 1, t, {
      floor: { index: at(1), term: term(4) },
      members: members([1, 2, 3]),
    }),
    'timeout-now': message('timeout-now', 2, 1, t, {}),
    quiesce: message('quiesce', 2, 1, t, { commit: at(1) }),
  };
  return all[kind];
}

const KINDS = [
  'pre-vote',
  'pre-vote-reply',
  'vote',
  'vote-reply',
  'append',
  'append-reply',
  'heartbeat',
  'heartbeat-reply',
  'read-index',
  'read-index-reply',
  'snapshot',
  'timeout-now',
  'quiesce',
] as const satisfies readonly MessageKind[];

/** What `role` ignores of its own term, and why. */
function ignored(role: RoleName): string[] {
  return KINDS.flatMap((kind) => {
    const solo = ROLES[role]();
    const { term: t } = solo.raft.view();
    solo.drain();
    solo.traced.length = 0;
    solo.raft.step(sample(kind, t));
    return solo.traced.filter((text) => text.startsWith('ignored')).map((text) => text.slice(8));
  });
}

describe('role × message', () => {
  it('what a follower ignores', () => {
    expect(ignored('follower')).toEqual([
      'pre-vote-reply as follower: this campaign is over',
      'vote-reply as follower: this campaign is over',
      'append-reply as follower: only a leader counts acknowledgements',
      'heartbeat-reply as follower: only a leader asks for signs of life',
      'read-index as follower: only a leader knows the commit index; the asker asks again',
    ]);
  });

  it('what candidates ignore', () => {
    expect(ignored('pre-candidate')).toEqual([
      'vote-reply as pre-candidate: no vote was asked for yet',
      'append-reply as pre-candidate: only a leader counts acknowledgements',
      'heartbeat-reply as pre-candidate: only a leader asks for signs of life',
      'read-index as pre-candidate: only a leader knows the commit index; the asker asks again',
      'read-index-reply as pre-candidate: these reads were given back',
    ]);
    expect(ignored('candidate')).toEqual([
      'pre-vote-reply as candidate: the pre-vote is won already',
      'append-reply as candidate: only a leader counts acknowledgements',
      'heartbeat-reply as candidate: only a leader asks for signs of life',
      'read-index as candidate: only a leader knows the commit index; the asker asks again',
      'read-index-reply as candidate: these reads were given back',
      'timeout-now as candidate: already campaigning',
    ]);
  });

  it('what a leader ignores', () => {
    expect(ignored('leader')).toEqual([
      'pre-vote-reply as leader: already elected',
      'vote-reply as leader: already elected',
      'append as leader: a term has one leader, and it is this one',
      'heartbeat as leader: a term has one leader, and it is this one',
      'read-index-reply as leader: these reads were given back',
      'snapshot as leader: a term has one leader, and it is this one',
      'timeout-now as leader: already leading',
      'quiesce as leader: a term has one leader, and it is this one',
    ]);
  });

  it('a stale message moves no role and no term; a newer one always the term, but for pre-votes', () => {
    for (const role of Object.keys(ROLES) as RoleName[]) {
      for (const kind of KINDS) {
        const stale = ROLES[role]();
        const before = stale.raft.view();
        stale.raft.step(sample(kind, before.term - 1));
        expect([kind, stale.raft.view()]).toEqual([kind, before]);
        const newer = ROLES[role]();
        newer.raft.step(sample(kind, before.term + 3));
        // Told to campaign in the newer term, it goes one further.
        const up = kind === 'pre-vote' ? 0 : kind === 'timeout-now' ? 4 : 3;
        expect([role, kind, newer.raft.view().term - before.term]).toEqual([role, kind, up]);
      }
    }
  });

  it('messages for others, and from oneself, are not for us', () => {
    const solo = new Solo({ term: 5 });
    solo.raft.step({ ...sample('vote', 9), to: id(3) });
    solo.raft.step({ ...sample('vote', 9), from: id(1) });
    expect(solo.raft.view().term).toBe(5);
    expect(solo.traced).toEqual([
      'ignored vote as follower: meant for another replica',
      'ignored vote as follower: from this replica itself',
    ]);
  });
});
