/** Stories of members that change while one of them does not listen. */
import { describe, expect, it, vi } from 'vitest';
import { groupId, type ReplicaId } from '../../../src/base/ids.js';
import { BUSY_MACHINE_MS, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const GROUP = groupId(1);

const replicaOn = (stage: Stage, id: number) => {
  const replica = stage.node(id).running?.host?.replicas.get(GROUP);
  if (replica === undefined) throw new Error(`node ${id} has no replica`);
  return replica;
};

/** Whoever leads makes a learner of the replica on a node. */
function demote(stage: Stage, leader: number, id: number): ReplicaId {
  const { self } = replicaOn(stage, id);
  const steps = [{ op: 'add-learner', replica: self }] as const;
  const change = { kind: 'change', steps, autoLeave: true } as const;
  const { running } = stage.node(leader);
  running?.process.later(0, 'order', () => void running.host?.changeMembers(GROUP, change));
  return self;
}

describe('a replica that is fenced while it ceases to vote', () => {
  it('knows it when a snapshot of what its log holds has made it whole again', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('k', 'one');
    await stage.rest();
    const { running } = stage.node(3);
    running?.process.later(0, 'fence', () => running.host?.duties.fence(GROUP, 'the story'));
    await stage.until('it is fenced', () => replicaOn(stage, 3).fenced);
    const replica = demote(stage, 1, 3);
    await stage.until('it is whole again', () => !replicaOn(stage, 3).fenced);
    await stage.rest();
    for (const id of [1, 2, 3]) {
      expect(replicaOn(stage, id).view().members).toMatchObject({ learners: [replica] });
    }
  });
});
