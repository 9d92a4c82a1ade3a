/** The stories' own machinery: its files, its refusals, and the judge that watches every story. */
import { describe, expect, it } from 'vitest';
import type { EntryMeta, Ready } from '../../src/raft/types.js';
import { at, entries, id, term } from '../raft/support/build.js';
import { Judge } from './judge.js';
import { playStory } from './runner.js';
import { parseStory, renderStory } from './script.js';

const WHY = '# why\n\n';
const play = (text: string): string[] => playStory(parseStory(WHY + text));

describe('a story file', () => {
  it('comes out as it went in', () => {
    const text = '# why\n# so\n\n# note\na 1 x=2\nb\n----\nsaid\nmore\n\nend\n----\nok\n';
    const story = parseStory(text);
    expect(renderStory(story, ['said\nmore', 'ok'])).toBe(text);
    expect(story.blocks[0]?.commands[0]).toMatchObject({
      verb: 'a',
      words: ['1'],
      options: new Map([['x', '2']]),
    });
  });

  it('says why, and what is to be done', () => {
    expect(() => parseStory('end\n----\nok\n')).toThrow('says why');
    expect(() => parseStory(`${WHY}# only a comment\n`)).toThrow(
      'line 3: a block without a command',
    );
  });
});

describe('the runner', () => {
  it('shows what cannot be done, and goes on', () => {
    const [added, ...rest] = play(
      'add-nodes 1 voters=1\n\nfly 1\n\nadd-nodes 2 voters=1 fast\n\nstate 7\n\nlose\n\ncampaign x\n',
    );
    expect(added).toMatch(/^1 follower t0/);
    expect(rest).toEqual([
      "error: there is no verb 'fly'",
      "error: 'fast' is no option of add-nodes",
      'error: there is no replica 7',
      'error: no such message is under way',
      "error: 'x' is not a number",
    ]);
  });

  it('counts what is done quietly', () => {
    expect(play('add-nodes 1 voters=1\ncampaign 1\nquietly stabilize\nstatus 1\n')[0]).toMatch(
      /\(2 Readys\)\n1 leader t1/,
    );
  });
});

describe('the judge', () => {
  const NOTHING = { soft: null, hardState: null } as unknown as Ready;
  const leads: Ready = { ...NOTHING, soft: { role: 'leader', leader: id(1), term: term(2) } };
  const votes = (vote: number): Ready => ({
    ...NOTHING,
    hardState: { term: term(2), vote: id(vote), commit: at(0) },
  });

  it('sees two leaders in a term', () => {
    const judge = new Judge();
    judge.onReady(id(1), leads);
    judge.onReady(id(1), leads);
    expect(() => judge.onReady(id(2), leads)).toThrow('1 and 2 both lead in term 2');
  });

  it('sees a vote taken back', () => {
    const judge = new Judge();
    judge.onDurable(id(1), votes(2));
    expect(() => judge.onDurable(id(1), votes(3))).toThrow('1 in 2 votes twice');
  });

  it('sees two entries committed at one index', () => {
    const judge = new Judge();
    judge.onApplied(id(1), entries([1])[0] as EntryMeta);
    expect(() => judge.onApplied(id(2), entries([2])[0] as EntryMeta)).toThrow('2 applies 1/2');
  });
});
