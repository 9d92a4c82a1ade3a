/** Stories of leaders that are no leaders any more, and of nodes that would like to be one. */

import { describe, expect, it, vi } from 'vitest';
import { RkvError } from '../../../src/kv/errors.js';
import { command, told } from './caller.js';
import { BUSY_MACHINE_MS, Stage } from './stage.js';

vi.setConfig({ testTimeout: BUSY_MACHINE_MS });

const GROUP = 1;
const ELECTION_MS = 2_000;

const viewOf = (stage: Stage, id: number) => {
  const replicas = [...(stage.node(id).running?.host?.replicas.values() ?? [])];
  return replicas.find(({ group }) => Number(group) === GROUP)?.view();
};

const leads = (stage: Stage, id: number): boolean => viewOf(stage, id)?.role === 'leader';

describe('a leader', () => {
  it('that was stopped while others elected a new one answers no read from memory', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('k', 'one');
    const { process } = stage.node(1).running ?? {};
    process?.pause();
    await stage.until('another leads', () => leads(stage, 2) || leads(stage, 3));
    await stage.set('k', 'two', [], stage.node(2));
    const read = stage.begin(command('get', 'k'), stage.node(1));
    process?.resume();
    await stage.until('the read is answered', () => read.answer !== null);
    const { answer } = read;
    if (answer !== null && !(answer instanceof RkvError)) expect(told(answer)).toBe('two');
    await stage.rest();
  });

  it('that is new answers no read before it knows what was committed before it', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    await stage.set('k', 'one');
    await stage.rest();
    // The others hold it; that it is committed they have not been told.
    await stage.set('k', 'two', [], stage.node(1));
    stage.cutPower(1);
    await stage.until('another leads', () => leads(stage, 2) || leads(stage, 3));
    for (const id of [2, 3]) expect(await stage.get('k', stage.node(id))).toBe('two');
    await stage.start(1);
    await stage.rest();
  });

  it('that is cut off knows soon that it leads nobody', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    stage.cutOff(1);
    await stage.pass(2 * ELECTION_MS);
    expect(leads(stage, 1)).toBe(false);
    stage.joinAgain(1);
    await stage.rest();
  });

  it('stays one when a node comes back that was cut off', async () => {
    const stage = await Stage.open();
    await stage.lead(1);
    const before = viewOf(stage, 1)?.term;
    stage.cutOff(3);
    await stage.pass(4 * ELECTION_MS);
    stage.joinAgain(3);
    await stage.pass(2 * ELECTION_MS);
    expect(viewOf(stage, 1)).toMatchObject({ role: 'leader', term: before });
    await stage.rest();
  });
});
