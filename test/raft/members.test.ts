/** Membership (§4): when a change may be proposed, what it changes, and who leads afterwards. */
import { describe, expect, it } from 'vitest';
import { describeMembers, describeMessage, describeProposal } from '../../src/raft/describe.js';
import type { ConfigChange, ConfigStep } from '../../src/raft/types.js';
import { at, entries, fixed, id, members, Solo, term } from './support/build.js';
import { Net } from './support/net.js';

const SAFE = { preVote: true, checkQuorum: true };
const OPS = { v: 'add-voter', l: 'add-learner', r: 'remove' } as const;
/** `v4 r1`: add voter 4, remove 1. */
const change = (text: string, autoLeave = false): ConfigChange => ({
  kind: 'change',
  autoLeave,
  steps: text.split(' ').map(
    (word): ConfigStep => ({
      op: OPS[word[0] as 'v' | 'l' | 'r'],
      replica: id(Number(word.slice(1))),
    }),
  ),
});
const led = (ids: number[], voters = ids, learners: number[] = []): Net => {
  const net = new Net(ids, { config: SAFE, members: members(voters, { learners }) });
  return net.campaign(voters[0]!).tickAll();
};
const shown = (net: Net, n: number): string => describeMembers(net.view(n).members);

describe('proposing a change', () => {
  it('NewLeaderPendingConfig: not before the no-op of the term is applied', () => {
    const solo = new Solo({ term: 1, log: entries([1], 1, 'config') }).lead();
    expect(describeProposal(solo.raft.proposeConfig(change('v4'), 3))).toBe('config-pending');
    solo.step('append-reply', 2, 2, { result: { ok: true, match: at(2) }, round: 0 });
    expect(describeProposal(solo.raft.proposeConfig(change('v4'), 3))).toBe('config-pending');
    solo.drain();
    expect(describeProposal(solo.raft.proposeConfig(change('v4'), 3))).toBe('ok 3/2');
  });

  it('StepIgnoreConfig: one at a time', () => {
    const solo = new Solo({ members: members([1]) }).lead();
    expect(describeProposal(solo.raft.proposeConfig(change('v2'), 3))).toBe('ok 2/1');
    expect(describeProposal(solo.raft.proposeConfig(change('v3'), 3))).toBe('config-pending');
    expect(solo.raft.view().lastIndex).toBe(2);
  });

  it('what makes no sense is refused, and by followers everything', () => {
    const net = led([1, 2, 3]);
    expect(describeProposal(net.change(1, change('v2')))).toBe('config-invalid');
    expect(describeProposal(net.change(1, { kind: 'leave' }))).toBe('config-invalid');
    expect(describeProposal(net.change(2, change('v4')))).toBe('not-leader');
    expect(() => net.raft(1).proposeConfig(change('v4'), 0)).toThrow('size 0');
  });

  it('LearnerPromotion: only when caught up', () => {
    const net = led([1, 2, 3], [1, 2], [3]);
    net.isolate(3);
    for (let i = 0; i < 6; i++) net.propose(1);
    expect(describeProposal(net.change(1, change('v3')))).toBe('not-caught-up');
    net.heal().tickAll(2);
    expect(describeProposal(net.change(1, change('v3')))).toBe('ok 8/1');
    net.tickAll();
    expect([1, 2, 3].map((n) => shown(net, n))).toEqual(Array(3).fill('(1 2 3)'));
    net.raft(1).transferLeader(id(3));
    net.settle();
    expect(net.leaders()).toEqual([3]);
  });

  it('ConfChangeCheckBeforeCampaign: a committed change must be applied first', () => {
    const solo = new Solo({
      term: 1,
      log: [...entries([1]), ...entries([1], 2, 'config')],
      commit: 2,
      applied: 1,
    });
    solo.raft.campaign();
    solo.step('timeout-now', 2, 1, {});
    expect(solo.raft.view().role).toBe('follower');
    expect(solo.traced).toEqual(
      Array(2).fill('does not campaign: a committed change is not applied'),
    );
    solo.raft.ready();
    solo.raft.applyConfig(change('v4'), at(2));
    solo.raft.advance({ kind: 'applied', index: at(2) });
    solo.raft.campaign();
    expect(solo.raft.view().role).toBe('candidate');
  });

  it('a change that is void when applied changes nothing', () => {
    const solo = new Solo({ log: entries([1, 1], 1, 'config'), commit: 2, applied: 0 });
    solo.raft.ready();
    expect(describeMembers(solo.raft.applyConfig(change('v3'), at(1)))).toBe('(1 2 3)');
    expect(describeMembers(solo.raft.applyConfig({ kind: 'leave' }, at(2)))).toBe('(1 2 3)');
  });
});

