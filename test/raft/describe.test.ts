/** The one-liners are a contract: transcripts compare them literally. */
import { describe, expect, it } from 'vitest';
import {
  describeChange,
  describeEntry,
  describeHardState,
  describeMembers,
  describeMessage,
  describeProposal,
  describeReady,
  describeTrace,
  describeView,
} from '../../src/raft/describe.js';
import type { Message } from '../../src/raft/types.js';
import { at, entries, id, members, message, Solo, term } from './support/build.js';

const NO = { commit: at(0), round: 0 };

describe('describe', () => {
  it('messages, one line each', () => {
    const log = { lastIndex: at(4), lastTerm: term(2) };
    const all: Message[] = [
      message('pre-vote', 1, 2, 3, { ...log, hint: false }),
      message('pre-vote', 1, 2, 3, { ...log, hint: true }),
      message('pre-vote-reply', 2, 1, 3, { granted: true }),
      message('vote', 1, 2, 3, { ...log, forced: false }),
      message('vote', 1, 2, 3, { ...log, forced: true }),
      message('vote-reply', 2, 1, 3, { granted: false }),
      message('append', 1, 2, 3, { prevIndex: at(4), prevTerm: term(2), entries: [], ...NO }),
      message('append', 1, 2, 3, {
        prevIndex: at(4),
        prevTerm: term(2),
        entries: [...entries([3], 5, 'noop'), ...entries([3], 6, 'config')],
        commit: at(4),
        round: 2,
      }),
      message('append-reply', 2, 1, 3, { result: { ok: true, match: at(6) }, round: 2 }),
      message('append-reply', 2, 1, 3, {
        result: { ok: false, rejected: at(4), hintIndex: at(2), hintTerm: term(1) },
        round: 0,
      }),
      message('heartbeat', 1, 2, 3, { commit: at(4), round: 1 }),
      message('heartbeat-reply', 2, 1, 3, { round: 0 }),
      message('heartbeat-reply', 2, 1, 3, { round: 1 }),
      message('read-index', 2, 1, 3, { context: 7 }),
      message('read-index-reply', 1, 2, 3, { context: 7, index: at(4) }),
      message('snapshot', 1, 2, 3, {
        floor: { index: at(4), term: term(2) },
        members: members([1, 2]),
      }),
      message('timeout-now', 1, 2, 3, {}),
      message('quiesce', 1, 2, 3, { commit: at(4) }),
    ];
    expect(all.map(describeMessage)).toEqual([
      'pre-vote 1>2 t3 last=4/2',
      'pre-vote 1>2 t3 last=4/2 hint',
      'pre-vote-reply 2>1 t3 granted',
      'vote 1>2 t3 last=4/2',
      'vote 1>2 t3 last=4/2 forced',
      'vote-reply 2>1 t3 refused',
      'append 1>2 t3 prev=4/2 [] commit=0',
      'append 1>2 t3 prev=4/2 [5/3! 6/3*] commit=4 round=2',
      'append-reply 2>1 t3 match=6 round=2',
      'append-reply 2>1 t3 rejected=4 hint=2/1',
      'heartbeat 1>2 t3 commit=4 round=1',
      'heartbeat-reply 2>1 t3',
      'heartbeat-reply 2>1 t3 round=1',
      'read-index 2>1 t3 ctx=7',
      'read-index-reply 1>2 t3 ctx=7 index=4',
      'snapshot 1>2 t3 4/2 (1 2)',
      'timeout-now 1>2 t3',
      'quiesce 1>2 t3 commit=4',
    ]);
  });

  it('entries, members, changes, states', () => {
    expect(describeEntry({ index: at(5), term: term(2), kind: 'normal', size: 12 })).toBe('5/2:12');
    expect(
      describeMembers(
        members([1, 2, 4], {
          outgoing: [1, 2, 3],
          learners: [5],
          learnersNext: [3],
          autoLeave: true,
        }),
      ),
    ).toBe('(1 2 4)&(1 2 3) learners=(5) next=(3) auto');
    expect(
      describeChange({
        kind: 'change',
        steps: [
          { op: 'add-voter', replica: id(4) },
          { op: 'remove', replica: id(1) },
        ],
        autoLeave: true,
      }),
    ).toBe('add-voter 4, remove 1, auto');
    expect(describeChange({ kind: 'leave' })).toBe('leave');
    expect(describeHardState({ term: term(3), vote: null, commit: at(2) })).toBe(
      't3 vote=- commit=2',
    );
    expect(describeProposal({ ok: false, reason: 'overloaded' })).toBe('overloaded');
  });

  it('a Ready, a view, trace events', () => {
    const solo = new Solo({ members: members([1]) });
    solo.raft.campaign();
    expect(describeReady(solo.raft.ready())).toBe(
      'ready 1 sync\n  soft leader t1 leader=1\n  hard t1 vote=1 commit=0\n  entries [1/1!]',
    );
    solo.raft.advance({ kind: 'durable', number: 1 });
    expect(describeView(solo.raft.view())).toBe(
      'leader t1 leader=1 log=0/0..1 commit=1 applied=0 (1)',
    );
    expect(solo.traced).toEqual(['role candidate t1 at 0', 'role leader t1 at 0', 'commit 1/1']);
    expect(
      describeTrace({ kind: 'conflict', index: at(4), oldTerm: term(2), newTerm: term(3) }),
    ).toBe('conflict at 4: t2 gives way to t3');
  });
});
