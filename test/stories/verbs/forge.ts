/**
 * `forge append 1>2 t4 prev=11/1 [12/2! 13/4] commit=12`: a message in the words of the transcript
 * that the replicas of this story would not send by themselves, though others may. Goes under way.
 */
import type { LogIndex, ReplicaId, Term } from '../../../src/base/ids.js';
import type { EntryMeta, Message } from '../../../src/raft/types.js';
import { floor, index, number } from '../args.js';
import type { Command } from '../script.js';
import type { Verbs } from './verb.js';

function entry(text: string): EntryMeta {
  const parts = /^(\d+)\/(\d+)([!*]?)(?::(\d+))?$/.exec(text);
  if (parts === null) throw new Error(`'${text}' is no entry`);
  const [, at, term, mark, size] = parts;
  return {
    index: index(at),
    term: number(term) as Term,
    kind: mark === '!' ? 'noop' : mark === '*' ? 'config' : 'normal',
    size: number(size ?? '0'),
  };
}

function parse({ words, options }: Command): Message {
  const [kind, way = '', term = '', ...list] = words;
  const [from, to] = way.split('>').map((part) => number(part) as ReplicaId);
  if (from === undefined || to === undefined) throw new Error(`'${way}' is no way`);
  const addressed = { from, to, term: number(term.replace('t', '')) as Term };
  if (kind === 'read-index-reply') {
    const context = number(options.get('ctx'));
    return { ...addressed, kind, context, index: index(options.get('index')) };
  }
  const commit = index(options.get('commit'));
  const round = number(options.get('round') ?? '0');
  if (kind === 'heartbeat') return { ...addressed, kind, commit, round };
  if (kind === 'quiesce') return { ...addressed, kind, commit };
  if (kind !== 'append') throw new Error(`'${kind}' cannot be forged`);
  const prev = floor(options.get('prev'));
  const texts = list.join(' ').replace(/[[\]]/g, '').split(' ');
  const entries = texts.filter((text) => text !== '').map(entry);
  const first = entries[0];
  if (first !== undefined && first.index !== ((prev.index + 1) as LogIndex)) {
    throw new Error('entries follow prev');
  }
  return {
    ...addressed,
    kind,
    prevIndex: prev.index,
    prevTerm: prev.term,
    entries,
    commit,
    round,
  };
}

export const FORGE: Verbs = {
  forge(world, command) {
    world.underWay.push(parse(command));
  },
};
