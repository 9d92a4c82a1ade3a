/** The algebra of configurations: safe after every change, and void where it makes no sense. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplicaId } from '../../../src/base/ids.js';
import { describeMembers } from '../../../src/raft/describe.js';
import { changeMembers, isJoint, mustHold } from '../../../src/raft/members/algebra.js';
import type { ConfigChange, ConfigStep, Members } from '../../../src/raft/types.js';
import { members } from '../support/build.js';

const step = fc.record({
  op: fc.constantFrom('add-voter', 'add-learner', 'remove' as const),
  replica: fc.integer({ min: 1, max: 6 }),
}) as fc.Arbitrary<ConfigStep>;
const steps = fc.uniqueArray(step, { minLength: 1, maxLength: 4, selector: (s) => s.replica });
const change: fc.Arbitrary<ConfigChange> = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), steps, autoLeave: fc.boolean() }),
  fc.constant({ kind: 'leave' as const }),
);

const changed = (from: Members, to: ConfigChange): string => {
  const result = changeMembers(from, to);
  return result.ok ? describeMembers(result.members) : result.why;
};

const parse = (text: string, autoLeave = false): ConfigChange => ({
  kind: 'change',
  autoLeave,
  steps: text.split(' ').map((word) => ({
    op: ({ v: 'add-voter', l: 'add-learner', r: 'remove' } as const)[word[0] as 'v' | 'l' | 'r'],
    replica: Number(word.slice(1)) as ReplicaId,
  })),
});

describe('membership algebra', () => {
  it('joint_safety, simple_safety: any chain of changes keeps the invariants', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (chain) => {
        let now = members([1, 2, 3]);
        for (const next of chain) {
          const result = changeMembers(now, next);
          if (!result.ok) continue;
          const before = now;
          now = result.members;
          mustHold(now);
          if (isJoint(before) || isJoint(now)) continue;
          // Two neighbouring simple configurations share a majority.
          const differing =
            before.voters.filter((v) => !now.voters.includes(v)).length +
            now.voters.filter((v) => !before.voters.includes(v)).length;
          expect(differing).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('joint_idempotency, simple_idempotency: a change done again is void', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (list, autoLeave) => {
        const start = members([1, 2, 3], { learners: [4] });
        const once = changeMembers(start, { kind: 'change', steps: list, autoLeave });
        if (!once.ok) return;
        const left = isJoint(once.members) ? changeMembers(once.members, { kind: 'leave' }) : once;
        expect(left.ok).toBe(true);
        if (!left.ok) return;
        const again = changeMembers(left.members, { kind: 'change', steps: list, autoLeave });
        expect(again).toEqual({ ok: false, why: 'nothing would change' });
      }),
    );
  });

  it('a joint change ends where the simple ones would', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const start = members([1, 2, 3], { learners: [4] });
        const joint = changeMembers(start, { kind: 'change', steps: list, autoLeave: false });
        if (!joint.ok) return;
        const left = isJoint(joint.members)
          ? changeMembers(joint.members, { kind: 'leave' })
          : joint;
        let oneByOne = start;
        const order = { 'add-voter': 0, 'add-learner': 1, remove: 2 };
        for (const one of [...list].sort((a, b) => order[a.op] - order[b.op])) {
          const result = changeMembers(oneByOne, {
            kind: 'change',
            steps: [one],
            autoLeave: false,
          });
          if (result.ok) oneByOne = result.members;
        }
        expect(left.ok && left.members).toEqual(oneByOne);
      }),
    );
  });

  it('simple_promote_demote', () => {
    const start = members([1, 2, 3], { learners: [4] });
    expect(changed(start, parse('v4'))).toBe('(1 2 3 4)');
    expect(changed(start, parse('l3'))).toBe('(1 2) learners=(3 4)');
    expect(changed(start, parse('r3'))).toBe('(1 2) learners=(4)');
    expect(changed(start, parse('l5 l6 r4'))).toBe('(1 2 3) learners=(5 6)');
  });

  it('joint_autoleave and joint_learners_next', () => {
    const start = members([1, 2, 3]);
    const joint = changeMembers(start, parse('v4 l3', true));
    expect(joint.ok && describeMembers(joint.members)).toBe('(1 2 4)&(1 2 3) next=(3) auto');
    if (!joint.ok) return;
    expect(changed(joint.members, parse('v5'))).toBe('the joint configuration must be left first');
    expect(changed(joint.members, { kind: 'leave' })).toBe('(1 2 4) learners=(3)');
  });

  it('zero: what makes no sense is refused', () => {
    expect(changed(members([1]), parse('r1'))).toBe('no voter would be left');
    expect(changed(members([1]), parse('v1'))).toBe('nothing would change');
    expect(changed(members([1]), parse('r2'))).toBe('nothing would change');
    expect(changed(members([1]), parse('v2 r2'))).toBe('a replica is named twice');
    expect(changed(members([1]), { kind: 'leave' })).toBe('not in a joint configuration');
  });
});