describe('a replica that stands on a snapshot of what its log holds', () => {
  it('has the members of there, and never those of before again', () => {
    const solo = new Solo({ log: entries([1, 1], 1, 'config'), commit: 2, applied: 0 });
    solo.raft.ready();
    solo.raft.adoptMembers(members([2, 3], { learners: [1] }), at(2));
    solo.raft.advance({ kind: 'applied', index: at(2) });
    solo.raft.campaign();
    expect(solo.raft.view().role).toBe('follower');
    expect(() => solo.raft.adoptMembers(members([1, 2, 3]), at(1))).toThrow('never go back');
  });
});

describe('learners', () => {
  it('LearnerElectionTimeout, LearnerCampaign: a learner never campaigns', () => {
    const solo = new Solo({ members: members([2, 3], { learners: [1] }) }, {}, fixed(0)).tick(40);
    solo.raft.campaign();
    expect(solo.raft.view()).toMatchObject({ role: 'follower', term: 0 });
  });

  it('LearnerCanVote: asked, it votes; it may have been promoted without knowing', () => {
    const solo = new Solo({ members: members([2], { learners: [1] }) });
    solo.step('vote', 2, 2, { lastIndex: at(11), lastTerm: term(11), forced: false });
    expect(solo.messages().map(describeMessage)).toEqual(['vote-reply 1>2 t2 granted']);
  });

  it('LearnerLogReplication: gets everything, counts for nothing', () => {
    const net = led([1, 2, 3], [1, 2], [3]);
    net.propose(1);
    expect(net.logs()[2]).toBe(net.logs()[0]);
    net.isolate(2).propose(1);
    expect(net.view(1)).toMatchObject({ lastIndex: 3, commit: 2 });
  });

  it('confchange_v1_add_single: an added learner receives the log', () => {
    const net = led([1, 2, 3, 4], [1, 2, 3]);
    net.propose(1);
    expect(describeProposal(net.change(1, change('l4')))).toBe('ok 3/1');
    net.tickAll(2);
    expect(net.logs()[3]).toBe('111|3');
    expect(shown(net, 4)).toBe('(1 2 3) learners=(4)');
  });
});

