/** What the words of a command mean: replica numbers, counts, logs, configuration steps. */
import type { LogIndex, ReplicaId, Term } from '../../src/base/ids.js';
import type { ConfigChange, ConfigStep, EntryMeta, LogFloor } from '../../src/raft/types.js';
import type { Command } from './script.js';
import type { World } from './world.js';

export function number(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || text === '' || !Number.isSafeInteger(value)) {
    throw new Error(`'${text ?? ''}' is not a number`);
  }
  return value;
}

export const index = (text: string | undefined): LogIndex => number(text) as LogIndex;

/** `1,2,3`; `none` and nothing at all are nobody. */
export function replicas(text: string | undefined): ReplicaId[] {
  if (text === undefined || text === 'none') return [];
  return text.split(',').map((part) => number(part) as ReplicaId);
}

/** The replicas of the first word, `all` being everybody who is up. */
export function targets(world: World, command: Command): ReplicaId[] {
  const [word] = command.words;
  if (word === undefined || word === 'all') {
    return [...world.replicas.values()].filter(({ up }) => up).map(({ id }) => id);
  }
  return replicas(word);
}

/** `10/2`: index and term. */
export function floor(text: string | undefined): LogFloor {
  const [at, term] = (text ?? '0/0').split('/');
  return { index: index(at), term: number(term) as Term };
}

/** `1!,1,2`: terms of entries above the floor; `!` marks a no-op. */
export function log(text: string | undefined, first: number): EntryMeta[] {
  if (text === undefined || text === 'none') return [];
  return text.split(',').map((part, i) => ({
    index: (first + i) as LogIndex,
    term: number(part.replace('!', '')) as Term,
    kind: part.endsWith('!') ? 'noop' : 'normal',
    size: part.endsWith('!') ? 0 : 1,
  }));
}

const OPS = new Set<string>(['add-voter', 'add-learner', 'remove']);

/** `add-voter:4 remove:1`, with `auto` if a joint configuration is to be left automatically. */
export function change(words: readonly string[]): ConfigChange {
  if (words[0] === 'leave') return { kind: 'leave' };
  const autoLeave = words.includes('auto');
  const steps = words.filter((word) => word !== 'auto').map(step);
  return { kind: 'change', steps, autoLeave };
}

function step(word: string): ConfigStep {
  const [op = '', replica] = word.split(':');
  if (!OPS.has(op)) throw new Error(`'${word}' is no step of a change`);
  return { op: op as ConfigStep['op'], replica: number(replica) as ReplicaId };
}
