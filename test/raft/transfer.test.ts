/** Leadership transfer (§3.10): to whom, how long, and what waits meanwhile. */
import { describe, expect, it } from 'vitest';
import { describeMessage, describeProposal } from '../../src/raft/describe.js';
import type { ConfigChange } from '../../src/raft/types.js';
import { at, id, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

const SAFE = { preVote: true, checkQuorum: true };
const led = (ids = [1, 2, 3], options = {}): Net => {
  const net = new Net(ids, { config: SAFE, ...options });
  return net.campaign(1).propose(1).tickAll();
};
const order = (net: Net, from: number, to: number): string => {
  const text = describeProposal(net.raft(from).transferLeader(id(to)));
  net.settle();
  return text;
};

describe('transfer', () => {
  it('LeaderTransferToUpToDateNode, LeaderTransferWithCheckQuorum: at once, and back', () => {
    const net = led();
    expect(order(net, 1, 2)).toBe('ok 2/1');
    expect(net.roles()).toBe('1:follower/2 2:leader/2 3:follower/2');
    net.propose(2);
    order(net, 2, 1);
    expect(net.leaders()).toEqual([1]);
  });

  it('LeaderTransferToUpToDateNodeFromFollower: only a leader can', () => {
    expect(order(led(), 2, 3)).toBe('not-leader');
  });

  it('LeaderTransferToSlowFollower: brought up to date first', () => {
    const net = led();
    net.isolate(3).propose(1).propose(1);
    net.heal();
    order(net, 1, 3);
    net.tick(1);
    expect(net.leaders()).toEqual([3]);
    expect(net.view(3).commit).toBe(5);
  });

  it('LeaderTransferAfterSnapshot: also when that takes a snapshot', () => {
    const net = led();
    net.isolate(3).propose(1).propose(1);
    net.raft(1).compact(at(4));
    net.heal();
    order(net, 1, 3);
    net.tick(1, 3);
    expect(net.sent).toContainEqual(expect.stringMatching(/^snapshot 1>3/));
    expect(net.leaders()).toEqual([3]);
  });

  it('LeaderTransferToSelf, LeaderTransferToNonExistingNode, LeaderTransferToLearner', () => {
    const net = led([1, 2, 3], { members: members([1, 2], { learners: [3] }) });
    expect(order(net, 1, 1)).toBe('ok 2/1');
    expect(order(net, 1, 4)).toBe('config-invalid');
    expect(order(net, 1, 3)).toBe('config-invalid');
    expect(net.view(1)).toMatchObject({ role: 'leader', transferTo: null });
  });

  const stuck = (): Net => {
    const net = led().isolate(3);
    order(net, 1, 3);
    expect(net.view(1).transferTo).toBe(3);
    return net;
  };

  it('LeaderTransferTimeout: given up after an election timeout', () => {
    const net = stuck();
    net.tick(1, 9);
    expect(net.view(1).transferTo).toBe(3);
    net.tick(1);
    expect(net.view(1)).toMatchObject({ role: 'leader', term: 1, transferTo: null });
  });

  it('LeaderTransferIgnoreProposal: proposals wait elsewhere until it is over', () => {
    const net = stuck();
    expect(describeProposal(net.raft(1).propose([1]))).toBe('transferring');
    net.tick(1, 10);
    expect(describeProposal(net.raft(1).propose([1]))).toBe('ok 3/1');
  });

  it('LeaderTransferReceiveHigherTermVote: ends it', () => {
    const net = stuck();
    net.raft(1).step({
      kind: 'vote',
      from: id(2),
      to: id(1),
      term: term(2),
      lastIndex: at(2),
      lastTerm: term(1),
      forced: true,
    });
    expect(net.view(1)).toMatchObject({ role: 'follower', term: 2, transferTo: null });
  });

  const change = (net: Net, op: 'remove' | 'add-learner'): string => {
    const step = { op, replica: id(3) } as const;
    const body: ConfigChange = { kind: 'change', steps: [step], autoLeave: false };
    return describeProposal(net.change(1, body));
  };

  it('LeaderTransferRemoveNode, LeaderTransferDemoteNode: a target that no longer votes', () => {
    for (const op of ['remove', 'add-learner'] as const) {
      const net = led();
      net.drops = ({ to, kind }) => kind === 'timeout-now' || (kind === 'append' && to === 2);
      net.isolate(3);
      expect(change(net, op)).toBe('ok 3/1');
      order(net, 1, 3);
      net.drops = () => false;
      net.tick(1, 3);
      expect(net.view(1)).toMatchObject({ role: 'leader', transferTo: null, commit: 3 });
    }
  });

  it('LeaderTransferBack: an order for itself ends it', () => {
    const net = stuck();
    order(net, 1, 1);
    expect(net.view(1).transferTo).toBeNull();
  });

  it('LeaderTransferSecondTransferToAnotherNode: the second counts', () => {
    const net = stuck();
    order(net, 1, 2);
    expect(net.leaders()).toEqual([2]);
  });

  it('LeaderTransferSecondTransferToSameNode: does not prolong the first', () => {
    const net = stuck();
    net.tick(1, 5);
    order(net, 1, 3);
    net.tick(1, 5);
    expect(net.view(1).transferTo).toBeNull();
  });

  it('TransferNonMember: who is no voter does not campaign when told to', () => {
    const solo = new Solo({ members: members([2, 3, 4]) });
    solo.step('timeout-now', 2, 1, {});
    solo.step('vote-reply', 2, 1, { granted: true });
    expect(solo.raft.view().role).toBe('follower');
    expect(solo.traced).toContain('does not campaign: not a voter');
  });

  it('the order needs no disk: it leaves while a frame hangs', () => {
    const solo = new Solo().lead();
    solo.step('append-reply', 2, 1, { result: { ok: true, match: at(1) }, round: 0 });
    solo.drain();
    solo.raft.transferLeader(id(2));
    expect(solo.raft.ready().messages.map(describeMessage)).toEqual(['timeout-now 1>2 t1']);
  });

  it('the target’s votes are forced: recent contact and pre-vote do not count', () => {
    const net = led();
    order(net, 1, 2);
    expect(net.sent.filter((text) => text.includes('vote 2>'))).toEqual([
      'vote 2>1 t2 last=2/1 forced',
      'vote 2>3 t2 last=2/1 forced',
    ]);
  });
});

describe('a replica that must not lead', () => {
  it('hands over to the best of the others', () => {
    const net = led();
    net.raft(1).setMayLead(false);
    net.settle();
    expect(net.leaders()).toHaveLength(1);
    expect(net.leaders()).not.toEqual([1]);
    net.isolate(2).isolate(3).tick(1, 60);
    expect(net.view(1).role).toBe('follower');
  });

  it('steps down when nobody takes over', () => {
    const net = led();
    net.drops = ({ kind }) => kind === 'timeout-now';
    net.raft(1).setMayLead(false);
    net.settle().tick(1, 10);
    expect(net.view(1)).toMatchObject({ role: 'follower', term: 1 });
    const solo = new Solo({ members: members([1]) });
    solo.raft.campaign();
    solo.raft.setMayLead(false);
    expect(solo.traced).toContain('steps down: may not lead, and nobody can take over');
  });

  it('does not take over when told to', () => {
    const net = led();
    net.raft(2).setMayLead(false);
    order(net, 1, 2);
    expect(net.leaders()).toEqual([1]);
    expect(net.nodes.get(2)!.traced).toContain('does not campaign: may not lead');
  });
});