describe('joint changes', () => {
  it('confchange_v2_add_double_auto: in and out again without being asked', () => {
    const net = led([1, 2, 3], [1]);
    net.change(1, change('v2 v3', true));
    net.tickAll(3);
    const log = net.nodes.get(1)!.log.map(({ kind, size }) => `${kind}:${size}`);
    expect(log).toEqual(['noop:0', 'config:9', 'config:0']);
    expect([1, 2, 3].map((n) => shown(net, n))).toEqual(Array(3).fill('(1 2 3)'));
  });

  it('confchange_v2_add_single_explicit: stays joint until told to leave', () => {
    const net = led([1, 2, 3], [1]);
    net.change(1, change('v2 v3', false));
    net.tickAll(3);
    expect(shown(net, 1)).toBe('(1 2 3)&(1)');
    expect(describeProposal(net.change(1, change('v4')))).toBe('config-invalid');
    expect(describeProposal(net.change(1, { kind: 'leave' }))).toBe('ok 3/1');
    net.tickAll(2);
    expect(shown(net, 3)).toBe('(1 2 3)');
  });

  it('both majorities are needed, to commit and to be elected', () => {
    const joint = members([1, 4, 5], { outgoing: [1, 2, 3] });
    const net = new Net([1, 2, 3, 4, 5], { config: SAFE, members: joint });
    net.isolate(4).isolate(5).campaign(1);
    expect(net.view(1).role).toBe('pre-candidate');
    net.heal().campaign(1);
    expect(net.leaders()).toEqual([1]);
    net.isolate(2).isolate(3).propose(1);
    expect(net.view(1)).toMatchObject({ lastIndex: 2, commit: 1 });
    net.heal().tickAll(2);
    expect(net.view(1).commit).toBe(2);
  });

  it('joint_autoleave: the next leader leaves when the one before died in between', () => {
    const net = led([1, 2, 3, 4], [1, 2, 3]);
    // The entry that leaves never gets out of replica 1.
    net.drops = (message) =>
      message.kind === 'append' &&
      message.entries.some(({ size, kind }) => kind === 'config' && size === 0);
    net.change(1, change('v4 r3', true));
    net.tickAll(1);
    expect(shown(net, 2)).toBe('(1 2 4)&(1 2 3) auto');
    net.drops = () => false;
    net.isolate(1).tickAll(80);
    const [leader] = net.leaders().filter((n) => n !== 1);
    expect([2, 4]).toContain(leader);
    expect(shown(net, leader!)).toBe('(1 2 4)');
    net.heal().tickAll(40);
    expect(shown(net, 1)).toBe('(1 2 4)');
  });

  it('confchange_v2_replace_leader_stepdown: the removed leader hands over when the others know', () => {
    const net = led([1, 2, 3, 4], [1, 2, 3]);
    net.change(1, change('v4 r1', true));
    net.tickAll(4);
    expect(net.nodes.get(1)!.traced).toContain('steps down: no longer a voter');
    expect(net.leaders()).toHaveLength(1);
    expect(net.leaders()).not.toEqual([1]);
    expect([1, 2, 3, 4].map((n) => shown(net, n))).toEqual(Array(4).fill('(2 3 4)'));
    net.tick(1, 60);
    expect(net.view(1).role).toBe('follower');
  });

  it('a removed leader takes no proposals and stays until a majority of the others knows', () => {
    const net = led([1, 2, 3]);
    net.drops = ({ kind }) => kind === 'heartbeat';
    net.change(1, change('r1'));
    expect(net.view(1)).toMatchObject({ role: 'leader', commit: 2 });
    expect(describeProposal(net.raft(1).propose([1]))).toBe('transferring');
    net.drops = () => false;
    net.tickAll(2);
    expect(net.view(1).role).toBe('follower');
    expect(net.leaders()).toHaveLength(1);
  });

  it('confchange_v1_remove_leader_stepdown: it leaves anyhow after an election timeout', () => {
    const net = led([1, 2, 3]);
    net.drops = ({ kind }) => kind === 'heartbeat';
    net.change(1, change('r1'));
    net.tick(1, 11);
    expect(net.view(1).role).toBe('follower');
  });

  it('demoting in a joint change: a voter of the old half until it is left', () => {
    const net = led([1, 2, 3, 4], [1, 2, 3]);
    net.change(1, change('v4 l3', false));
    net.tickAll(2);
    expect(shown(net, 3)).toBe('(1 2 4)&(1 2 3) next=(3)');
    net.change(1, { kind: 'leave' });
    net.tickAll(2);
    expect(shown(net, 3)).toBe('(1 2 4) learners=(3)');
    expect(
      net
        .view(1)
        .progress.map(({ replica, role }) => `${replica} ${role}`)
        .sort(),
    ).toEqual(['1 voter', '2 voter', '3 learner', '4 voter']);
  });
});

describe('members in a snapshot', () => {
  const install = (text: Parameters<typeof members>[1], voters: number[]): string => {
    const solo = new Solo({ term: 1 });
    solo.step('snapshot', 2, 11, {
      floor: { index: at(11), term: term(11) },
      members: members(voters, text),
    });
    solo.drain();
    return describeMembers(solo.raft.view().members);
  };

  it('RestoreWithLearner, RestoreVoterToLearner, RestoreLearnerPromotion, RestoreWithVotersOutgoing', () => {
    expect(install({ learners: [3] }, [1, 2])).toBe('(1 2) learners=(3)');
    expect(install({ learners: [1] }, [2, 3])).toBe('(2 3) learners=(1)');
    expect(install({ outgoing: [2, 3, 4] }, [1, 2, 3])).toBe('(1 2 3)&(2 3 4)');
  });
});
